"""The one symbology: what every thing looks like on every map, keyed by layer id and symbol name.

The browser's map, the handout, the print and the legends are all drawn from here. Every colour comes twice, for the
light and the dark theme. Symbols of incidents are told apart by icon first and by at most eight hues second; red is
kept for what is overdue or dangerous.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from layers.layer import Title


@dataclass(frozen=True)
class Ink:
    """One colour on both themes."""

    light: str
    dark: str

    def __getitem__(self, theme: str) -> str:
        return self.dark if theme == "dark" else self.light


@dataclass(frozen=True)
class Symbol:
    """How one kind of thing is drawn.

    Widths and dashes are CSS pixels at zoom 14 (on paper: 96 to the inch). `also` lists further values of the layer's
    column that are drawn the same. `icon` is "maki/NAME" or "temaki/NAME"; `pattern` is a key of PATTERNS and lies over
    the fill, whose `opacity` lets the ground through. `min_zoom` is the first zoom that shows it.
    """

    name: str
    title: Title
    fill: Ink | None = None
    opacity: float = 1.0
    line: Ink | None = None
    casing: Ink | None = None
    width: float = 1.0
    dash: tuple[float, ...] = ()
    pattern: str | None = None
    icon: str | None = None
    min_zoom: int = 0
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Label:
    """How a layer's things are named on the map; `column` holds the name, `size` is in CSS pixels."""

    column: str
    ink: Ink
    halo: Ink
    size: float = 12.0
    min_zoom: int = 0
    along_line: bool = False
    bold: bool = False


@dataclass(frozen=True)
class LayerStyle:
    """The symbols of one layer; `column` is the attribute whose value names one, the last symbol is for the rest."""

    layer: str
    symbols: tuple[Symbol, ...]
    column: str = ""
    label: Label | None = None
    by_value: Mapping[str, Symbol] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        values = {value: symbol for symbol in self.symbols for value in (symbol.name, *symbol.also)}
        object.__setattr__(self, "by_value", values)

    def symbol(self, name: str | None) -> Symbol:
        """Return the symbol of that name, or the last one, which stands for everything else."""
        return self.by_value.get(name or "", self.symbols[-1])

    def symbol_of(self, properties: Mapping[str, Any]) -> Symbol:
        """Return the symbol that a feature with these attributes is drawn with."""
        value = properties.get(self.column)
        if isinstance(value, bool):
            return self.symbol(self.column if value else "exact")
        return self.symbol(value)


# --- Inks ---------------------------------------------------------------------------------------------------------

LAND = Ink("#f4f1ea", "#1b2229")
TEXT = Ink("#2b2a27", "#e6eaee")
HALO = Ink("#fbf9f5", "#161c22")
MUTED_TEXT = Ink("#5d5a52", "#aeb8c2")
ACCENT = Ink("#0b5c8e", "#7cc0ee")  # links, focus, the selected unit
DANGER = Ink("#b3261e", "#ff8a80")  # overdue and danger only, never "crime"

# Eight hues after Okabe and Ito, darkened (light) and lightened (dark) to 4.5:1 with the glyph that lies on them.
BLUE = Ink("#0b62a8", "#6db5ee")
PURPLE = Ink("#8a4794", "#d9a3e2")
BROWN = Ink("#7a4a1f", "#cfa27c")
ORANGE = Ink("#ad5200", "#f5ab60")
GREEN = Ink("#00735a", "#4fc9a4")
OLIVE = Ink("#6b6300", "#dccf55")
CYAN = Ink("#08778f", "#66cfe3")
GREY = Ink("#55606b", "#b3bdc7")
GLYPH = Ink("#ffffff", "#12181d")  # the icon on a coloured disc

CLUSTER = Ink("#2f4b63", "#a9c3d8")

# Five classes from few to many, one hue, darker (lighter on dark) for more.
RAMP: tuple[Ink, ...] = (
    Ink("#e4eef4", "#24353f"),
    Ink("#b9d4e3", "#2f5166"),
    Ink("#84b3cf", "#3f7696"),
    Ink("#4a8bb5", "#5f9fc5"),
    Ink("#1d628f", "#98cdee"),
)


# The pages around the maps.
PAGE: Mapping[str, Ink] = {
    "paper": Ink("#fbf9f5", "#12181d"),
    "surface": Ink("#ffffff", "#1b232b"),
    "field": Ink("#ffffff", "#141b21"),
    "hover": Ink("#f1ede4", "#28323b"),
    "rule": Ink("#e3ddd1", "#2f3a44"),
    "edge": Ink("#8d8677", "#6f7c88"),
    "land": LAND,
    "text": TEXT,
    "muted": MUTED_TEXT,
    "accent": ACCENT,
    "on-accent": GLYPH,
    "danger": DANGER,
    "cluster": CLUSTER,
    "demo": Ink("#ffe9a8", "#4a3f14"),
    "demo-2": Ink("#ffe08a", "#574a18"),
    "demo-text": Ink("#3d3000", "#ffefc0"),
}


@dataclass(frozen=True)
class Pattern:
    """A repeated drawing over a fill, safe in black and white: parallel lines or dots, sizes in CSS pixels."""

    kind: str  # lines, dots
    ink: Ink
    step: float = 8.0
    width: float = 1.0
    angle: float = 45.0


PATTERNS: Mapping[str, Pattern] = {
    "hatch": Pattern("lines", Ink("#b9ae9b", "#56626e"), step=9, width=1),
    "closed": Pattern("dots", Ink("#a39a8b", "#5d6975"), step=7, width=1.1),
    "dots": Pattern("dots", Ink("#8aa06f", "#55705a"), step=8, width=1.4),
}

APPROXIMATE = Title("наближені межі", "approximate boundaries")


# --- Base map: muted, so that data carries the colour -----------------------------------------------------------------


def _ground(name: str, uk: str, en: str, light: str, dark: str, also: tuple[str, ...] = ()) -> Symbol:
    return Symbol(name, Title(uk, en), fill=Ink(light, dark), also=also)


LANDUSE = LayerStyle(
    "landuse",
    (
        _ground("forest", "Ліс", "Forest", "#dfe7d3", "#1f2d27", ("wood",)),
        _ground("park", "Парк, сквер", "Park", "#dcebd0", "#21332b", ("garden", "recreation_ground", "nature_reserve")),
        _ground("square", "Площа", "Square", "#f6f1e8", "#2a313a"),
        _ground("grass", "Трава, луки", "Grass", "#e8eddc", "#202b28", ("meadow", "village_green", "scrub", "heath")),
        _ground(
            "farmland", "Поля, сади", "Fields", "#f1ecda", "#21282b", ("orchard", "vineyard", "allotments", "farmyard")
        ),
        _ground("wetland", "Болото", "Wetland", "#dfe9e4", "#1e2c30"),
        _ground("sand", "Пісок, пляж", "Sand", "#f3ead0", "#2a2b29", ("beach",)),
        _ground("cemetery", "Кладовище", "Cemetery", "#dde4d6", "#232e2b"),
        _ground(
            "sport", "Спорт", "Sports ground", "#dcead9", "#22342f", ("pitch", "stadium", "playground", "sports_centre")
        ),
        _ground(
            "education",
            "Територія школи",
            "School grounds",
            "#efe8dc",
            "#29303a",
            ("school", "kindergarten", "college", "university"),
        ),
        _ground("health", "Територія лікарні", "Hospital grounds", "#f3e6e3", "#302d36", ("hospital", "clinic")),
        _ground("commercial", "Торгівля", "Shops and offices", "#f1e7dd", "#2a2c33", ("retail", "marketplace")),
        _ground(
            "industrial",
            "Виробництво",
            "Industry",
            "#e9e4df",
            "#272a30",
            ("railway", "construction", "brownfield", "quarry", "garages"),
        ),
        _ground("residential", "Забудова", "Built-up area", "#ece7de", "#232a31"),
        _ground("other", "Інше", "Other", "#efebe3", "#20272e"),
    ),
    column="kind",
)

SHORE = Ink("#a9c8d8", "#2c4a5e")
DEEP = Ink("#bcd6e3", "#243d4e")

WATER = LayerStyle(
    "water",
    (
        Symbol(
            "stream", Title("Струмок, канал", "Stream, canal"), line=SHORE, width=1.2, min_zoom=12,
            also=("ditch", "drain", "canal"),
        ),
        Symbol("river", Title("Річка", "River"), line=SHORE, fill=DEEP, width=2.4),
        Symbol("water", Title("Вода", "Water"), line=SHORE, fill=DEEP, width=0.8),
    ),
    column="kind",
    label=Label("name", Ink("#3b6a86", "#7fa9c3"), HALO, size=11, min_zoom=13),
)  # fmt: skip


def _road(
    name: str, uk: str, en: str, width: float, min_zoom: int, also: tuple[str, ...] = (), *,
    light: str = "#ffffff", dark: str = "#39444e", dash: tuple[float, ...] = (),
) -> Symbol:  # fmt: skip
    casing = None if dash else Ink("#d3ccbf", "#12171c")
    return Symbol(
        name, Title(uk, en), line=Ink(light, dark), casing=casing, width=width, dash=dash, min_zoom=min_zoom, also=also
    )


ROADS = LayerStyle(
    "roads",
    (
        _road("motorway", "Автомагістраль", "Motorway", 7, 5, ("motorway_link", "trunk", "trunk_link"),
              light="#f3d9a4", dark="#5c5340"),
        _road("primary", "Головна дорога", "Main road", 6, 7, ("primary_link",), light="#f8e6bd", dark="#4f4a3e"),
        _road("secondary", "Дорога району", "Secondary road", 5, 9, ("secondary_link",),
              light="#fdf3da", dark="#474740"),
        _road("tertiary", "Дорога громади", "Local main road", 4.2, 10, ("tertiary_link",)),
        _road("residential", "Вулиця", "Street", 3.2, 12, ("unclassified", "living_street", "road")),
        _road("service", "Проїзд", "Service road", 1.8, 14, ("track",)),
        _road("pedestrian", "Пішохідна вулиця", "Pedestrian street", 2.4, 13, light="#f6efe6", dark="#3a3f49"),
        _road("rail", "Залізниця", "Railway", 1.4, 10, ("railway", "tram"),
              light="#a39d94", dark="#56616c", dash=(4, 3)),
        _road("path", "Стежка, сходи", "Path, steps", 1.2, 15, ("footway", "cycleway", "steps", "bridleway"),
              light="#c9b8a3", dark="#59636d", dash=(3, 2)),
    ),
    column="class",
    label=Label("name", MUTED_TEXT, HALO, size=11, min_zoom=14, along_line=True),
)  # fmt: skip

BUILDINGS = LayerStyle(
    "buildings",
    (
        Symbol("building", Title("Будівля", "Building"), fill=Ink("#ddd5c8", "#2d363f"), line=Ink("#c6bcab", "#3c4751"),
               width=0.6, min_zoom=14),
    ),
)  # fmt: skip


# --- Units ----------------------------------------------------------------------------------------------------------


CLOSED = Symbol(
    "closed",
    Title("Активні бойові дії: нічого не публікуємо", "Active hostilities: nothing is published"),
    line=Ink("#8f8677", "#77838f"),
    pattern="closed",
)


def _unit(
    layer: str, uk: str, en: str, ink: Ink, width: float, label: Label | None,
    dash: tuple[float, ...] = (), min_zoom: int = 0, more: tuple[Symbol, ...] = (),
) -> LayerStyle:  # fmt: skip
    """Draw a system of units: an outline, and for approximate ones a dashed outline over hatching."""
    exact = Symbol("exact", Title(uk, en), line=ink, width=width, dash=dash, min_zoom=min_zoom)
    approximate = Symbol(
        "approximate",
        Title(f"{uk} ({APPROXIMATE.uk})", f"{en} ({APPROXIMATE.en})"),
        line=ink,
        width=width,
        dash=(6, 4),
        pattern="hatch",
        min_zoom=min_zoom,
    )
    return LayerStyle(layer, (approximate, *more, exact), column="approximate", label=label)


UNIT_NAME = Label("name", TEXT, HALO, size=14, min_zoom=7, bold=True)

HROMADAS = _unit("hromadas", "Громада", "Hromada", Ink("#5b4a86", "#b3a3e0"), 2.0, UNIT_NAME, more=(CLOSED,))
UNITS_2017 = _unit(
    "units_2017", "Зона обслуговування 2017 року", "2017 service area", Ink("#0b5c8e", "#7cc0ee"), 2.6, UNIT_NAME
)
RAION = _unit("raion", "Район", "Raion", Ink("#7d7566", "#8b97a3"), 1.2, None)
STAROSTA_DISTRICTS = _unit(
    "starosta_districts", "Старостинський округ", "Starosta district", Ink("#4f6b4a", "#9fc29a"), 1.4,
    Label("name", MUTED_TEXT, HALO, size=12, min_zoom=10),
)  # fmt: skip
SETTLEMENTS = _unit(
    "settlements", "Населений пункт", "Settlement", Ink("#8b8375", "#7c8894"), 1.0,
    Label("name", TEXT, HALO, size=12, min_zoom=10), dash=(2, 2), min_zoom=10,
)  # fmt: skip


# --- Places and incidents: a coloured disc with an icon ---------------------------------------------------------------


def _point(name: str, uk: str, en: str, icon: str, ink: Ink, min_zoom: int = 0, also: tuple[str, ...] = ()) -> Symbol:
    return Symbol(name, Title(uk, en), fill=ink, icon=icon, min_zoom=min_zoom, also=also)


PLACES = LayerStyle(
    "places",
    (
        Symbol(
            "locality", Title("Назва місцевості", "Name of a locality"), min_zoom=12,
            also=("city", "town", "village", "hamlet", "suburb", "neighbourhood", "square"),
        ),
        _point("police", "Поліція", "Police", "maki/police", GREY, 12, ("courthouse",)),
        _point("hospital", "Лікарня", "Hospital", "maki/hospital", GREY, 12, ("clinic", "defibrillator")),
        _point("station", "Станція", "Station", "maki/rail", GREY, 12, ("bus_station",)),
        _point("fire_station", "Пожежна частина", "Fire station", "maki/fire-station", GREY, 13, ("fire_hydrant",)),
        _point("school", "Школа, коледж", "School, college", "maki/school", GREY, 13, ("college", "university")),
        _point("town_hall", "Рада, адміністрація", "Town hall", "maki/town-hall", GREY, 13),
        _point("kindergarten", "Дитячий садок", "Kindergarten", "maki/playground", GREY, 14, ("playground",)),
        _point("shelter", "Укриття", "Shelter", "maki/shelter", GREY, 14),
        _point("market", "Ринок", "Market", "maki/commercial", GREY, 14),
        _point("park", "Парк", "Park", "maki/park", GREY, 14, ("beach", "sport")),
        _point("culture", "Бібліотека, клуб, музей", "Library, club, museum", "maki/library", GREY, 15,
               ("library", "community_centre", "memorial", "social_facility")),
        _point("worship", "Храм", "Place of worship", "maki/place-of-worship", GREY, 15),
        _point("pharmacy", "Аптека", "Pharmacy", "maki/pharmacy", GREY, 16),
        _point("stop", "Зупинка", "Stop", "maki/bus", GREY, 16, ("taxi",)),
        _point("bank", "Банк, пошта", "Bank, post office", "maki/bank", GREY, 16, ("post_office", "atm")),
        _point("shop", "Магазин", "Shop", "maki/shop", GREY, 16, ("kiosk",)),
        _point("alcohol_shop", "Магазин алкоголю", "Alcohol shop", "maki/alcohol-shop", GREY, 16),
        _point("cafe", "Кафе, бар", "Café, bar", "maki/cafe", GREY, 17, ("bar", "gambling", "hotel")),
        _point("crossing", "Перехід", "Crossing", "temaki/pedestrian_crosswalk", GREY, 17, ("level_crossing",)),
        _point("lights", "Світлофор", "Traffic lights", "temaki/traffic_signals", GREY, 17, ("traffic_signals",)),
        _point("entrance", "Вхід до будівлі", "Building entrance", "maki/entrance", GREY, 18),
        _point("lamp", "Ліхтар", "Street lamp", "temaki/street_lamp_arm", GREY, 18),
        _point("other", "Інше місце", "Other place", "maki/marker", GREY, 17,
               ("emergency_phone", "toilets", "drinking_water", "parking", "fuel")),
    ),
    column="kind",
    label=Label("name", MUTED_TEXT, HALO, size=11, min_zoom=16),
)  # fmt: skip

INCIDENTS = LayerStyle(
    "incidents",
    (
        _point("theft", "Крадіжка", "Theft", "temaki/handbag", BLUE),
        _point("burglary", "Крадіжка з будівлі", "Burglary", "maki/home", BLUE),
        _point("robbery", "Грабіж", "Robbery", "temaki/money_hand", BLUE),
        _point("vehicle", "Злочин щодо транспорту", "Vehicle crime", "maki/car", BLUE),
        _point("violence", "Насильство", "Violence", "temaki/hand", PURPLE),
        _point("damage", "Пошкодження майна", "Damage", "temaki/window", BROWN),
        _point("abandoned", "Покинута будівля", "Abandoned building", "temaki/ruins", BROWN),
        _point("drugs", "Наркотики", "Drugs", "temaki/spice_bottle", ORANGE),
        _point("disorder", "Порушення порядку", "Disorder", "temaki/speaker", ORANGE),
        _point("alcohol", "Алкоголь", "Alcohol", "maki/alcohol-shop", ORANGE),
        _point("traffic", "Порушення ПДР", "Traffic offence", "temaki/traffic_signals", GREEN),
        _point("road", "Дорога, перехід", "Road, crossing", "temaki/pedestrian_crosswalk", GREEN),
        _point("lighting", "Освітлення", "Lighting", "temaki/street_lamp_arm", OLIVE),
        _point("shelter", "Укриття", "Shelter", "maki/shelter", CYAN),
        _point("school", "Біля школи чи садка", "Near a school", "maki/school", CYAN),
        _point("fraud", "Шахрайство", "Fraud", "maki/mobile-phone", GREY),
        _point("animals", "Тварини", "Animals", "maki/dog-park", GREY),
        _point("other", "Інше", "Other", "maki/caution", GREY),
    ),
    column="symbol",
)

# Reports have the signs of incidents: people learn them once.
PROBLEMS = LayerStyle("problems", INCIDENTS.symbols, column="symbol")

# A report is shown at a street or public place, or for a whole town or hromada: the ground of the former.
PROBLEM_AREAS = LayerStyle(
    "problem_areas",
    (
        Symbol(
            "area",
            Title("Десь тут: вулиця або громадське місце, не точна адреса",
                  "Somewhere here: a street or public place, not an exact address"),
            fill=CLUSTER, opacity=0.13, line=CLUSTER, width=1.2, dash=(5, 4), min_zoom=14,
        ),
    ),
)  # fmt: skip
# The same in words beside a marker, by the precision of its place.
SOMEWHERE: Mapping[str, Title] = {
    "street": Title("десь тут", "somewhere here"),
    "place": Title("десь тут", "somewhere here"),
    "settlement": Title("десь у населеному пункті", "somewhere in the town"),
    "hromada": Title("десь у громаді", "somewhere in the hromada"),
    "cell": Title("десь у квадраті 1 км", "somewhere in this 1 km square"),
}

# The layers of points that a map is about, one at a time; and ground that belongs to one of them alone.
RECORDS = ("incidents", "problems")
GROUND_OF = {"problem_areas": "problems"}

# Systems of units, the weightier over the lesser.
UNITS = ("settlements", "starosta_districts", "raion", "hromadas", "units_2017")

# From the ground up: the order of drawing.
STYLES: Mapping[str, LayerStyle] = {
    style.layer: style
    for style in (
        LANDUSE, WATER, BUILDINGS, ROADS,
        SETTLEMENTS, STAROSTA_DISTRICTS, RAION, HROMADAS, UNITS_2017,
        PROBLEM_AREAS, PLACES, INCIDENTS, PROBLEMS,
    )
}  # fmt: skip


def icons() -> set[str]:
    """Return every icon that the symbology names, as "set/name"."""
    return {symbol.icon for style in STYLES.values() for symbol in style.symbols if symbol.icon}
