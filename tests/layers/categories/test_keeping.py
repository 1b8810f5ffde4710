"""Categories as a coordinator keeps them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import history
from layers.categories import actions, store
from layers.categories.actions import Kind
from layers.errors import BadFields, Conflict, NotAllowed, NotFound, Stale
from layers.viewer import Viewer
from tests.database import viewer

KEEPER = viewer("coordinator")
SYMBOLS = {"lighting", "road", "other"}
NOISE = Kind(problem_uk="Шум від підприємства", problem_en="Noise of a plant", symbol="other")
REPORT = text("""
INSERT INTO problems (id, public_id, audience, source, category, units, reported_at, month, status_at, status_month)
VALUES (gen_random_uuid(), gen_random_uuid(), 'public', 'phone', :category, :units, now(), now(), now(), now())
""")

Change = Callable[..., int]


@pytest.fixture
def kept(session: Session, see_as: Callable[[Viewer], Session]) -> Session:
    return see_as(KEEPER)


@pytest.fixture
def change(kept: Session) -> Change:
    def act(code: str, *, version: int = 1, **given: Any) -> int:
        wanted = replace(actions.said_of(actions.get(kept, code)), **given)
        return actions.change(kept, KEEPER, code, wanted, symbols=SYMBOLS, version=version)

    return act


def test_a_new_category_is_offered_last_under_a_code_of_its_english_title(kept: Session) -> None:
    code = actions.add(kept, KEEPER, NOISE, symbols=SYMBOLS)
    assert code == "noise_of_a_plant"
    assert store.reportable(kept)[-1].code == code
    assert actions.add(kept, KEEPER, NOISE, symbols=SYMBOLS) == "noise_of_a_plant_2"


def test_a_change_is_kept_with_a_new_version_and_a_line_of_history(kept: Session, change: Change) -> None:
    assert change("lighting", answer_days=7, hint_uk="Ліхтар не світить") == 2
    found = actions.get(kept, "lighting")
    assert (found.answer_days, found.hint_uk, found.version) == (7, "Ліхтар не світить", 2)
    [line] = history.of(kept, "category", "lighting")
    assert (line["event"], line["codes"]) == ("changed", {"answer_days": [5, 7], "hint_uk": None})


def test_what_somebody_changed_meanwhile_is_not_lost(kept: Session, change: Change) -> None:
    change("road", answer_days=11)
    with pytest.raises(Stale):
        change("road", answer_days=12)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"problem_uk": "  "}, "problem_uk"),
        ({"problem_en": "x" * 81}, "problem_en"),
        ({"symbol": "unicorn"}, "symbol"),
        ({"family": "?"}, "family"),
        ({"audience": "everybody"}, "audience"),
        ({"answer_days": 0}, "answer_days"),
        ({"severity": 0.0}, "severity"),
        ({"radius_m": 5}, "radius_m"),
        ({"radius_m": 5001}, "radius_m"),
    ],
)
def test_what_can_not_be_is_said_beside_its_field(change: Change, given: dict[str, Any], field: str) -> None:
    with pytest.raises(BadFields) as error:
        change("lighting", **given)
    assert set(error.value.fields) == {field}


def test_a_category_in_use_is_switched_off_and_not_removed(kept: Session) -> None:
    kept.execute(REPORT, {"category": "lighting", "units": []})
    with pytest.raises(Conflict):
        actions.remove(kept, KEEPER, "lighting", version=1)
    actions.switch(kept, KEEPER, "lighting", active=False, version=1)
    assert "lighting" not in {each.code for each in store.reportable(kept)}
    assert "lighting" in {each.code for each in store.reportable(kept, also_inactive=True)}


def test_a_category_of_another_hromada_counts_as_used(session: Session, see_as: Callable[[Viewer], Session]) -> None:
    session.execute(REPORT, {"category": "animals", "units": ["H2"]})
    limited = viewer("coordinator", "H1")
    see_as(limited)
    assert store.uses(session)["animals"] == (1, 0)
    with pytest.raises(Conflict):
        actions.remove(session, limited, "animals", version=1)


def test_a_category_that_nothing_has_is_removed_with_its_routes(kept: Session) -> None:
    code = actions.add(kept, KEEPER, NOISE, symbols=SYMBOLS)
    kept.execute(
        text("INSERT INTO routes (category, institution_id) SELECT :code, id FROM institutions LIMIT 1"), {"code": code}
    )
    actions.remove(kept, KEEPER, code, version=1)
    with pytest.raises(NotFound):
        actions.get(kept, code)
    assert kept.scalar(text("SELECT count(*) FROM routes WHERE category = :code"), {"code": code}) == 0


def test_the_order_in_which_categories_are_offered_changes_by_one(kept: Session) -> None:
    before = [each.code for each in store.reportable(kept)]
    actions.shift(kept, KEEPER, before[1], by=-1)
    assert [each.code for each in store.reportable(kept)][:2] == [before[1], before[0]]
    actions.shift(kept, KEEPER, before[1], by=-1)  # the first stays the first
    assert store.reportable(kept)[0].code == before[1]


def test_a_category_of_incidents_becomes_one_that_residents_can_choose(kept: Session, change: Change) -> None:
    assert actions.get(kept, "violence").problem_uk is None
    with pytest.raises(Conflict):
        actions.switch(kept, KEEPER, "violence", active=True, version=1)
    change("violence", problem_uk="Насильство", problem_en="Violence", symbol="other")
    assert "violence" in {each.code for each in store.reportable(kept)}


@pytest.mark.parametrize("role", ["operator", "deputy", "police_lead", "executor"])
def test_nobody_else_keeps_categories(session: Session, see_as: Callable[[Viewer], Session], role: str) -> None:
    other = viewer(role)
    see_as(other)
    with pytest.raises(NotAllowed):
        actions.add(session, other, NOISE, symbols=SYMBOLS)
    with pytest.raises(NotAllowed):
        actions.switch(session, other, "road", active=False, version=1)
    assert store.uses(session) == {}
