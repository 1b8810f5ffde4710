"""What was reported and published: many requests, one, and what became of a token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request

from geo_api.api.open311.asked import id_of, wanted_of, wants_extensions
from geo_api.api.open311.resources import Answer
from geo_api.context import language_of, service_of
from geo_api.pages.forms import now, porter_of
from geo_api.published import base_url
from layers.errors import NotFound
from layers.problems import receipts, rules
from layers.published import store
from layers.published.rules import moment_of
from layers.published.store import Published, Step, Wanted
from layers.text import N_
from layers.viewer import PUBLIC, robot
from maps.language import Language

FOR_EVERYBODY = N_("Answer for everybody")
REPORTER = robot(rules.REPORTER)


def many(request: Request) -> Answer:
    """Return the published reports that are asked for; by default those of the last 90 days, and never over 1000."""
    timezone = service_of(request).area.timezone
    return _told(request, wanted_of(request.query_params, now=now(), timezone=timezone))


def one(request: Request) -> Answer:
    """Return one published report; raises NotFound alike for none and for one that isn't public."""
    given = request.path_params["id"]
    which = id_of(given)
    answer = _told(request, Wanted(ids=(which,))) if which else None
    if answer is None or not answer.content:
        raise NotFound(N_("There is no published service request “{id}”."), id=given)
    return answer


def token(request: Request) -> Answer:
    """Return the id of what was sent under a token: empty as long as it is not published."""
    service, given = service_of(request), request.path_params["token"]
    try:
        with service.database.begin(REPORTER) as session:
            holder = receipts.open_receipt(session, porter_of(request).keys, given)
            found = store.of_receipt(session, holder.problem)
    except NotFound as error:
        raise NotFound(N_("There is no token “{token}”."), token=given) from error
    if found is None:
        raise NotFound(N_("There is no token “{token}”."), token=given)
    content = {"service_request_id": str(found.public_id) if found.public_id else None, "token": given}
    if wants_extensions(request.query_params):
        content["status_notes"] = found.status_title[language_of(request).code]
    return Answer("service_requests", [content])


def _told(request: Request, wanted: Wanted) -> Answer:
    service, language = service_of(request), language_of(request)
    extended = wants_extensions(request.query_params)
    with service.database.begin(PUBLIC) as session:
        found = store.newest(session, wanted)
        steps = store.steps(session, [each.id for each in found]) if extended else {}
    base, timezone = base_url(request), service.area.timezone
    content = []
    for each in found:
        told = _request(each, base, timezone, language)
        if extended:
            told |= _extensions(each, steps.get(each.id, ()), base, timezone, language)
        content.append(told)
    return Answer("service_requests", content)


def _request(found: Published, base: str, timezone: ZoneInfo, language: Language) -> dict[str, Any]:
    """Return every element that the specification lists, empty where we have nothing to say."""
    code = language.code
    return {
        "service_request_id": str(found.id),
        "status": "open" if found.is_open else "closed",
        "status_notes": found.answer or None,
        "service_name": found.category_title[code],
        "service_code": found.category,
        "description": found.body or None,
        "agency_responsible": found.institution[code] if found.institution else None,
        "service_notice": notice(found.answer_days, language),
        "requested_datetime": moment_of(found.month, timezone).isoformat(),
        "updated_datetime": moment_of(found.updated_month, timezone).isoformat(),
        "expected_datetime": None,
        "address": found.place[code] or None,
        "address_id": None,
        "zipcode": None,
        "lat": round(found.lat, 6),
        "long": round(found.lon, 6),
        "media_url": _photo(base, found.photos[0]) if found.photos else None,
    }


def _extensions(
    found: Published, steps: Sequence[Step], base: str, timezone: ZoneInfo, language: Language
) -> dict[str, Any]:
    """Return what goes beyond the specification: the public steps as notes, the status as we call it."""
    code = language.code
    return {
        "notes": [
            {
                "datetime": moment_of(step.month, timezone).isoformat(),
                "type": step.status or "answer",
                "summary": step.status_title[code] if step.status_title else language.gettext(FOR_EVERYBODY),
                "description": " — ".join(part for part in (step.body, step.signed) if part) or None,
            }
            for step in steps
        ],
        "extended_attributes": {
            "status": found.status,
            "status_name": found.status_title[code],
            "supporters": found.supporters,
            "location_precision": found.location_precision,
            "photos": [_photo(base, photo) for photo in found.photos],
        },
    }


def notice(days: int, language: Language) -> str:
    """Say what may be expected, and how exact the time and place are that we tell."""
    said = language.ngettext(
        "The desk's aim is an answer within {n} working day.",
        "The desk's aim is an answer within {n} working days.",
        days,
    )
    rough = language.gettext(N_("To protect whoever reported, the time is a month and the place is approximate."))
    return f"{said} {rough}"


def _photo(base: str, photo: object) -> str:
    return f"{base}/photos/{photo}"
