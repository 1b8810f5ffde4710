"""What happened to a report, line by line: who, when, why, what was said to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from geo_api.pages.desk.titles import EVENTS, SILENT, Names
from layers.problems.tables import ProblemMessage
from layers.text import N_
from layers.viewer import Viewer

SPEAKERS = {"desk": N_("the desk"), "executor": N_("whoever answers for it")}
AUDIENCES = {
    "desk": N_("The desk alone reads this"),
    "staff": N_("Staff read this"),
    "reporter": N_("The author reads this"),
    "public": N_("Everybody reads this"),
}


@dataclass(frozen=True)
class Line:
    """One thing that happened; `nth` is its place in the history, 0 for what is no step of it."""

    at: datetime
    who: str
    what: str
    why: str = ""
    nth: int = 0
    message: UUID | None = None
    words: str = ""
    published: str = ""
    audience: str = ""
    signed: str = ""
    from_staff: bool = False
    erased: bool = False


@dataclass
class _Messages:
    """The messages that came with a step, to be matched with the step's own line in their order."""

    left: list[ProblemMessage] = field(default_factory=list)

    def of_step(self, after: str) -> ProblemMessage | None:
        place = next((n for n, one in enumerate(self.left) if one.to_status == after), None)
        return None if place is None else self.left.pop(place)


def read(
    lines: Sequence[dict[str, Any]], messages: Sequence[ProblemMessage], names: Names, viewer: Viewer
) -> list[Line]:
    """Return the lines of history and messages as one, the newest first."""
    steps = _Messages([one for one in messages if one.to_status])
    told = [_event(line, steps, names, viewer) for line in lines if line["event"] not in SILENT]
    told += [_said(one, names, viewer) for one in messages if not one.to_status]
    return sorted(told, key=lambda line: (line.at, line.nth), reverse=True)


def since(lines: Iterable[Line], seen: int) -> list[Line]:
    """Return what came after a line of the history that somebody had seen."""
    return [line for line in lines if line.nth > seen]


def _event(line: dict[str, Any], steps: _Messages, names: Names, viewer: Viewer) -> Line:
    codes, event = line["codes"], line["event"]
    who = _who(line["actor"], line["actor_role"], line["actor_name"], names, viewer)
    if event != "moved":
        what = names.language.gettext(EVENTS.get(event, event))
        return Line(line["at"], who, what, _why(codes, names), line["id"])
    message = steps.of_step(codes.get("to", ""))
    told = _words(message, names) if message else {}
    return Line(line["at"], who, names.status(codes.get("to", "")), _why(codes, names), line["id"], **told)


def _said(message: ProblemMessage, names: Names, viewer: Viewer) -> Line:
    _ = names.language.gettext
    if message.said_by == "reporter":
        return Line(message.at, "", _("The author wrote"), **_words(message, names))
    mine = message.account is not None and message.account == viewer.account
    who = _("you") if mine else _(SPEAKERS[message.said_by])
    what = _("A note") if message.audience in ("desk", "staff") else _("Answer")
    return Line(message.at, who, what, **_words(message, names))


def _words(message: ProblemMessage, names: Names) -> dict[str, Any]:
    said = bool(message.body or message.approved)
    audience = message.audience if message.audience != "public" or message.approved else "reporter"
    return {
        "message": message.id if said else None,
        "words": message.body or "",
        "published": message.approved or "",
        "audience": names.language.gettext(AUDIENCES[audience]) if said else "",
        "signed": message.signed,
        "from_staff": message.said_by != "reporter" and message.audience not in ("desk", "staff"),
        "erased": message.erased_at is not None,
    }


def _who(actor: UUID | None, role: str, name: str, names: Names, viewer: Viewer) -> str:
    """Name whoever did it by role and, of staff, by the beginning of the account's number: names are kept apart."""
    if actor is not None and actor == viewer.account:
        return names.language.gettext("you")
    said = names.role(role, name)
    return f"{said} {str(actor)[:4]}" if said and actor else said


def _why(codes: dict[str, Any], names: Names) -> str:
    """Say the reason that a line's codes name."""
    said = [names.reason(codes[name]) for name in ("reason", "why") if codes.get(name)]
    if codes.get("institution"):
        said.append(names.institution(codes["institution"]))
    if codes.get("category"):
        said.append(names.category(codes["category"]))
    if codes.get("boxes"):
        said.append(names.language.ngettext("{n} region blurred", "{n} regions blurred", int(codes["boxes"])))
    return "; ".join(part for part in said if part)
