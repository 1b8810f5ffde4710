"""What a letter says of each report: as the desk has it or, for deputies, as everybody has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from layers.area import Area
from layers.errors import BadInput
from layers.letters import rules, store
from layers.text import N_
from layers.viewer import Role, Viewer


@dataclass(frozen=True)
class Item:
    """One report in a letter; `problem`, `number` and `status` are None where only what is public is known."""

    public_id: UUID
    category: str
    category_uk: str
    category_en: str
    month: date
    day: date | None
    place: str
    words: str
    answer_days: int
    institution: UUID | None
    problem: UUID | None = None
    number: int | None = None
    status: str | None = None
    units: tuple[str, ...] = ()

    def row(self, position: int) -> dict[str, Any]:
        """Return it as a row of letter_problems, without the letter."""
        names = ("public_id", "category", "month", "day", "place", "words")
        return {name: getattr(self, name) for name in names} | {"position": position}

    def title(self, language: str) -> str:
        return self.category_uk if language == "uk" else self.category_en


def gather(session: Session, viewer: Viewer, area: Area, about: Sequence[UUID], *, language: str) -> list[Item]:
    """Return what there is to say of these reports, in their order; those that the viewer may not see are missing."""
    asked = list(dict.fromkeys(about))[: rules.MOST_PROBLEMS + 1]
    if viewer.role is Role.DEPUTY:
        return [_public(row, language) for row in store.public_reports(session, asked)]
    return [_of_desk(row, language) for row in store.reports(session, asked, area.timezone.key)]


def wrong(told: Sequence[Item], about: Sequence[UUID], *, kind: str) -> dict[str, BadInput]:
    """Return why a letter can't be about these reports."""
    if not told:
        return {"problems": BadInput(N_("Choose at least one report: a letter is about something."))}
    if len(told) > rules.MOST_PROBLEMS:
        return {"problems": BadInput(N_("A letter is about at most {most} reports."), most=rules.MOST_PROBLEMS)}
    if len(told) < len(set(about)):
        return {"problems": BadInput(N_("Some of these reports are not there any more. Choose them again."))}
    if kind == "letter":
        early = [item.number for item in told if item.status not in rules.ABOUT]
        if early:
            numbers = ", ".join(f"№ {number}" for number in early)
            return {
                "problems": BadInput(
                    N_("Confirm these reports first, or take them out of the letter: {numbers}."), numbers=numbers
                )
            }
    return {}


def _of_desk(row: Any, language: str) -> Item:
    point = "" if row.lat is None else f"{row.lat:.5f}, {row.lon:.5f}"
    if language == "uk":
        point = "" if row.lat is None else f"{row.lat:.5f}; {row.lon:.5f}".replace(".", ",")
    street = _named(row, language) if row.place_kind in ("street", "place") else ""
    named = ", ".join(part for part in (_unit(row, language), street, row.said_place or "") if part)
    return Item(
        **_common(row),
        day=row.day,
        place=f"{named} ({point})" if named and point else named or point,
        answer_days=row.answer_days,
        problem=row.id,
        number=row.number,
        status=row.status,
        units=tuple(row.units),
    )


def _public(row: Any, language: str) -> Item:
    parts = dict.fromkeys(part for part in (_unit(row, language), _named(row, language)) if part)
    return Item(**_common(row), day=None, place=", ".join(parts), answer_days=rules.DEFAULT_DAYS)


def _common(row: Any) -> dict[str, Any]:
    return {
        "public_id": row.public_id,
        "category": row.category,
        "category_uk": row.category_uk or row.category,
        "category_en": row.category_en or row.category,
        "month": row.month,
        "words": row.body,
        "institution": row.institution_id,
    }


def _unit(row: Any, language: str) -> str:
    return (row.unit_uk if language == "uk" else row.unit_en) or ""


def _named(row: Any, language: str) -> str:
    return (row.place_uk if language == "uk" else row.place_en) or ""
