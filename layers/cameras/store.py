"""Every query of the slice: a town as cameras see it, in the area's metric CRS; models, sites and plans."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID, uuid4

import shapely
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from layers.cameras.rules import (
    ALL_ROUND,
    HIGHEST_M,
    LOWEST_M,
    MOUNT_TITLES,
    STANDING,
    UNKNOWN_MODEL,
    USUAL_HEIGHT_M,
    Camera,
    Model,
)
from layers.cameras.tables import (
    CameraComment,
    CameraCopy,
    CameraDecision,
    CameraModel,
    CameraPhoto,
    CameraPlan,
    CameraPlanSite,
    CameraPlanUnit,
    CameraPosition,
    CameraReader,
    CameraSite,
    CameraZone,
)

# --- A town -----------------------------------------------------------------------------------------------------------

WITHIN = "ST_Intersects(geom, cast(:within AS geometry))"
BUILDINGS = text(f"""
SELECT ST_AsBinary(ST_Transform(geom, :srid)) AS shape, coalesce(height_m, 3 * levels) AS height, levels,
       is_home(b) AS home, kind
FROM buildings b WHERE {WITHIN} ORDER BY id
""")
ROADS = text(f"""
SELECT ST_AsBinary(ST_Transform(geom, :srid)) AS shape, class AS kind, tunnel, walkable, drivable
FROM roads WHERE {WITHIN} ORDER BY id
""")
PLACES = text(f"""
SELECT kind, ST_AsBinary(ST_Transform(geom, :srid)) AS shape FROM places
WHERE kind = ANY (:kinds) AND {WITHIN} ORDER BY id
""")
LANDUSE = text(f"""
SELECT kind, ST_AsBinary(ST_Transform(geom, :srid)) AS shape FROM landuse
WHERE kind = ANY (:kinds) AND {WITHIN} ORDER BY id
""")
JUNCTIONS = text(f"""
SELECT ST_X(g) AS x, ST_Y(g) AS y FROM (
    SELECT n.id, ST_Transform(n.geom, :srid) AS g FROM road_nodes n
    JOIN (SELECT from_node AS node FROM road_edges WHERE drive_forward UNION ALL
          SELECT to_node FROM road_edges WHERE drive_forward) e ON e.node = n.id
    WHERE {WITHIN} GROUP BY n.id, n.geom HAVING count(*) >= 3) AS crossroads ORDER BY id
""")
# What the coordinator confirmed and nobody has done away with.
PROBLEMS = text(f"""
SELECT ST_X(ST_Transform(e.geom, :srid)) AS x, ST_Y(ST_Transform(e.geom, :srid)) AS y, c.severity,
       extract(epoch FROM cast(:now AS timestamptz) - p.reported_at) / 86400 AS age_days
FROM problems p JOIN problem_places e ON e.problem_id = p.id JOIN categories c ON c.code = p.category
WHERE p.status = ANY (:statuses) AND {WITHIN.replace("geom,", "e.geom,")} ORDER BY p.id
""")
INCIDENTS = text(f"""
SELECT ST_X(ST_Transform(geom, :srid)) AS x, ST_Y(ST_Transform(geom, :srid)) AS y,
       extract(epoch FROM cast(:now AS timestamptz) - happened_at) / 86400 AS age_days
FROM incidents WHERE geom IS NOT NULL AND {WITHIN} ORDER BY id
""")
ZONES = text(f"""
SELECT ST_AsBinary(ST_Buffer(ST_Transform(geom, :srid), :around)) AS shape FROM restricted_places
WHERE kind IN ('military', 'checkpoint') AND {WITHIN}
UNION ALL SELECT ST_AsBinary(ST_Transform(geom, :srid)) FROM camera_zones WHERE {WITHIN}
""")
OSM_CAMERAS = text(f"""
SELECT id, ST_X(ST_Transform(ST_Centroid(geom), :srid)) AS x, ST_Y(ST_Transform(ST_Centroid(geom), :srid)) AS y,
       bearing, camera_type, mount, height_m
FROM restricted_places WHERE kind = 'camera' AND {WITHIN} ORDER BY id
""")
REFUSED = text(f"""
SELECT ST_X(ST_Transform(geom, :srid)) AS x, ST_Y(ST_Transform(geom, :srid)) AS y FROM camera_sites
WHERE state = 'rejected' AND {WITHIN}
""")
UNITS = text("""
SELECT code, name_uk, name_en, ST_AsBinary(ST_Transform(geom, :srid)) AS shape FROM units
WHERE system = :system AND geom IS NOT NULL ORDER BY code
""")
UNIT = text("SELECT ST_AsBinary(geom) FROM units WHERE code = :code AND geom IS NOT NULL LIMIT 1")
TO_DEGREES = text("""
SELECT ST_X(p), ST_Y(p) FROM unnest(cast(:x AS float8[]), cast(:y AS float8[])) WITH ORDINALITY AS t(x, y, n),
    ST_Transform(ST_SetSRID(ST_Point(x, y), :srid), 4326) AS p ORDER BY n
""")
TO_METRES = text("""
SELECT ST_X(p), ST_Y(p) FROM unnest(cast(:lon AS float8[]), cast(:lat AS float8[])) WITH ORDINALITY AS t(lon, lat, n),
    ST_Transform(ST_SetSRID(ST_Point(lon, lat), 4326), :srid) AS p ORDER BY n
""")


def rows(session: Session, statement: Any, **values: Any) -> Sequence[Any]:
    return session.execute(statement, values).all()


def shapes(found: Sequence[Any]) -> Any:
    return shapely.from_wkb([bytes(row.shape) for row in found])


def metres(session: Session, degrees: Sequence[tuple[float, float]], srid: int) -> list[tuple[float, float]]:
    """Return places of longitude and latitude in the metric CRS."""
    lon, lat = [d[0] for d in degrees], [d[1] for d in degrees]
    return [(row[0], row[1]) for row in session.execute(TO_METRES, {"lon": lon, "lat": lat, "srid": srid})]


def unit_shape(session: Session, code: str) -> shapely.Geometry | None:
    found = session.scalar(UNIT, {"code": code})
    return shapely.from_wkb(bytes(found)) if found else None


def degrees(session: Session, cameras: Sequence[Camera], srid: int) -> list[tuple[float, float]]:
    """Return the longitude and latitude of each camera."""
    values = {"x": [camera.x for camera in cameras], "y": [camera.y for camera in cameras], "srid": srid}
    return [(row[0], row[1]) for row in session.execute(TO_DEGREES, values)]


# --- Models -----------------------------------------------------------------------------------------------------------


def models(session: Session) -> dict[str, Model]:
    """Return the catalogue by code, in its order."""
    found = session.scalars(select(CameraModel).order_by(CameraModel.position, CameraModel.code))
    names = Model.__dataclass_fields__
    return {row.code: Model(**{name: getattr(row, name) for name in names}) for row in found}


def save_models(session: Session, given: Iterable[Model]) -> int:
    """Write models over those of the same code; return how many."""
    values = [{**asdict(model), "position": 100 + at} for at, model in enumerate(given)]
    if values:
        statement = upsert(CameraModel)
        changed = {name: statement.excluded[name] for name in values[0] if name not in ("code", "position")}
        session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=changed), values)
    return len(values)


# --- Sites ------------------------------------------------------------------------------------------------------------

SITE = """
SELECT s.id, s.ref, s.place, s.mount, s.height_m, s.bearing, s.tilt, s.hfov, s.model, s.state, s.owner_kind, s.owner,
       s.note, s.switched_off, s.joined, s.version, ST_X(s.geom) AS lon, ST_Y(s.geom) AS lat,
       ST_X(ST_Transform(s.geom, :srid)) AS x, ST_Y(ST_Transform(s.geom, :srid)) AS y
"""
STANDING_SITES = text(f"{SITE} FROM camera_sites s WHERE s.state = ANY (:states) AND {WITHIN} ORDER BY s.id")
PLAN_SITES = text(f"""
{SITE}, p.position, p.locked, p.price_uah, p.yearly_uah, p.adds, p.lost_if_refused, p.private_m2, p.facade_m
FROM camera_plan_sites p JOIN camera_sites s ON s.id = p.site_id WHERE p.plan_id = :plan ORDER BY p.position
""")


def camera_of(row: Any, known: Mapping[str, Model], *, locked: bool) -> Camera:
    """Return a site's row as a camera; without a bearing it looks all round, as a dome does."""
    model = known[row.model]
    hfov = ALL_ROUND if row.bearing is None else (row.hfov or model.widest)
    price, yearly = (0.0, 0.0) if locked else (model.price_uah, model.yearly_uah)
    return Camera(
        row.x, row.y, row.height_m, row.bearing or 0.0, hfov, model.h_px, model.v_px, model.ir_range_m, row.model,
        row.mount, row.tilt, price, yearly, locked, row.switched_off, row.joined, str(row.id),
    )  # fmt: skip


def standing(session: Session, within: str, srid: int) -> Sequence[Any]:
    values = {"states": sorted(STANDING), "within": within, "srid": srid}
    return session.execute(STANDING_SITES, values).all()


def add_sites(session: Session, found: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """Write sites and return their ids; one with a known `ref` is the one that is there already, brought up to date."""
    ids = []
    for site in found:
        values = {**site, "id": uuid4()}
        statement = upsert(CameraSite).values(**values)
        changed = {name: statement.excluded[name] for name in site}
        statement = statement.on_conflict_do_update(index_elements=["ref"], set_=changed)
        ids.append(session.scalar(statement.returning(CameraSite.id)))
    return [one for one in ids if one is not None]


def add_osm(session: Session, found: Sequence[Any], srid: int) -> None:
    """Let cameras of OpenStreetMap be sites that stand already; what no tag says is usual."""
    values = {"x": [row.x for row in found], "y": [row.y for row in found], "srid": srid}
    places = session.execute(TO_DEGREES, values).all()
    add_sites(session, [_osm_site(row, *place) for row, place in zip(found, places, strict=True)])


def _osm_site(row: Any, lon: float, lat: float) -> dict[str, Any]:
    all_round = row.camera_type in ("dome", "panning") or row.bearing is None
    return {
        "ref": row.id,
        "mount": row.mount if row.mount in MOUNT_TITLES else "pole",
        "height_m": min(max(row.height_m or USUAL_HEIGHT_M, LOWEST_M), HIGHEST_M),
        "bearing": None if all_round else row.bearing,
        "model": UNKNOWN_MODEL,
        "state": "existing",
        "geom": f"SRID=4326;POINT({lon!r} {lat!r})",
    }


# --- Plans ------------------------------------------------------------------------------------------------------------


def add_plan(session: Session, values: Mapping[str, Any], cameras: Sequence[Mapping[str, Any]]) -> CameraPlan:
    """Write a plan and its cameras, each with its `site_id`, in their order."""
    plan = CameraPlan(id=uuid4(), **values)
    session.add(plan)
    session.flush()
    if cameras:
        placed = [{**camera, "plan_id": plan.id, "position": at} for at, camera in enumerate(cameras, start=1)]
        session.execute(insert(CameraPlanSite), placed)
    return plan


def plan_cameras(session: Session, plan: UUID, known: Mapping[str, Model], srid: int) -> list[Camera]:
    """Return the cameras of a plan in its order, at the prices that it was counted with."""
    return [
        replace(camera_of(row, known, locked=row.locked), price=row.price_uah, yearly=row.yearly_uah)
        for row in plan_sites(session, plan, srid)
    ]


def drawing(session: Session, plan: UUID) -> dict[str, Any]:
    """Return what the page of a plan draws."""
    return dict(session.scalar(select(CameraPlan.drawing).where(CameraPlan.id == plan)) or {})


def variants(session: Session, plan: UUID) -> list[CameraPlan]:
    return list(session.scalars(select(CameraPlan).where(CameraPlan.parent == plan).order_by(CameraPlan.number)))


def set_state(session: Session, plan: UUID, state: str) -> None:
    """Let the proposed sites of a plan be approved or rejected."""
    mine = select(CameraPlanSite.site_id).where(CameraPlanSite.plan_id == plan, CameraPlanSite.locked.is_(False))
    undecided = CameraSite.state.in_(("proposed", "approved", "rejected"))
    session.execute(update(CameraSite).where(CameraSite.id.in_(mine), undecided).values(state=state))


def plan_by(session: Session, number: int) -> CameraPlan | None:
    return session.scalar(select(CameraPlan).where(CameraPlan.number == number))


def plans(session: Session) -> list[CameraPlan]:
    return list(session.scalars(select(CameraPlan).order_by(CameraPlan.number.desc())))


def plan_sites(session: Session, plan: UUID, srid: int) -> Sequence[Any]:
    return session.execute(PLAN_SITES, {"plan": plan, "srid": srid}).all()


def publish(session: Session, plan: CameraPlan, counts: Sequence[Mapping[str, Any]]) -> None:
    """Write what everybody may know of a plan."""
    session.execute(delete(CameraPlanUnit).where(CameraPlanUnit.plan_id == plan.id))
    if counts:
        told = [{**row, "plan_id": plan.id, "title": plan.title, "number": plan.number} for row in counts]
        session.execute(insert(CameraPlanUnit), told)
    session.execute(update(CameraPlan).where(CameraPlan.id == plan.id).values(public=True))


def public_plans(session: Session) -> list[CameraPlanUnit]:
    return list(session.scalars(select(CameraPlanUnit).order_by(CameraPlanUnit.number.desc(), CameraPlanUnit.unit)))


# --- The network of what stands already ------------------------------------------------------------------------------

NETWORK = text("""
SELECT s.id, s.ref, s.place, s.model, s.mount, s.owner_kind, s.owner, s.note, s.state, s.switched_off, s.joined,
       s.storage_days, s.server, s.access_rule, s.ups_hours, s.maintained_on, s.version, ST_X(s.geom) AS lon,
       ST_Y(s.geom) AS lat
FROM camera_sites s WHERE s.state = ANY (:states) ORDER BY s.owner_kind, s.place, s.ref, s.id
""")


def network(session: Session) -> Sequence[Any]:
    """Return every camera that stands, with what is known of who runs it."""
    return session.execute(NETWORK, {"states": sorted(STANDING)}).all()


def site_by(session: Session, site: UUID) -> CameraSite | None:
    return session.scalar(select(CameraSite).where(CameraSite.id == site))


# --- What people say, what was decided, who has a copy ---------------------------------------------------------------


def add_comment(session: Session, **values: Any) -> None:
    session.execute(insert(CameraComment).values(**values))


def comments(session: Session, plan: UUID) -> list[CameraComment]:
    found = select(CameraComment).where(CameraComment.plan_id == plan).order_by(CameraComment.said_at)
    return list(session.scalars(found))


def add_position(session: Session, **values: Any) -> None:
    session.execute(insert(CameraPosition).values(**values))


def positions(session: Session, plan: UUID) -> list[CameraPosition]:
    found = select(CameraPosition).where(CameraPosition.plan_id == plan).order_by(CameraPosition.said_at)
    return list(session.scalars(found))


STANCES = text("""
SELECT DISTINCT ON (plan_id, account) plan_id, stance FROM camera_positions ORDER BY plan_id, account, said_at DESC
""")


def stances(session: Session) -> dict[UUID, list[str]]:
    """Return, of every plan that has any, the stance of each deputy: their latest."""
    found: dict[UUID, list[str]] = {}
    for row in session.execute(STANCES):
        found.setdefault(row.plan_id, []).append(row.stance)
    return found


def add_decision(session: Session, **values: Any) -> None:
    session.execute(insert(CameraDecision).values(**values))


def decisions(session: Session, plan: UUID) -> list[CameraDecision]:
    found = select(CameraDecision).where(CameraDecision.plan_id == plan)
    return list(session.scalars(found.order_by(CameraDecision.decided_on, CameraDecision.written_at)))


def outcomes(session: Session) -> dict[UUID, str]:
    """Return, of every plan that was decided on, what was decided last."""
    decided = select(CameraDecision.plan_id, CameraDecision.outcome)
    in_order = session.execute(decided.order_by(CameraDecision.decided_on, CameraDecision.written_at))
    return {plan: outcome for plan, outcome in in_order}  # noqa: C416 (rows are no pairs to mypy)


def add_copy(session: Session, **values: Any) -> int:
    """Write down a copy and return its number."""
    made = CameraCopy(**values)
    session.add(made)
    session.flush()
    return made.number


def copies(session: Session, plan: UUID) -> list[CameraCopy]:
    found = select(CameraCopy).where(CameraCopy.plan_id == plan).order_by(CameraCopy.number.desc())
    return list(session.scalars(found))


def add_photo(session: Session, site: UUID, content: bytes) -> None:
    session.execute(insert(CameraPhoto).values(site_id=site, content=content))


def photos(session: Session, plan: UUID) -> list[CameraPhoto]:
    """Return the photos of a plan's places, without their bytes."""
    of_plan = select(CameraPlanSite.site_id).where(CameraPlanSite.plan_id == plan)
    return list(
        session.scalars(select(CameraPhoto).where(CameraPhoto.site_id.in_(of_plan)).order_by(CameraPhoto.made_at))
    )


def photo_bytes(session: Session, plan: UUID, photo: UUID) -> bytes | None:
    of_plan = select(CameraPlanSite.site_id).where(CameraPlanSite.plan_id == plan)
    return session.scalar(select(CameraPhoto.content).where(CameraPhoto.id == photo, CameraPhoto.site_id.in_(of_plan)))


def drop_photo(session: Session, photo: UUID) -> bool:
    """Delete a photo; tell whether the viewer might."""
    return session.scalar(delete(CameraPhoto).where(CameraPhoto.id == photo).returning(CameraPhoto.id)) is not None


def add_zone(session: Session, title: str, wkt: str) -> None:
    session.execute(insert(CameraZone).values(id=uuid4(), title=title, geom=f"SRID=4326;{wkt}"))


def drop_zone(session: Session, zone: UUID) -> None:
    session.execute(delete(CameraZone).where(CameraZone.id == zone))


def zones(session: Session) -> list[tuple[UUID, str, dict[str, Any]]]:
    """Return (id, title, outline as GeoJSON) of each zone."""
    found = session.execute(text("SELECT id, title, ST_AsGeoJSON(geom, 6)::jsonb FROM camera_zones ORDER BY title"))
    return [(row[0], row[1], row[2]) for row in found]


# --- Who is named -----------------------------------------------------------------------------------------------------


def name_reader(session: Session, account: UUID) -> None:
    session.execute(upsert(CameraReader).values(account=account).on_conflict_do_nothing())


def forget_reader(session: Session, account: UUID) -> None:
    session.execute(delete(CameraReader).where(CameraReader.account == account))


def readers(session: Session) -> list[UUID]:
    """Return the accounts of deputies who were named."""
    return list(session.scalars(select(CameraReader.account).order_by(CameraReader.named_at)))


def is_named(session: Session, account: UUID) -> bool:
    return session.scalar(select(CameraReader.account).where(CameraReader.account == account)) is not None


def finite(value: float | None) -> float | None:
    """Return a figure as JSON and a column can hold it."""
    return None if value is None or math.isnan(value) or math.isinf(value) else value
