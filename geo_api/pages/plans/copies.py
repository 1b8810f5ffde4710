"""Copies of a plan to take away: numbered and named with exact sites, or counts and shares by unit for everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from geo_api.context import language_of, service_of, viewer_of
from geo_api.gathering import ground_around
from geo_api.pages.forms import porter_of
from geo_api.pages.plans.access import NO_STORE, NOT_PUBLISHED, Reader, insider, local_now
from geo_api.pages.plans.plan import labels_of, level_at
from layers.cameras import actions, optics, reviews, rules, store
from layers.database.engine import Session
from layers.errors import BadInput, NotFound
from layers.text import N_
from layers.units.names import unit_names
from layers.viewer import PUBLIC
from maps.camera_files import FORMATS, camera_file
from maps.language import Language
from maps.picture.plan import Plan, Standing
from maps.rows import Box, Caption

router = APIRouter(prefix="/plans", include_in_schema=False)

Typed = Annotated[str, Form()]
POINT_WEIGHT = 0.5  # from which on a point is marked on a copy
PICTURE = (700.0, 500.0)  # points: the zoom of the ground is chosen for a map of this size
MEDIA = {
    "csv": "text/csv; charset=utf-8", "osm": "text/csv; charset=utf-8", "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml", "gpkg": "application/geopackage+sqlite3",
    "pdf-a4": "application/pdf", "pdf-a3": "application/pdf", "handout": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
ENDINGS = {"osm": "osm.csv", "pdf-a4": "a4.pdf", "pdf-a3": "a3.pdf", "handout": "html"}


@router.post("/{number}/copy")
def copy(request: Request, number: int, form: Typed = "") -> Response:
    """Make a numbered copy with exact sites, for whoever is signed in; who took which is kept."""
    if form not in MEDIA:
        raise BadInput(N_("There is no format “{name}”; known are {known}."), name=form, known=", ".join(MEDIA))
    with porter_of(request).database.begin(viewer_of(request)) as session:
        reader = insider(session, request)
        plan = actions.plan(session, reader.viewer, number)
        copied = reviews.copy(session, reader.viewer, number, reader=reader.name, form=form)
        body = Copier(request, session, reader, plan, copied).make(form)
    ending = ENDINGS.get(form, form)
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="plan-{number}-copy-{copied}.{ending}"'}
    return Response(body, media_type=MEDIA[form], headers=headers)


@router.get("/{number}/units.html")
def for_everybody(request: Request, number: int) -> Response:
    """Give the single file of a published plan: how many cameras a unit gets, and what share of its demand is seen."""
    from maps.handout.plan import with_units

    language, service = language_of(request), service_of(request)
    with porter_of(request).database.begin(PUBLIC) as session:
        rows = [row for row in store.public_plans(session) if row.number == number]
        if not rows:
            raise NotFound(NOT_PUBLISHED, number=number)
        names = {name.code: name[language.code] for name in unit_names(session)}
        names[""], area = service.area.title[language.code], shapely.box(*service.area.box)
        shapes = {row.unit: store.unit_shape(session, row.unit) if row.unit else area for row in rows}
        box = _extent([shape for shape in shapes.values() if shape is not None]) or service.area.box
        ground = ground_around(session, service.layers, box, PICTURE, service.area.timezone)
    units = [
        (shape, f"{names.get(row.unit, row.unit)}: {_cameras(language, row.cameras)}, {_percent(language, row.share)}",
         row.share)
        for row in rows
        if (shape := shapes[row.unit]) is not None
    ]  # fmt: skip
    title = language.gettext(N_("Camera plan no. {number}: {title}"), number=number, title=rows[0].title)
    caption = Caption(title=title, day=local_now(request).date(), demo=service.settings.demo)
    page = with_units(ground, caption, units, box, language)
    headers = {"Content-Disposition": f'attachment; filename="plan-{number}.html"', "Cache-Control": "no-cache"}
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)


class Copier:
    """Makes one copy in any form; its number, reader and moment are the mark on all of them."""

    def __init__(self, request: Request, session: Session, reader: Reader, plan: Any, copied: int) -> None:
        self.request, self.session, self.plan = request, session, plan
        self.language, self.service = language_of(request), service_of(request)
        self.sites = store.plan_sites(session, plan.id, self.service.area.metric_srid)
        self.labels = labels_of(self.sites, self.language)
        self.models = store.models(session)
        self.day = local_now(request)
        self.mark = self.language.gettext(
            N_("Copy no. {number} · {reader} · {day}"), number=copied, reader=reader.name,
            day=f"{self.day:%d.%m.%Y %H:%M}",
        )  # fmt: skip

    def make(self, form: str) -> bytes:
        if form in FORMATS:
            rows = [{**row._mapping, "adds_percent": None if row.adds is None else round(100 * row.adds, 3)}
                    for row in self.sites]  # fmt: skip
            return camera_file(rows, f"{self.plan.title} · {self.mark}", form)
        makers: Mapping[str, Callable[[], bytes]] = {
            "pdf-a4": lambda: self.paper("a4"), "pdf-a3": lambda: self.paper("a3"), "handout": self.handout,
            "docx": self.documents,
        }  # fmt: skip
        return makers[form]()

    def drawing(self) -> Plan:
        """Return what the map of the copy shows: by day, at the plan's own level."""
        drawn, level = store.drawing(self.session, self.plan.id), level_at(self.plan)
        views = [shapely.geometry.shape(one["day"][level]) for one in drawn.get("views", []) if one["day"][level]]
        points = drawn.get("points") or {name: [] for name in ("lon", "lat", "day", "weight")}
        columns = (points[name] for name in ("lon", "lat", "day", "weight"))
        # Points of areas weigh little each, and would hide the map under crosses.
        blind = [
            (lon, lat)
            for lon, lat, day, weight in zip(*columns, strict=True)
            if day <= level and weight >= POINT_WEIGHT
        ]
        cameras = [
            Standing(label, row.lon, row.lat, row.bearing, row.locked)
            for label, row in zip(self.labels, self.sites, strict=True)
        ]
        return Plan(cameras, views, blind)

    def ground(self, box: Box) -> Any:
        return ground_around(self.session, self.service.layers, box, PICTURE, self.service.area.timezone)

    def caption(self) -> Caption:
        return Caption(title=self.title, day=self.day.date(), demo=self.service.settings.demo, filters=self.mark)

    @property
    def title(self) -> str:
        return self.language.gettext(
            N_("Camera plan no. {number}: {title}"), number=self.plan.number, title=self.plan.title
        )

    def paper(self, size: str) -> bytes:
        from maps.paper.plan import Sheets, print_plan

        plan, n, _ = self.drawing(), self.plan.numbers, self.language.gettext
        box = plan.box()
        level = optics.profile(self.plan.settings["profile"]).levels[level_at(self.plan)]
        figures = [
            (_(N_("New cameras")), self.language.number(n["new"])),
            (_(N_("Cost")), _money(self.language, n["cost"])),
            (_(N_("A year")), _money(self.language, n["yearly"])),
            (_(N_("Seen by day")), _percent(self.language, n["share"])),
            (_(N_("Seen at night")), _percent(self.language, n["night_share"])),
            (_(N_("Private ground")), f"{self.language.number(n['private_m2'])} м²" if self.language.code == "uk"
             else f"{self.language.number(n['private_m2'])} m²"),
        ]  # fmt: skip
        under = " · ".join(
            (level.title[self.language.code], f"{level.px_per_m:g} px/m", self.service.area.title[self.language.code])
        )
        notes = [line for line in (proven(self.language, n), optimistic(self.language, n)) if line]
        told = Sheets(self.title, under, figures, self.heads(), self.table(), notes, self.mark)
        return print_plan(self.ground(box), self.caption(), plan, told, box, self.language, paper=size)

    def handout(self) -> bytes:
        from maps.handout.plan import with_sites

        plan = self.drawing()
        box = plan.box()
        tips = [f"№ {camera.label}" for camera in plan.cameras]
        page = with_sites(self.ground(box), self.caption(), plan, tips, box, self.language, mark=self.mark)
        return page.encode()

    def documents(self) -> bytes:
        from maps.camera_documents import Pack, write_pack

        n, language = self.plan.numbers, self.language
        bought = Counter((row.model, row.price_uah) for row in self.sites if not row.locked)
        estimate = [
            (self.named(model), language.number(count), _money(language, price), _money(language, price * count))
            for (model, price), count in bought.items()
        ]
        level = optics.profile(self.plan.settings["profile"]).levels[level_at(self.plan)]
        pack = Pack(
            area=self.service.area.title[language.code], title=self.plan.title, number=self.plan.number,
            cost=_money(language, n["cost"]), yearly=_money(language, n["yearly"]),
            cameras=_cameras(language, n["new"]), seen=_percent(language, n["share"]),
            seen_at_night=_percent(language, n["night_share"]), level=level.title[language.code],
            proven=proven(language, n), privacy=language.gettext(
                N_("Private ground in view: {m2} m²; façades of homes near enough to know a face: {m} m."),
                m2=language.number(n["private_m2"]), m=language.number(n["facade_m"]),
            ),
            estimate=estimate, places=self.table(), heads=self.heads(), mark=self.mark,
        )  # fmt: skip
        return write_pack(pack, language)

    def heads(self) -> list[str]:
        _ = self.language.gettext
        return ["№", _(N_("Model")), _(N_("Mount")), _(N_("Bearing")), _(N_("Height, m")), _(N_("Latitude, longitude")),
                _(N_("Price")), _(N_("adds")), _(N_("Private m²"))]  # fmt: skip

    def table(self) -> list[list[str]]:
        language = self.language
        return [
            [
                label, self.named(row.model), rules.MOUNT_TITLES[row.mount][language.code],
                "360°" if row.bearing is None else f"{row.bearing:.0f}°", language.number(row.height_m, 1),
                f"{row.lat:.5f}, {row.lon:.5f}",
                language.gettext(N_("stands already")) if row.locked else _money(language, row.price_uah),
                "–" if row.adds is None else _percent(language, row.adds),
                "–" if row.private_m2 is None else language.number(row.private_m2),
            ]
            for label, row in sorted(zip(self.labels, self.sites, strict=True), key=lambda pair: pair[1].locked)
        ]  # fmt: skip

    def named(self, model: str) -> str:
        found = self.models.get(model)
        return model if found is None else (found.name_uk if self.language.code == "uk" else found.name_en)


def proven(language: Language, numbers: Mapping[str, Any]) -> str:
    """Say how far a plan may be from the best possible one."""
    if numbers.get("optimal"):
        return language.gettext(N_("No better plan is possible: that is proven."))
    if numbers.get("gap") is None:
        return ""
    return language.gettext(
        N_("At most {gap} worse than the best possible plan."), gap=_percent(language, numbers["gap"])
    )


def optimistic(language: Language, numbers: Mapping[str, Any]) -> str:
    if not numbers.get("optimistic"):
        return ""
    return language.gettext(N_("No building is loaded here, so that nothing hides anything: the view is optimistic."))


def _money(language: Language, value: float) -> str:
    return language.gettext(N_("{value} UAH"), value=language.number(value))


def _percent(language: Language, share: float) -> str:
    return language.gettext(N_("{value} %"), value=language.number(100 * share, 1))


def _cameras(language: Language, count: int) -> str:
    return language.ngettext("{n} camera", "{n} cameras", count)


def _extent(shapes: list[shapely.Geometry]) -> Box | None:
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return west, south, east, north
