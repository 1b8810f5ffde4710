"""The same or new: what is open near a place, and «це воно», by which somebody joins a report that is there already.

Residents are shown public reports only, by where the public is shown them; what the desk is shown stands in
neighbours.py. Why: docs/decisions/0012-what-is-near-is-told-from-what-is-public.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from layers import idempotency
from layers.area import Area
from layers.categories import store as categories
from layers.categories.tables import Category
from layers.errors import BadInput, Conflict
from layers.layer import Title
from layers.lemmas import key as lemma_key
from layers.people.credentials import Keys
from layers.problems import actions, duplicates, intake, rules, store
from layers.problems.duplicates import Asked, Candidate, Ranked
from layers.problems.intake import Prepared, Receipt
from layers.problems.receipts import person_of, receipt_hash, receipt_token
from layers.text import N_

COMPARED = 100  # the nearest, whose words are compared
NAMES_TRIED = 12  # of the words that say where it is, as names of settlements


@dataclass(frozen=True)
class Open:
    """A public report that is open, as whoever is about to report the same is shown it; `id` is its public one."""

    id: UUID
    category: Title
    status: Title
    place: Title
    month: date
    body: str
    photos: tuple[UUID, ...]
    supporters: int
    score: float


def open_nearby(
    session: Session,
    *,
    category: str,
    lon: float | None = None,
    lat: float | None = None,
    words: str = "",
    place_words: str = "",
    today: date,
) -> list[Open]:
    """Return the public reports that may be the one somebody is about to make, the likeliest first.

    Without a point the settlement that the words name is looked through; without one there is nothing.
    """
    kind = categories.one(session, category)
    if kind is None or kind.audience != "public":
        return []
    radius_m = duplicates.radius(staff=False, override_m=kind.radius_m)
    if lon is not None and lat is not None:
        rows = store.open_public_near(session, kind.family, lon, lat, radius_m=radius_m, most=COMPARED)
    else:
        rows = _in_settlement(session, kind, place_words)
    asked = Asked(kind.code, kind.family, lemma_key(f"{words} {place_words}"))
    by_id = {str(row.id): row for row in rows}
    ranked = duplicates.rank(asked, [_public_candidate(row, today) for row in rows], radius_m=radius_m)
    return [_shown(by_id[each.candidate.id], each) for each in ranked]


def _in_settlement(session: Session, kind: Category, place_words: str) -> Sequence[Any]:
    from layers.places.gazetteer import resolve  # brings SciPy with it: not while the server starts

    parts = [part.strip() for part in place_words.split(",")]
    for name in dict.fromkeys([*parts, *place_words.split(), *lemma_key(place_words).split()][:NAMES_TRIED]):
        try:
            spot = resolve(session, settlement=name)
        except BadInput:
            continue
        return store.open_public_in(session, kind.family, spot.found.id, most=COMPARED)
    return []


def _public_candidate(row: Any, today: date) -> Candidate:
    # Who has no point says in words where it is: there the name of the public place counts among the words.
    said = row.body if row.distance_m is not None else f"{row.body} {row.place_uk}"
    age = max(0, (today - row.month).days)
    return Candidate(str(row.id), row.category, row.family, row.distance_m, lemma_key(said), age, row.supporters)


def _shown(row: Any, ranked: Ranked) -> Open:
    return Open(
        id=row.id,
        category=Title(row.problem_uk, row.problem_en),
        status=Title(row.status_uk, row.status_en),
        place=Title(row.place_uk, row.place_en),
        month=row.month,
        body=row.body,
        photos=tuple(row.photos),
        supporters=row.supporters,
        score=ranked.score,
    )


def follow(
    session: Session,
    keys: Keys,
    area: Area,
    public_id: UUID,
    prepared: Prepared,
    *,
    key: str,
    now: datetime,
) -> Receipt:
    """Let whoever was about to report the same join a public report: one supporter more, and a receipt of their own.

    As a robot named `reporter`. What they wrote, their photos and contact go to the desk. Their receipt has no number:
    together with a phone's last four digits that would open the author's. Raises Conflict when it is not open any more.
    """
    device = person_of(keys, prepared.report.device or key)
    answer = idempotency.once(
        session,
        scope=f"problems.follow:{device.hex()[:16]}",
        key=key,
        body={"problem": str(public_id), "words": prepared.report.words, "photos": len(prepared.pictures)},
        act=lambda: _join(session, keys, area, public_id, prepared, device, now),
    )
    problem = UUID(answer.content["problem"])
    return Receipt(problem, 0, receipt_token(keys, problem, device), answer.repeated)


def _join(
    session: Session, keys: Keys, area: Area, public_id: UUID, prepared: Prepared, device: bytes, now: datetime
) -> dict[str, str]:
    found = store.by_public_id(session, public_id)
    if found is None or not found.published or found.status not in rules.OPEN:
        raise Conflict(N_("This report is not open any more. Send yours as a new one."))
    actions.say(session, area, found.id, device, "supports", words=prepared.report.words, now=now)
    intake.keep_photos(session, found.id, prepared, now)
    intake.keep_contact(session, found.id, device, prepared.contact, now)
    token = receipt_token(keys, found.id, device)
    receipt = {"hash": receipt_hash(keys, token), "problem_id": found.id, "person": device, "made_at": now}
    store.add_receipt_once(session, receipt)
    return {"problem": str(found.id)}
