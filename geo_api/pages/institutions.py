"""How institutions answer, for everybody: a page, CSV and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from geo_api.context import language_of, service_of
from geo_api.pages.forms import now, page
from layers.letters import statistics
from layers.letters.statistics import Figures
from layers.problems.statistics import LEAST_N
from layers.text import N_
from layers.viewer import PUBLIC

router = APIRouter(include_in_schema=False)

ONLY_REGISTERED = N_(
    "Overdue is counted only of letters that the institution registered: before that its time has not begun."
)
FRESH = "public, max-age=300"


@router.get("/institutions")
def institutions_page(request: Request) -> Response:
    today, lines = _told(request)
    return page(
        request, "institutions.html", lines=lines, today=today, least=LEAST_N, sent=sum(one.sent for one in lines)
    )


@router.get("/institutions.csv")
def institutions_csv(request: Request) -> Response:
    _, lines = _told(request)
    names = [field.name for field in fields(Figures)]
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow(names)
    for line in lines:
        writer.writerow(["" if (value := getattr(line, name)) is None else value for name in names])
    headers = {"Cache-Control": FRESH, "Content-Disposition": 'inline; filename="institutions.csv"'}
    # The mark lets spreadsheets read Cyrillic.
    return Response(("\ufeff" + content.getvalue()).encode(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/institutions.json")
def institutions_json(request: Request) -> Response:
    today, lines = _told(request)
    answer = {
        "note": language_of(request).gettext(ONLY_REGISTERED),
        "day": today.isoformat(),
        "median_from_n": LEAST_N,
        "institutions": [asdict(line) for line in lines],
    }
    return JSONResponse(answer, headers={"Cache-Control": FRESH})


def _told(request: Request) -> tuple[date, Sequence[Figures]]:
    service = service_of(request)
    today = now().astimezone(service.area.timezone).date()
    with service.database.begin(PUBLIC) as session:
        return today, statistics.figures(session, today)
