"""The verbs of camera plans: gather a town, save a plan, score a vendor's, publish the counts, name a deputy.

Choosing takes long and is pure (`planning.make`): it happens between two transactions, `gather` and `save`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy.orm import Session

from layers import history
from layers.area import Area
from layers.cameras import drawing, gathering, planning, rules, siting, store
from layers.cameras.gathering import Town
from layers.cameras.planning import Planned, Settings
from layers.cameras.rules import Camera, Model
from layers.cameras.tables import CameraPlan
from layers.cameras.trial import Trial, with_moves
from layers.errors import BadInput, NotAllowed, NotFound
from layers.text import N_
from layers.viewer import Role, Viewer

STABLE = 0.005  # a site is in every near-optimal plan when its refusal costs this share of the plan's value
OUTSIDE = N_("The camera at {lat}, {lon} is outside the area.")


@dataclass(frozen=True)
class Gathered:
    """All that choosing needs: the town, the catalogue, the cameras that stand already."""

    town: Town
    models: Mapping[str, Model]
    standing: tuple[Camera, ...]
    unit: str = ""


def must_see(session: Session, viewer: Viewer) -> None:
    """Raise NotAllowed unless exact sites are for this viewer: by role, or named as a deputy."""
    named = viewer.role is Role.DEPUTY and viewer.account is not None and store.is_named(session, viewer.account)
    if not rules.is_insider(viewer) and not named:
        raise NotAllowed(
            N_("Exact places of cameras are for the police, the coordinator and the deputies whom they have named.")
        )


def gather(
    session: Session, viewer: Viewer, area: Area, settings: Settings, *, now: datetime, unit: str = "",
    places: Sequence[Mapping[str, Any]] | None = None,
) -> Gathered:  # fmt: skip
    """Return what a plan is made of; cameras that OpenStreetMap knows become sites that stand already.

    `places` (lon, lat, mount, height_m), where given, are the only ones where a new camera may hang.
    """
    rules.must_plan(viewer)
    town = gathering.gather(session, area, settings, now=now, unit=unit)
    if places is not None:
        moved = store.metres(session, [(one["lon"], one["lat"]) for one in places], area.metric_srid)
        town = replace(town, mounts=gathering.listed(town, moved, places))
    known = store.models(session)
    _chosen(known, settings.models)
    told = {"within": town.within, "srid": area.metric_srid}
    mapped = store.rows(session, store.OSM_CAMERAS, **told)
    if mapped:
        store.add_osm(session, mapped, area.metric_srid)
    rows = store.standing(session, town.within, area.metric_srid)
    standing = tuple(store.camera_of(row, known, locked=True) for row in rows)
    return Gathered(town, known, _outdoors(town, standing), unit)


def _outdoors(town: Town, standing: tuple[Camera, ...]) -> tuple[Camera, ...]:
    """Return the cameras, those drawn inside a building moved just before its nearest wall."""
    moved = []
    for camera in standing:
        x, y = gathering.out_of_the_building(town.ground.walls, camera.x, camera.y)
        moved.append(replace(camera, x=x, y=y))
    return tuple(moved)


def _chosen(known: Mapping[str, Model], codes: Sequence[str]) -> list[Model]:
    """Return the models of these codes, all that can be bought for none; raises BadInput for an unknown one."""
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise BadInput(N_("There is no camera model “{model}”. There are: {known}."),
                       model=unknown[0], known=", ".join(known))  # fmt: skip
    return [known[code] for code in codes or [code for code in known if code != rules.UNKNOWN_MODEL]]


def must_afford(session: Session, settings: Settings) -> None:
    """Raise BadInput when the money is below one camera, so that it is told at once and not by the worker."""
    cheapest = min(model.price_uah for model in _chosen(store.models(session), settings.models))
    if settings.budget is not None and settings.budget < cheapest:
        raise BadInput(siting.BELOW_ONE, budget=round(settings.budget), cheapest=round(cheapest))


def choose(gathered: Gathered, settings: Settings, progress: planning.Progress = lambda _s, _w: None) -> Planned:
    """Return the best plan of a gathered town: pure, and long."""
    models = _chosen(gathered.models, settings.models)
    return planning.make(gathered.town.ground, gathered.town.mounts, models, gathered.standing, settings, progress)


def save(
    session: Session,
    viewer: Viewer,
    area: Area,
    gathered: Gathered,
    settings: Settings,
    planned: Planned,
    *,
    title: str,
) -> CameraPlan:
    """Write a plan with its new sites and return it."""
    rules.must_plan(viewer)
    numbers = {**planned.numbers, "gap": store.finite(planned.gap), "optimal": planned.optimal}
    extra = [
        {"adds": adds, "lost_if_refused": lost, **intrusion}
        for adds, lost, intrusion in zip(
            planned.adds, planned.lost_if_refused, planned.numbers["intrusion"], strict=True
        )
    ]
    return _written(session, area, planned.cameras, extra, gathered, settings, numbers, title=title, kind="ours")


def save_vendor(
    session: Session, viewer: Viewer, area: Area, gathered: Gathered, settings: Settings,
    sites: Sequence[Mapping[str, Any]], *, title: str, rejects: Mapping[str, Any] | None = None,
) -> CameraPlan:  # fmt: skip
    """Score a vendor's sites as ours are scored, with what stands already, and write them as a plan.

    Each site has lon, lat, mount, height_m, bearing, tilt, hfov, model and perhaps price_uah and yearly_uah.
    """
    rules.must_plan(viewer)
    looked = list(gathered.standing) + cameras_of(session, area, gathered, sites)
    numbers = planning.score(gathered.town.ground, looked, settings)
    if len(gathered.town.ground.demand):
        planning.recount(gathered.town.ground, looked, settings.density)
    extra = [{"adds": None, "lost_if_refused": None, **intrusion} for intrusion in numbers["intrusion"]]
    numbers = {**numbers, "rejects": rejects}
    return _written(session, area, looked, extra, gathered, settings, numbers, title=title, kind="vendor")


def ready(session: Session, area: Area, plan: CameraPlan, *, now: datetime) -> tuple[Gathered, Trial]:
    """Return a plan held ready to be tried: as a robot, for its demand is what the plan was made on.

    What comes out of a trial are shares and views, never the places that people reported from.
    """
    settings = Settings.of(plan.settings)
    unit = plan.numbers.get("unit", "")
    town = gathering.gather(session, area, settings, now=now, unit=unit)
    known = store.models(session)
    looked = _outdoors(town, tuple(store.plan_cameras(session, plan.id, known, area.metric_srid)))
    return Gathered(town, known, (), unit), Trial(town, looked, settings, area.metric_srid)


def save_variant(
    session: Session, viewer: Viewer, area: Area, plan: CameraPlan, gathered: Gathered, tried: Trial,
    moves: Mapping[int, Camera], *, title: str,
) -> CameraPlan:  # fmt: skip
    """Write a plan with some cameras moved as a variant of it, scored and recounted as every plan is."""
    must_see(session, viewer)
    looked = with_moves(tried.cameras, moves)
    numbers = planning.score(gathered.town.ground, looked, tried.settings)
    planning.recount(gathered.town.ground, looked, tried.settings.density)
    extra = [{"adds": None, "lost_if_refused": None, **intrusion} for intrusion in numbers["intrusion"]]
    return _written(
        session, area, looked, extra, gathered, tried.settings, numbers, title=title, kind="variant", parent=plan.id,
    )  # fmt: skip


def add_standing(
    session: Session, viewer: Viewer, area: Area, sites: Sequence[Mapping[str, Any]], *, owner_kind: str = "other"
) -> int:
    """Write cameras that stand already, from a council's list; one with a known `ref` is brought up to date.

    They are locked in every plan made from then on. Returns how many.
    """
    rules.must_plan(viewer)
    if owner_kind not in rules.OWNER_KINDS:
        raise BadInput(N_("There is no owner “{owner}”; known are {known}."),
                       owner=owner_kind, known=", ".join(rules.OWNER_KINDS))  # fmt: skip
    known = store.models(session)
    inside = shapely.from_wkb(gathering.within_of(session, area))
    written = []
    for site in sites:
        _must_lie(inside, site)
        written.append(
            {
                "ref": site.get("ref") or None, "mount": site["mount"], "height_m": site["height_m"],
                "bearing": site.get("bearing"), "tilt": site.get("tilt"),
                "hfov": site.get("hfov") if site.get("bearing") is not None else None,
                "model": _model_of(known, site).code,
                "state": "existing", "owner_kind": owner_kind, "joined": owner_kind in ("council", "police"),
                "geom": f"SRID=4326;POINT({site['lon']!r} {site['lat']!r})",
            }
        )  # fmt: skip
    count = len(store.add_sites(session, written))
    history.record(session, audience="desk", subject="camera_site", subject_id="", event="listed", codes={"n": count})
    return count


def _must_lie(inside: shapely.Geometry, site: Mapping[str, Any]) -> None:
    if not shapely.contains_xy(inside, site["lon"], site["lat"]):
        raise BadInput(OUTSIDE, lat=round(site["lat"], 5), lon=round(site["lon"], 5))


def _model_of(known: Mapping[str, Model], site: Mapping[str, Any]) -> Model:
    """Return the model of a site of a file; without one it is unknown."""
    code = site.get("model") or rules.UNKNOWN_MODEL
    return _chosen(known, (code,))[0]


def cameras_of(session: Session, area: Area, gathered: Gathered, sites: Sequence[Mapping[str, Any]]) -> list[Camera]:
    """Return sites of a file as cameras in metres; raises BadInput for one outside, or with an unknown model."""
    found = []
    inside = shapely.from_wkb(gathered.town.within)
    moved = store.metres(session, [(site["lon"], site["lat"]) for site in sites], area.metric_srid)
    for site, (x, y) in zip(sites, moved, strict=True):
        _must_lie(inside, site)
        model = _model_of(gathered.models, site)
        bearing, hfov = site.get("bearing"), site.get("hfov")
        wide = rules.ALL_ROUND if bearing is None else (hfov or model.widest)
        x, y = gathering.out_of_the_building(gathered.town.ground.walls, x, y)
        price, yearly = (site.get(name) for name in ("price_uah", "yearly_uah"))
        found.append(
            Camera(
                x, y, site["height_m"], bearing or 0.0, wide, model.h_px, model.v_px, model.ir_range_m, model.code,
                site["mount"], site.get("tilt"), model.price_uah if price is None else price,
                model.yearly_uah if yearly is None else yearly,
            )
        )  # fmt: skip
    return found


def _written(
    session: Session, area: Area, looked: Sequence[Camera], extra: Sequence[Mapping[str, Any]], gathered: Gathered,
    settings: Settings, numbers: Mapping[str, Any], *, title: str, kind: str, parent: UUID | None = None,
) -> CameraPlan:  # fmt: skip
    title = rules.title_of(title)
    degrees = store.degrees(session, looked, area.metric_srid)
    new = [at for at, camera in enumerate(looked) if not camera.locked]
    fresh = [at for at in new if not looked[at].ref]  # of a variant, those that stay where they were keep their site
    made = store.add_sites(session, [_site(looked[at], *degrees[at]) for at in fresh])
    ids = dict(zip(fresh, made, strict=True))
    placed = [
        {
            "site_id": ids[at] if at in ids else UUID(camera.ref),
            "locked": camera.locked, "price_uah": camera.price, "yearly_uah": camera.yearly, **extra[at],
        }
        for at, camera in enumerate(looked)
    ]  # fmt: skip
    told = {
        "gap": None,
        "optimal": False,
        **numbers,
        "unit": gathered.unit,
        "per_unit": per_unit(gathered.town, looked, numbers),
    }
    told.pop("intrusion")
    told["stable"] = sum((one["lost_if_refused"] or 0) >= STABLE for one in extra)
    drawn = drawing.draw(gathered.town.ground, looked, settings.profile, area.metric_srid)
    values = {"title": title, "kind": kind, "parent": parent, "settings": settings.as_dict(), "numbers": told}
    plan = store.add_plan(session, {**values, "drawing": drawn}, placed)
    codes = {"kind": kind, "cameras": len(looked), "new": len(new)}
    history.record(session, audience="staff", subject="camera_plan", subject_id=str(plan.id), event="made", codes=codes)
    return plan


def _site(camera: Camera, lon: float, lat: float) -> dict[str, Any]:
    all_round = camera.hfov >= rules.ALL_ROUND
    return {
        "mount": camera.mount, "height_m": camera.height, "bearing": None if all_round else camera.bearing,
        "tilt": camera.tilt, "hfov": None if all_round else camera.hfov, "model": camera.model, "state": "proposed",
        "geom": f"SRID=4326;POINT({lon!r} {lat!r})",
    }  # fmt: skip


def per_unit(town: Town, looked: Sequence[Camera], numbers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return how many cameras stand in each unit and what share of its demand is seen: all that is ever public."""
    where = town.units_at(np.array([(camera.x, camera.y) for camera in looked]).reshape(-1, 2))
    counts = Counter(where)
    shares = {code: unit["share"] for code, unit in numbers["units"].items() if code}
    found = [
        {"unit": code, "cameras": counts.get(code, 0), "share": shares.get(code, 0.0)}
        for code in sorted(set(shares) | {code for code in counts if code})
    ]
    # Where no unit's limits are known, the whole area is the unit.
    return found or [{"unit": "", "cameras": len(looked), "share": numbers["share"]}]


def plan(session: Session, viewer: Viewer, number: int) -> CameraPlan:
    """Return a plan by its number; raises NotAllowed and NotFound."""
    must_see(session, viewer)
    found = store.plan_by(session, number)
    if found is None:
        raise NotFound(N_("There is no camera plan no. {number}."), number=number)
    return found


def publish(session: Session, viewer: Viewer, number: int) -> CameraPlan:
    """Let everybody see how many cameras a plan gives each unit, and what share of its demand they see. No more."""
    rules.must_plan(viewer)
    found = plan(session, viewer, number)
    store.publish(session, found, found.numbers["per_unit"])
    history.record(
        session, audience="public", subject="camera_plan", subject_id=str(found.id), event="published", codes={}
    )
    return found


def name_deputy(session: Session, viewer: Viewer, account: UUID, *, named: bool) -> None:
    """Let a deputy see exact sites, or no more; others than deputies see them by their role, or never."""
    rules.must_plan(viewer)
    if named:
        store.name_reader(session, account)
    else:
        store.forget_reader(session, account)
    event = "named" if named else "no_longer_named"
    history.record(session, audience="admin", subject="camera_reader", subject_id=str(account), event=event, codes={})
