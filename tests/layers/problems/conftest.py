"""Reports of the made-up town, brought in through the one door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from layers.area import Area
from layers.database.engine import set_viewer
from layers.people.credentials import Keys
from layers.privacy.actions import ensure_snap_points
from layers.problems import actions, intake, rules, store
from layers.problems.actions import Step
from layers.problems.intake import Receipt, Report
from layers.viewer import PUBLIC, Viewer, robot
from tests import town
from tests.database import viewer

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
IN_CITY = (36.005, 50.015)
IN_VILLAGE = (36.065, 50.071)
OUTSIDE = (37.0, 50.05)
COORDINATOR = viewer("coordinator")

Bring = Callable[..., Receipt]
Move = Callable[..., int]


@pytest.fixture
def area(tmp_path: Path) -> Area:
    return town.profile(tmp_path)


@pytest.fixture(scope="module")
def keys() -> Keys:
    return Keys("a secret of thirty-two characters at least")


@pytest.fixture
def placed(session: Session, area: Area) -> Session:
    """Give the session with the town's units and snap points, seen as a robot."""
    town.build(session)
    ensure_snap_points(session, area, now=NOW)
    return session


@pytest.fixture
def bring(placed: Session, area: Area, keys: Keys, see_as: Callable[[Viewer], Session]) -> Bring:
    """Return a function that reports as a resident would; afterwards the session is the robot's again."""

    def submit(
        words: str = "Не світить ліхтар", category: str = "lighting", *, at: tuple[float, float] | None = IN_CITY,
        key: str = "", who: Viewer = PUBLIC, now: datetime = NOW, **given: object,
    ) -> Receipt:  # fmt: skip
        lon, lat = at or (None, None)
        report = Report(category, words, lon, lat, **{"device": "пристрій", **given})  # type: ignore[arg-type]
        prepared = intake.prepare(report)
        see_as(who)
        receipt = intake.submit(placed, who, keys, area, prepared, key=key or f"{words} {category} {at}", now=now)
        see_as(robot("test"))
        return receipt

    return submit


@pytest.fixture
def move(placed: Session, area: Area) -> Move:
    """Return a function that brings a report to another status as somebody, and gives its new version."""

    def step(problem: UUID, after: str, who: Viewer = COORDINATOR, *, now: datetime = NOW, **with_it: object) -> int:
        set_viewer(placed, who)
        found = actions.get(placed, problem)
        try:
            return actions.move(
                placed,
                who,
                area,
                problem,
                after,
                Step(**with_it),
                version=found.version,
                now=now,  # type: ignore[arg-type]
            )
        finally:
            set_viewer(placed, robot("test"))

    return step


@pytest.fixture
def confirm(placed: Session, area: Area, move: Move) -> Callable[..., UUID]:
    """Return a function that approves words and confirms a report: it is public then."""

    def approve(receipt: Receipt, words: str = "Не світить ліхтар біля ринку") -> UUID:
        set_viewer(placed, COORDINATOR)
        found = actions.get(placed, receipt.problem)
        actions.edit(placed, COORDINATOR, area, found.id, words=words, category=found.category, version=found.version)
        for photo in store.photos_of(placed, found.id):
            actions.judge_photo(placed, COORDINATOR, photo.id, approve=True, checked=rules.PHOTO_CHECKS)
        set_viewer(placed, robot("test"))
        move(receipt.problem, "confirmed")
        return receipt.problem

    return approve


@pytest.fixture(scope="session")
def photo() -> bytes:
    """Return a small JPEG with a gradient in it."""
    image = Image.linear_gradient("L").convert("RGB")
    content = BytesIO()
    image.save(content, "JPEG")
    return content.getvalue()
