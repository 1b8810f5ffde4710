"""The one door by which reports come in: web, hotline, pasted messages, Open311 and the demonstration alike.

Two steps, because the first is long and needs no database: `prepare` reads words and photos, `submit` writes all down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import phonenumbers
from sqlalchemy.orm import Session

from layers import history, idempotency
from layers.area import Area
from layers.categories import store as categories
from layers.categories.tables import Category
from layers.errors import BadFields, BadInput
from layers.files import actions as files
from layers.files.images import Picture, clean
from layers.initiative import store as initiative
from layers.lemmas import key as lemma_key
from layers.people.credentials import Keys
from layers.privacy import forbidden
from layers.problems import deadlines, places, rules, store
from layers.problems.receipts import person_of, receipt_hash, receipt_token, spoken_hash
from layers.text import EMAIL, N_
from layers.viewer import Viewer

KINDS = ("problem", "thanks", "complaint")
TELEGRAM = 64


@dataclass(frozen=True)
class Contact:
    """How whoever reports can be reached, all of it optional; `police_may` is their consent."""

    name: str = ""
    phone: str = ""
    email: str = ""
    telegram: str = ""
    call_back: bool = False
    police_may: bool = False
    on_behalf_of: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.phone or self.email or self.telegram)


@dataclass(frozen=True)
class Report:
    """What somebody reports, as it was typed."""

    category: str
    words: str = ""
    lon: float | None = None
    lat: float | None = None
    accuracy: float | None = None
    place_words: str = ""
    photos: tuple[bytes, ...] = ()
    contact: Contact = Contact()
    device: str = ""  # a key that the device made for itself; kept only as a keyed hash
    source: str = "web"
    kind: str = "problem"
    language: str = "uk"
    reported_at: datetime | None = None  # for what was written down offline; never in the future
    demo: bool = False
    edited: str = ""  # the words as the desk puts them for everybody, beside what was said


@dataclass(frozen=True)
class Prepared:
    """A report that can be written down: photos cleaned, words looked through, contacts in one form."""

    report: Report
    contact: Contact
    pictures: tuple[Picture, ...] = ()
    key: str = ""
    concerns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """What whoever reported is given: the number to say, the 16 characters that open it."""

    problem: UUID
    number: int
    token: str
    repeated: bool = False


class NotTaken(BadInput):
    """It is not taken here, and nothing of it was stored; `concern` says whom to call instead."""

    def __init__(self, concern: str) -> None:
        super().__init__(NOT_TAKEN[concern])
        self.concern = concern


NOT_TAKEN = {
    "military": N_(
        "This seems to be about the military, a checkpoint or where police or recruiters stand. "
        "Nothing of it was kept. If you see a threat, call 102."
    ),
    "ordnance": N_(
        "This seems to be about something that may explode. Nothing of it was kept. "
        "Don't touch it, step away and call 101 at once."
    ),
    "shelling": N_("This seems to be about shelling. Nothing of it was kept. If somebody needs help, call 101 or 112."),
    "emergency": N_("This seems to be happening now. Nothing of it was kept: call 102 or 112 at once."),
    "domestic_violence": N_(
        "This seems to be about violence at home. Nothing of it was kept. Call 102 in danger, or 15-47 day and night."
    ),
}


# --- prepare ----------------------------------------------------------------------------------------------------------


def prepare(report: Report) -> Prepared:
    """Look a report through, without the database; raises BadFields, or NotTaken for what must not be kept."""
    wrong: dict[str, BadInput] = {}
    words, place_words = report.words.strip(), " ".join(report.place_words.split())
    flagged = look_through(f"{words}\n{report.edited}\n{place_words}\n{report.contact.name}")
    if max(len(words), len(report.edited)) > rules.LONGEST_WORDS:
        wrong["words"] = BadInput(N_("Make it at most {most} characters long."), most=rules.LONGEST_WORDS)
    if len(place_words) > rules.LONGEST_PLACE:
        wrong["place_words"] = BadInput(N_("Make it at most {most} characters long."), most=rules.LONGEST_PLACE)
    if report.kind not in KINDS:
        wrong["kind"] = BadInput(N_("Choose whether it is a problem, thanks or a complaint."))
    contact = _contact(report.contact, wrong)
    pictures = _pictures(report.photos, wrong)
    if wrong:
        raise BadFields(wrong)
    return Prepared(report, contact, pictures, lemma_key(f"{words} {place_words}"), flagged)


def warm() -> None:
    """Read the dictionaries, which takes a second: the first who reports shall not wait for it."""
    prepare(Report("other", "Темно на дорозі", 0.0, 0.0))


def look_through(words: str) -> tuple[str, ...]:
    """Return what the word lists flag for the moderator; raises NotTaken for what must not be kept at all."""
    said = forbidden.concerns(words)
    refused = [concern.kind for concern in said if concern.strength == "refuse"]
    if refused:
        raise NotTaken(min(refused, key=list(NOT_TAKEN).index))
    return tuple(sorted({concern.kind for concern in said}))


def checked(given: Contact) -> Contact:
    """Return a contact in one form; raises BadFields."""
    wrong: dict[str, BadInput] = {}
    contact = _contact(given, wrong)
    if wrong:
        raise BadFields(wrong)
    return contact


def _contact(given: Contact, wrong: dict[str, BadInput]) -> Contact:
    phone = ""
    if given.phone.strip():
        try:
            number = phonenumbers.parse(given.phone, "UA")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            wrong["phone"] = BadInput(N_("This is not a phone number. It looks like 050 123 45 67."))
        else:
            phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    email = given.email.strip()
    if email and (len(email) > 254 or not EMAIL.fullmatch(email)):
        wrong["email"] = BadInput(N_("This is not an e-mail address. It looks like name@example.org."))
    if given.call_back and not given.phone.strip():
        wrong["phone"] = BadInput(N_("Leave a number, so that we can call back."))
    return Contact(
        name=" ".join(given.name.split())[:100],
        phone=phone,
        email=email,
        telegram=given.telegram.strip().lstrip("@")[:TELEGRAM],
        call_back=given.call_back,
        police_may=given.police_may,
        on_behalf_of=" ".join(given.on_behalf_of.split())[:100],
    )


def _pictures(photos: tuple[bytes, ...], wrong: dict[str, BadInput]) -> tuple[Picture, ...]:
    if len(photos) > rules.MOST_PHOTOS:
        wrong["photos"] = BadInput(N_("At most {most} photos, please."), most=rules.MOST_PHOTOS)
        return ()
    pictures = []
    for photo in photos:
        try:
            pictures.append(clean(photo))
        except BadInput as error:
            wrong["photos"] = error
    return tuple(pictures)


# --- submit -----------------------------------------------------------------------------------------------------------


@dataclass
class _Where:
    """The place of a report, as far as it is known."""

    lon: float | None
    lat: float | None
    shown: dict[str, Any] = field(default_factory=dict)


def submit(
    session: Session, viewer: Viewer, keys: Keys, area: Area, prepared: Prepared, *, key: str, now: datetime
) -> Receipt:
    """Write a report down in the caller's transaction; the same key again gives the same receipt and writes nothing.

    Raises BadFields for a category or place that can't be, KeyReused when the key came with another report.
    """
    report = prepared.report
    device = person_of(keys, report.device or str(viewer.account or key))
    body = {**vars(report), "contact": vars(report.contact), "photos": [len(photo) for photo in report.photos]}
    answer = idempotency.once(
        session,
        scope=f"problems.submit:{viewer.account or device.hex()[:16]}",
        key=key,
        body={name: value for name, value in body.items() if name not in ("reported_at", "device")},
        act=lambda: _write(session, keys, area, prepared, device, now),
    )
    problem = UUID(answer.content["problem"])
    return Receipt(problem, answer.content["number"], receipt_token(keys, problem, device), answer.repeated)


def _write(
    session: Session, keys: Keys, area: Area, prepared: Prepared, device: bytes, now: datetime
) -> dict[str, Any]:
    report = prepared.report
    category = _category(session, report)
    where = _where(session, area, report)
    at = min(report.reported_at or now, now)
    problem, number = uuid4(), store.next_number(session)
    settings = initiative.initiative(session)
    store.add(
        session,
        {
            "id": problem,
            "number": number,
            "public_id": uuid4(),
            "kind": report.kind if category.audience == "statistics" else "problem",
            "audience": category.audience,
            "source": report.source,
            "category": category.code,
            "language": report.language,
            "body": report.edited.strip(),
            "reported_at": at,
            "month": store.first_of_month(at.astimezone(area.timezone)),
            "status_at": now,
            "status_month": store.first_of_month(now.astimezone(area.timezone)),
            "due_at": deadlines.due_at(
                at, category.answer_days, martial_law=settings.martial_law, timezone=area.timezone
            ),
            "demo": report.demo,
        }
        | where.shown,
    )
    place_words = " ".join(report.place_words.split())
    if where.lon is not None or place_words:
        store.add_place(
            session, problem, lon=where.lon, lat=where.lat, words=place_words or None, accuracy=report.accuracy
        )
    store.add_words(session, problem, report.words.strip() or None, prepared.key, prepared.concerns)
    keep_photos(session, problem, prepared, now)
    keep_contact(session, problem, device, prepared.contact, now)
    store.say(session, problem, device, "reported", now)
    keep_receipt(session, keys, problem, number, device, prepared.contact.phone, now)
    codes = {"source": report.source, "category": category.code, "photos": len(prepared.pictures)}
    audience = rules.HISTORY.get(category.audience, "staff")
    history.record(
        session, audience=audience, subject="problem", subject_id=str(problem), event="received", codes=codes
    )
    return {"problem": str(problem), "number": number}


def keep_receipt(
    session: Session, keys: Keys, problem: UUID, number: int, person: bytes, phone: str, now: datetime
) -> None:
    """Let a person open a report: by the 16 characters and, with a phone, by its number and last four digits."""
    digest = receipt_hash(keys, receipt_token(keys, problem, person))
    values = {"hash": digest, "problem_id": problem, "person": person, "made_at": now}
    store.add_receipt(session, {**values, "spoken": spoken_hash(keys, number, phone) if phone else None})


def _category(session: Session, report: Report) -> Category:
    category = categories.one(session, report.category)
    if category is None or category.problem_uk is None or not category.active:
        raise BadFields({"category": BadInput(N_("Choose what it is about."))})
    if category.audience != "statistics" and report.kind != "problem":
        raise BadFields({"kind": BadInput(N_("Thanks and complaints are about the work of the police."))})
    if not report.words.strip() and not report.photos and category.code == "other":
        raise BadFields({"words": BadInput(N_("Say in a few words what is wrong."))})
    return category


def _where(session: Session, area: Area, report: Report) -> _Where:
    """Return the place and what may be shown of it; raises BadFields when there is none, or none of ours."""
    if report.lon is None or report.lat is None:
        if len(report.place_words.strip()) < rules.SHORTEST_WORDS and report.kind == "problem":
            raise BadFields({"place": BadInput(N_("Say where it is: on the map, or in words."))})
        return _Where(None, None)
    shown = places.shown(session, area, report.lon, report.lat)
    if shown is None:
        raise BadFields({"place": BadInput(N_("This place is outside our area. Move the pin, or say it in words."))})
    return _Where(report.lon, report.lat, shown)


def keep_photos(session: Session, problem: UUID, prepared: Prepared, now: datetime) -> None:
    """Keep the cleaned photos for the desk."""
    for position, picture in enumerate(prepared.pictures):
        file_id = files.keep(
            session,
            name=f"{position + 1}.jpg",
            media_type=picture.media_type,
            content=picture.content,
            audience="desk",
        )
        store.add_photo(
            session, {"id": uuid4(), "problem_id": problem, "file_id": file_id, "position": position, "made_at": now}
        )


def keep_contact(session: Session, problem: UUID, person: bytes, contact: Contact, now: datetime) -> None:
    """Keep how a person can be reached, where they said it."""
    if contact.is_empty and not contact.on_behalf_of and not contact.name:
        return
    store.add_contact(
        session,
        {
            "id": uuid4(),
            "problem_id": problem,
            "person": person,
            "made_at": now,
            **{name: value or None for name, value in vars(contact).items() if isinstance(value, str)},
            "call_back": contact.call_back,
            "police_may": contact.police_may,
        },
    )
