"""Every layer and its faces, declared once. Whoever reviews what who gets to see reads this file.

The first face that names the viewer's role is what they get. No face, no answer.
"""

from __future__ import annotations

from collections.abc import Mapping

from layers.area import Area, UnitSystem
from layers.layer import Cluster, Column, Face, Filter, Geometry, Kind, Layer, Match, Title
from layers.problems.rules import DESK
from layers.viewer import EXACT, POLICE, Role

EVERYONE = frozenset(Role)

OSM = Title("OpenStreetMap", "OpenStreetMap")
ODBL = "ODbL 1.0"

NAMES = (
    Column("name_uk", Title("Назва", "Name in Ukrainian")),
    Column("name_en", Title("Назва англійською", "Name")),
)
UNIT_NAMES = "SELECT code, name_uk AS title_uk, name_en AS title_en FROM units"
CATEGORY_NAMES = "SELECT code, title_uk, title_en FROM categories"
STATUS_NAMES = "SELECT code, title_uk, title_en FROM incident_statuses"
SOURCE_NAMES = (
    "SELECT id AS code, said AS title_uk, said AS title_en FROM incident_sources, "
    "concat(title, CASE WHEN licence <> '' THEN ' (' || licence || ')' END) AS said"
)
IN_UNIT = Filter("unit", "geom", Match.INSIDE)


def catalogue(area: Area) -> Mapping[str, Layer]:
    """Return the layers of an area by id, from the ground up; a unit system that the area lacks is no layer there."""
    units = (_units(system) for system in area.unit_systems)
    layers = (LANDUSE, WATER, BUILDINGS, ROADS, *units, PROBLEM_AREAS, PLACES, INCIDENTS, PROBLEMS)
    return {layer.id: layer for layer in layers}


# --- Units: open to everybody -----------------------------------------------------------------------------------------

UNIT_COLUMNS = (
    Column("code", Title("Код", "Code")),
    *NAMES,
    Column("kind", Title("Вид", "Kind")),
    Column("parent_code", Title("Код вищої одиниці", "Code of the parent unit")),
    Column("area_km2", Title("Площа, км²", "Area, km²"), Kind.NUMBER, tile=False),
    Column("population_2022", Title("Населення на 01.01.2022", "Population, 1 January 2022"), Kind.NUMBER, tile=False),
    Column("approximate", Title("Наближені межі", "Approximate boundaries"), Kind.FLAG),
    Column("security", Title("Безпековий стан", "Security status")),
    Column("centre_lon", Title("Центр, довгота", "Centre, longitude"), Kind.NUMBER, tile=False, sql="ST_X(point)"),
    Column("centre_lat", Title("Центр, широта", "Centre, latitude"), Kind.NUMBER, tile=False, sql="ST_Y(point)"),
    Column("source", Title("Джерело", "Source"), tile=False),
    Column("licence", Title("Ліцензія", "Licence"), tile=False),
)


def _units(system: UnitSystem) -> Layer:
    """Return the layer of one system of units; settlements wait for the zoom where they can be told apart."""
    face = Face(
        roles=EVERYONE,
        relation="units",
        where=f"system = '{system.id}'",
        columns=UNIT_COLUMNS,
        filters=(
            Filter("category", "kind", Match.ANY),
            Filter("status", "security", Match.ANY),
            Filter("unit", "ARRAY[code, parent_code]", Match.HAS, names=UNIT_NAMES),
        ),
        key="code",
        min_zoom=8 if system.id == "settlements" else 0,
    )
    source = Title("Межі: джерело кожної одиниці вказано в її даних", "Limits: each unit names its source")
    return Layer(system.id, system.title, Geometry.POLYGON, source, ODBL, (face,))


# --- Facts from OpenStreetMap: open to everybody. Cameras and military objects are in no face at all ------------------


def _facts(
    layer_id: str,
    title: Title,
    geometry: Geometry,
    *columns: Column,
    category: str = "kind",
    min_zoom: int = 0,
    generalise: tuple[tuple[int, str], ...] = (),
) -> Layer:
    face = Face(
        roles=EVERYONE,
        relation=layer_id,
        columns=columns,
        filters=(Filter("category", category, Match.ANY), IN_UNIT),
        min_zoom=min_zoom,
        generalise=generalise,
    )
    return Layer(layer_id, title, geometry, OSM, ODBL, (face,))


KIND = Column("kind", Title("Вид", "Kind"))
MAIN_ROADS = "class IN ('motorway', 'motorway_link', 'trunk', 'trunk_link', 'primary', 'primary_link')"
TOWN_ROADS = (
    "class NOT IN ('service', 'track', 'path', 'footway', 'cycleway', 'steps', 'bridleway', 'pedestrian', "
    "'residential', 'unclassified', 'living_street', 'road')"
)

LANDUSE = _facts(
    "landuse",
    Title("Землекористування", "Land use"),
    Geometry.POLYGON,
    KIND,
    min_zoom=8,
    generalise=((11, "ST_Area(geom_3857) > 200000"), (13, "ST_Area(geom_3857) > 10000")),
)
WATER = _facts(
    "water",
    Title("Вода", "Water"),
    Geometry.POLYGON,
    KIND,
    *NAMES,
    min_zoom=6,
    generalise=((12, "kind NOT IN ('stream', 'ditch', 'drain')"),),
)
BUILDINGS = _facts(
    "buildings",
    Title("Будівлі", "Buildings"),
    Geometry.POLYGON,
    KIND,
    Column("name_uk", Title("Назва", "Name in Ukrainian"), tile=False),
    Column("name_en", Title("Назва англійською", "Name"), tile=False),
    Column("street", Title("Вулиця", "Street"), tile=False),
    Column("house_number", Title("Номер", "House number")),
    Column("levels", Title("Поверхів", "Levels"), Kind.NUMBER, tile=False),
    Column("height_m", Title("Висота, м", "Height, m"), Kind.NUMBER, tile=False),
    min_zoom=13,
)
ROADS = _facts(
    "roads",
    Title("Дороги й вулиці", "Roads and streets"),
    Geometry.LINE,
    Column("class", Title("Клас", "Class")),
    *NAMES,
    Column("ref", Title("Номер дороги", "Road number")),
    Column("oneway", Title("Односторонній рух", "One-way"), Kind.NUMBER, tile=False),
    Column("walkable", Title("Для пішоходів", "Walkable"), Kind.FLAG, tile=False),
    Column("drivable", Title("Для авто", "Drivable"), Kind.FLAG, tile=False),
    Column("bridge", Title("Міст", "Bridge"), Kind.FLAG, tile=False),
    Column("tunnel", Title("Тунель", "Tunnel"), Kind.FLAG, tile=False),
    Column("surface", Title("Покриття", "Surface"), tile=False),
    Column("lit", Title("Освітлена", "Lit"), Kind.FLAG, tile=False),
    category="class",
    min_zoom=5,
    generalise=((9, MAIN_ROADS), (12, TOWN_ROADS), (14, "class NOT IN ('service', 'path', 'footway', 'steps')")),
)
PLACES = _facts(
    "places",
    Title("Місця", "Places"),
    Geometry.POINT,
    Column("id", Title("Номер", "Number")),
    KIND,
    *NAMES,
    Column("street", Title("Вулиця", "Street"), tile=False),
    Column("house_number", Title("Номер", "House number"), tile=False),
    Column("source", Title("Джерело", "Source"), tile=False),
    Column("licence", Title("Ліцензія", "Licence"), tile=False),
    min_zoom=12,
)


# --- Incidents: a month and a generalised place for everybody; minute and exact place for those whose work it is ------

ID = Column("id", Title("Номер", "Number"))
CATEGORY = Column("category", Title("Категорія", "Category"), names=CATEGORY_NAMES)
SYMBOL = Column("symbol", Title("Знак", "Symbol"))
STATUS = Column("status", Title("Стан", "Status"), names=STATUS_NAMES)
MONTH = Column("month", Title("Місяць", "Month"), Kind.MONTH, sql="to_char(month, 'YYYY-MM')")
PRECISION = Column("location_precision", Title("Точність місця", "Precision of the place"))
UNITS = Column("units", Title("Територіальні одиниці", "Units"), tile=False, names=UNIT_NAMES)
SOURCE = Column("source", Title("Джерело", "Source"), tile=False, names=SOURCE_NAMES)

GROUPED = Cluster(carry=("symbol",))
INCIDENT_FILTERS = (
    Filter("category", "category", Match.ANY, names=CATEGORY_NAMES),
    Filter("status", "status", Match.ANY, names=STATUS_NAMES),
    Filter("unit", "units", Match.HAS, names=UNIT_NAMES),
)

INCIDENTS = Layer(
    "incidents",
    Title("Події", "Incidents"),
    Geometry.POINT,
    Title("Завантажені записи; джерело вказано в кожному", "Imported records; each names its source"),
    "",
    (
        Face(
            roles=EXACT,
            relation="incidents_exact",
            guarded=True,
            private=True,
            columns=(
                ID,
                CATEGORY,
                SYMBOL,
                STATUS,
                MONTH,
                Column("happened_at", Title("Час", "Time"), Kind.TIME, tile=False),
                Column("time_precision", Title("Точність часу", "Precision of the time"), tile=False),
                PRECISION,
                UNITS,
                SOURCE,
            ),
            filters=(
                *INCIDENT_FILTERS,
                Filter("from", "happened_at", Match.SINCE, Kind.TIME),
                Filter("to", "happened_at", Match.UNTIL, Kind.TIME),
            ),
            newest="happened_at",
            cluster=GROUPED,
        ),
        Face(
            roles=EVERYONE,
            relation="incidents_public",
            columns=(ID, CATEGORY, SYMBOL, STATUS, MONTH, PRECISION, UNITS, SOURCE),
            filters=(
                *INCIDENT_FILTERS,
                Filter("from", "month", Match.SINCE, Kind.MONTH),
                Filter("to", "month", Match.UNTIL, Kind.MONTH),
            ),
            newest="month",
            cluster=GROUPED,
        ),
    ),
)


# --- Problems: what a coordinator approved, by month and snap point, for everybody; the exact place and minute for the
# desk, and for police, starostas and executors what was confirmed and is theirs. Contacts are in no face at all -------

PROBLEM_STATUS_NAMES = "SELECT code, title_uk, title_en FROM problem_statuses"
PROBLEM_CATEGORY_NAMES = (
    "SELECT code, coalesce(problem_uk, title_uk) AS title_uk, coalesce(problem_en, title_en) AS title_en "
    "FROM categories"
)
PROBLEM_FILTERS = (
    Filter("category", "category", Match.ANY, names=PROBLEM_CATEGORY_NAMES),
    Filter("status", "status", Match.ANY, names=PROBLEM_STATUS_NAMES),
    Filter("unit", "units", Match.HAS, names=UNIT_NAMES),
)
PROBLEM_CATEGORY = Column("category", Title("Категорія", "Category"), names=PROBLEM_CATEGORY_NAMES)
PROBLEM_STATUS = Column("status", Title("Стан", "Status"), names=PROBLEM_STATUS_NAMES)
SUPPORTERS = Column("supporters", Title("Людей", "People"), Kind.NUMBER, tile=False)

PROBLEMS = Layer(
    "problems",
    Title("Повідомлення мешканців", "Residents' reports"),
    Geometry.POINT,
    Title("Повідомлення мешканців, перевірені координатором", "Residents' reports, checked by the coordinator"),
    "CC BY 4.0",
    (
        Face(
            roles=DESK | POLICE | {Role.STAROSTA, Role.EXECUTOR},
            relation="problems_exact",
            guarded=True,
            private=True,
            columns=(
                ID,
                Column("number", Title("№", "No."), Kind.NUMBER, tile=False),
                PROBLEM_CATEGORY,
                SYMBOL,
                PROBLEM_STATUS,
                MONTH,
                Column("reported_at", Title("Час", "Time"), Kind.TIME, tile=False),
                PRECISION,
                UNITS,
                SUPPORTERS,
                Column("overdue", Title("Строк минув", "Overdue"), Kind.FLAG),
            ),
            filters=(
                *PROBLEM_FILTERS,
                Filter("from", "reported_at", Match.SINCE, Kind.TIME),
                Filter("to", "reported_at", Match.UNTIL, Kind.TIME),
            ),
            newest="reported_at",
            cluster=GROUPED,
        ),
        Face(
            roles=EVERYONE,
            relation="problems_public",
            columns=(
                ID,
                PROBLEM_CATEGORY,
                SYMBOL,
                PROBLEM_STATUS,
                MONTH,
                Column("updated_month", Title("Оновлено", "Updated"), Kind.MONTH, tile=False,
                       sql="to_char(updated_month, 'YYYY-MM')"),
                PRECISION,
                UNITS,
                SUPPORTERS,
                Column("body", Title("Опис", "Description"), tile=False),
            ),
            filters=(
                *PROBLEM_FILTERS,
                Filter("from", "month", Match.SINCE, Kind.MONTH),
                Filter("to", "month", Match.UNTIL, Kind.MONTH),
            ),
            newest="month",
            cluster=GROUPED,
        ),
    ),
)  # fmt: skip

# The same reports as ground: the street or public place in which each lies, and no closer.
PROBLEM_AREAS = Layer(
    "problem_areas",
    Title("Місця повідомлень, приблизно", "Places of reports, roughly"),
    Geometry.POLYGON,
    PROBLEMS.source,
    PROBLEMS.licence,
    (
        Face(
            roles=EVERYONE,
            relation="problem_areas",
            columns=(ID, PROBLEM_CATEGORY, SYMBOL, PROBLEM_STATUS, MONTH, PRECISION, UNITS),
            filters=(
                *PROBLEM_FILTERS,
                Filter("from", "month", Match.SINCE, Kind.MONTH),
                Filter("to", "month", Match.UNTIL, Kind.MONTH),
            ),
            cluster=Cluster(until_zoom=0),  # one feature an area, with the count of its reports
            min_zoom=14,
        ),
    ),
)
