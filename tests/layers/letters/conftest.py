"""Reports of the made-up town, and letters about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from layers.area import Area
from layers.database.engine import set_viewer
from layers.initiative import store as initiative
from layers.letters import actions
from layers.letters.checks import Applicant, Draft
from layers.viewer import Viewer, robot
from tests.layers.problems.conftest import (  # noqa: F401 (fixtures)
    COORDINATOR,
    NOW,
    Bring,
    area,
    bring,
    confirm,
    keys,
    move,
    photo,
    placed,
)

APPLICANT = Applicant(
    name="Приклад Олена Вигадана",
    residence="м. Вигадане, вул. Небувала, 7",
    substance="Прошу відновити освітлення біля зупинки.",
    contact="тел. 050 000 00 00",
    consent="phone",
)
_keys = count(1)

Write = Callable[..., UUID]


@pytest.fixture
def institution(placed: Session) -> Callable[[str], UUID]:  # noqa: F811
    """Return a function that finds an institution by its code."""
    return lambda code: next(row.id for row in initiative.institutions(placed) if row.code == code)


@pytest.fixture
def write(placed: Session, area: Area, institution: Callable[[str], UUID]) -> Write:  # noqa: F811
    """Return a function that writes a letter as somebody; afterwards the session is the robot's again."""

    def enter(
        about: Sequence[UUID], kind: str = "letter", to: str = "energy", who: Viewer = COORDINATOR, **given: object
    ) -> UUID:
        with_it = {name: given.pop(name) for name in ("applicant", "now", "key") if name in given}
        if kind == "appeal":
            with_it.setdefault("applicant", APPLICANT)
        draft = Draft(kind, institution(to), **{"subject": "Про освітлення", **given})  # type: ignore[arg-type]
        options = {"key": f"k{next(_keys)}", "now": NOW, **with_it}
        set_viewer(placed, who)
        try:
            return actions.write(placed, who, area, draft, about, **options)  # type: ignore[arg-type]
        finally:
            set_viewer(placed, robot("test"))

    return enter
