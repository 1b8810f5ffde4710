"""What can be used of the evidence, what can't and why, and the cap on one reporter."""

from __future__ import annotations

import numpy as np
import pytest

from layers.errors import BadInput
from layers.patrols.records import MONTH, SOURCES, checked, enough, records, within_cap
from tests.layers.patrols.evidence import NOW, TOWN, town


def test_each_incident_that_can_not_be_used_is_counted_under_its_first_reason() -> None:
    given = records(
        [(500, 500), (500, 500), (np.nan, np.nan), (0, 0), (5000, 5000), (7, 8), (500, 500)],
        ["2026-10-01", "2026-12-01", "2026-10-01", "2026-10-01", "2026-10-01", "2026-10-01", "NaT"],
        weight=[1, 1, 1, 1, 2, 1, 1],
    )
    found = checked(given, now=NOW, area=TOWN, null_island=(7.2, 8.4))
    assert found.left_out == {"undated": 1, "future": 1, "nowhere": 1, "stray": 2, "outside": 2}
    assert len(found.records) == 1


def test_a_total_of_a_settlement_has_a_place_though_it_has_no_point() -> None:
    given = records([(np.nan, np.nan)], "2026-09-01", places=("V1",), unit=0, weight=25, precision=MONTH)
    assert checked(given, now=NOW, area=TOWN).records.count == 25


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (town((500, 500, 19)), "at least 20 are needed"),
        (town((500, 500, 40)), "at one place"),
        (town((500, 500, 20), (600, 500, 20), days_ago=np.full(40, 10)), "of one month"),
    ],
    ids=["few", "one place", "one month"],
)
def test_what_can_not_be_ranked_is_refused_in_a_sentence(given: object, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        enough(given)  # type: ignore[arg-type]


def test_the_sentence_names_what_took_most_away() -> None:
    with pytest.raises(BadInput, match="one reason: they are outside the area"):
        enough(town((500, 500, 5)), left_out={"future": 3, "outside": 30})


def test_one_reporter_counts_so_often_a_place_and_thirty_days_and_strangers_always() -> None:
    days = [0, 1, 2, 3, 31, 32, 0, 0, 0, 0]
    reporter = [7, 7, 7, 7, 7, 7, 8, -1, -1, -1]
    given = town((500, 500, 10), days_ago=200 - np.array(days), reporter=reporter)
    kept = given.take(within_cap(given, per_reporter=2))
    ago = (np.datetime64(NOW) - kept.day).astype(int)
    assert sorted((200 - ago[kept.reporter == 7]).tolist()) == [0, 1, 31, 32]
    assert ((kept.reporter == 8).sum(), (kept.reporter == -1).sum()) == (1, 3)


def test_the_same_reporter_at_another_place_counts_again() -> None:
    given = town((500, 500, 2), (700, 500, 2), days_ago=[5, 5, 5, 5], reporter=7)
    assert within_cap(given, per_reporter=1).sum() == 2


def test_what_officers_began_is_not_reported() -> None:
    given = town((500, 500, 5), source=np.arange(5))
    assert [SOURCES[at] for at in given.source[~given.reported]] == ["officer"]


def test_an_index_that_points_nowhere_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="category"):
        town((500, 500, 1), category=3)
