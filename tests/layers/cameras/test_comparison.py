"""Two plans side by side: what is better, what is worse, and what a plan without the figure says."""

from __future__ import annotations

from layers.cameras.comparison import LESS, MORE, by_kind, compare


def numbers(share: float, cost: float, **more: object) -> dict[str, object]:
    levels = [{"code": code, "day": share / n, "night": 0.0} for n, code in
              enumerate(("detect", "observe", "recognise", "identify"), start=1)]  # fmt: skip
    return {
        "cost": cost, "yearly": 1.0, "new": 3, "levels": levels, "level": "observe",
        "kinds": {"crossing": [{"day": share, "night": 0.0}] * 4}, "counts": {"resident": 5.0}, "backup": 0.1,
        "uah_per_problem": None, "units": {"": {"share": 0.0}, "H1": {"share": share}}, "private_m2": 9.0,
        "facade_m": 1.0, "gap": 0.01, **more,
    }  # fmt: skip


def test_every_line_knows_which_way_is_better() -> None:
    lines = {line.code: line for line in compare(numbers(0.4, 1000), numbers(0.6, 900))}
    assert lines["cost"].better == LESS
    assert lines["cost"].difference == -100
    assert lines["observe-day"].better == MORE
    assert lines["least_unit"].b == 0.6
    assert lines["crossing"].a == 0.4


def test_what_one_plan_does_not_know_has_no_difference() -> None:
    lines = {line.code: line for line in compare(numbers(0.4, 1000, gap=None), numbers(0.6, 900))}
    assert lines["gap"].difference is None
    assert lines["uah_per_problem"].difference is None


def test_a_kind_is_told_at_every_level_by_day_and_at_night() -> None:
    [(title, lines)] = by_kind(numbers(0.4, 1), numbers(0.6, 1)).items()
    assert title.en == "Pedestrian crossings"
    assert len(lines) == 8
