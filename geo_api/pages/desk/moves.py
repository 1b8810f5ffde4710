"""The steps that a page offers: what each is called, its key, and what its form asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from layers.layer import Title
from layers.problems.rules import PUBLIC, REFUSALS, TAKEN_OFF, Transition
from layers.problems.tables import Problem
from layers.text import N_

# Of several steps, the one that usually comes next; whoever has it already rarely passes it on.
USUAL = ("confirmed", "forwarded", "in_work", "done", "checking", "reopened", "needs_info", "merged", "refused")
USUAL_WHERE_IT_LIES = ("in_work", "done", "forwarded", *USUAL)
TITLES = {
    "needs_info": N_("Ask the author"),
    "refused": N_("Don't accept"),
    "merged": N_("Merge"),
    "confirmed": N_("Look and publish"),
    "forwarded": N_("Pass on"),
    "in_work": N_("Take into work"),
    "done": N_("It is done"),
    "reopened": N_("Open again"),
}
TAKE, BACK, SPLIT, OFF = N_("Take to check"), N_("Back to checking"), N_("Split off"), N_("Take off the map")
CONFIRM, AGAIN, NOT_DONE = N_("Look and confirm"), N_("Pass on to somebody else"), N_("Not done yet")
KEYS = {
    "confirmed": "c", "needs_info": "a", "refused": "x", "merged": "m", "forwarded": "f", "in_work": "w", "done": "d",
    "checking": "t", "reopened": "o",
}  # fmt: skip
HINTS = {
    "needs_info": N_("The author reads this and can answer on their page."),
    "refused": N_("The author is told the reason."),
    "merged": N_("This report goes into the other one; its author hears of everything that is done there."),
    "forwarded": N_("Whoever works there sees the report, its exact place and the public words."),
    "done": N_("The author is asked whether it is so. After 14 days of silence the report closes by itself."),
    "off": N_("It disappears from the map at once. The author is told the reason."),
}
PLACEHOLDERS = {
    "needs_info": N_("Which lamp is it? Name a house or a shop nearby."),
    "done": N_("What was done, and when."),
}


@dataclass(frozen=True)
class Move:
    """One step as a form: `reasons` to choose from, and which fields come with it."""

    after: str
    title: str
    key: str
    hint: str = ""
    placeholder: str = ""
    reasons: Mapping[str, Title] | None = None
    words: bool = True
    must_say: bool = False
    publish: bool = False  # the words may be made public with the step
    danger: bool = False

    @property
    def is_plain(self) -> bool:
        """Say whether one press is enough: nothing has to be chosen or written."""
        return not (self.reasons or self.must_say or self.after in ("merged", "forwarded"))


def offered(found: Problem, steps: Sequence[Transition]) -> list[Move]:
    """Return the steps as forms, the usual one first, what takes away last."""
    moves = [_move(found, step) for step in steps]
    usual = USUAL_WHERE_IT_LIES if found.status in ("forwarded", "in_work") else USUAL
    return sorted(moves, key=lambda move: (move.danger, usual.index(move.after)))


def _move(found: Problem, step: Transition) -> Move:
    after = step.after
    off = after == "checking" and found.status in PUBLIC
    return Move(
        after=after,
        title=_title(found, after, off=off),
        key=KEYS[after],
        hint=HINTS.get("off" if off else after, ""),
        placeholder=PLACEHOLDERS.get(after, ""),
        reasons=_reasons(step),
        words=after not in ("checking", "merged", "confirmed"),
        must_say="words" in step.needs,
        publish=after in PUBLIC and found.audience == "public" and after != "confirmed",
        danger=off or after == "refused",
    )


def _title(found: Problem, after: str, *, off: bool) -> str:
    if after == "checking":
        if off:
            return OFF
        return {"received": TAKE, "merged": SPLIT}.get(found.status, BACK)
    if after == "confirmed" and found.audience != "public":
        return CONFIRM
    if after == "forwarded" and found.status in ("forwarded", "in_work"):
        return AGAIN
    if after == "in_work" and found.status == "done":
        return NOT_DONE
    return TITLES[after]


def _reasons(step: Transition) -> Mapping[str, Title] | None:
    if "reason" not in step.needs:
        return None
    return REFUSALS if step.after == "refused" else TAKEN_OFF
