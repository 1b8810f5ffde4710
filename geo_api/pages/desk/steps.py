"""What is done with a report: from status to status, answers, notes, calls back, removal for good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import Response

from geo_api.conditional import version_of
from geo_api.context import service_of
from geo_api.errors import status_of
from geo_api.pages.desk.report import Again, find, show
from geo_api.pages.desk.state import standing_of, worker
from geo_api.pages.forms import now, porter_of, to
from geo_api.telling import News, tell
from layers.database.engine import Session
from layers.errors import BadFields, BadInput, BezpekaError, Conflict, Stale
from layers.initiative import store as initiative
from layers.problems import actions, answers, hotline
from layers.problems.actions import Step
from layers.problems.rules import REFUSALS
from layers.problems.tables import Problem
from layers.text import N_
from layers.viewer import Viewer

router = APIRouter(prefix="/desk", include_in_schema=False)

Typed = Annotated[str, Form()]
UNSIGNED = N_("Sign with name and position: people want to know who answers.")
# After these there is nothing left to do here for now: the next report is shown.
LEAVES = frozenset({"needs_info", "refused", "merged", "forwarded", "done", "removed"})


Act = Callable[[Session, Viewer, Problem], str]
Onwards = Callable[[Request, int, str, str], Response]


@dataclass(frozen=True)
class Change:
    """A change that somebody asked for, and how the form is called that it came from."""

    request: Request
    ref: str
    form: str
    typed: Mapping[str, str]

    def make(self, act: Act, onwards: Onwards | None = None) -> Response:
        """Do it in one transaction, and go on; or show the page again, with what was typed and why not.

        `act` returns the code of what was done.
        """
        viewer = worker(self.request)
        try:
            with porter_of(self.request).database.begin(viewer) as session:
                found = find(session, self.ref)
                number = found.number
                done = act(session, viewer, found)
        except (BadFields, BadInput, Conflict) as error:
            return self.again(error)
        return (onwards or go_on)(self.request, number, done, self.typed.get("next", ""))

    def again(self, error: BezpekaError) -> Response:
        seen = self.typed.get("seen", "")
        back = Again(self.form, self.typed, error, int(seen) if seen.isdigit() and len(seen) < 19 else 0)
        return show(self.request, self.ref, back, status=status_of(error))


def go_on(request: Request, number: int, done: str, following: str) -> Response:
    """Show the next report when nothing is left to do with this one, or else this one again."""
    here = standing_of(request).query(done=done, about=str(number))
    if done not in LEAVES:
        return to(f"/desk/{number}{here}")
    return to(f"/desk/{following}{here}" if following.isdigit() else f"/desk{here}")


def check(condition: bool, field: str, message: str) -> None:
    if not condition:
        raise BadFields({field: BadInput(message)})


@router.post("/{ref}/move")
def move(
    request: Request,
    ref: str,
    after: Typed = "",
    reason: Typed = "",
    words: Typed = "",
    signed: Typed = "",
    publish: Typed = "",
    institution: Typed = "",
    into: Typed = "",
    version: Typed = "",
    seen: Typed = "",
    following: Annotated[str, Form(alias="next")] = "",
    photo: Annotated[UploadFile | None, File()] = None,
) -> Response:
    typed = {
        "after": after, "reason": reason, "words": words, "signed": signed, "publish": publish,
        "institution": institution, "into": into, "seen": seen, "next": following,
    }  # fmt: skip
    asked = version_of(request, version)
    picture = photo.file.read() if photo and photo.size else b""

    def act(session: Session, viewer: Viewer, found: Problem) -> str:
        check(not words.strip() or bool(signed.strip()), "signed", UNSIGNED)
        step = Step(reason, words, bool(publish), signed, _uuid(institution), _into(session, into) if into else None)
        # Before the step: what is merged is told of that, and not by the report it goes into.
        told = answers.authors(session, viewer, porter_of(request).keys, found.id)
        area = service_of(request).area
        actions.move(session, viewer, area, found.id, after, step, version=asked, now=now())
        if picture:
            actions.add_photo(session, found.id, picture, shows="after", now=now())
        if after == "merged":
            told = [one for one in told if one.problem == found.id]
        tell(request, session, told, _news(session, after, step))
        return after

    return Change(request, ref, f"move-{after}", typed).make(act)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _into(session: Session, ref: str) -> UUID:
    """Return the report to merge into, by its number as people write it."""
    try:
        return find(session, ref.strip().lstrip("№# ")).id
    except BezpekaError as error:
        raise BadFields({"into": BadInput(N_("There is no report with this number."))}) from error


def _news(session: Session, about: str, step: Step) -> News:
    names = ("", "")
    if step.institution and (found := initiative.institution(session, step.institution)):
        names = (found.name_uk, found.name_en)
    return News(about, step.reason, names, step.words, step.signed)


@router.post("/{ref}/answer")
def answer(
    request: Request, ref: str, words: Typed = "", signed: Typed = "", publish: Typed = "", version: Typed = "",
    seen: Typed = "",
) -> Response:  # fmt: skip
    typed = {"words": words, "signed": signed, "publish": publish, "seen": seen}
    asked = version_of(request, version)

    def act(session: Session, viewer: Viewer, found: Problem) -> str:
        unchanged(found, asked)
        told = answers.authors(session, viewer, porter_of(request).keys, found.id)
        area = service_of(request).area
        actions.answer(session, viewer, area, found.id, words=words, signed=signed, publish=bool(publish), now=now())
        tell(request, session, told, News("answer", words=words, signed=signed))
        return "answered"

    return Change(request, ref, "answer", typed).make(act)


def unchanged(found: Problem, version: int) -> None:
    """Raise Stale where a change was made from another version; of verbs that only add something."""
    if found.version != version:
        raise Stale(N_("Somebody changed this while you were reading it. Look at it again, then repeat your change."))


@router.post("/{ref}/note")
def note(request: Request, ref: str, words: Typed = "") -> Response:
    def act(session: Session, viewer: Viewer, found: Problem) -> str:
        actions.note(session, viewer, service_of(request).area, found.id, words=words, now=now())
        return "noted"

    return Change(request, ref, "note", {"words": words}).make(act)


@router.post("/{ref}/messages/{message}")
def publish(
    request: Request,
    ref: str,
    message: UUID,
    words: Typed = "",
    hide: Typed = "",
    version: Typed = "",
    seen: Typed = "",
) -> Response:
    asked = version_of(request, version)

    def act(session: Session, viewer: Viewer, found: Problem) -> str:
        said = "" if hide else words
        answers.publish(session, viewer, found.id, message, words=said, version=asked)
        return "published" if said.strip() else "unpublished"

    return Change(request, ref, f"message-{message}", {"words": words, "seen": seen}).make(act)


@router.post("/{ref}/contacts/{contact}/called")
def called(request: Request, ref: str, contact: UUID) -> Response:
    def act(session: Session, viewer: Viewer, _found: Problem) -> str:
        hotline.called(session, viewer, service_of(request).area, contact, now=now())
        return "called"

    return Change(request, ref, "called", {}).make(act)


@router.post("/{ref}/remove")
def remove(request: Request, ref: str, why: Typed = "", following: Annotated[str, Form(alias="next")] = "") -> Response:
    """Remove for good, whatever anybody changed meanwhile: what must not be kept must not wait."""

    def act(session: Session, viewer: Viewer, found: Problem) -> str:
        check(why in REFUSALS, "why", N_("Choose a reason: it is told to whoever reported."))
        told = answers.authors(session, viewer, porter_of(request).keys, found.id)
        actions.remove(session, viewer, service_of(request).area, found.id, why=why, now=now())
        tell(request, session, [one for one in told if one.problem == found.id], News("refused", why))
        return "removed"

    return Change(request, ref, "remove", {"why": why, "next": following}).make(act)
