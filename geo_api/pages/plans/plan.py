"""One plan: its page, what its map draws, and letting everybody see its counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from geo_api.conditional import new_key
from geo_api.context import language_of, service_of, viewer_of
from geo_api.pages.forms import porter_of, to
from geo_api.pages.plans.access import NO_STORE, insider, may_see, planner, shown
from layers.cameras import actions, optics, reviews, rules, store
from layers.cameras.demand import KINDS
from layers.cameras.evidence import EVIDENCE, blind_spots
from layers.units.names import unit_names
from maps.language import Language

router = APIRouter(prefix="/plans", include_in_schema=False)


@router.get("/{number}")
def plan_page(request: Request, number: int) -> Response:
    """Show a plan; whoever may not see exact sites is shown the list of what is published."""
    viewer, language = viewer_of(request), language_of(request)
    with porter_of(request).database.begin(viewer) as session:
        if viewer.account is None and not may_see(session, viewer):
            return to("/plans")
        reader = insider(session, request)
        plan = actions.plan(session, viewer, number)
        sites = store.plan_sites(session, plan.id, service_of(request).area.metric_srid)
        positions, everything = reviews.standing(session, plan.id), store.plans(session)
        return shown(
            request, "plans/plan.html", reader, plan=plan, n=plan.numbers, sites=list(enumerate(sites)),
            models=store.models(session), profile=optics.profile(plan.settings["profile"]), kinds=KINDS,
            units={name.code: name[language.code] for name in unit_names(session)},
            blind=blind_spots(store.drawing(session, plan.id), level_at(plan)), evidence=EVIDENCE,
            comments=store.comments(session, plan.id), positions=positions,
            mine=next((one for one in positions if one.account == viewer.account), None),
            decisions=store.decisions(session, plan.id), copies=store.copies(session, plan.id),
            variants=store.variants(session, plan.id), photos=store.photos(session, plan.id),
            account=viewer.account, others=[p for p in everything if p.id != plan.id],
            parent=next((p for p in everything if p.id == plan.parent), None),
            most_photos=rules.MOST_PHOTOS, level_at=level_at(plan), labels=labels_of(sites, language), key=new_key(),
        )  # fmt: skip


def labels_of(sites: Any, language: Language) -> list[str]:
    """Return what each camera is called: new ones by their place in the order of buying, the others by a letter too."""
    stands = "с" if language.code == "uk" else "e"
    new, old, found = 0, 0, []
    for row in sites:
        if row.locked:
            old += 1
            found.append(f"{stands}{old}")
        else:
            new += 1
            found.append(str(new))
    return found


def level_at(plan: Any) -> int:
    """Return the place of the plan's own level in its standard."""
    codes = [level.code for level in optics.profile(plan.settings["profile"]).levels]
    return codes.index(plan.settings["level"])


@router.get("/{number}/drawing")
def drawing(request: Request, number: int) -> Response:
    """Give what the map of a plan draws: for those who see exact sites, and kept by nobody."""
    with porter_of(request).database.begin(viewer_of(request)) as session:
        reader = insider(session, request)
        plan = actions.plan(session, reader.viewer, number)
        sites = store.plan_sites(session, plan.id, service_of(request).area.metric_srid)
        drawn = store.drawing(session, plan.id)
    return JSONResponse(drawn_as(drawn, sites, plan, language_of(request)), headers=dict(NO_STORE))


def drawn_as(drawn: Mapping[str, Any], sites: Any, plan: Any, language: Language) -> dict[str, Any]:
    """Return a plan's drawing with its cameras and the words of its levels and kinds."""
    levels, labels = optics.profile(plan.settings["profile"]).levels, labels_of(sites, language)
    return {
        "number": plan.number,
        "title": plan.title,
        "level": level_at(plan),
        "levels": [
            {"title": level.title[language.code], "px": level.px_per_m, "day": seen["day"], "night": seen["night"]}
            for level, seen in zip(levels, plan.numbers["levels"], strict=True)
        ],
        "kinds": {code: kind.title[language.code] for code, kind in KINDS.items()},
        "cameras": [
            {
                "at": at, "label": labels[at], "lon": round(row.lon, 6), "lat": round(row.lat, 6),
                "bearing": row.bearing, "hfov": row.hfov, "height": row.height_m, "locked": row.locked,
                "off": row.switched_off,
            }
            for at, row in enumerate(sites)
        ],
        "views": drawn.get("views", []),
        "points": drawn.get("points", {}),
    }  # fmt: skip


# --- The public -------------------------------------------------------------------------------------------------------


@router.post("/{number}/publish")
def publish(request: Request, number: int) -> Response:
    """Let everybody see the plan's cameras and shares by unit."""
    viewer = planner(request)
    with porter_of(request).database.begin(viewer) as session:
        actions.publish(session, viewer, number)
    return to(f"/plans/{number}", said="published")
