"""What these facts may be, what is shipped, and which route wins."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Collection, Iterable, Mapping
from importlib import resources
from typing import Any, Protocol, TypeVar
from uuid import UUID

from layers.layer import Title

# What a number to call is for; the codes are those of layers/privacy/forbidden.py.
CONCERNS: Mapping[str, Title] = {
    "emergency": Title("Екстрений випадок, злочин просто зараз", "Emergency, crime in progress"),
    "ordnance": Title("Вибухонебезпечний чи підозрілий предмет", "Unexploded or suspicious object"),
    "military": Title("Військове", "The military"),
    "shelling": Title("Обстріл", "Shelling"),
    "domestic_violence": Title("Домашнє насильство", "Domestic violence"),
}
KINDS: Mapping[str, Title] = {
    "police": Title("Поліція", "Police"),
    "administration": Title("Військова адміністрація", "Military administration"),
    "council": Title("Рада, виконавчий комітет", "Council, executive committee"),
    "utility": Title("Комунальне підприємство", "Municipal utility"),
    "energy": Title("Енергетики", "Electricity company"),
    "school_safety": Title("Служба освітньої безпеки", "School safety service"),
    "other": Title("Інше", "Other"),
}
NUMBER = re.compile(r"[0-9 +()-]{3,20}")
LONGEST = 300


class Line(Protocol):
    """One line of the routing table: of a category, of a unit, of both, or (neither) of everything."""

    category: str | None
    unit: str | None
    institution_id: UUID


AnyLine = TypeVar("AnyLine", bound=Line)


def fitting(lines: Iterable[AnyLine], category: str, units: Collection[str]) -> list[AnyLine]:
    """Return the lines that are about a category within some units."""
    return [line for line in lines if line.category in (None, category) and (line.unit is None or line.unit in units)]


def best_line(lines: Iterable[AnyLine], areas: Mapping[str, float]) -> AnyLine | None:
    """Return the most particular of fitting lines: category and unit, then category, then unit, then neither.

    Of two units the smaller wins: a village before its hromada. `areas` are square kilometres by the unit's code.
    """
    return min(lines, key=lambda line: _particular(line, areas), default=None)


def _particular(line: Line, areas: Mapping[str, float]) -> tuple[bool, bool, float, str, str]:
    area = areas.get(line.unit or "", math.inf)
    return line.category is None, line.unit is None, area, line.unit or "", str(line.institution_id)


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
