"""/feeds/problems.atom and .rss: published reports under the shared filters, the latest changed first, by month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from geo_api.context import language_of, read_query, service_of
from geo_api.pages.forms import now
from geo_api.published import base_url, tagged
from layers.catalogue import PROBLEMS
from layers.errors import NotFound
from layers.published import store
from layers.published.rules import moment_of, month_of
from layers.published.store import Published, Wanted
from layers.query import Query
from layers.text import N_
from layers.viewer import PUBLIC
from maps.feeds import MEDIA_TYPES, Entry, Feed, atom, rss
from maps.language import Language

router = APIRouter(include_in_schema=False)

# As many as a busy place changes in some months: within one month there is no order that a reader could rely on.
MOST = 500
NARROWING = ("unit", "category", "status", "from", "to", "bbox", "lang")
FORMS = {"atom": atom, "rss": rss}


@router.get("/feeds/problems.{form}")
def problems(request: Request, form: str) -> Response:
    if form not in FORMS:
        raise NotFound(N_("There is no such feed; there are problems.atom and problems.rss."))
    service, language = service_of(request), language_of(request)
    query = read_query(request.url.query.encode(), service.area.timezone)
    with service.database.begin(PUBLIC) as session:
        found = store.latest(session, replace(wanted_of(query), limit=MOST))
    feed = _feed(request, form, found, language)
    return tagged(request, FORMS[form](feed), MEDIA_TYPES[form])


def wanted_of(query: Query) -> Wanted:
    """Return the shared filters as a question for published reports; a day within a month means the whole month."""
    return Wanted(
        category=query.category or None,
        status=query.status or None,
        unit=query.unit or None,
        since=_first(query.since),
        until=_first(query.until),
        bbox=query.bbox,
    )


def _first(day: date | None) -> date | None:
    return day.replace(day=1) if day else None


def _feed(request: Request, form: str, found: list[Published], language: Language) -> Feed:
    service, base = service_of(request), base_url(request)
    words = sorted((name, value) for name, value in request.query_params.multi_items() if name in NARROWING and value)
    address = f"{base}/feeds/problems.{form}" + (f"?{urlencode(words)}" if words else "")
    area, timezone = service.area.title[language.code], service.area.timezone
    return Feed(
        id=address,
        title=language.gettext(N_("Residents' reports: {area}"), area=area),
        subtitle=language.gettext(
            N_("What a coordinator has approved. The time is a month and the place is approximate.")
        ),
        author=language.gettext("Bezpeka: {area}", area=area),
        rights=PROBLEMS.licence,
        language=language.code,
        self_link=address,
        link=f"{base}/?{urlencode([('layer', PROBLEMS.id), *words])}",
        updated=moment_of(month_of(now(), timezone), timezone),
        entries=[_entry(each, base, timezone, language) for each in found],
    )


def _entry(found: Published, base: str, timezone: ZoneInfo, language: Language) -> Entry:
    code = language.code
    place = f"{found.lon:.5f},{found.lat:.5f}"
    words = {"layer": PROBLEMS.id, "at": f"16/{found.lat:.5f}/{found.lon:.5f}", "here": place, "lang": code}
    status = language.gettext(N_("Status: {status}"), status=found.status_title[code])
    return Entry(
        id=f"urn:uuid:{found.id}",
        title=": ".join(part for part in (found.category_title[code], found.place[code]) if part),
        link=f"{base}/?{urlencode(words, safe='/,')}",
        published=moment_of(found.month, timezone),
        updated=moment_of(found.updated_month, timezone),
        summary="\n\n".join(part for part in (found.body, status, found.answer) if part),
        category=(found.category, found.category_title[code]),
        lon=found.lon,
        lat=found.lat,
    )
