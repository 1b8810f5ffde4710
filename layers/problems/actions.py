"""The verbs of whoever works on a report. Each change is one transaction that also writes who, when, why.

`move` is the one way from status to status; the others change what a report says, where it lies and whom it concerns.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from layers import history, versions
from layers.area import Area
from layers.categories import store as categories
from layers.errors import BadFields, BadInput, Conflict, NotFound
from layers.files import actions as files
from layers.files.images import Box, blur, clean
from layers.initiative import store as initiative
from layers.initiative.rules import best_line
from layers.lemmas import key as lemma_key
from layers.problems import deadlines, places, rules, store
from layers.problems.tables import Problem, ProblemPhoto
from layers.text import N_
from layers.units.names import unit_areas
from layers.viewer import Role, Viewer

TABLE = Problem.metadata.tables[Problem.__tablename__]
NO_SUCH = N_("There is no such report, or it is not for you.")


@dataclass(frozen=True)
class Step:
    """What comes with a step: a code of why, words for the reporter and, if `publish`, for everybody, and signature."""

    reason: str = ""
    words: str = ""
    publish: bool = False  # the words, as an answer that everybody reads
    signed: str = ""  # name and position
    institution: UUID | None = None
    into: UUID | None = None


def get(session: Session, problem: UUID) -> Problem:
    """Return a report that the viewer may see; raises NotFound."""
    found = store.one(session, problem)
    if found is None:
        raise NotFound(NO_SUCH)
    return found


def move(
    session: Session, viewer: Viewer, area: Area, problem: UUID, after: str, step: Step, *, version: int, now: datetime
) -> int:
    """Bring a report to another status and return its new version.

    Raises Conflict for a step that the table lacks, NotAllowed for one of other roles and for publishing words without
    being a moderator, BadFields for what must come with it, Stale when somebody changed the report since `version`.
    """
    found = _held(session, problem)
    if step.publish:
        rules.must_moderate(viewer)
    if found.status == "received" and after not in ("checking", "withdrawn"):
        # Whoever decides at once has looked at it: the step to the desk is written down all the same.
        version = _step(session, viewer, area, found, "checking", Step(), version, now)
        found = _held(session, problem)
    return _step(session, viewer, area, found, after, step, version, now)


def _held(session: Session, problem: UUID) -> Problem:
    found = store.one(session, problem, lock=True)
    if found is None:
        raise NotFound(NO_SUCH)
    return found


def _step(
    session: Session, viewer: Viewer, area: Area, found: Problem, after: str, step: Step, version: int, now: datetime
) -> int:
    before = found.status
    if found.anonymised_at is not None:
        raise Conflict(N_("Nothing is left of this report but its number."))
    allowed = rules.transition(before, after)
    rules.must_may(viewer, allowed)
    _check(session, found, allowed, step)

    values = {
        "status": after,
        "status_at": now,
        "status_month": _month(area, now),
        **_consequences(found, after, step, now),
    }

    new_version = versions.save(session, TABLE, found.id, version, values)
    if after == "merged" and step.into:
        store.count_supporters(session, step.into)
    if before == "merged" and found.merged_into:
        store.count_supporters(session, found.merged_into)
    _tell(session, area, found.id, after, step, viewer, now)
    codes: dict[str, Any] = {"from": before, "to": after}
    codes |= {"reason": step.reason} if step.reason else {}
    codes |= {"institution": str(step.institution)} if step.institution else {}
    codes |= {"into": str(step.into)} if step.into else {}
    _note(session, found.id, "moved", codes, audience="public" if after in rules.PUBLIC else "staff")
    return new_version


def _check(session: Session, found: Problem, allowed: rules.Transition, step: Step) -> None:
    """Raise BadFields for what the step lacks."""
    wrong: dict[str, BadInput] = {}
    reasons = rules.REFUSALS if allowed.after == "refused" else rules.TAKEN_OFF
    if "reason" in allowed.needs and step.reason not in reasons:
        wrong["reason"] = BadInput(N_("Choose a reason: it is told to whoever reported."))
    if "words" in allowed.needs and not step.words.strip():
        wrong["words"] = BadInput(N_("Write a sentence for whoever reported."))
    if "institution" in allowed.needs and (
        step.institution is None or initiative.institution(session, step.institution) is None
    ):
        wrong["institution"] = BadInput(N_("Choose whom it is forwarded to."))
    if "into" in allowed.needs:
        wrong |= _check_merge(session, found, step.into)
    if "approval" in allowed.needs and found.audience == "public":
        wrong |= _check_approval(session, found)
    if wrong:
        raise BadFields(wrong)


def _check_merge(session: Session, found: Problem, into: UUID | None) -> dict[str, BadInput]:
    target = store.one(session, into) if into else None
    if target is None or target.id == found.id or target.status in ("merged", "refused", "withdrawn"):
        return {"into": BadInput(N_("Choose another report, one that is still open, to merge this one into."))}
    if store.merged_into(session, found.id):
        return {"into": BadInput(N_("Other reports were merged into this one. Merge the other way round."))}
    return {}


def _check_approval(session: Session, found: Problem) -> dict[str, BadInput]:
    wrong = {}
    if found.public_geom is None:
        wrong["place"] = BadInput(N_("Put it on the map first: without a place it can't be published."))
    if any(photo.state == "waiting" for photo in store.photos_of(session, found.id)):
        wrong["photos"] = BadInput(N_("Look at each photo first: approve it, blur it or take it out."))
    return wrong


def _consequences(found: Problem, after: str, step: Step, now: datetime) -> dict[str, Any]:
    """Return the columns that a step changes beside the status."""
    values: dict[str, Any] = {}
    if after in ("checking", "refused", "merged", "withdrawn"):
        values |= {"published": False, "closed_at": None if after == "checking" else now}
    if after == "confirmed":
        values["published"] = found.audience == "public"
    if after == "forwarded":
        values |= {"institution_id": step.institution, "forwarded_at": now}
    if after == "done":
        values["asked_at"] = now
    if after == "closed":
        values["closed_at"] = now
    if after == "reopened":
        values |= {"reopened": found.reopened + 1, "closed_at": None}
    if step.signed and step.words.strip() and found.answered_at is None:
        values["answered_at"] = now
    values["refused_why"] = step.reason if after == "refused" else None
    values["merged_into"] = step.into if after == "merged" else None
    return values


def _tell(session: Session, area: Area, problem: UUID, after: str, step: Step, viewer: Viewer, now: datetime) -> None:
    """Write down what is said with a step: to the reporter, or to everybody."""
    public = after in rules.PUBLIC
    words = step.words.strip()
    values = {
        "id": uuid4(),
        "problem_id": problem,
        "at": now,
        "month": _month(area, now),
        "said_by": _speaker(viewer),
        "audience": "public" if public else "reporter",
        "to_status": after,
        "body": words or None,
        "approved": words if words and public and step.publish else None,
        "signed": step.signed.strip() if words else "",
        "account": viewer.account,
    }
    store.add_message(session, values)


def _speaker(viewer: Viewer) -> str:
    if viewer.role is Role.ROBOT and viewer.name == rules.REPORTER:
        return "reporter"
    return "desk" if viewer.role in rules.DESK else "executor"


def _month(area: Area, now: datetime) -> Any:
    return store.first_of_month(now.astimezone(area.timezone))


# --- what a report says, where it is, what it is about ----------------------------------------------------------------


def edit(
    session: Session, viewer: Viewer, area: Area, problem: UUID, *, words: str, category: str, version: int
) -> int:
    """Set the words as they may be public, and the category; the original stays for the desk to compare with."""
    rules.must_be_desk(viewer)
    found = _held(session, problem)
    kind = categories.one(session, category)
    if kind is None or kind.problem_uk is None:
        raise BadFields({"category": BadInput(N_("Choose what it is about."))})
    if len(words.strip()) > rules.LONGEST_WORDS:
        raise BadFields({"words": BadInput(N_("Make it at most {most} characters long."), most=rules.LONGEST_WORDS)})
    if found.published:
        rules.must_moderate(viewer)

    values: dict[str, Any] = {"body": words.strip()}
    if category != found.category:
        law = initiative.initiative(session).martial_law
        due = deadlines.due_at(found.reported_at, kind.answer_days, martial_law=law, timezone=area.timezone)
        published = found.published and kind.audience == "public"
        values |= {"category": category, "audience": kind.audience, "due_at": due, "published": published}

    new_version = versions.save(session, TABLE, problem, version, values)
    store.approve_key(session, problem, lemma_key(words))
    _note(session, problem, "edited", {"category": category} if category != found.category else {})
    return new_version


def place(session: Session, viewer: Viewer, area: Area, problem: UUID, *, lon: float, lat: float, version: int) -> int:
    """Put a report on the map, or move it; the public is shown the snap point of its new place."""
    rules.must_be_desk(viewer)
    found = _held(session, problem)
    shown = places.shown(session, area, lon, lat)
    if shown is None:
        raise BadFields({"place": BadInput(N_("This place is outside our area. Move the pin."))})
    if found.published:
        rules.must_moderate(viewer)
    if store.place_of(session, problem) is None:
        store.add_place(session, problem, lon=lon, lat=lat, words=None, accuracy=None)
    else:
        store.move_place(session, problem, lon, lat)
    new_version = versions.save(session, TABLE, problem, version, shown)
    _note(session, problem, "placed", {})
    return new_version


def judge_photo(
    session: Session,
    viewer: Viewer,
    photo: UUID,
    *,
    approve: bool,
    boxes: tuple[Box, ...] = (),
    checked: Collection[str] = (),
    version: int | None = None,
) -> None:
    """Approve a photo for the public, with regions made unreadable, or keep it off; either can be changed later.

    `checked` are the things of rules.PHOTO_CHECKS that it doesn't show; whatever it does show must be blurred. Raises
    BadFields when neither was done, Stale when somebody changed the report since `version`.
    """
    rules.must_moderate(viewer)
    found = _photo(session, photo)
    if approve and not boxes and not set(rules.PHOTO_CHECKS) <= set(checked):
        raise BadFields({"checked": BadInput(N_("Tick what is not on the photo, and blur what is."))})
    _unchanged(session, found.problem_id, version)
    if found.public_file_id:
        files.drop(session, found.public_file_id, why="replaced")
        found.public_file_id = None
    found.state = "approved" if approve else "refused"
    if approve:
        original = files.fetch(session, found.file_id) if found.file_id else None
        if original is None:
            raise Conflict(N_("This photo was removed."))
        content = blur(original.content, boxes) if boxes else original.content
        found.public_file_id = files.keep(
            session, name=f"{found.shows}.jpg", media_type=original.media_type, content=content, audience="public"
        )
    session.flush()
    codes: dict[str, Any] = {"boxes": len(boxes), "checked": sorted(checked)} if approve else {}
    event = "photo_approved" if approve else "photo_refused"
    _note(session, found.problem_id, event, {"photo": str(photo), **codes})


def _unchanged(session: Session, problem: UUID, version: int | None) -> None:
    """Raise Stale when somebody changed the report since; otherwise it counts as changed now."""
    if version is not None:
        versions.save(session, TABLE, problem, version, {})


def add_photo(session: Session, problem: UUID, content: bytes, *, shows: str, now: datetime) -> UUID:
    """Keep one more photo of a report, for the desk to look at; an executor's shows the place after the work."""
    get(session, problem)
    picture = clean(content)
    photo = uuid4()
    file_id = files.keep(
        session, name=f"{shows}.jpg", media_type=picture.media_type, content=picture.content, audience="desk"
    )
    store.add_photo(
        session,
        {"id": photo, "problem_id": problem, "file_id": file_id, "shows": shows, "position": 9, "made_at": now},
    )
    _note(session, problem, "photo_added", {"shows": shows})
    return photo


def _photo(session: Session, photo: UUID) -> ProblemPhoto:
    found = session.get(ProblemPhoto, photo, populate_existing=True)
    if found is None:
        raise NotFound(N_("There is no such photo."))
    return found


def remove_photo(session: Session, viewer: Viewer, photo: UUID, *, why: str, version: int | None = None) -> None:
    """Remove a photo for good, leaving a tombstone."""
    rules.must_be_desk(viewer)
    found = _photo(session, photo)
    _unchanged(session, found.problem_id, version)
    for file_id in (found.public_file_id, found.file_id):
        if file_id:
            files.drop(session, file_id, why=why)
    found.state, found.file_id, found.public_file_id = "removed", None, None
    session.flush()
    _note(session, found.problem_id, "photo_removed", {"why": why})


def remove(session: Session, viewer: Viewer, area: Area, problem: UUID, *, why: str, now: datetime) -> None:
    """Remove everything that a report says, for good: words, place, photos, contacts. A tombstone stays.

    For what must not be kept at all: a store of positions of the military would itself be a target.
    """
    rules.must_be_desk(viewer)
    found = _held(session, problem)
    _empty(session, found, why)
    values = {**places.NOWHERE, "body": "", "status": "refused", "refused_why": why, "published": False}
    values |= {"status_at": now, "status_month": _month(area, now), "closed_at": now, "anonymised_at": now}
    versions.save(session, TABLE, problem, found.version, values)
    _note(session, problem, "removed", {"why": why})


def _empty(session: Session, found: Problem, why: str) -> None:
    for photo in store.photos_of(session, found.id):
        for file_id in (photo.public_file_id, photo.file_id):
            if file_id:
                files.drop(session, file_id, why=why)
        photo.state, photo.file_id, photo.public_file_id = "removed", None, None
    session.flush()
    store.empty(session, found.id)


# --- answers and notes ------------------------------------------------------------------------------------------------


def answer(
    session: Session,
    viewer: Viewer,
    area: Area,
    problem: UUID,
    *,
    words: str,
    signed: str,
    publish: bool,
    now: datetime,
) -> None:
    """Answer whoever reported, with name and position; `publish` lets everybody read it (a coordinator's choice)."""
    found = get(session, problem)
    if not words.strip():
        raise BadFields({"words": BadInput(N_("Write a sentence for whoever reported."))})
    if not signed.strip():
        raise BadFields({"signed": BadInput(N_("Sign with name and position: people want to know who answers."))})
    if publish:
        rules.must_moderate(viewer)
    _say(session, viewer, area, problem, words, audience="public" if publish else "reporter", now=now, signed=signed)
    if found.answered_at is None:
        store.answered(session, problem, now)
    _note(session, problem, "answered", {"public": publish})


def note(session: Session, viewer: Viewer, area: Area, problem: UUID, *, words: str, now: datetime) -> None:
    """Write something down for the staff who work on this report."""
    get(session, problem)
    if not words.strip():
        raise BadFields({"words": BadInput(N_("There is nothing to write down."))})
    audience = "desk" if viewer.role in rules.DESK else "staff"
    _say(session, viewer, area, problem, words, audience=audience, now=now)


def _say(
    session: Session, viewer: Viewer, area: Area, problem: UUID, words: str, *, audience: str, now: datetime,
    signed: str = "",
) -> None:  # fmt: skip
    values = {
        "id": uuid4(),
        "problem_id": problem,
        "at": now,
        "month": _month(area, now),
        "said_by": _speaker(viewer),
        "audience": audience,
        "body": words.strip(),
        "approved": words.strip() if audience == "public" else None,
        "signed": signed.strip(),
        "account": viewer.account,
    }
    store.add_message(session, values)


def suggested_institution(session: Session, found: Problem) -> UUID | None:
    """Return whom the routing table names for a report."""
    line = best_line(initiative.candidates(session, found.category, found.units), unit_areas(session, found.units))
    return line.institution_id if line else None


# --- what a holder of the receipt does --------------------------------------------------------------------------------


def say(
    session: Session, area: Area, problem: UUID, person: bytes, says: str, *, words: str = "", now: datetime
) -> str:
    """Let a person say "me too", "still there", "fixed" or "not fixed"; return the report's status after it.

    As a robot named `reporter`. To whoever reported it, fixed closes what is done, and not fixed sends it back to work;
    of others it is noted alone. Two different people who say "still there" within 60 days of closing reopen it.
    """
    found = _held(session, problem)
    is_theirs = store.has_reported(session, problem, person)
    store.say(session, problem, person, says, now)
    store.count_supporters(session, problem)
    if words.strip():
        add_words(session, area, problem, words, now=now)
    found = _held(session, problem)
    reporter = Viewer(Role.ROBOT, name=rules.REPORTER)
    if says == "fixed" and found.status == "done" and is_theirs:
        _step(session, reporter, area, found, "closed", Step(), found.version, now)
    elif says in ("not_fixed", "still_there") and found.status == "done" and is_theirs:
        _step(session, reporter, area, found, "in_work", Step(), found.version, now)
    elif says == "still_there" and found.status == "closed":
        _reopen(session, area, found, now)
    _note(session, problem, says, {}, audience="staff")
    return _held(session, problem).status


def _reopen(session: Session, area: Area, found: Problem, now: datetime) -> None:
    since = now - rules.REOPENED_WITHIN
    if found.closed_at is None or found.closed_at < since:
        return
    if store.still_there_since(session, found.id, max(since, found.closed_at)) < rules.REOPENED_BY:
        return
    clock = Viewer(Role.ROBOT, name=rules.CLOCK)
    _step(session, clock, area, found, "reopened", Step(reason="not_solved"), found.version, now)


def add_words(session: Session, area: Area, problem: UUID, words: str, *, now: datetime) -> None:
    """Keep what a reporter adds, for the desk; a question that waited for it goes back to be checked."""
    from layers.problems.intake import look_through

    look_through(words)
    reporter = Viewer(Role.ROBOT, name=rules.REPORTER)
    _say(session, reporter, area, problem, words, audience="desk", now=now)
    found = _held(session, problem)
    if found.status == "needs_info":
        _step(session, reporter, area, found, "checking", Step(), found.version, now)
    _note(session, problem, "added", {})


def withdraw(session: Session, area: Area, problem: UUID, *, now: datetime) -> None:
    """Take a report back, at any time before it is closed."""
    found = _held(session, problem)
    reporter = Viewer(Role.ROBOT, name=rules.REPORTER)
    _step(session, reporter, area, found, "withdrawn", Step(), found.version, now)


def join(session: Session, area: Area, problem: UUID, person: bytes, *, now: datetime) -> None:
    """Add a supporter: whoever was about to report the same says «це воно» instead. As a robot named `reporter`."""
    found = get(session, problem)
    if found.status not in rules.OPEN:
        raise Conflict(N_("This report is not open any more. Send yours as a new one."))
    say(session, area, problem, person, "supports", now=now)


# --- the clock --------------------------------------------------------------------------------------------------------


def close_silent(session: Session, area: Area, now: datetime) -> int:
    """Close what was asked about 14 days ago without an answer; return how many."""
    clock = Viewer(Role.ROBOT, name=rules.CLOCK)
    silent = store.silent_since(session, now - rules.SILENCE)
    for problem in silent:
        found = _held(session, problem)
        _step(session, clock, area, found, "closed", Step(), found.version, now)
    return len(silent)


def _note(
    session: Session, problem: UUID, event: str, codes: Mapping[str, Any], *, audience: history.Audience = "staff"
) -> None:
    audience = rules.HISTORY.get(store.audience_of(session, problem), audience)
    history.record(
        session, audience=audience, subject="problem", subject_id=str(problem), event=event, codes=dict(codes)
    )
