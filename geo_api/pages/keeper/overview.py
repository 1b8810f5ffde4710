"""What can be set, and what of it still waits for somebody."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from geo_api.context import language_of, service_of
from geo_api.pages.forms import now, porter_of
from geo_api.pages.keeper.common import keeper, shown
from geo_api.pages.keeper.routing import gaps
from geo_api.places import SETTINGS
from layers.categories import store as categories
from layers.initiative import store as initiative

router = APIRouter(prefix=SETTINGS, include_in_schema=False)
CHECKED_FOR = timedelta(days=180)


@router.get("")
def page(request: Request) -> Response:
    viewer, language = keeper(request), language_of(request)
    today = now().astimezone(service_of(request).area.timezone).date()
    with porter_of(request).database.begin(viewer) as session:
        offered = categories.reportable(session, also_inactive=True)
        lines = initiative.helplines(session)
        offices = [each for each in initiative.institutions(session) if each.active]
        organisation = initiative.initiative(session)
        without = gaps(session, service_of(request).area, language)
    old = [line for line in lines if line.checked_on is None or line.checked_on < today - CHECKED_FOR]
    return shown(
        request,
        "keeper/overview.html",
        section="",
        offered=sum(each.active for each in offered),
        off=sum(not each.active for each in offered),
        lines=len(lines),
        old=len(old),
        offices=len(offices),
        without_people=sum(not each.members for each in offices),
        without_email=sum(not each.email for each in offices),
        gaps=len(without),
        organisation=organisation,
        missing=[name for name in ("name_uk", "hotline", "signatory") if not getattr(organisation, name)],
    )
