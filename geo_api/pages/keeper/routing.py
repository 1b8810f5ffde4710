"""Who gets what: for each category and unit the institution that a report goes to, and where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from geo_api.context import language_of, service_of
from geo_api.errors import status_of
from geo_api.pages.forms import porter_of, to, wrong_fields
from geo_api.pages.keeper.common import Change, changes, keeper, shown
from geo_api.pages.territory import TOO_SMALL
from geo_api.places import SETTINGS
from layers.area import Area
from layers.categories import store as categories
from layers.categories.tables import Category
from layers.database.engine import Session
from layers.errors import BadFields, BadInput, BezpekaError, Conflict
from layers.initiative import actions, store
from layers.initiative.rules import best_line, fitting
from layers.initiative.tables import Institution, Route
from layers.text import N_
from layers.units.names import Name, unit_areas, unit_names
from maps.language import Language, sort_key

HERE = f"{SETTINGS}/routes"
router = APIRouter(prefix=HERE, include_in_schema=False)

Typed = Annotated[str, Form()]


@router.get("")
def table(request: Request) -> Response:
    return _page(request)


@router.post("")
def change(
    request: Request,
    category: Typed = "",
    unit: Typed = "",
    institution: Typed = "",
    was: Typed = "",
    system: Typed = "",
) -> Response:
    viewer = keeper(request)
    words = {"system": system, "category": category, "unit": unit}
    try:
        with porter_of(request).database.begin(viewer) as session:
            _must_be(session, category, unit)
            actions.set_route(session, viewer, category or None, unit or None, _id(institution), was=_id(was))
    except (BadFields, Conflict) as error:
        return _page(request, error, **words)
    return to(HERE, system=system, done=f"{category} {unit}")


def _must_be(session: Session, category: str, unit: str) -> None:
    """Raise BadFields for a category or unit that is not there."""
    if category and categories.one(session, category) is None:
        raise BadFields({"category": BadInput(N_("There is no such category."))})
    if unit and unit not in {name.code for name in unit_names(session)}:
        raise BadFields({"unit": BadInput(N_("There is no such unit."))})


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise BadFields({"institution": BadInput(N_("Choose whom it is forwarded to."))}) from error


# --- the table --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """Whom a report of a category goes to in a unit: `own` when a line says just so, otherwise it follows."""

    unit: str
    institution: UUID | None
    own: bool


@dataclass(frozen=True)
class Row:
    """One category of the table; without a code it is everything that has no line of its own."""

    category: str
    title: str
    symbol: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Table:
    """The whole table for one way to divide the area."""

    rows: Sequence[Row]
    units: Sequence[tuple[str, str]]
    institutions: Mapping[UUID, Institution]


def _table(session: Session, system: str, language: Language) -> Table:
    names = unit_names(session)
    by_code = {name.code: name for name in names}
    units = sorted(((name.code, name[language.code]) for name in names if name.system == system), key=_alphabet)
    offices = {each.id: each for each in store.institutions(session)}
    lines = [line for line in store.routes(session) if offices[line.institution_id].active]
    areas = unit_areas(session, list(by_code))
    columns = [("", frozenset[str]()), *((code, frozenset(_lineage(code, by_code))) for code, _ in units)]

    def row(code: str, title: str, symbol: str) -> Row:
        return Row(code, title, symbol, [_cell(lines, code, unit, within, areas) for unit, within in columns])

    rows = [row(each.code, _title(each, language), each.symbol) for each in _routed(session)]
    return Table([*rows, row("", language.gettext("Everything else"), "other")], units, offices)


def _routed(session: Session) -> Iterator[Category]:
    """Yield the categories whose reports are forwarded: what is for statistics alone goes nowhere."""
    return (each for each in categories.reportable(session) if each.audience != "statistics")


def _cell(lines: Sequence[Route], category: str, unit: str, within: frozenset[str], areas: Mapping[str, float]) -> Cell:
    line = best_line(fitting(lines, category, within), areas)
    own = line is not None and (line.category or "", line.unit or "") == (category, unit)
    return Cell(unit, line.institution_id if line else None, own)


def _lineage(code: str, by_code: Mapping[str, Name]) -> Iterator[str]:
    """Yield a unit and the units that it lies in."""
    seen: set[str] = set()
    here: str | None = code
    while here is not None and here in by_code and here not in seen:
        yield here
        seen.add(here)
        here = by_code[here].parent


def gaps(session: Session, area: Area, language: Language) -> list[tuple[str, str]]:
    """Return each category and unit (of the first way to divide the area) whose reports would go to nobody."""
    table = _table(session, _systems(session, area)[0][0] if _systems(session, area) else "", language)
    titles = dict(table.units)
    return [
        (row.title, titles.get(cell.unit, ""))
        for row in table.rows
        for cell in row.cells
        if cell.institution is None and row.category
    ]


def _systems(session: Session, area: Area) -> list[tuple[str, Mapping[str, str]]]:
    """Return the ways to divide the area whose units the table can show side by side; hromadas come first."""
    known = {name.system for name in unit_names(session)}
    found = [
        (system.id, {"uk": system.title.uk, "en": system.title.en})
        for system in area.unit_systems
        if system.id in known and system.id not in TOO_SMALL
    ]
    return sorted(found, key=lambda each: each[0] != "hromadas")


def _title(category: Category, language: Language) -> str:
    uk, en = category.problem_uk or category.title_uk, category.problem_en or category.title_en
    return uk if language.code == "uk" else en


def _alphabet(unit: tuple[str, str]) -> tuple[tuple[int, int], ...]:
    return sort_key(unit[1])


# --- the page ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """The cell that is being changed: what its own line says now, and what would hold without one."""

    category: str
    unit: str
    title: str
    own: UUID | None
    otherwise: UUID | None
    changes: Sequence[Change]


def _page(request: Request, error: BezpekaError | None = None, **given: str) -> Response:
    viewer, language, area = keeper(request), language_of(request), service_of(request).area
    asked = {**dict(request.query_params), **given}
    with porter_of(request).database.begin(viewer) as session:
        systems = _systems(session, area)
        known = [code for code, _ in systems]
        system = asked["system"] if asked.get("system") in known else (known[0] if known else "")
        table = _table(session, system, language)
        chosen = _chosen(session, table, asked, language) if "category" in asked else None
        others = _elsewhere(session, table, language)
    return shown(
        request,
        "keeper/routes.html",
        section="/routes",
        status=status_of(error) if error else 200,
        path=HERE,
        systems=[(code, titles[language.code], code == system) for code, titles in systems],
        system=system,
        table=table,
        names={each: _name(office, language) for each, office in table.institutions.items()},
        active=[each for each in table.institutions.values() if each.active],
        chosen=chosen,
        others=others,
        gaps=sum(cell.institution is None for row in table.rows for cell in row.cells if row.category),
        errors=wrong_fields(request, error) if error else {},
        done=request.query_params.get("done"),
    )


def _chosen(session: Session, table: Table, asked: Mapping[str, str], language: Language) -> Chosen | None:
    category, unit = asked.get("category", ""), asked.get("unit", "")
    row = next((row for row in table.rows if row.category == category), None)
    if row is None or unit not in {"", *dict(table.units)}:
        return None
    own = store.route(session, category or None, unit or None)
    names = {name.code: name for name in unit_names(session)}
    active = {each.id for each in table.institutions.values() if each.active}
    lines = [
        line for line in store.routes(session) if (own is None or line.id != own.id) and line.institution_id in active
    ]
    within = frozenset(_lineage(unit, names)) if unit else frozenset[str]()
    otherwise = best_line(fitting(lines, category, within), unit_areas(session, list(within)))
    where = dict(table.units)[unit] if unit else language.gettext("everywhere")
    return Chosen(
        category,
        unit,
        f"{row.title}: {where}",
        own.institution_id if own else None,
        otherwise.institution_id if otherwise else None,
        changes(session, "route", f"{category or '*'} {unit or '*'}", language),
    )


def _elsewhere(session: Session, table: Table, language: Language) -> list[tuple[str, str, str]]:
    """Return the lines about units that this table has no column for: category, unit, institution."""
    names = {name.code: name[language.code] for name in unit_names(session)}
    titles = {row.category: row.title for row in table.rows}
    shown_units = dict(table.units)
    return [
        (titles.get(line.category or "", line.category or ""), names.get(line.unit, line.unit),
         _name(table.institutions[line.institution_id], language))
        for line in store.routes(session)
        if line.unit and line.unit not in shown_units
    ]  # fmt: skip


def _name(office: Institution, language: Language) -> str:
    return office.name_uk if language.code == "uk" else office.name_en
