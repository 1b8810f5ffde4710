"""What a status means, in plain words: how it stands, and what happens next. Nothing here promises what others will do.

{who} is the institution (capitalised in {Who}), {date} a day; where that isn't known another sentence is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from layers.problems.mine import Mine
from layers.problems.rules import BY_CODE
from layers.problems.shown import Shown
from layers.text import N_
from maps.language import Language

# The way of a report, for a picture of how far it is.
PUBLIC_WAY = ("confirmed", "forwarded", "in_work", "done", "closed")
OWN_WAY = ("received", "checking", *PUBLIC_WAY)
SHORT: Mapping[str, str] = {
    "received": N_("Received"),
    "checking": N_("Being checked"),
    "needs_info": N_("A question to you"),
    "merged": N_("Merged with another"),
    "refused": N_("Not accepted"),
    "confirmed": N_("Confirmed"),
    "forwarded": N_("Forwarded"),
    "in_work": N_("In work"),
    "done": N_("Done, being confirmed"),
    "closed": N_("Closed"),
    "reopened": N_("Open again"),
    "withdrawn": N_("Taken back"),
}
WAY: Mapping[str, str] = {**SHORT, "done": N_("Done")}
# Where a report stands on its way, if its status is none of the way's own.
STANDS_AT = {"needs_info": "checking", "reopened": "confirmed"}
ENDED = frozenset({"refused", "merged", "withdrawn"})

NEXT_PUBLIC: Mapping[str, str] = {
    "confirmed": N_("The coordinator has checked it. Next it is forwarded to whoever has to answer."),
    "forwarded": N_("Forwarded to: {who}. Their answer will stand here as soon as there is one."),
    "in_work": N_("{Who}: they say that they are working on it."),
    "done": N_(
        "Whoever works on it says it is done, and the author was asked. If they say nothing for 14 days, it is closed."
    ),
    "closed": N_(
        "The author confirmed it, or said nothing for 14 days. If the problem is still there, say so: "
        "when two people have said it within 60 days, the report is opened again."
    ),
    "reopened": N_("People said that the problem is still there, so it is being dealt with again."),
}
NOBODY = N_("whoever has to answer")

NEXT_OWN: Mapping[str, str] = {
    "received": N_("The coordinator reads it next. We try to answer by {date}."),
    "checking": N_("The coordinator is checking it. We try to answer by {date}."),
    "needs_info": N_("The coordinator asks you something: the question is below. Answer there, and it goes on."),
    "merged": N_("The same was reported before, so both are one now. Whatever happens to that one is true of yours."),
    "refused": N_("It was not accepted: {reason}."),
    "confirmed": N_("It is on the map. Next it is forwarded to whoever has to answer."),
    "forwarded": N_("Forwarded to: {who}. We expect an answer by {date}."),
    "in_work": N_("{Who}: they say that they are working on it. We expect the outcome by {date}."),
    "done": N_("They say it is done. Tell us whether it is: otherwise it is closed after {date}."),
    "closed": N_("It is over. If the problem is still there, say so by {date}, and it may be opened again."),
    "reopened": N_("It is open again, because the problem is still there."),
    "withdrawn": N_("You took it back. It is off the map, and nobody works on it any more."),
}
ANSWERED = N_("The coordinator has answered: see below.")
LATE = N_("It should have been answered by {date}. That is late, and the coordinator sees it too.")
OVER = N_("It is over, and too old to be opened again. If the problem is back, report it anew.")
QUIET = {
    "police": N_("Only the police and the coordinator see it. It never comes on the map."),
    "statistics": N_("It never comes on the map: it is counted, and the coordinator reads it."),
}


@dataclass(frozen=True)
class Stop:
    """One stop of a report's way: behind it, where it stands, or before it."""

    code: str
    title: str
    state: str  # past, now, future


def way(status: str, stops: tuple[str, ...], language: Language) -> list[Stop]:
    """Return the stops of a way with where a report stands; nothing where it left the way."""
    if status in ENDED:
        return []
    at = stops.index(STANDS_AT.get(status, status))
    return [
        Stop(code, language.gettext(WAY[code]), "past" if place < at else "now" if place == at else "future")
        for place, code in enumerate(stops)
    ]


def title(status: str, language: Language) -> str:
    """Return what a status is called where everybody reads it."""
    return language.gettext(SHORT[status]) if status in SHORT else BY_CODE[status].title[language.code]


def next_public(report: Shown, language: Language) -> str:
    """Say what happens next with a published report."""
    _ = language.gettext
    who = report.institution[language.code] if report.institution else _(NOBODY)
    return _(NEXT_PUBLIC[report.status], who=who, Who=_capital(who))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def next_own(report: Mine, language: Language) -> list[str]:
    """Say to its holder what happens next with a report, and by when."""
    _ = language.gettext
    who = report.institution[language.code] if report.institution else _(NOBODY)
    day = {"received": report.answer_by, "checking": report.answer_by, "done": report.closes}
    by = day.get(report.status, report.opens_until if report.status == "closed" else report.due)
    reason = report.refused[language.code] if report.refused else _(N_("see the answer below"))
    said = [
        _(NEXT_OWN[report.status], who=who, Who=_capital(who), date=language.date(by) if by else "…", reason=reason)
    ]
    if by is None and report.status in ("received", "checking"):
        said = [_(ANSWERED)]
    elif by is None and report.status == "closed":
        said = [_(OVER)]
    if report.is_late and report.due and report.status not in ("done",):
        said.append(_(LATE, date=language.date(report.due)))
    if report.audience in QUIET:
        said.append(_(QUIET[report.audience]))
    return [words.replace("р..", "р.") for words in said]  # a Ukrainian day ends with a full stop of its own
