"""GET /plans/compare: two plans on one map and in one table."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from geo_api.context import language_of, service_of, viewer_of
from geo_api.pages.forms import porter_of, to
from geo_api.pages.plans.access import insider, shown
from geo_api.pages.plans.plan import level_at
from layers.cameras import actions, optics, store
from layers.cameras.comparison import by_kind, compare
from layers.cameras.evidence import EVIDENCE, blind_spots
from layers.errors import BadInput
from layers.text import N_
from layers.units.names import unit_names

router = APIRouter(prefix="/plans", include_in_schema=False)


@router.get("/compare")
def compare_page(request: Request, a: str = "", b: str = "") -> Response:
    viewer, language = viewer_of(request), language_of(request)
    if not (a.isdigit() and b.isdigit()):
        return to("/plans")
    with porter_of(request).database.begin(viewer) as session:
        reader = insider(session, request)
        one, other = actions.plan(session, viewer, int(a)), actions.plan(session, viewer, int(b))
        if one.settings["profile"] != other.settings["profile"]:
            raise BadInput(N_("Plans {a} and {b} were scored by different standards."), a=a, b=b)
        names = {name.code: name[language.code] for name in unit_names(session)}
        blind = blind_spots(store.drawing(session, other.id), level_at(other))
        everything = store.plans(session)
    standard, numbers = one.settings["profile"], (one.numbers, other.numbers)
    levels = optics.profile(standard).levels
    return shown(
        request, "plans/compare.html", reader, a=one, b=other, lines=compare(*numbers, standard=standard),
        kinds=by_kind(*numbers, standard=standard), levels=levels, level_at=level_at(other),
        units=_units(*numbers, names), blind=blind, evidence=EVIDENCE, plans=everything,
        area=service_of(request).area.title[language.code],
    )  # fmt: skip


def _units(a: Any, b: Any, names: dict[str, str]) -> list[tuple[str, float | None, float | None]]:
    """Return each unit's name and the share of its demand that A and B see."""
    codes = [code for code in dict.fromkeys((*a["units"], *b["units"])) if code]
    return [
        (names.get(code, code), a["units"].get(code, {}).get("share"), b["units"].get(code, {}).get("share"))
        for code in codes
    ]
