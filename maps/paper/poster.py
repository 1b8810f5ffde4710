"""A poster with a code that opens the form at its place: A4, black on white, room for a hole punch."""

from __future__ import annotations

from dataclasses import dataclass

import segno

from layers.text import N_
from maps.language import Language
from maps.paper import typeset

TITLE = N_("Something wrong in your street?")
STEPS = (
    N_("Point your phone's camera at the code"),
    N_("Show the place, say what is wrong"),
    N_("Send it: a coordinator reads every report"),
)
LONG_TITLE, LONG_HOTLINE = 34, 18  # letters, from which on the type is smaller


@dataclass(frozen=True)
class Poster:
    """What a poster says: which place it is for (empty: all of the area), where its code leads, whom one may call."""

    link: str
    area: str
    place: str = ""
    organisation: str = ""
    hotline: str = ""
    hours: str = ""


def poster(about: Poster, language: Language) -> bytes:
    """Return the poster as a PDF of one page."""
    _ = language.gettext
    title = _(TITLE)
    who = " · ".join(
        part for part in (about.organisation, _("Bezpeka: {area}", area=about.area), _shown(about.link)) if part
    )
    content = {
        "language": language.code,
        "author": about.organisation or _("Bezpeka"),
        "title": title,
        "title_size": 62 if len(title) <= LONG_TITLE else 54,
        "place": about.place,
        "what": _(
            "A lamp is out, a pothole, a locked shelter, a house that falls apart: tell us, also without a name."
        ),
        "steps": [_(step) for step in STEPS],
        "promise": _(
            "It takes a minute, without an account. Only the coordinator and the hotline see your phone number."
        ),
        "call": _("No smartphone? Call us:"),
        "hotline": about.hotline,
        "hotline_size": 44 if len(about.hotline) <= LONG_HOTLINE else 26,
        "hours": about.hours,
        "danger": _("In danger right now? Don't write: call 102 or 112."),
        "who": who,
        "link": about.link,
        "qr": _code(about.link),
    }
    return typeset("poster.typ", content, "pdf")


def _shown(link: str) -> str:
    """Return an address as people read it: without how it is asked and which words it carries."""
    return link.partition("://")[2].partition("?")[0]


def _code(link: str) -> str:
    """Return the code, still read when a quarter of it is scratched away."""
    return str(segno.make(link, error="q").svg_inline(scale=4, border=2))
