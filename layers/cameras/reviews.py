"""What people do with a plan: remarks, positions, the decision, numbered copies; zones; facts of the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy.orm import Session

from layers import history
from layers.cameras import actions, rules, store
from layers.cameras.rules import LONGEST_NAME, LONGEST_WORDS
from layers.errors import BadFields, BadInput, NotAllowed, NotFound, Stale
from layers.files.images import clean
from layers.geometry import WGS84
from layers.text import N_
from layers.viewer import Role, Viewer

NO_NAME = N_("Write your name, as it should stand in the papers.")
TOO_LONG = N_("Make it shorter than {most} letters.")
NO_ZONE = N_("A zone is three corners or more, each inside the area.")


def comment(session: Session, viewer: Viewer, number: int, *, signed: str, body: str, site: str | None = None) -> None:
    """Keep a remark on a plan, or on one of its cameras."""
    plan = actions.plan(session, viewer, number)
    signed, body = _line(signed), body.strip()
    _no_wrong({"signed": _name_wrong(signed), "body": _words_wrong(body) or _empty(body)})
    site_id = None if site is None else _placed(session, plan.id, site)
    store.add_comment(session, plan_id=plan.id, site_id=site_id, signed=signed, body=body)
    _note(session, plan.id, "commented")


def take_position(session: Session, viewer: Viewer, number: int, *, signed: str, stance: str, reason: str) -> None:
    """Keep a deputy's position; the latest of an account counts. The roll call itself stays in the session."""
    plan = actions.plan(session, viewer, number)
    if viewer.role is not Role.DEPUTY:
        raise NotAllowed(N_("A deputy's position is a deputy's to take."))
    signed, reason = _line(signed), reason.strip()
    wrong = {"signed": _name_wrong(signed), "reason": _words_wrong(reason)}
    if stance not in rules.STANCES:
        wrong["stance"] = BadInput(N_("Choose: for, against, or abstain."))
    elif stance == "against" and not reason:
        wrong["reason"] = BadInput(N_("Say why you are against: the reason is what makes a plan better."))
    _no_wrong(wrong)
    store.add_position(session, plan_id=plan.id, signed=signed, stance=stance, reason=reason)
    _note(session, plan.id, "position", stance=stance)


def standing(session: Session, plan: UUID) -> list[Any]:
    """Return the position of each deputy that counts: their latest."""
    latest = {one.account: one for one in store.positions(session, plan)}
    return list(latest.values())


def decide(
    session: Session, viewer: Viewer, number: int, *, form: str, decision: str, day: date | None, outcome: str,
    note: str = "", today: date,
) -> None:  # fmt: skip
    """Write down what was decided; approved or rejected sites change their state with it."""
    rules.must_plan(viewer)
    plan = actions.plan(session, viewer, number)
    decision, note = _line(decision), note.strip()
    wrong: dict[str, BadInput | None] = {"note": _words_wrong(note)}
    if form not in rules.DECISION_FORMS:
        wrong["form"] = BadInput(N_("Choose whose decision it is."))
    if not decision or len(decision) > LONGEST_NAME:
        wrong["number"] = BadInput(N_("Write the number of the decision."))
    if day is None or day > today:
        wrong["day"] = BadInput(N_("Write the day of the decision: it can't lie ahead."))
    if outcome not in rules.OUTCOMES:
        wrong["outcome"] = BadInput(N_("Choose what was decided."))
    _no_wrong(wrong)
    store.add_decision(session, plan_id=plan.id, form=form, number=decision, decided_on=day, outcome=outcome, note=note)
    if outcome in ("approved", "rejected"):
        store.set_state(session, plan.id, outcome)
    _note(session, plan.id, "decided", form=form, outcome=outcome)


def copy(session: Session, viewer: Viewer, number: int, *, reader: str, form: str) -> int:
    """Write down that a copy with exact sites is made for this reader; return its number."""
    plan = actions.plan(session, viewer, number)
    copied = store.add_copy(session, plan_id=plan.id, reader=_line(reader) or str(viewer.role), form=form)
    _note(session, plan.id, "copied", copy=copied, form=form)
    return copied


def add_photo(session: Session, viewer: Viewer, number: int, site: UUID, content: bytes) -> None:
    """Keep a photo of a camera's place, small and without what a phone writes into it; raises BadInput."""
    plan = actions.plan(session, viewer, number)
    _placed(session, plan.id, site)
    if sum(one.site_id == site for one in store.photos(session, plan.id)) >= rules.MOST_PHOTOS:
        raise BadInput(N_("This place has {most} photos already; remove one first."), most=rules.MOST_PHOTOS)
    store.add_photo(session, site, clean(content).content)
    _note(session, plan.id, "photo_added", site=str(site))


def photo(session: Session, viewer: Viewer, number: int, which: UUID) -> bytes:
    """Return a photo of a place of this plan."""
    found = store.photo_bytes(session, actions.plan(session, viewer, number).id, which)
    if found is None:
        raise NotFound(N_("There is no such photo."))
    return found


def drop_photo(session: Session, viewer: Viewer, number: int, which: UUID) -> None:
    """Remove a photo: whoever added it may, and whoever makes plans."""
    plan = actions.plan(session, viewer, number)
    if store.photo_bytes(session, plan.id, which) is None:
        raise NotFound(N_("There is no such photo."))
    if not store.drop_photo(session, which):
        raise NotAllowed(N_("Only whoever added a photo, or whoever makes plans, removes it."))
    _note(session, plan.id, "photo_removed")


def refuse(session: Session, viewer: Viewer, number: int, site: UUID, *, refused: bool) -> None:
    """Say that no camera is to stand at this place: later plans leave it out; or take that back."""
    rules.must_plan(viewer)
    plan = actions.plan(session, viewer, number)
    _placed(session, plan.id, site)
    found = store.site_by(session, site)
    if found is None or found.state not in ("proposed", "rejected"):
        raise BadInput(N_("This camera stands or was decided on: only a proposed place can be left out."))
    found.state = "rejected" if refused else "proposed"
    found.version += 1
    _note(session, plan.id, "place_refused" if refused else "place_allowed", site=str(site))


def _placed(session: Session, plan: UUID, site: UUID | str) -> UUID:
    """Return the id of a camera of this plan; raises NotFound."""
    for row in store.plan_sites(session, plan, WGS84):
        if str(row.id) == str(site):
            return UUID(str(row.id))
    raise NotFound(N_("There is no such camera in this plan."))


def add_zone(
    session: Session, viewer: Viewer, *, title: str, corners: Sequence[tuple[float, float]], within: shapely.Geometry
) -> None:
    """Keep a zone without cameras: corners are (longitude, latitude), drawn one after the other."""
    rules.must_plan(viewer)
    title = _line(title)
    if not title or len(title) > LONGEST_NAME:
        raise BadInput(N_("Give the zone a name, so that others know why no camera stands there."))
    if len(corners) < 3 or not all(within.intersects(shapely.Point(*corner)) for corner in corners):
        raise BadInput(NO_ZONE)
    zone = shapely.Polygon(corners)
    if not zone.is_valid or zone.area == 0:
        raise BadInput(N_("The outline of the zone crosses itself: draw it again, corner after corner."))
    store.add_zone(session, title, zone.wkt)


def drop_zone(session: Session, viewer: Viewer, zone: UUID) -> None:
    rules.must_plan(viewer)
    store.drop_zone(session, zone)


def describe(session: Session, viewer: Viewer, site: UUID, given: Mapping[str, Any], *, version: int) -> None:
    """Write what is known of a camera that stands: owner, storage, server, who may look, spare power, maintenance."""
    rules.must_plan(viewer)
    found = store.site_by(session, site)
    if found is None:
        raise NotFound(N_("There is no such camera."))
    if found.version != version:
        raise Stale(N_("Somebody has changed this camera meanwhile. Look at it anew, then change it."))
    wrong: dict[str, BadInput | None] = {}
    if given["owner_kind"] not in rules.OWNER_KINDS:
        wrong["owner_kind"] = BadInput(N_("Choose whose camera it is."))
    for name, most in (("storage_days", 3650), ("ups_hours", 1000)):
        value = given[name]
        if value is not None and not 0 <= value <= most:
            wrong[name] = BadInput(N_("Write a number from 0 to {most}."), most=most)
    for name in ("owner", "server", "access_rule", "place"):
        if len(given[name]) > LONGEST_NAME:
            wrong[name] = BadInput(TOO_LONG, most=LONGEST_NAME)
    _no_wrong(wrong)
    for name, value in given.items():
        setattr(found, name, value)
    found.version += 1
    history.record(session, audience="desk", subject="camera_site", subject_id=str(site), event="described", codes={})


def _line(words: str) -> str:
    return " ".join(words.split())


def _name_wrong(signed: str) -> BadInput | None:
    if not signed:
        return BadInput(NO_NAME)
    return BadInput(TOO_LONG, most=LONGEST_NAME) if len(signed) > LONGEST_NAME else None


def _words_wrong(words: str) -> BadInput | None:
    return BadInput(TOO_LONG, most=LONGEST_WORDS) if len(words) > LONGEST_WORDS else None


def _empty(words: str) -> BadInput | None:
    return None if words else BadInput(N_("Write what you want to say."))


def _no_wrong(found: Mapping[str, BadInput | None]) -> None:
    wrong = {name: one for name, one in found.items() if one is not None}
    if wrong:
        raise BadFields(wrong)


def _note(session: Session, plan: UUID, event: str, **codes: Any) -> None:
    history.record(session, audience="desk", subject="camera_plan", subject_id=str(plan), event=event, codes=codes)
