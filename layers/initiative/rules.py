"""Who keeps these facts, what is shipped, and which route wins."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from importlib import resources
from typing import Any, Protocol
from uuid import UUID

from layers.errors import NotAllowed
from layers.text import N_
from layers.viewer import Role, Viewer

KEEPERS = frozenset({Role.COORDINATOR, Role.ADMIN, Role.ROBOT})
CONCERNS = ("emergency", "ordnance", "military", "shelling", "domestic_violence")


class Line(Protocol):
    """One line of the routing table."""

    category: str | None
    unit: str | None
    institution_id: UUID


def must_keep(viewer: Viewer) -> None:
    if viewer.role not in KEEPERS:
        raise NotAllowed(N_("Only the coordinator may change this."))


def best_route(lines: Iterable[Line]) -> UUID | None:
    """Return whom the most particular of fitting lines names: category and unit, then category, then unit, then any."""
    ranked = sorted(
        lines, key=lambda line: (line.category is None, line.unit is None, line.unit or "", str(line.institution_id))
    )
    return ranked[0].institution_id if ranked else None


def shipped_helplines() -> list[dict[str, Any]]:
    """Return the numbers that come with this software; nobody here has rung them yet."""
    return [
        {**row, "concerns": row["concerns"].split("|"), "checked_on": None, "position": position}
        for position, row in enumerate(_rows("helplines.csv"))
    ]


def shipped_institutions() -> list[dict[str, Any]]:
    """Return kinds of institutions to begin with, each with the codes of the categories that it is sent."""
    return [
        {**row, "categories": [code for code in row["categories"].split("|") if code], "position": position}
        for position, row in enumerate(_rows("institutions.csv"))
    ]


def _rows(name: str) -> list[dict[str, str]]:
    content = (resources.files("layers") / "initiative" / name).read_text("utf-8")
    return list(csv.DictReader(io.StringIO(content)))
