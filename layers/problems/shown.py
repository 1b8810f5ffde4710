"""What everybody is shown of one published report, read from what is public alone; and what anybody may say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from layers.area import Area
from layers.errors import BadInput, NotFound
from layers.layer import Title
from layers.privacy.actions import Snapped, snapped
from layers.problems import actions, store
from layers.text import N_

NO_SUCH = N_("There is no such report on the map. It may have been taken back, or was never published.")
# What anybody may say of a report in a status: whoever has the same, sees it still there, or sees it done.
VOICES: Mapping[str, tuple[str, ...]] = {
    "confirmed": ("supports", "fixed"),
    "forwarded": ("supports", "still_there", "fixed"),
    "in_work": ("supports", "still_there", "fixed"),
    "reopened": ("supports", "still_there", "fixed"),
    "done": ("still_there", "fixed"),
    "closed": ("still_there",),
}


@dataclass(frozen=True)
class ShownStep:
    """One line of the public history: a step, words that were approved, or both; by month."""

    month: date
    status: str
    words: str
    signed: str


@dataclass(frozen=True)
class Shown:
    """One published report; `where` is what its place is called, `lon` and `lat` are those of its snap point."""

    id: UUID
    category: Title
    symbol: str
    status: str
    month: date
    updated: date
    where: Title
    precision: str
    lon: float
    lat: float
    words: str
    before: tuple[UUID, ...]
    after: tuple[UUID, ...]
    supporters: int
    institution: Title | None
    steps: tuple[ShownStep, ...]
    place: Snapped | None
    demo: bool

    @property
    def voices(self) -> tuple[str, ...]:
        return VOICES.get(self.status, ())


def shown(session: Session, public_id: UUID) -> Shown:
    """Return a published report; raises NotFound for any other."""
    row = store.public_one(session, public_id)
    if row is None:
        raise NotFound(NO_SUCH)
    after = store.shown_after(session, row.photos)
    place = snapped(session, row.snap_id) if row.snap_id else None
    steps = store.public_steps(session, public_id)
    return Shown(
        id=row.id,
        category=Title(row.category_uk, row.category_en),
        symbol=row.symbol,
        status=row.status,
        month=row.month,
        updated=row.updated_month,
        where=_called(session, place, row.units),
        precision=row.location_precision,
        lon=row.lon,
        lat=row.lat,
        words=row.body,
        before=tuple(photo for photo in row.photos if photo not in after),
        after=tuple(photo for photo in row.photos if photo in after),
        supporters=row.supporters,
        institution=Title(row.institution_uk, row.institution_en) if row.institution_uk else None,
        steps=tuple(ShownStep(step.month, step.status or "", step.body, step.signed) for step in steps),
        place=place,
        demo=row.demo,
    )


def _called(session: Session, place: Snapped | None, units: list[str]) -> Title:
    """Return what the place is called: the street or public place, then the settlement or hromada around it."""
    around = store.named_units(session, units)
    names = [place.title] if place and place.kind in ("street", "place") else []
    if place and place.kind == "settlement":
        names.append(place.title)
    else:
        names += around[:1]
    return Title(", ".join(name.uk for name in names), ", ".join(name.en for name in names))


def speak(session: Session, area: Area, public_id: UUID, person: bytes, says: str, *, now: datetime) -> str:
    """Let anybody say something of a published report, once a person; return its status after it.

    As a robot named `reporter`. Raises NotFound, or BadInput for what can't be said of a report in its status.
    """
    found = store.by_public_id(session, public_id)
    if found is None or not found.published:
        raise NotFound(NO_SUCH)
    if says not in VOICES.get(found.status, ()):
        raise BadInput(N_("This can't be said of the report any more: it has changed. Look at it again."))
    return actions.say(session, area, found.id, person, says, now=now)
