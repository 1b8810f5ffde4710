"""A report on its way in from the web: what was typed, how often that may be, and the one door; for page and API."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from uuid import UUID

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from geo_api.context import service_of
from geo_api.pages.forms import now, porter_of
from geo_api.security import client_network
from layers import limits
from layers.categories import store as categories
from layers.errors import BadFields, BadInput
from layers.files.rules import MAX_PHOTO_BYTES
from layers.problems import intake, nearby, rules
from layers.problems.intake import Contact, Receipt, Report
from layers.problems.nearby import Open
from layers.text import N_
from layers.viewer import PUBLIC, robot

PER = timedelta(hours=1)
ASKED_FOR_ONE_SENT = 10  # looking for what is nearby may be done that much oftener than sending
MOST_BYTES = rules.MOST_PHOTOS * MAX_PHOTO_BYTES + 1_000_000
MOST_FIELDS, MOST_FILES = 60, 12
MOST_KEPT = 8_000_000  # letters of a photo that a form without scripts brings back
OLDEST = timedelta(days=31)  # what a device claims about when it was written down; beyond it its clock is wrong
REPORTER = robot(rules.REPORTER)


@dataclass(frozen=True)
class Typed:
    """What somebody typed, as it came; names are those of the form's fields."""

    category: str = ""
    kind: str = ""
    words: str = ""
    place_words: str = ""
    lon: str = ""
    lat: str = ""
    accuracy: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    telegram: str = ""
    call_back: str = ""
    police_may: str = ""
    key: str = ""
    device: str = ""
    reported_at: str = ""
    language: str = "uk"
    same: str = ""  # the public id of the report that it is the same as
    others: frozenset[str] = frozenset()  # those that it was said not to be
    photos: tuple[bytes, ...] = ()

    @property
    def point(self) -> tuple[float, float] | None:
        """Return longitude and latitude, if both are numbers on Earth."""
        lon, lat = _number(self.lon), _number(self.lat)
        if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 85:
            return None
        return lon, lat

    @property
    def kept(self) -> list[str]:
        """Return the photos as a form without scripts can bring them back."""
        return [base64.b64encode(photo).decode() for photo in self.photos]


WORDS = tuple(field.name for field in fields(Typed) if field.name not in ("others", "photos"))


async def read(request: Request) -> Typed:
    """Read a form; raises HTTPException where it is longer than three photos are."""
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise HTTPException(411)
    if int(length) > MOST_BYTES:
        raise HTTPException(413)
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_KEPT) as form:
        words = {name: str(form.get(name, "")).replace("\0", "") for name in WORDS}
        others = frozenset(one for value in form.getlist("other") for one in str(value).split(","))
        return Typed(**words, others=others - {""}, photos=(*_kept(form), *await _photos(form)))


def _kept(form: FormData) -> Sequence[bytes]:
    """Return the photos that a form without scripts brings back: it can't choose a file again by itself."""
    try:
        return [base64.b64decode(str(value), validate=True) for value in form.getlist("kept_photo") if value]
    except binascii.Error as error:
        raise BadInput(N_("The photo arrived empty. Choose it again.")) from error


async def _photos(form: FormData) -> Sequence[bytes]:
    files = [value for value in form.getlist("photos") if isinstance(value, UploadFile)]
    contents = [await file.read() for file in files]
    return [content for content in contents if content]


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


# --- in through the one door ------------------------------------------------------------------------------------------


def send(request: Request, typed: Typed) -> Receipt:
    """Write a report down, or let its sender join the one that it is the same as.

    Raises TooMany, BadFields, KeyReused, Conflict; NotTaken for what must not be kept, and nothing of it was.
    """
    count(request, "report", most=service_of(request).settings.reports_per_hour)
    prepared = intake.prepare(_report(request, typed))
    service, keys = service_of(request), porter_of(request).keys
    if typed.same:
        with service.database.begin(REPORTER) as session:
            which = public_id(typed.same)
            return nearby.follow(session, keys, service.area, which, prepared, key=typed.key, now=now())
    with service.database.begin(PUBLIC) as session:
        return intake.submit(session, PUBLIC, keys, service.area, prepared, key=typed.key, now=now())


def offered(request: Request, typed: Typed) -> list[Open]:
    """Return the open reports that this may be the same as, without those that it was said not to be.

    Raises TooMany; NotTaken for what must not be kept.
    """
    settings = service_of(request).settings
    count(request, "nearby", most=ASKED_FOR_ONE_SENT * settings.reports_per_hour)
    intake.look_through(f"{typed.words}\n{typed.place_words}")
    lon, lat = typed.point or (None, None)
    service = service_of(request)
    with service.database.begin(PUBLIC) as session:
        found = nearby.open_nearby(
            session,
            category=typed.category,
            lon=lon,
            lat=lat,
            words=typed.words[: rules.LONGEST_WORDS],
            place_words=typed.place_words[: rules.LONGEST_PLACE],
            today=now().astimezone(service.area.timezone).date(),
        )
    return [one for one in found if str(one.id) not in typed.others]


def count(request: Request, what: str, *, most: int) -> None:
    """Count one attempt of this network, over all processes; raises TooMany. Its address is kept as a daily hash."""
    moment = now()
    network = porter_of(request).keys.mac("address", f"{moment:%Y-%m-%d} {client_network(request)}").hex()
    with service_of(request).database.begin(PUBLIC) as session:
        limits.limit(session, f"{what}:{network}", per=PER, most=most, now=moment)


def _report(request: Request, typed: Typed) -> Report:
    with service_of(request).database.begin(PUBLIC) as session:
        category = categories.one(session, typed.category)
    of_police = category is not None and category.audience == "statistics"
    if of_police and typed.kind not in ("thanks", "complaint"):
        raise BadFields({"kind": BadInput(N_("Choose: thanks or a complaint."))})
    lon, lat = typed.point or (None, None)
    return Report(
        category=typed.category,
        words=typed.words.replace("\r\n", "\n"),
        lon=lon,
        lat=lat,
        accuracy=_number(typed.accuracy),
        place_words=typed.place_words,
        photos=typed.photos,
        contact=Contact(
            name=typed.name,
            phone=typed.phone,
            email=typed.email,
            telegram=typed.telegram,
            call_back=bool(typed.call_back),
            police_may=bool(typed.police_may),
        ),
        device=typed.device[:64],
        kind=typed.kind if of_police else "problem",
        language=typed.language if typed.language in ("uk", "en") else "uk",
        reported_at=_written_down(typed.reported_at),
        demo=service_of(request).settings.demo,
    )


def _written_down(text: str) -> datetime | None:
    """Return when a device says that it was written down, if that can be: milliseconds since 1970."""
    milliseconds = _number(text)
    if milliseconds is None or not 0 < milliseconds < 1e14:
        return None
    at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return at if now() - OLDEST <= at else None


def public_id(text: str) -> UUID:
    """Read the public id of a report or photo; raises BadInput."""
    try:
        return UUID(text)
    except ValueError as error:
        raise BadInput(N_("This report is not open any more. Send yours as a new one.")) from error
