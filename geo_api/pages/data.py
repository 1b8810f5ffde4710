"""Open data for everybody: the page /data, a file a month at an address that never changes, and the dictionary."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta
from html import escape
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from geo_api.context import language_of, service_of
from geo_api.gathering import face_of, rows_for
from geo_api.pages.forms import now, page
from geo_api.published import base_url, tagged
from layers.catalogue import PROBLEMS
from layers.errors import NotFound
from layers.layer import Face, Kind
from layers.privacy.rules import KIND_TITLES
from layers.published import store
from layers.published.rules import month_of
from layers.query import Query
from layers.reading import select_names
from layers.text import N_
from layers.units.names import unit_names
from layers.viewer import PUBLIC
from maps.export import geojson
from maps.language import sort_key
from maps.open_data import PLACE, Names, dictionary, dictionary_table, table
from maps.rows import Caption, Rows

MONTH = re.compile(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", re.ASCII)
LICENCES = {"CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/"}
CSV, GEOJSON, JSON = "text/csv; charset=utf-8", "application/geo+json", "application/json"
KINDS = {
    Kind.TEXT: N_("text"),
    Kind.NUMBER: N_("number"),
    Kind.MONTH: N_("month, YYYY-MM"),
    Kind.TIME: N_("time"),
    Kind.FLAG: N_("yes or no"),
}
EMBEDDED = (640, 480)


def data(request: Request) -> Response:
    """Show what can be taken, month by month, and everything else that others can connect to."""
    service, language = service_of(request), language_of(request)
    with service.database.begin(PUBLIC) as session:
        months = store.months(session)
        names = unit_names(session)
    today = month_of(now(), service.area.timezone)
    hromadas = [name for name in names if name.system == "hromadas"]
    base = base_url(request)
    return page(
        request,
        "data.html",
        months=months,
        this_month=today,
        total=sum(n for _, n in months),
        columns=(*_face(request).columns, *PLACE),
        kinds=KINDS,
        licence=PROBLEMS.licence,
        licence_address=LICENCES[PROBLEMS.licence],
        units=sorted(hromadas, key=lambda name: sort_key(name[language.code])),
        base=base,
        snippet=_snippet(base, language.code, language.gettext("Residents' reports: {area}", area=_area(request))),
    )


def _snippet(base: str, language: str, title: str) -> str:
    """Return the HTML that shows the map in somebody else's page."""
    width, height = EMBEDDED
    address = f"{base}/embed?{urlencode({'lang': language})}"
    return (
        f'<iframe src="{_quoted(address)}" title="{_quoted(title)}" width="{width}" height="{height}" '
        'style="border:0;max-width:100%" loading="lazy" allowfullscreen></iframe>'
    )


def _quoted(text: str) -> str:
    """Write a text between double quotes of HTML; an apostrophe may stay one there."""
    return escape(text, quote=False).replace('"', "&quot;")


async def month_file(request: Request) -> Response:
    """Return the reports that were made in a month, as they are published now."""
    form = request.path_params["form"]
    makers = {"csv": _csv, "geojson": _geojson}
    if form not in makers:
        raise NotFound(N_("There is no such file; a month is there as .csv and as .geojson."))
    month = _month(request)
    body, media = await asyncio.to_thread(makers[form], request, month)
    name = f"reports-{month:%Y-%m}.{form}"
    return tagged(request, body, media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _month(request: Request) -> date:
    given = request.path_params["month"]
    month = date.fromisoformat(f"{given}-01") if MONTH.fullmatch(given) else None
    if month is None or month > month_of(now(), service_of(request).area.timezone):
        raise NotFound(N_("There is no such month; an address looks like /data/2026-10.csv."))
    return month


def _rows(request: Request, month: date) -> Rows:
    service = service_of(request)
    end = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    query = Query(since=month, until=end, timezone=service.area.timezone)
    with service.database.begin(PUBLIC) as session:
        return rows_for(session, service.layers, PROBLEMS.id, PUBLIC, query)


def _csv(request: Request, month: date) -> tuple[bytes, str]:
    return table(_rows(request, month)), CSV


def _geojson(request: Request, month: date) -> tuple[bytes, str]:
    language = language_of(request)
    caption = Caption(
        title=language.gettext("Residents' reports: {area}", area=_area(request)),
        day=month,  # not today: the same reports are the same file
        period=language.month(month),
        link=f"{base_url(request)}/data",
        demo=service_of(request).settings.demo,
    )
    return geojson(_rows(request, month), caption, language), GEOJSON


async def dictionary_file(request: Request) -> Response:
    """Return what each column means, in both languages, and what each of its codes is called."""
    form = request.path_params["form"]
    writers = {"csv": (dictionary_table, CSV), "json": (dictionary, JSON)}
    if form not in writers:
        raise NotFound(N_("There is no such file; the dictionary is there as .csv and as .json."))
    write, media = writers[form]
    names = await run_in_threadpool(_names, request)
    return tagged(request, write(_face(request).columns, names), media)


def _names(request: Request) -> Names:
    with service_of(request).database.begin(PUBLIC) as session:
        return {"location_precision": KIND_TITLES, **select_names(session, _face(request))}


def _face(request: Request) -> Face:
    return face_of(service_of(request).layers, PROBLEMS.id, PUBLIC)[1]


def _area(request: Request) -> str:
    return service_of(request).area.title[language_of(request).code]


routes = [
    Route("/data", data, methods=["GET"]),
    Route("/data/dictionary.{form}", dictionary_file, methods=["GET"]),
    Route("/data/{month}.{form}", month_file, methods=["GET"]),
]
