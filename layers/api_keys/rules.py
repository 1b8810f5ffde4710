"""Who keeps the keys of programs, what one looks like, how much it may send."""

from __future__ import annotations

from datetime import timedelta

from layers.errors import BadInput, NotAllowed
from layers.text import N_
from layers.viewer import Role, Viewer

KEEPERS = frozenset({Role.ADMIN, Role.ROBOT})
PREFIX = "bz_"  # so that a key is recognised where it should not be: in a public repository, in a letter
LONGEST_LABEL = 100
PER = timedelta(hours=1)
PER_HOUR = 600
MOST_PER_HOUR = 1_000_000


def must_keep(viewer: Viewer) -> None:
    if viewer.role not in KEEPERS:
        raise NotAllowed(N_("Only the administrator may do this."))


def label_of(given: str) -> str:
    """Return a label as it is kept; raises BadInput."""
    label = " ".join(given.split())
    if not 0 < len(label) <= LONGEST_LABEL:
        raise BadInput(N_("Say whose key it is, in at most {most} characters."), most=LONGEST_LABEL)
    return label


def check_limit(per_hour: int) -> None:
    if not 1 <= per_hour <= MOST_PER_HOUR:
        raise BadInput(N_("A key may send from 1 to {most} reports an hour."), most=MOST_PER_HOUR)
