"""POST requests: a report from another program, in through the one door."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from geo_api.api.open311.resources import Answer, check_jurisdiction
from geo_api.api.open311.services import one_offered
from geo_api.context import Service, language_of, service_of
from geo_api.pages.forms import now, porter_of
from layers import idempotency, limits
from layers.api_keys import actions as api_keys
from layers.api_keys.actions import Program
from layers.api_keys.rules import PER
from layers.errors import BadFields, BadInput
from layers.files.rules import MAX_PHOTO_BYTES
from layers.people.credentials import Keys
from layers.problems import intake, rules
from layers.problems.intake import Contact, Prepared, Report
from layers.problems.receipts import person_of, receipt_token
from layers.text import N_
from layers.viewer import PUBLIC, robot
from maps.language import LANGUAGES, Language, speak

DOORMAN = robot("open311")
MOST_BYTES = rules.MOST_PHOTOS * MAX_PHOTO_BYTES + 1_000_000
MOST_FIELDS, MOST_FILES = 100, 12
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MEDIA = ("media", "media[]", "media_file", "photo", "photos", "photos[]")
LONGEST_DEVICE = 200


@dataclass(frozen=True)
class Sent:
    """A request as it came: words by their names, and photos."""

    words: Mapping[str, str]
    photos: tuple[bytes, ...]
    key: str  # Idempotency-Key, or one that nobody repeats


async def submit(request: Request) -> Answer:
    """Take a report; the answer is a token, because nothing has an id in public before a person approved it."""
    sent = await _read(request)
    return await run_in_threadpool(_submit, request, sent)


async def _read(request: Request) -> Sent:
    """Read a form; raises HTTPException where it is longer than three photos are, BadInput where it is no form."""
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise HTTPException(411)
    if int(length) > MOST_BYTES:
        raise HTTPException(413)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in FORMS:
        raise BadInput(N_("Send a form: application/x-www-form-urlencoded, or multipart/form-data with photos."))
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS) as form:
        words = {name: value.replace("\0", "") for name, value in form.items() if isinstance(value, str)}
        files = [value for name in MEDIA for value in form.getlist(name) if isinstance(value, UploadFile)]
        photos = [content for content in [await file.read() for file in files] if content]
    key = request.headers.get("idempotency-key", "").strip()
    return Sent(words, tuple(photos), key or uuid4().hex)


def _submit(request: Request, sent: Sent) -> Answer:
    service, keys = service_of(request), porter_of(request).keys
    with service.database.begin(DOORMAN) as session:
        program = api_keys.admit(session, sent.words.get("api_key", "").strip())
    check_jurisdiction(request, sent.words.get("jurisdiction_id", ""))
    # In a transaction of its own: what is refused afterwards was an attempt too.
    with service.database.begin(PUBLIC) as session:
        limits.limit(session, f"open311:{program.id}", per=PER, most=program.per_hour, now=now())
    language = _language(request, sent)
    prepared = intake.prepare(_report(service, program, sent, language.code))
    token, repeated = _once(service, keys, program, sent, prepared)
    return _answer(sent, token, language, status=200 if repeated else 201)


def _once(service: Service, keys: Keys, program: Program, sent: Sent, prepared: Prepared) -> tuple[str, bool]:
    """Write the report down, or find what the same key brought before; return its token. Raises KeyReused."""
    moment = now()
    device = prepared.report.device
    body = {
        "words": {name: value for name, value in sent.words.items() if name != "api_key"},
        "photos": [hashlib.sha256(photo).hexdigest() for photo in sent.photos],
    }
    with service.database.begin(PUBLIC) as session:

        def act() -> dict[str, Any]:
            key = f"{program.id}:{uuid4().hex}"
            receipt = intake.submit(session, PUBLIC, keys, service.area, prepared, key=key, now=moment)
            api_keys.note_submission(session, program.id, receipt.problem)
            return {"problem": str(receipt.problem)}

        answer = idempotency.once(session, scope=f"open311:{program.id}", key=sent.key, body=body, act=act)
    return receipt_token(keys, UUID(answer.content["problem"]), person_of(keys, device)), answer.repeated


def _language(request: Request, sent: Sent) -> Language:
    """Return the language of whoever reports: as the form says, or the address."""
    given = sent.words.get("lang", "")
    return speak(given) if given in LANGUAGES else language_of(request)


def _answer(sent: Sent, token: str, language: Language, *, status: int) -> Answer:
    said = [language.gettext(N_("A coordinator reads it first; once it is published, the token gives its id."))]
    if sent.words.get("media_url", "").strip():
        said.append(language.gettext(N_("The photo was not fetched from its address: upload it as “media”.")))
    content = {"token": token, "service_notice": " ".join(said), "account_id": None}
    return Answer("service_requests", [content], status)


def _report(service: Service, program: Program, sent: Sent, language: str) -> Report:
    """Return what is reported; raises BadInput, NotFound for a service that there isn't."""
    words = sent.words
    code = words.get("service_code", "").strip()
    if not code:
        raise BadInput(N_("“service_code” is missing."))
    with service.database.begin(PUBLIC) as session:
        one_offered(session, code)
    lat, lon = _place(words)
    who = words.get("device_id", "").strip() or words.get("account_id", "").strip() or sent.key
    return Report(
        category=code,
        words=words.get("description", "").replace("\r\n", "\n"),
        lon=lon,
        lat=lat,
        place_words=words.get("address_string", ""),
        photos=sent.photos,
        contact=Contact(
            name=f"{words.get('first_name', '')} {words.get('last_name', '')}",
            phone=words.get("phone", ""),
            email=words.get("email", ""),
        ),
        device=f"open311:{program.id}:{who[:LONGEST_DEVICE]}",
        source="open311",
        language=language,
        demo=service.settings.demo,
    )


def _place(words: Mapping[str, str]) -> tuple[float | None, float | None]:
    """Return latitude and longitude, or neither where words alone say the place."""
    lat, lon = words.get("lat", "").strip(), words.get("long", "").strip()
    if not lat and not lon:
        if words.get("address_string", "").strip():
            return None, None
        raise BadInput(N_("Say where it is: “lat” and “long”, or “address_string”. We keep no address ids."))
    found = _number(lat, 90), _number(lon, 180)
    if None in found:
        raise BadFields({"place": BadInput(N_("Both are needed, in degrees of WGS 84 with a decimal point."))})
    return found


def _number(text: str, most: float) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= most else None
