"""Kinds of places, as data: the code that rows carry and what people call it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layers.layer import Title


@dataclass(frozen=True)
class PlaceKind:
    """One kind of place; `group` gathers kinds for lists, `settlement` is the group of named localities."""

    code: str
    title: Title
    group: str


def _kinds(group: str, *rows: tuple[str, str, str]) -> list[PlaceKind]:
    return [PlaceKind(code, Title(uk, en), group) for code, uk, en in rows]


_ALL = [
    *_kinds(
        "settlement",
        ("city", "Місто", "City"),
        ("town", "Місто, селище", "Town"),
        ("village", "Село", "Village"),
        ("hamlet", "Хутір", "Hamlet"),
        ("suburb", "Частина міста", "Part of town"),
        ("neighbourhood", "Мікрорайон", "Neighbourhood"),
        ("locality", "Урочище", "Locality"),
        ("square", "Площа", "Square"),
    ),
    *_kinds(
        "safety",
        ("police", "Поліція", "Police"),
        ("fire_station", "Пожежна частина", "Fire station"),
        ("shelter", "Укриття", "Shelter"),
        ("defibrillator", "Дефібрилятор", "Defibrillator"),
        ("fire_hydrant", "Пожежний гідрант", "Fire hydrant"),
        ("emergency_phone", "Телефон екстреного виклику", "Emergency telephone"),
        ("courthouse", "Суд", "Court"),
    ),
    *_kinds(
        "health",
        ("hospital", "Лікарня", "Hospital"),
        ("clinic", "Амбулаторія, лікар", "Clinic, doctor"),
        ("pharmacy", "Аптека", "Pharmacy"),
    ),
    *_kinds(
        "education",
        ("school", "Школа", "School"),
        ("kindergarten", "Дитячий садок", "Kindergarten"),
        ("college", "Коледж, училище", "College"),
        ("university", "Університет", "University"),
    ),
    *_kinds(
        "community",
        ("town_hall", "Рада, адміністрація", "Town hall"),
        ("community_centre", "Клуб, будинок культури", "Community centre"),
        ("library", "Бібліотека", "Library"),
        ("social_facility", "Соціальна служба", "Social service"),
        ("worship", "Храм", "Place of worship"),
        ("culture", "Театр, кіно, музей", "Theatre, cinema, museum"),
        ("memorial", "Памʼятник", "Memorial"),
        ("toilets", "Туалет", "Toilets"),
        ("drinking_water", "Питна вода", "Drinking water"),
        ("entrance", "Вхід до будівлі", "Building entrance"),
    ),
    *_kinds(
        "leisure",
        ("park", "Парк, сквер", "Park"),
        ("playground", "Дитячий майданчик", "Playground"),
        ("sport", "Спортивний майданчик", "Sports ground"),
        ("beach", "Пляж", "Beach"),
        ("hotel", "Готель", "Hotel"),
    ),
    *_kinds(
        "trade",
        ("shop", "Магазин", "Shop"),
        ("alcohol_shop", "Магазин алкоголю", "Alcohol shop"),
        ("kiosk", "Кіоск", "Kiosk"),
        ("market", "Ринок", "Market"),
        ("bank", "Банк", "Bank"),
        ("atm", "Банкомат", "Cash machine"),
        ("post_office", "Пошта", "Post office"),
        ("cafe", "Кафе, ресторан", "Café, restaurant"),
        ("bar", "Бар, нічний клуб", "Bar, night club"),
        ("gambling", "Гральний заклад", "Gambling"),
    ),
    *_kinds(
        "transport",
        ("station", "Залізнична станція", "Railway station"),
        ("bus_station", "Автостанція", "Bus station"),
        ("stop", "Зупинка", "Stop"),
        ("taxi", "Таксі", "Taxi"),
        ("crossing", "Пішохідний перехід", "Pedestrian crossing"),
        ("level_crossing", "Залізничний переїзд", "Level crossing"),
        ("traffic_signals", "Світлофор", "Traffic lights"),
        ("lamp", "Ліхтар", "Street lamp"),
        ("parking", "Стоянка", "Car park"),
        ("fuel", "Автозаправка", "Fuel station"),
    ),
]

PLACE_KINDS = {kind.code: kind for kind in _ALL}
SETTLEMENT_KINDS = frozenset(code for code, kind in PLACE_KINDS.items() if kind.group == "settlement")

RESTRICTED_KINDS = {
    "camera": Title("Камера відеоспостереження", "Surveillance camera"),
    "speed_camera": Title("Камера фіксації швидкості", "Speed camera"),
    "guard": Title("Пост охорони", "Guard"),
    "military": Title("Військовий обʼєкт", "Military object"),
    "checkpoint": Title("Контрольно-пропускний пункт", "Checkpoint"),
}

STREET_KINDS = {
    "": Title("вулиця", "street"),
    "street": Title("вулиця", "street"),
    "lane": Title("провулок", "lane"),
    "avenue": Title("проспект", "avenue"),
    "boulevard": Title("бульвар", "boulevard"),
    "square": Title("площа", "square"),
    "highway": Title("шосе", "highway"),
    "embankment": Title("набережна", "embankment"),
    "drive": Title("вʼїзд", "drive"),
    "dead_end": Title("тупик", "dead end"),
    "descent": Title("узвіз", "descent"),
    "alley": Title("алея", "alley"),
    "passage": Title("проїзд", "passage"),
    "line": Title("лінія", "line"),
}

# As people write them, folded; what stands before or after a street's own name.
STREET_WORDS = {
    word: kind
    for kind, words in {
        "street": ("вулиця", "вулиці", "вул", "street", "st", "vulytsia", "vul", "улица", "ул"),
        "lane": ("провулок", "провулку", "пров", "пр-к", "lane", "provulok", "переулок", "пер"),
        "avenue": ("проспект", "просп", "пр-т", "avenue", "ave", "prospekt"),
        "boulevard": ("бульвар", "бул", "б-р", "boulevard", "bulvar"),
        "square": ("площа", "пл", "майдан", "square", "ploshcha", "maidan"),
        "highway": ("шосе", "highway", "shose"),
        "embankment": ("набережна", "наб", "embankment", "naberezhna"),
        "drive": ("вʼїзд", "вїзд", "drive", "vizd"),
        "dead_end": ("тупик", "туп", "tupyk"),
        "descent": ("узвіз", "descent", "uzviz"),
        "alley": ("алея", "alley", "aleia"),
        "passage": ("проїзд", "passage", "proizd"),
        "line": ("лінія", "line", "liniia"),
    }.items()
    for word in words
}


def without_kind(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Split the folded words of a street's name into the kind that they say and the rest, which is never empty.

    Of two such words the plainer is the kind: Набережна вулиця is a street that is called Набережна.
    """
    said = [place for place in (0, -1) if len(words) > 1 and words[place] in STREET_WORDS]
    if not said:
        return "", words
    place = min(said, key=lambda each: STREET_WORDS[words[each]] != "street")
    return STREET_WORDS[words[place]], words[1:] if place == 0 else words[:-1]


# Kinds of settlements by the words of the codifier, and by OpenStreetMap's where an area has no codifier.
SETTLEMENT_TITLES = {
    "місто": Title("місто", "city"),
    "селище": Title("селище", "town"),
    "селище міського типу": Title("селище", "town"),
    "село": Title("село", "village"),
    "city": Title("місто", "city"),
    "town": Title("селище", "town"),
    "village": Title("село", "village"),
    "hamlet": Title("хутір", "hamlet"),
}
