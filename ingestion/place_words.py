"""How people head the columns of a table of places, and what they call the kinds of places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from ingestion.columns import plain
from ingestion.rejects import Fault
from layers.errors import BadInput
from layers.places.kinds import PLACE_KINDS, RESTRICTED_KINDS
from layers.text import N_, fold

FIELDS = ("kind", "name", "name_en", "lat", "lon", "latlon", "settlement", "street", "house_number")
HEADINGS: Mapping[str, Sequence[str]] = {
    "kind": ("вид", "тип", "категорія", "вид місця", "тип обʼєкта", "kind", "type", "category", "amenity"),
    "name": ("назва", "найменування", "обʼєкт", "заклад", "name", "title", "name uk"),
    "name_en": ("назва англійською", "name en", "english name"),
    "lat": ("широта", "lat", "latitude", "y"),
    "lon": ("довгота", "lon", "lng", "long", "longitude", "x"),
    "latlon": ("координати", "геокоординати", "gps", "широта, довгота", "coordinates", "lat lon", "latlon"),
    "settlement": ("населений пункт", "нп", "місто", "село", "селище", "settlement", "city", "town", "village"),
    "street": ("вулиця", "адреса", "street", "address"),
    "house_number": ("будинок", "номер будинку", "буд", "house number", "housenumber", "house"),
}
# What people call a kind besides its own title.
ALSO: Mapping[str, Sequence[str]] = {
    "school": ("ліцей", "гімназія", "ззсо", "заклад освіти", "навчальний заклад"),
    "kindergarten": ("дитсадок", "садок", "днз", "здо"),
    "clinic": ("амбулаторія", "поліклініка", "фап", "фельдшерський пункт"),
    "stop": ("автобусна зупинка", "зупинка транспорту", "bus stop"),
    "shelter": ("сховище", "бомбосховище", "пункт незламності"),
    "town_hall": ("сільська рада", "селищна рада", "міська рада", "старостат", "цнап"),
    "community_centre": ("будинок культури", "клуб"),
    "police": ("поліцейська станція", "поліцейський відділ", "police station"),
    "crossing": ("перехід", "пішохідний перехід"),
    "entrance": ("вхід", "підʼїзд", "парадне"),
    "lamp": ("ліхтар вуличний", "освітлення", "street lamp"),
}
FORBIDDEN = ("блокпост", "військова частина", "відеокамера", "камера", "відеоспостереження", "cctv", "military base")


@cache
def known_headings() -> Mapping[str, str]:
    """Return heading as compared -> field."""
    return {plain(heading): name for name, headings in HEADINGS.items() for heading in headings}


@cache
def _kinds() -> Mapping[str, str]:
    """Return what a kind may be called, folded -> its code; the empty code stands for what is never loaded."""
    known: dict[str, str] = {}
    for code, kind in PLACE_KINDS.items():
        titles = (kind.title.uk, kind.title.en)
        words = [code, code.replace("_", " "), *titles, *(part for title in titles for part in title.split(","))]
        for word in (*words, *ALSO.get(code, ())):
            known.setdefault(fold(word.strip()), code)
    for code, title in RESTRICTED_KINDS.items():
        known |= {fold(word): "" for word in (code, title.uk, title.en)}
    return known | {fold(word): "" for word in FORBIDDEN}


def kind_of(text: str) -> str | None:
    """Return the code of a kind; None when the word is not known, empty when such things are never loaded."""
    return _kinds().get(fold(text))


def no_such_kind(column: str, text: str) -> Fault:
    """Return why a row's kind makes it no place."""
    if kind_of(text) == "":
        return Fault(
            column, N_("Cameras and military objects never become places of the map: “{text}”."), {"text": text}
        )
    return Fault(column, N_("There is no kind of place “{text}”."), {"text": text})


def no_kind(text: str) -> BadInput:
    """Return the error of a kind that was named for a whole file."""
    known = ", ".join(PLACE_KINDS)
    return BadInput(N_("There is no kind of place “{name}”; known are {known}."), name=text, known=known)
