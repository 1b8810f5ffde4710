"""What was just done, said at the top of the next page, with the step back where the table of steps has one."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from geo_api.context import language_of
from layers.database.engine import Session
from layers.problems import rules, store
from layers.text import N_
from layers.viewer import Viewer

SAID = {
    "checking": N_("No. {number}: taken to be checked."),
    "needs_info": N_("No. {number}: the author was asked."),
    "merged": N_("No. {number}: merged."),
    "refused": N_("No. {number}: not accepted."),
    "confirmed": N_("No. {number}: published. Now pass it on to whoever answers for it."),
    "forwarded": N_("No. {number}: passed on."),
    "in_work": N_("No. {number}: in work."),
    "done": N_("No. {number}: done. The author is asked whether it is so."),
    "reopened": N_("No. {number}: opened again."),
    "removed": N_("No. {number}: removed for good. Only the number is left."),
    "saved": N_("Kept."),
    "masked": N_("Personal data are hidden in the public words."),
    "clear": N_("There were no personal data to hide."),
    "placed": N_("The pin is moved."),
    "answered": N_("The answer is sent."),
    "noted": N_("The note is kept."),
    "called": N_("Noted: called back."),
    "published": N_("Everybody can read the answer now."),
    "unpublished": N_("The answer is no longer public."),
    "approved": N_("The photo will be public with the report."),
    "kept_off": N_("The photo stays off."),
    "photo_removed": N_("The photo is removed for good."),
}
# The step that takes one back, and the reason it needs.
BACK = {
    "refused": ("checking", ""),
    "merged": ("checking", ""),
    "confirmed": ("checking", "mistake"),
    "done": ("in_work", ""),
}


@dataclass(frozen=True)
class Done:
    """What was done with which report, and how to undo it: the step, its reason, the version it starts from."""

    text: str
    number: int | None = None
    after: str = ""
    reason: str = ""
    version: int = 0


def last_done(session: Session, request: Request, viewer: Viewer) -> Done | None:
    """Read `done` and `about` of the address; what they say is looked up, never believed."""
    done, about = request.query_params.get("done", ""), request.query_params.get("about", "")
    if done not in SAID:
        return None
    text = language_of(request).gettext(SAID[done], number=about if about.isdigit() else "…")
    found = store.by_number(session, int(about)) if about.isdigit() and len(about) < 10 else None
    if found is None or found.status != done or done not in BACK or found.anonymised_at:
        return Done(text)
    after, reason = BACK[done]
    if after not in {step.after for step in rules.steps_from(viewer, found.status)}:
        return Done(text)
    return Done(text, found.number, after, reason, found.version)
