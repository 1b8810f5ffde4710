"""Files made of the map for people and programs: handout, PDF, picture, export. Command line and web share it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from geo_api.gathering import Place, gather, named, narrowed, one_system, place_of, rows_for, with_sources
from layers.area import Area, Box
from layers.errors import BadInput
from layers.layer import Layer
from layers.query import Query
from layers.text import N_
from layers.viewer import Viewer
from maps.language import Language
from maps.rows import Caption, Rows, records_of, span

if TYPE_CHECKING:
    from layers.database.engine import Database, Session

MAPS = ("svg", "pdf", "png")
WIDE = 960  # points: what zoom a picture of a box has, to choose what is worth gathering


# How far the making is: steps done, of how many, and what comes now.
Step = Callable[[int, int, str], None]
READING = N_("Reading the records")
GROUND = N_("Gathering the ground under them")
DRAWING = N_("Drawing")
WRITING = N_("Writing the file")


def _silent(_done: int, _total: int, _what: str) -> None:
    pass


@dataclass(frozen=True)
class Made:
    """A file: its bytes, its media type, and how many records it holds, where it is about records."""

    body: bytes
    media_type: str
    count: int | None = None


@dataclass(frozen=True)
class Maker:
    """Who makes files, for whom, in which language and as of which day."""

    database: Database
    layers: Mapping[str, Layer]
    area: Area
    viewer: Viewer
    language: Language
    day: date
    demo: bool = False
    link: str = ""
    step: Step = _silent

    def layer(self, layer_id: str, query: Query, form: str) -> Made:
        """Write one layer's rows as a file for other programs."""
        from maps.export import FORMATS, export

        if form not in FORMATS:
            raise BadInput(N_("There is no format “{name}”; known are {known}."), name=form, known=", ".join(FORMATS))
        self.step(0, 2, READING)
        with self.database.begin(self.viewer) as session:
            place = self._place(session, query) if query.unit else Place(self.area.box)
            filters = self._filters(session, query, layer_id)
            rows = rows_for(session, self.layers, layer_id, self.viewer, query)
            say = named if form in ("csv", "kml") else None
            rows = (
                say(session, self.layers, rows, self.viewer, self.language)
                if say
                else with_sources(session, self.layers, rows, self.viewer)
            )
        self.step(1, 2, WRITING)
        caption = self.caption(place, query, rows.title[self.language.code], [rows], filters)
        return Made(export(rows, caption, form, self.language), FORMATS[form].media_type, len(rows))

    def handout(self, layer_id: str, query: Query) -> Made:
        """Write a single HTML file with a layer's rows on their ground."""
        from maps.handout import handout
        from maps.handout.ground import grown

        self.step(0, 3, READING)
        with self.database.begin(self.viewer) as session:
            place = self._place(session, query)
            filters = self._filters(session, query, layer_id)
            points = rows_for(session, self.layers, layer_id, self.viewer, query)
            self.step(1, 3, GROUND)
            around = replace(query, bbox=grown(place.box))
            ground = gather(session, self.layers, self.viewer, around, _zoom(place.box) + 3, about=layer_id)
            points = named(session, self.layers, points, self.viewer, self.language)
        parts = [part for part in ground if part.layer != layer_id]
        rows = one_system([*parts, points], query.unit)
        self.step(2, 3, WRITING)
        caption = self.caption(place, query, points.title[self.language.code], [points], filters)
        page = handout(rows, caption, place.box, self.language)
        return Made(page.encode(), "text/html; charset=utf-8", len(points))

    def map(self, about: str, query: Query, form: str, *, paper: str = "a4") -> Made:
        """Draw the map of a box or unit, with the records that it is about, as SVG, PNG or, ready to print, PDF."""
        from maps.picture import CARD, SCREEN, draw

        if form not in MAPS:
            raise BadInput(N_("There is no format “{name}”; known are {known}."), name=form, known=", ".join(MAPS))
        self.step(0, 2, READING)
        with self.database.begin(self.viewer) as session:
            place = self._place(session, query)
            filters = self._filters(session, query, about)
            wide = replace(query, bbox=_around(place.box))
            rows = gather(session, self.layers, self.viewer, wide, _zoom(place.box), about=about)
        rows = one_system(rows, query.unit)
        self.step(1, 2, DRAWING)
        caption = self.caption(place, query, self.language.gettext("Map"), rows, filters)
        if form == "svg":
            drawing = draw(rows, caption, place.box, self.language, form=SCREEN)
            return Made(drawing.encode(), "image/svg+xml")
        from maps.paper import picture_png, print_map

        if form == "png":
            card = draw(rows, caption, place.box, self.language, form=CARD)
            return Made(picture_png(card), "image/png")
        return Made(print_map(rows, caption, place.box, self.language, paper=paper), "application/pdf")

    def caption(self, place: Place, query: Query, about: str, rows: Sequence[Rows], filters: str) -> Caption:
        name = place.name or self.area.title
        return Caption(
            title=f"{name[self.language.code]}: {about[:1].lower()}{about[1:]}",
            day=self.day,
            period=self._period(query, rows),
            filters=filters,
            link=self.link,
            demo=self.demo,
        )

    def _filters(self, session: Session, query: Query, about: str) -> str:
        return narrowed(session, self.layers, self.viewer, query, self.language, about=about)

    def _place(self, session: Session, query: Query) -> Place:
        return place_of(session, self.layers, self.area, self.viewer, query)

    def _period(self, query: Query, rows: Sequence[Rows]) -> str:
        """Say which months were asked for, or else which there are."""
        asked = [self.language.month(day) for day in (query.since, query.until) if day]
        if query.since and query.until:
            return " – ".join(dict.fromkeys(asked))
        about = records_of(rows)
        return span(about, self.language) if about else ""


def _around(box: Box) -> Box:
    """Return a box twice as wide and high: a sheet of another shape shows more than was asked for."""
    across, up = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
    return max(box[0] - across, -180), max(box[1] - up, -85), min(box[2] + across, 180), min(box[3] + up, 85)


def _zoom(box: Box) -> float:
    """Return the screen's zoom at which a picture shows a box."""
    from maps.picture.sheet import window

    return window(box, 0, 0, WIDE, WIDE * 0.7).zoom
