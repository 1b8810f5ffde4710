"""Figures about reports, for everybody: a page, CSV and JSON, by hromada and category."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from geo_api.context import language_of, read_query, service_of
from geo_api.pages.forms import now, page
from layers.categories.store import reportable
from layers.database.engine import Session
from layers.layer import Title
from layers.problems import statistics
from layers.problems.statistics import LEAST_N, Line
from layers.query import Query
from layers.text import N_
from layers.units.names import unit_names
from layers.viewer import PUBLIC

router = APIRouter(include_in_schema=False)

NOT_CRIME = N_("Reports are not crime: they say where people asked for something to be done.")
FIGURES = (
    "received", "counted", "people", "confirmed", "refused", "answered", "answer_days", "closed", "closing_days", "due",
    "overdue", "reopened",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What the figures are about: the lines, and names for their codes."""

    lines: Sequence[Line]
    hromadas: dict[str, Title]
    categories: dict[str, Title]
    query: Query


@router.get("/statistics")
def statistics_page(request: Request) -> Response:
    told = _told(request)
    chosen = told.query.category[0] if told.query.category else None
    unit = told.query.unit[0] if told.query.unit else None
    by_hromada = [(line.hromada, line) for line in told.lines if line.hromada is not None and line.category == chosen]
    by_category = [(line.category, line) for line in told.lines if line.hromada == unit and line.category is not None]
    return page(
        request,
        "statistics.html",
        whole=statistics.about(told.lines, hromada=unit, category=chosen),
        by_hromada=by_hromada,
        by_category=by_category,
        hromadas=told.hromadas,
        categories=told.categories,
        chosen=chosen,
        since=told.query.since,
        until=told.query.until,
        least=LEAST_N,
        query=request.url.query,
    )


@router.get("/statistics.csv")
def statistics_csv(request: Request) -> Response:
    """Return one line a hromada and category; an empty code stands for all of them."""
    told = _told(request)
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow(("hromada", "hromada_name", "category", "category_name", *FIGURES))
    language = language_of(request).code
    for line in told.lines:
        figures = ("" if (value := getattr(line, name)) is None else _short(value) for name in FIGURES)
        writer.writerow((*_codes(line, told, language), *figures))
    # The mark lets spreadsheets read Cyrillic.
    return _data(("\ufeff" + content.getvalue()).encode(), "text/csv; charset=utf-8")


@router.get("/statistics.json")
def statistics_json(request: Request) -> Response:
    told = _told(request)
    answer = {
        "note": language_of(request).gettext(NOT_CRIME),
        "from": told.query.since,
        "to": told.query.until,
        "median_from_n": LEAST_N,
        "reports_of_one_person_counted_a_month": statistics.CAP,
        "lines": [asdict(line) | {"overdue_share": line.overdue_share} for line in told.lines],
    }
    return JSONResponse(_plain(answer), headers={"Cache-Control": "public, max-age=300"})


def _told(request: Request) -> Told:
    service = service_of(request)
    query = read_query(request.url.query.encode(), service.area.timezone)
    with service.database.begin(PUBLIC) as session:
        since, until = _month(query.since), _month(query.until)
        lines = statistics.lines(session, since=since, until=until, now=now())
        return Told(_narrowed(lines, query), _hromadas(session), _categories(session), query)


def _narrowed(lines: Sequence[Line], query: Query) -> list[Line]:
    """Keep the lines of the hromadas that are asked for; sums over all hromadas would then be of others too."""
    return [line for line in lines if not query.unit or line.hromada in query.unit]


def _hromadas(session: Session) -> dict[str, Title]:
    return {name.code: Title(name["uk"], name["en"]) for name in unit_names(session) if name.system == "hromadas"}


def _categories(session: Session) -> dict[str, Title]:
    told = (one for one in reportable(session) if one.audience != "police")
    return {one.code: Title(one.problem_uk or "", one.problem_en or "") for one in told}


def _month(day: date | None) -> date | None:
    return day.replace(day=1) if day else None


def _codes(line: Line, told: Told, language: str) -> tuple[str, str, str, str]:
    hromada, category = line.hromada or "", line.category or ""
    names = told.hromadas.get(hromada), told.categories.get(category)
    return hromada, names[0][language] if names[0] else "", category, names[1][language] if names[1] else ""


def _short(value: float) -> float:
    return round(value, 2) if isinstance(value, float) else value


def _plain(answer: Mapping[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in answer.items()}


def _data(body: bytes, media: str) -> Response:
    headers = {"Cache-Control": "public, max-age=300", "Content-Disposition": 'inline; filename="statistics.csv"'}
    return Response(body, media_type=media, headers=headers)
