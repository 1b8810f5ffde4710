"""The pin over HTTP: moved, put where there was none, refused outside; what the public would be shown; what is near."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from layers.problems.intake import Receipt
from layers.problems.tables import Problem
from layers.viewer import Viewer
from tests import town
from tests.geo_api.pages.desk.conftest import EXECUTOR, OPERATOR, POLICE, Bring, Clerk

AtDesk = Callable[[Viewer | None], Clerk]
BringTo = Callable[..., Receipt]
Kept = Callable[[Receipt], Problem]
Rows = Callable[..., Sequence[Any]]
PLACE = "SELECT ST_X(geom), ST_Y(geom) FROM problem_places WHERE problem_id = :id"


def test_the_pin_is_moved_and_what_the_public_is_shown_follows(
    clerk: Clerk, bring: Bring, kept: Kept, rows: Rows
) -> None:
    receipt = bring()
    assert kept(receipt).settlement == town.CITY
    assert clerk.send(receipt.number, "place", lon="36,07", lat="50.071").status_code == 303
    assert rows(PLACE, id=receipt.problem) == [(36.07, 50.071)]
    assert (kept(receipt).settlement, kept(receipt).public_precision) == (town.VILLAGE, "hromada")


def test_a_report_in_words_alone_is_put_on_the_map(clerk: Clerk, bring: Bring, kept: Kept, rows: Rows) -> None:
    receipt = bring(at=None, place_words="біля водокачки")
    page = clerk.see(f"/desk/{receipt.number}").text
    assert "Ще не на карті: місце описано словами." in page
    assert "біля водокачки" in page
    assert clerk.send(receipt.number, "place", lon="36.005", lat="50.015").status_code == 303
    assert rows(PLACE, id=receipt.problem) == [(36.005, 50.015)]
    assert kept(receipt).hromada == town.HROMADA


@pytest.mark.parametrize(
    ("lon", "lat", "said"),
    [
        ("37.0", "50.05", "Це місце поза нашою територією. Пересуньте позначку."),
        ("", "", "Місце — це два числа в градусах"),
        ("схід", "50", "Місце — це два числа в градусах"),
        ("nan", "50", "Місце — це два числа в градусах"),
        ("36", "inf", "Місце — це два числа в градусах"),
        ("361", "91", "Місце — це два числа в градусах"),
    ],
)
def test_a_place_that_is_none_of_ours_is_told_and_stays_in_the_fields(
    clerk: Clerk, bring: Bring, rows: Rows, lon: str, lat: str, said: str
) -> None:
    receipt = bring()
    answer = clerk.send(receipt.number, "place", lon=lon, lat=lat)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'autocomplete="off" value="{lon}"' in answer.text
    assert rows(PLACE, id=receipt.problem) == [(36.005, 50.015)]


def test_a_public_report_is_moved_by_a_moderator_alone_and_others_move_none(
    at_desk: AtDesk, bring_to: BringTo, rows: Rows
) -> None:
    receipt = bring_to("confirmed", "forwarded")
    for who in (OPERATOR, POLICE, EXECUTOR):
        answer = at_desk(who).send(receipt.number, "place", lon="36.01", lat="50.01")
        assert answer.status_code == 403, who.role
    assert rows(PLACE, id=receipt.problem) == [(36.005, 50.015)]


def test_what_the_public_would_be_shown_of_a_place_is_told_to_the_desk_alone(
    clerk: Clerk, at_desk: AtDesk, bring_to: BringTo
) -> None:
    number = bring_to("confirmed", "forwarded").number
    path = f"/desk/{number}/snap?lon=36.011&lat=50.011"
    shown = clerk.see(path).json()
    assert (shown["point"], shown["kind"], shown["precision"]) == (
        list(town.CITY_CENTRE), "settlement", "населений пункт",
    )  # fmt: skip
    assert shown["catchment"]["type"] == "MultiPolygon"
    assert at_desk(EXECUTOR).see(path).status_code == 403
    assert clerk.see(f"/desk/{number}/snap?lon=x&lat=1").status_code == 422
    assert clerk.see(f"/desk/{number}/snap?lon=37&lat=50.05").status_code == 400


def test_duplicates_are_looked_for_anew_at_another_place_and_in_another_category(
    clerk: Clerk, at_desk: AtDesk, bring: Bring
) -> None:
    other = bring("Розбита гойдалка", "damage", at=(36.07, 50.07)).number
    number = bring("Гойдалка розбита", "damage", at=(36.011, 50.011)).number
    link = f'href="/desk/{other}"'
    assert link not in clerk.see(f"/desk/{number}/near?lon=36.011&lat=50.011").text
    there = clerk.see(f"/desk/{number}/near?lon=36.0701&lat=50.07").text
    assert link in there
    assert "<html" not in there
    assert link not in clerk.see(f"/desk/{number}/near?lon=36.0701&lat=50.07&category=drugs").text
    assert clerk.see(f"/desk/{number}/near?category=nothing").status_code == 422
    assert at_desk(POLICE).see(f"/desk/{number}/near").status_code == 403
