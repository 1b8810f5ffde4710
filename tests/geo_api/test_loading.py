"""What a start loads by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from geo_api.home import Home
from geo_api.loading import load_units, make_snap_points, order_demo_plans
from layers.area import Area
from layers.database.engine import Database
from layers.viewer import PUBLIC, robot


def test_public_points_are_made_once_under_a_title_and_again_when_something_changed(
    database: Database, area: Area, tmp_path: Path
) -> None:
    titles: list[str] = []

    @contextmanager
    def progress(title: str) -> Iterator[Callable[[int, int | None], None]]:
        titles.append(title)
        yield lambda done, total: None

    def make() -> int | None:
        made = make_snap_points(database, home, str.upper, progress)
        return made["version"] if made else None

    home = Home(tmp_path, area, False)
    load_units(database, home)
    assert (make(), make(), titles) == (1, None, ["MAKING PUBLIC POINTS"])
    with database.begin(PUBLIC) as session:
        assert session.scalar(text("SELECT array_agg(DISTINCT kind ORDER BY kind) FROM snap_points")) == [
            "hromada",
            "settlement",
        ]
    with database.begin(robot("test")) as session:
        session.execute(text("UPDATE units SET point = ST_Translate(point, 0.001, 0) WHERE system = 'hromadas'"))
    assert make() == 2


def test_the_demonstrations_plans_are_ordered_once_however_often_it_starts(database: Database) -> None:
    for _ in range(2):
        order_demo_plans(database)
    with database.begin(robot("test")) as session:
        ordered = session.scalars(text("SELECT arguments ->> 'title' FROM jobs WHERE kind = 'camera_plan'")).all()
    assert sorted(ordered) == ["Приклад: дванадцять камер", "Приклад: на 150 тисяч гривень"]
