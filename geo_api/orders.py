"""A file of the map that somebody asked for: kept in the job's row, made by the worker with the asker's rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from geo_api.pages.state import read_state
from geo_api.settings import area_of
from layers.area import Area
from layers.errors import BadInput
from layers.layer import Title
from layers.query import Query
from layers.text import N_
from layers.viewer import PUBLIC
from maps.language import speak
from maps.styles import RECORDS

if TYPE_CHECKING:
    from geo_api.making import Made, Maker
    from geo_api.settings import Settings
    from layers.database.engine import Database
    from layers.queue import Job, Progress

KIND = "make_file"
PAPERS = {"pdf-a4": "a4", "pdf-a3": "a3"}
DATA = ("csv", "geojson", "gpkg", "kml")
WHAT = ("handout", *PAPERS, *DATA)


@dataclass(frozen=True)
class Order:
    """What is to be made: one of WHAT, of what a permalink's words show, in a language; `link` leads back there."""

    what: str
    words: tuple[tuple[str, str], ...]
    lang: str
    link: str = ""

    def __post_init__(self) -> None:
        if self.what not in WHAT:
            raise BadInput(N_("There is no format “{name}”; known are {known}."), name=self.what, known=", ".join(WHAT))

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Order:
        """Read an order as a job's row keeps it."""
        words = tuple((str(name), str(value)) for name, value in arguments["words"])
        return cls(arguments["what"], words, arguments["lang"], arguments["link"])

    def arguments(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def about(self) -> str:
        """Return the layer of records that the file is about."""
        asked = dict(self.words).get("layer", "")
        return asked if asked in RECORDS else RECORDS[0]

    def query(self, area: Area) -> Query:
        """Return what the words ask for; a map or handout is of what the reader sees, data are of all that match."""
        state = read_state(self.words, area.timezone)
        if self.what in DATA:
            return replace(state.query, bbox=None)
        return replace(state.query, bbox=state.query.bbox or (state.at.box if state.at else None))

    def name(self, area: Area, day: datetime) -> str:
        """Return what the file is called when it is saved."""
        ending = {"handout": "html", **dict.fromkeys(PAPERS, "pdf")}.get(self.what, self.what)
        paper = f"-{PAPERS[self.what]}" if self.what in PAPERS else ""
        return f"{area.id}-{day:%Y-%m-%d}{paper}.{ending}"

    def make(self, maker: Maker, area: Area) -> Made:
        """Make the file."""
        if self.what == "handout":
            return maker.handout(self.about, self.query(area))
        if self.what in PAPERS:
            return maker.map(self.about, self.query(area), "pdf", paper=PAPERS[self.what])
        return maker.layer(self.about, self.query(area), self.what)


class Workshop:
    """The worker's place for such work; what it needs of the catalogue is read at the first order."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def area(self) -> Area:
        return area_of(self.settings)

    def __call__(self, database: Database, job: Job, progress: Progress) -> Mapping[str, Any]:
        """Make what a job orders and keep it for whoever asked; the result names the file."""
        from geo_api.making import Maker
        from layers.catalogue import catalogue
        from layers.files import actions as files
        from layers.viewer import robot

        order, area = Order.of(job.arguments), self.area
        now = datetime.now(area.timezone)
        maker = Maker(
            database, catalogue(area), area, job.viewer, speak(order.lang), now.date(),
            demo=self.settings.demo, link=order.link, step=progress,
        )  # fmt: skip
        made = order.make(maker, area)
        name = order.name(area, now)
        # A resident has no account that could own a file: what everybody may see is kept by the worker itself.
        keeper, audience = (job.viewer, "owner") if job.owner else (robot("worker"), "public")
        if job.owner is None and job.role is not PUBLIC.role:
            raise ValueError("work of nobody's with more than the public's rights")
        with database.begin(keeper) as session:
            media = made.media_type.partition(";")[0]
            kept = files.keep(session, name=name, media_type=media, content=made.body, audience=audience)
        return {"file": str(kept), "name": name, "bytes": len(made.body), "count": made.count}


TITLES: Mapping[str, Title] = {
    "handout": Title("Роздаткова карта", "Handout map"),
    "pdf-a4": Title("Карта на папері А4", "Map on A4 paper"),
    "pdf-a3": Title("Карта на папері А3", "Map on A3 paper"),
    "csv": Title("Таблиця CSV", "CSV table"),
    "geojson": Title("Дані GeoJSON", "GeoJSON data"),
    "gpkg": Title("Дані GeoPackage", "GeoPackage data"),
    "kml": Title("Дані KML", "KML data"),
}
