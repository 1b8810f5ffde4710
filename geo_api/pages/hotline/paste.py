"""A pasted message: read, guessed at, and shown as a filled-in form beside what was said."""

from __future__ import annotations

import math
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from geo_api.conditional import new_key
from geo_api.context import language_of
from geo_api.pages.forms import page, porter_of, signed_in
from geo_api.pages.hotline.call import PRIVATE, form, refused
from geo_api.pages.hotline.typed import Typed, desk
from geo_api.places import PASTE
from layers.errors import BadInput
from layers.places.gazetteer import Spoken
from layers.problems import hotline
from layers.problems.hotline import Draft
from layers.problems.intake import NotTaken
from layers.text import N_
from maps.language import Language

router = APIRouter(prefix="/desk/paste", include_in_schema=False)
LONGEST = 10_000  # letters of what is pasted
METRES_A_DEGREE = 111_320


@router.get("")
def empty(request: Request) -> Response:
    desk(signed_in(request))
    return _page(request)


@router.post("")
def read(request: Request, pasted: Annotated[str, Form()] = "") -> Response:
    viewer, language = desk(signed_in(request)), language_of(request)
    given = pasted.replace("\0", "")
    if not given.strip() or len(given) > LONGEST:
        wrong = BadInput(N_("Paste a message of at most {most} letters."), most=LONGEST)
        return _page(request, given[:LONGEST], wrong=language.gettext(wrong.message, **wrong.values), status=422)
    try:
        with porter_of(request).database.begin(viewer) as session:
            draft = hotline.draft(session, viewer, given)
    except NotTaken as error:
        return refused(request, Typed(source="message"), error)
    return form(request, _typed(draft, language), draft=_told(draft, language))


def _page(request: Request, pasted: str = "", *, wrong: str = "", status: int = 200) -> Response:
    viewer = signed_in(request)
    with porter_of(request).database.begin(viewer) as session:
        waiting = hotline.waiting(session, viewer)
    answer = page(
        request,
        "hotline/paste.html",
        status=status,
        path=PASTE,
        place=PASTE,
        waiting=waiting,
        pasted=pasted,
        wrong=wrong,
        longest=LONGEST,
    )
    answer.headers.update(PRIVATE)
    return answer


def _typed(draft: Draft, language: Language) -> Typed:
    """Return the guesses as a filled-in form: a settlement is no point, a street is one somewhere along it."""
    message = draft.message
    best = draft.places[0] if draft.places else None
    place = _place(best, language) if best else {}
    return Typed(
        kind=draft.kind,
        category=draft.categories[0].code if draft.categories and draft.kind == "problem" else "",
        words=message.body,
        original=message.body,
        place_words=place.get("title", ""),
        lon=f"{place['lon']:.6f}" if place.get("pin") else "",
        lat=f"{place['lat']:.6f}" if place.get("pin") else "",
        accuracy=place.get("accuracy", ""),
        name=message.sender,
        phone=message.phone,
        email=message.email,
        telegram=message.telegram,
        call_back="on" if message.call_back and message.phone else "",
        source="message",
        key=new_key(),
    )


def _told(draft: Draft, language: Language) -> dict[str, Any]:
    """Return the guesses that whoever looks at the draft can choose among."""
    return {
        "original": draft.message.body,
        "guesses": [guess.code for guess in draft.categories[:3]],
        "places": [_place(each, language) for each in draft.places],
    }


def _place(spoken: Spoken, language: Language) -> dict[str, Any]:
    found, code = spoken.found, language.code
    street = ", ".join(part for part in (found.name[code], spoken.house) if part)
    west, south, east, north = found.bbox
    wide_m = (east - west) * METRES_A_DEGREE * math.cos(math.radians(south))
    long_m = max(wide_m, (north - south) * METRES_A_DEGREE)
    return {
        "title": ", ".join(part for part in (street, found.settlement[code] if found.settlement else "") if part),
        "words": spoken.words,
        "lon": found.point[0],
        "lat": found.point[1],
        "bounds": [[west, south], [east, north]],
        "pin": found.what != "settlement",
        "accuracy": str(round(long_m / 2)) if found.what == "street" else "",
    }
