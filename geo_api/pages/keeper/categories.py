"""Categories: their list in the order in which they are offered, one of them, a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from geo_api.conditional import etag_of, version_of
from geo_api.context import language_of
from geo_api.errors import status_of
from geo_api.pages.forms import porter_of, to, wrong_fields
from geo_api.pages.keeper.common import changes, keeper, shown, typed
from geo_api.places import SETTINGS
from layers.categories import actions, rules, store
from layers.categories.actions import Kind
from layers.categories.tables import Category
from layers.errors import BadFields, BezpekaError, Conflict
from layers.problems.duplicates import RADIUS_M
from maps.language import Language
from maps.styles import STYLES

HERE = f"{SETTINGS}/categories"
SECTION = "/categories"
SYMBOLS = {symbol.name: symbol.title for symbol in STYLES["problems"].symbols}
router = APIRouter(prefix=HERE, include_in_schema=False)

Typed = Annotated[str, Form()]


async def read(request: Request) -> Kind:
    """Return a category as it was typed; a number that can't be read is one that can't be."""
    texts = await typed(
        request, "problem_uk", "problem_en", "title_uk", "title_en", "hint_uk", "hint_en", "words", "symbol", "family",
        "audience",
    )  # fmt: skip
    given = await typed(request, "answer_days", "severity", "radius_m", "active")
    return Kind(
        **texts,
        answer_days=int(_number(given["answer_days"])),
        severity=_number(given["severity"]),
        radius_m=int(_number(given["radius_m"])) if given["radius_m"].strip() else None,
        active=bool(given["active"]),
    )


Given = Annotated[Kind, Depends(read)]


@router.get("")
def listed(request: Request) -> Response:
    return _list(request)


@router.get("/new")
def new(request: Request) -> Response:
    keeper(request)
    return _form(request, None, Kind(symbol="other"))


@router.post("")
def add(request: Request, given: Given) -> Response:
    viewer = keeper(request)
    try:
        with porter_of(request).database.begin(viewer) as session:
            code = actions.add(session, viewer, given, symbols=SYMBOLS)
    except BadFields as error:
        return _form(request, None, given, error)
    return to(f"{HERE}/{code}", done="added")


@router.get("/{code}")
def one(request: Request, code: str) -> Response:
    return _form(request, code)


@router.post("/{code}")
def change(request: Request, code: str, given: Given, version: Typed = "") -> Response:
    viewer = keeper(request)
    try:
        with porter_of(request).database.begin(viewer) as session:
            actions.change(session, viewer, code, given, symbols=SYMBOLS, version=version_of(request, version))
    except (BadFields, Conflict) as error:
        return _form(request, code, given, error)
    return to(f"{HERE}/{code}", done="changed")


@router.post("/{code}/switch")
def switch(request: Request, code: str, active: Typed = "", version: Typed = "") -> Response:
    viewer = keeper(request)
    try:
        with porter_of(request).database.begin(viewer) as session:
            actions.switch(session, viewer, code, active=bool(active), version=version_of(request, version))
    except Conflict as error:
        return _list(request, error)
    return to(HERE, done="on" if active else "off")


@router.post("/{code}/shift")
def shift(request: Request, code: str, by: Typed = "") -> Response:
    viewer = keeper(request)
    with porter_of(request).database.begin(viewer) as session:
        actions.shift(session, viewer, code, by=-1 if by == "-1" else 1)
    return to(HERE, at=code)


@router.post("/{code}/remove")
def remove(request: Request, code: str, version: Typed = "") -> Response:
    viewer = keeper(request)
    try:
        with porter_of(request).database.begin(viewer) as session:
            actions.remove(session, viewer, code, version=version_of(request, version))
    except Conflict as error:
        return _form(request, code, error=error)
    return to(HERE, done="removed")


# --- what is shown ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A category in the list."""

    category: Category
    title: str
    audience: str
    reports: int
    incidents: int


def _list(request: Request, error: BezpekaError | None = None) -> Response:
    viewer, language = keeper(request), language_of(request)
    with porter_of(request).database.begin(viewer) as session:
        offered = store.reportable(session, also_inactive=True)
        uses = store.uses(session)
        others = [each for each in store.all_of(session) if each.problem_uk is None]
    return shown(
        request,
        "keeper/categories.html",
        section=SECTION,
        status=status_of(error) if error else 200,
        path=HERE,
        rows=[_row(each, uses, language) for each in offered],
        others=[_row(each, uses, language) for each in others],
        errors=wrong_fields(request, error) if error else {},
        done=request.query_params.get("done", ""),
        at=request.query_params.get("at", ""),
    )


def _row(category: Category, uses: Mapping[str, tuple[int, int]], language: Language) -> Row:
    uk, en = category.problem_uk or category.title_uk, category.problem_en or category.title_en
    audience = rules.AUDIENCES[category.audience][language.code]
    return Row(category, uk if language.code == "uk" else en, audience, *uses.get(category.code, (0, 0)))


def _form(request: Request, code: str | None, given: Kind | None = None, error: BezpekaError | None = None) -> Response:
    viewer, language = keeper(request), language_of(request)
    values: dict[str, Any] = {"category": None, "used": (0, 0), "changes": []}
    with porter_of(request).database.begin(viewer) as session:
        if code is not None:
            found = actions.get(session, code)
            values = {
                "category": found,
                "used": store.uses(session).get(code, (0, 0)),
                "changes": changes(session, "category", code, language),
            }
            given = given or actions.said_of(found)
    answer = shown(
        request,
        "keeper/category.html",
        section=SECTION,
        status=status_of(error) if error else 200,
        path=f"{HERE}/{code}" if code else f"{HERE}/new",
        typed=given,
        errors=wrong_fields(request, error) if error else {},
        symbols=[(name, title[language.code]) for name, title in SYMBOLS.items()],
        families=[(name, title[language.code]) for name, title in rules.FAMILIES.items()],
        audiences=[(name, title[language.code]) for name, title in rules.AUDIENCES.items()],
        bounds=rules.BOUNDS,
        radius=RADIUS_M,
        done=request.query_params.get("done", ""),
        **values,
    )
    if values["category"]:
        answer.headers["ETag"] = etag_of(values["category"].version)
    return answer


def _number(text: str) -> float:
    """Return the number that was typed, with a comma or a point; 0, which nothing here may be, for anything else."""
    try:
        return float(text.replace(",", ".").strip())
    except ValueError:
        return 0.0
