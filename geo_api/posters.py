"""Posters of a place, for web and command line alike."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from layers.area import Area
from layers.errors import BadInput, NotFound
from layers.initiative import store as initiative
from layers.published import store
from layers.text import N_
from maps.language import DEFAULT, Language
from maps.paper.poster import Poster, poster

if TYPE_CHECKING:
    from layers.database.engine import Session

LONGEST = 100


def make_poster(
    session: Session, area: Area, language: Language, base: str, *, unit: str = "", street: str = ""
) -> bytes:
    """Return the PDF for a street (its id), a unit (its code), or the whole area; raises NotFound."""
    if unit and street:
        raise BadInput(N_("A poster is for a street or for a unit: name one of them."))
    place = ""
    if unit or street:
        found = store.called(session, unit=unit, street=street) if is_id(unit or street) else None
        if found is None:
            raise NotFound(N_("There is no unit or street “{code}”."), code=(unit or street)[:LONGEST])
        place = found[language.code]
    words = {"street": street, "unit": unit, "lang": language.code if language.code != DEFAULT else ""}
    asked = urlencode({name: value for name, value in words.items() if value})
    us = initiative.initiative(session)
    about = Poster(
        link=f"{base}/report" + (f"?{asked}" if asked else ""),
        area=area.title[language.code],
        place=place,
        organisation=us.name_uk if language.code == "uk" else us.name_en or us.name_uk,
        hotline=us.hotline,
        hours=us.hotline_hours,
    )
    return poster(about, language)


def is_id(text: str) -> bool:
    """Tell whether this may be the id of anything: the database can't be asked for every letter."""
    return len(text) <= LONGEST and text.isprintable()
