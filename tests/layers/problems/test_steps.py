"""From received to closed, reopened, merged, refused or withdrawn: who may, what must come with it, what is public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from layers.area import Area
from layers.errors import BadFields, Conflict, NotAllowed, NotFound, Stale
from layers.initiative import store as initiative
from layers.people.credentials import Keys
from layers.problems import actions, receipts, rules, store
from layers.problems.actions import Step
from layers.problems.intake import Contact
from layers.problems.rules import BY_CODE, REFUSALS, STATUSES, TRANSITIONS
from layers.viewer import PUBLIC, Role, Viewer, robot
from tests import town
from tests.database import viewer
from tests.layers.problems.conftest import COORDINATOR, IN_CITY, IN_VILLAGE, NOW, Bring, Move

WORKS_AT_ENERGY = text("UPDATE institutions SET members = ARRAY[CAST(:who AS uuid)] WHERE code = 'energy'")
OF_HISTORY = text("""
SELECT event, codes ->> 'to', actor FROM history WHERE subject = 'problem' AND subject_id = :id ORDER BY id
""")
HOLDING = ("problems", "problem_places", "problem_contacts", "problem_words", "problem_messages", "problem_people")
Confirm = Callable[..., UUID]
SeeAs = Callable[[Viewer], Session]


def public(session: Session) -> list[Any]:
    return list(session.execute(text("SELECT * FROM problems_public ORDER BY id")).mappings())


def institution(session: Session, code: str = "energy") -> UUID:
    return next(each.id for each in initiative.institutions(session) if each.code == code)


def person(keys: Keys, name: str) -> bytes:
    return receipts.person_of(keys, name)


# --- the table itself -------------------------------------------------------------------------------------------------


def test_every_status_is_reached_and_every_step_is_between_statuses() -> None:
    reached = {step.after for step in TRANSITIONS} | {"received"}
    assert reached == set(BY_CODE)
    assert {step.before for step in TRANSITIONS} <= set(BY_CODE)


def test_no_step_stands_twice() -> None:
    pairs = [(step.before, step.after) for step in TRANSITIONS]
    assert len(pairs) == len(set(pairs))


def test_what_the_table_lacks_is_refused_for_everybody() -> None:
    known = {(step.before, step.after) for step in TRANSITIONS}
    for before, after in product(BY_CODE, BY_CODE):
        if (before, after) not in known:
            with pytest.raises(Conflict):
                rules.transition(before, after)


def test_nobody_at_a_desk_closes_a_report_only_who_reported_it_or_the_clock() -> None:
    step = rules.transition("done", "closed")
    assert not [role for role in Role if role is not Role.ROBOT and rules.may(viewer(role), step)]
    assert rules.may(robot(rules.REPORTER), step)
    assert rules.may(robot(rules.CLOCK), step)


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.DEPUTY])
def test_residents_and_deputies_make_no_step(role: Role) -> None:
    assert [step for step in TRANSITIONS if rules.may(viewer(role), step)] == []


def test_an_operator_takes_calls_and_asks_but_neither_publishes_nor_refuses() -> None:
    steps = {step.after for status in STATUSES for step in rules.steps_from(viewer("operator"), status.code)}
    assert not steps & {"confirmed", "refused"}
    assert {"checking", "needs_info", "merged", "forwarded", "in_work"} <= steps


# --- publishing -------------------------------------------------------------------------------------------------------


def test_a_confirmed_report_is_public_by_its_month_and_snap_point_with_the_approved_words(
    bring: Bring, confirm: Confirm, placed: Session
) -> None:
    receipt = bring("Не світить ліхтар, дзвоніть 0501234567", contact=Contact(phone="0501234567"))
    confirm(receipt, "Не світить ліхтар")
    [row] = public(placed)
    assert row["id"] != receipt.problem
    said = (row["body"], str(row["month"]), row["location_precision"])
    assert said == ("Не світить ліхтар", "2026-11-01", "settlement")
    assert placed.execute(text("SELECT ST_X(geom), ST_Y(geom) FROM problems_public")).one() == town.CITY_CENTRE
    assert "0501234567" not in str(row)


def test_the_word_of_the_desk_is_public_only_where_it_was_approved(
    bring: Bring, confirm: Confirm, move: Move, placed: Session
) -> None:
    problem = confirm(bring())
    move(problem, "forwarded", institution=institution(placed), words="Іване, подзвони їм", publish=False)
    move(problem, "in_work", words="Заявку прийнято", publish=True, signed="Олена Приклад, інженерка")
    public_steps = text("SELECT status, body, signed, month::text FROM problem_steps_public ORDER BY position")
    steps = placed.execute(public_steps).all()
    assert [tuple(step) for step in steps] == [
        ("confirmed", "", "", "2026-11-01"),
        ("forwarded", "", "", "2026-11-01"),
        ("in_work", "Заявку прийнято", "Олена Приклад, інженерка", "2026-11-01"),
    ]


def test_what_is_taken_off_the_map_refused_merged_or_withdrawn_is_gone_from_the_public_table(
    bring: Bring, confirm: Confirm, move: Move, placed: Session, area: Area
) -> None:
    other = confirm(bring("Інший"))
    one, two, three = (confirm(bring(f"Ліхтар {n}")) for n in range(3))
    assert len(public(placed)) == 4
    move(one, "checking", reason="mistake")
    move(two, "merged", into=other)
    actions.withdraw(placed, area, three, now=NOW)
    assert [row["id"] for row in public(placed)] == [store.one(placed, other).public_id]  # type: ignore[union-attr]


@pytest.mark.parametrize("category", ["drugs", "police_work"])
def test_what_is_for_police_or_statistics_is_never_public_even_when_confirmed(
    bring: Bring, confirm: Confirm, placed: Session, category: str
) -> None:
    confirm(bring("Слова", category))
    assert public(placed) == []


def test_no_statement_puts_an_unapproved_report_before_the_public(bring: Bring, placed: Session) -> None:
    receipt = bring()
    forged = text(
        "INSERT INTO problems_public (id, category, symbol, status, month, updated_month, location_precision, units, "
        "supporters, reopened, body, photos, demo, geom) SELECT public_id, category, 'lighting', 'confirmed', month, "
        "month, 'settlement', units, 1, 0, 'слова', '{}', false, public_geom FROM problems WHERE id = :id"
    )
    with pytest.raises(DBAPIError, match="may not be published"):
        placed.execute(forged, {"id": receipt.problem})


def test_a_report_of_a_unit_that_is_closed_leaves_the_map_and_comes_back_with_peace(
    bring: Bring, confirm: Confirm, placed: Session
) -> None:
    confirm(bring())
    placed.execute(text("UPDATE units SET security = 'active' WHERE code = 'H1'"))
    assert public(placed) == []
    placed.execute(text("UPDATE units SET security = 'none' WHERE code = 'H1'"))
    assert len(public(placed)) == 1


def test_a_report_in_words_alone_is_published_only_once_it_is_on_the_map(
    bring: Bring, confirm: Confirm, placed: Session, area: Area
) -> None:
    receipt = bring(at=None, place_words="біля ринку")
    with pytest.raises(BadFields) as refused:
        confirm(receipt)
    assert "place" in refused.value.fields
    found = actions.get(placed, receipt.problem)
    actions.place(placed, COORDINATOR, area, found.id, lon=IN_CITY[0], lat=IN_CITY[1], version=found.version)
    confirm(receipt)
    assert len(public(placed)) == 1


# --- roles ------------------------------------------------------------------------------------------------------------


def test_staff_beyond_the_desk_see_what_is_confirmed_and_theirs(
    bring: Bring, confirm: Confirm, move: Move, placed: Session, see_as: SeeAs
) -> None:
    bring("ще не перевірено")
    city, drugs = confirm(bring()), confirm(bring("Збут", "drugs"))
    executor = viewer("executor")
    placed.execute(WORKS_AT_ENERGY, {"who": executor.account})
    move(city, "forwarded", institution=institution(placed))
    complaint = confirm(bring("Скарга", "police_work", kind="complaint"))
    seen = {}
    for name, who in {
        "coordinator": COORDINATOR, "operator": viewer("operator"), "police_lead": viewer("police_lead"),
        "officer here": viewer("officer", "H1"), "officer elsewhere": viewer("officer", "H2"),
        "officer of nothing": viewer("officer"), "starosta": viewer("starosta", "H1"), "deputy": viewer("deputy"),
        "executor": executor, "other executor": viewer("executor"), "resident": PUBLIC,
    }.items():  # fmt: skip
        see_as(who)
        seen[name] = set(placed.execute(text("SELECT id FROM problems")).scalars())
    everything = {city, drugs, complaint}
    assert seen["coordinator"] == seen["operator"] > everything
    assert seen["police_lead"] == seen["officer here"] == {city, drugs}
    assert seen["starosta"] == seen["executor"] == {city}
    for name in ("officer elsewhere", "officer of nothing", "deputy", "other executor", "resident"):
        assert seen[name] == set(), name


def test_police_see_a_contact_only_with_consent_and_words_only_as_approved(
    bring: Bring, confirm: Confirm, placed: Session, see_as: SeeAs
) -> None:
    yes = confirm(bring("Так", contact=Contact(phone="0501234567", police_may=True)))
    no = confirm(bring("Ні", contact=Contact(phone="0671234567")))
    see_as(viewer("police_lead"))
    assert [each.problem_id for each in placed.execute(text("SELECT problem_id FROM problem_contacts"))] == [yes]
    assert placed.scalar(text("SELECT count(*) FROM problem_words")) == 0
    assert store.one(placed, no).body == "Не світить ліхтар біля ринку"  # type: ignore[union-attr]


def test_an_executor_answers_and_never_moderates(bring: Bring, confirm: Confirm, move: Move, placed: Session) -> None:
    executor = viewer("executor")
    placed.execute(WORKS_AT_ENERGY, {"who": executor.account})
    problem = confirm(bring())
    move(problem, "forwarded", institution=institution(placed))
    with pytest.raises(NotAllowed):
        move(problem, "checking", executor, reason="mistake")
    move(problem, "done", executor, words="Лампу замінено")
    found = store.one(placed, problem)
    assert found is not None
    assert (found.status, found.asked_at) == ("done", NOW)


# --- what must come with a step ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "given", "field"),
    [
        ("refused", {}, "reason"),
        ("refused", {"reason": "because"}, "reason"),
        ("needs_info", {"words": "  "}, "words"),
        ("merged", {}, "into"),
        ("merged", {"into": uuid4()}, "into"),
    ],
)
def test_a_step_lacks_nothing_that_belongs_to_it(bring: Bring, move: Move, after: str, given: Any, field: str) -> None:
    with pytest.raises(BadFields) as refused:
        move(bring().problem, after, **given)
    assert field in refused.value.fields


def test_every_refusal_has_a_reason_that_can_be_told(bring: Bring, move: Move, placed: Session) -> None:
    for number, reason in enumerate(REFUSALS):
        receipt = bring(f"Слова {number}")
        move(receipt.problem, "refused", reason=reason)
        assert store.one(placed, receipt.problem).refused_why == reason  # type: ignore[union-attr]


def test_a_photo_must_be_judged_before_its_report_is_confirmed(
    bring: Bring, move: Move, confirm: Confirm, placed: Session, photo: bytes
) -> None:
    receipt = bring(photos=(photo,))
    with pytest.raises(BadFields) as refused:
        move(receipt.problem, "confirmed")
    assert "photos" in refused.value.fields
    confirm(receipt)
    [row] = public(placed)
    assert len(row["photos"]) == 1


def test_a_change_made_from_an_old_version_is_refused(bring: Bring, placed: Session, area: Area) -> None:
    problem = bring().problem
    version = actions.get(placed, problem).version
    actions.move(placed, COORDINATOR, area, problem, "checking", Step(), version=version, now=NOW)
    with pytest.raises(Stale):
        actions.move(placed, COORDINATOR, area, problem, "confirmed", Step(), version=version, now=NOW)


def test_every_step_is_in_a_history_that_can_not_be_rewritten(bring: Bring, confirm: Confirm, placed: Session) -> None:
    problem = confirm(bring())
    rows = placed.execute(OF_HISTORY, {"id": str(problem)}).all()
    assert [(event, to) for event, to, _ in rows] == [
        ("received", None), ("edited", None), ("moved", "checking"), ("moved", "confirmed"),
    ]  # fmt: skip
    assert rows[-1][2] == COORDINATOR.account


# --- what the reporter says -------------------------------------------------------------------------------------------


def test_yes_it_is_done_closes_a_report_and_no_sends_it_back_to_work(
    bring: Bring, confirm: Confirm, move: Move, placed: Session, area: Area, keys: Keys
) -> None:
    for says, status in (("fixed", "closed"), ("not_fixed", "in_work")):
        problem = confirm(bring(says))
        move(problem, "forwarded", institution=institution(placed))
        move(problem, "done", words="Зроблено")
        assert actions.say(placed, area, problem, person(keys, "пристрій"), says, now=NOW) == status


def test_silence_of_14_days_closes_and_13_do_not(
    bring: Bring, confirm: Confirm, move: Move, placed: Session, area: Area
) -> None:
    problem = confirm(bring())
    move(problem, "forwarded", institution=institution(placed))
    move(problem, "done", words="Зроблено")
    assert actions.close_silent(placed, area, NOW + timedelta(days=13, hours=23)) == 0
    assert actions.close_silent(placed, area, NOW + timedelta(days=14)) == 1
    assert store.one(placed, problem).status == "closed"  # type: ignore[union-attr]


def _closed(bring: Bring, confirm: Confirm, move: Move, placed: Session, area: Area, keys: Keys) -> UUID:
    problem = confirm(bring())
    move(problem, "forwarded", institution=institution(placed))
    move(problem, "done", words="Зроблено")
    actions.say(placed, area, problem, person(keys, "пристрій"), "fixed", now=NOW)
    return problem


def test_two_different_people_reopen_within_60_days_and_one_person_twice_does_not(
    bring: Bring, confirm: Confirm, move: Move, placed: Session, area: Area, keys: Keys
) -> None:
    problem = _closed(bring, confirm, move, placed, area, keys)
    later = NOW + timedelta(days=30)
    assert actions.say(placed, area, problem, person(keys, "а"), "still_there", now=later) == "closed"
    assert actions.say(placed, area, problem, person(keys, "а"), "still_there", now=later) == "closed"
    assert actions.say(placed, area, problem, person(keys, "б"), "still_there", now=later) == "reopened"
    assert store.one(placed, problem).reopened == 1  # type: ignore[union-attr]


def test_after_60_days_nobody_reopens(
    bring: Bring, confirm: Confirm, move: Move, placed: Session, area: Area, keys: Keys
) -> None:
    problem = _closed(bring, confirm, move, placed, area, keys)
    for name in "аб":
        status = actions.say(placed, area, problem, person(keys, name), "still_there", now=NOW + timedelta(days=61))
    assert status == "closed"


def test_supporters_are_counted_once_a_person_over_merged_reports_too(
    bring: Bring, confirm: Confirm, move: Move, placed: Session, area: Area, keys: Keys
) -> None:
    problem, same = confirm(bring()), bring("Те саме", device="другий").problem
    for name in ("третій", "третій", "пристрій"):
        actions.join(placed, area, problem, person(keys, name), now=NOW)
    move(same, "merged", into=problem)
    assert store.one(placed, problem).supporters == 3  # type: ignore[union-attr]
    move(same, "checking")
    assert store.one(placed, problem).supporters == 2  # type: ignore[union-attr]


def test_what_was_asked_for_brings_a_report_back_to_be_checked(
    bring: Bring, move: Move, placed: Session, area: Area
) -> None:
    problem = bring().problem
    move(problem, "needs_info", words="Який саме ліхтар?")
    actions.add_words(placed, area, problem, "Третій від рогу", now=NOW)
    assert store.one(placed, problem).status == "checking"  # type: ignore[union-attr]


# --- removing ---------------------------------------------------------------------------------------------------------


def test_one_press_removes_everything_a_report_says_and_leaves_a_tombstone(
    bring: Bring, confirm: Confirm, placed: Session, area: Area, photo: bytes
) -> None:
    problem = confirm(bring("Секретні слова", contact=Contact(phone="0501234567"), photos=(photo,)), "Секретні слова")
    actions.remove(placed, COORDINATOR, area, problem, why="sensitive", now=NOW)
    for table in HOLDING:
        rows = placed.execute(text(f"SELECT t::text FROM {table} t")).scalars().all()
        assert not any("Секретні" in row or "501234567" in row for row in rows), table
    assert placed.scalar(text("SELECT count(*) FROM file_bytes")) == 0
    assert public(placed) == []
    found = store.one(placed, problem)
    assert found is not None
    assert (found.status, found.refused_why, found.units, found.snap_id) == ("refused", "sensitive", [], None)


def test_nobody_beyond_the_desk_removes(bring: Bring, confirm: Confirm, placed: Session, area: Area) -> None:
    problem = confirm(bring())
    with pytest.raises(NotAllowed):
        actions.remove(placed, viewer("police_lead"), area, problem, why="sensitive", now=NOW)


def test_a_report_that_is_not_ones_own_is_not_found(bring: Bring, see_as: SeeAs, area: Area) -> None:
    problem = bring(at=IN_VILLAGE).problem
    session = see_as(viewer("officer", "H1"))
    with pytest.raises(NotFound):
        actions.move(session, viewer("officer", "H1"), area, problem, "checking", Step(), version=1, now=NOW)
