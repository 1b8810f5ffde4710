"""GET /plans: the list of plans for those who see exact sites; cameras and shares by unit for everybody else."""

from __future__ import annotations

from itertools import groupby

from fastapi import APIRouter, Request
from starlette.responses import Response

from geo_api.context import language_of, service_of, viewer_of
from geo_api.pages.forms import page, porter_of
from geo_api.pages.plans.access import insider, may_see, shown, words
from layers.cameras import store
from layers.units.names import unit_names

router = APIRouter(prefix="/plans", include_in_schema=False)


@router.get("")
def plans(request: Request) -> Response:
    viewer = viewer_of(request)
    with porter_of(request).database.begin(viewer) as session:
        if not may_see(session, viewer):
            return _public(request)
        reader = insider(session, request)
        return shown(
            request, "plans/list.html", reader, plans=store.plans(session), decided=store.outcomes(session),
            said=store.stances(session),
        )  # fmt: skip


def _public(request: Request) -> Response:
    """Show how many cameras published plans give each unit, and what share of its demand they see."""
    language = language_of(request)
    with porter_of(request).database.begin(viewer_of(request)) as session:
        rows = store.public_plans(session)
        names = {name.code: name[language.code] for name in unit_names(session)}
    whole = service_of(request).area.title[language.code]
    told = [
        {
            "number": number,
            "title": title,
            "units": [(names.get(row.unit, whole), row.cameras, row.share) for row in group],
        }
        for (number, title), group in groupby(rows, key=lambda row: (row.number, row.title))
    ]
    return page(request, "plans/public.html", plans=told, **words(request))
