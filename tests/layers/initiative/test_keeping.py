"""The organisation, numbers to call, institutions and the routing table, as a coordinator keeps them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import history
from layers.errors import BadFields, NotAllowed, NotFound, Stale
from layers.initiative import actions, store
from layers.initiative.actions import Number, Office, Organisation
from layers.initiative.rules import best_line, fitting
from layers.people.store import executors
from layers.viewer import Viewer
from tests.database import viewer

KEEPER = viewer("coordinator")
TODAY = date(2026, 11, 23)
WATER = Office("Водоканал", "Waterworks", "utility", "Директорові водоканалу", "office@example.org")


@pytest.fixture
def kept(session: Session, see_as: Callable[[Viewer], Session]) -> Session:
    return see_as(KEEPER)


@pytest.fixture
def code_of(kept: Session) -> Callable[[str], UUID]:
    return lambda code: next(each.id for each in store.institutions(kept) if each.code == code)


def routed(session: Session, category: str, *units: str) -> str | None:
    line = best_line(store.candidates(session, category, units), {"H1": 100.0, "V1": 4.0})
    found = store.institution(session, line.institution_id) if line else None
    return found.code if found else None


# --- the organisation -------------------------------------------------------------------------------------------------


def test_the_organisation_is_kept_with_a_version_and_its_history_names_no_word_of_it(kept: Session) -> None:
    given = Organisation(name_uk="Безпечне Вербове", hotline="097 000 00 00", martial_law=False)
    assert actions.keep_organisation(kept, KEEPER, given, version=1) == 2
    found = store.initiative(kept)
    assert (found.name_uk, found.hotline, found.martial_law) == ("Безпечне Вербове", "097 000 00 00", False)
    [line] = history.of(kept, "initiative", "one")
    assert line["codes"] == {"name_uk": None, "hotline": None, "martial_law": [True, False]}
    with pytest.raises(Stale):
        actions.keep_organisation(kept, KEEPER, given, version=1)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Organisation(hotline="дзвоніть"), "hotline"),
        (Organisation(email="скринька"), "email"),
        (Organisation(address="а" * 301), "address"),
    ],
)
def test_what_the_organisation_can_not_say_is_said_beside_its_field(
    kept: Session, given: Organisation, field: str
) -> None:
    with pytest.raises(BadFields) as error:
        actions.keep_organisation(kept, KEEPER, given, version=1)
    assert set(error.value.fields) == {field}


# --- numbers to call --------------------------------------------------------------------------------------------------


def test_a_number_is_checked_today_in_one_step(kept: Session) -> None:
    assert actions.checked_helpline(kept, KEEPER, "violence", on=TODAY, version=1) == 2
    found = store.helpline(kept, "violence")
    assert found
    assert (found.checked_on, found.number) == (TODAY, "15-47")
    [line] = history.of(kept, "helpline", "violence")
    assert (line["event"], line["codes"]) == ("checked", {"on": "2026-11-23"})


def test_another_number_is_one_that_nobody_has_checked(kept: Session) -> None:
    actions.checked_helpline(kept, KEEPER, "interior", on=TODAY, version=1)
    same = Number("1536", "Гаряча лінія МВС", "Interior", ("military",))
    actions.change_helpline(kept, KEEPER, "interior", same, version=2)
    kept_on = store.helpline(kept, "interior")
    assert kept_on
    assert kept_on.checked_on == TODAY
    actions.change_helpline(kept, KEEPER, "interior", Number("1537", "МВС", "Interior"), version=3)
    changed = store.helpline(kept, "interior")
    assert changed
    assert (changed.checked_on, changed.concerns) == (None, [])


def test_numbers_are_found_by_what_they_are_for(kept: Session) -> None:
    given = Number("0 800 000 000", "Місцева лінія", "Local line", ("domestic_violence", "nonsense"))
    code = actions.add_helpline(kept, KEEPER, given)
    assert code == "local_line"
    assert [line.code for line in store.helplines(kept, "domestic_violence")][-1] == code
    actions.remove_helpline(kept, KEEPER, code, version=1)
    assert code not in {line.code for line in store.helplines(kept)}
    with pytest.raises(NotFound):
        actions.remove_helpline(kept, KEEPER, code, version=1)


@pytest.mark.parametrize("given", [Number("", "Так", "Yes"), Number("сто два", "Так", "Yes"), Number("102", "", "Yes")])
def test_a_number_needs_digits_and_two_titles(kept: Session, given: Number) -> None:
    with pytest.raises(BadFields):
        actions.add_helpline(kept, KEEPER, given)


# --- institutions -----------------------------------------------------------------------------------------------------


def test_an_institution_is_added_changed_and_switched_off(kept: Session) -> None:
    identity = actions.add_institution(kept, KEEPER, WATER)
    found = store.institution(kept, identity)
    assert found
    assert (found.code, found.active, found.members) == ("waterworks", True, [])
    worker = uuid4()
    off = Office("Водоканал", "Waterworks", "utility", members=(worker, worker), active=False)
    assert actions.change_institution(kept, KEEPER, identity, off, version=1) == 2
    changed = store.institution(kept, identity)
    assert changed
    assert (changed.members, changed.active) == ([worker], False)
    lines = history.of(kept, "institution", str(identity))
    assert [line["event"] for line in lines] == ["added", "changed"]
    assert lines[1]["codes"]["members"] == [[], [str(worker)]]
    with pytest.raises(Stale):
        actions.change_institution(kept, KEEPER, identity, WATER, version=1)


@pytest.mark.parametrize(
    "given",
    [Office("", "Waterworks", "utility"), Office("Водоканал", "Water", "?"), Office("В", "W", "other", email="@")],
)
def test_an_institution_needs_names_a_kind_and_a_real_address(kept: Session, given: Office) -> None:
    with pytest.raises(BadFields):
        actions.add_institution(kept, KEEPER, given)


def test_a_keeper_knows_the_executors_by_name_and_nobody_else(
    session: Session, see_as: Callable[[Viewer], Session]
) -> None:
    worker, deputy = uuid4(), uuid4()
    add = text("INSERT INTO accounts (id, email, name, role) VALUES (:id, :email, :name, :role)")
    session.execute(add, {"id": worker, "email": "w@example.org", "name": "Виконавець Вигаданий", "role": "executor"})
    session.execute(add, {"id": deputy, "email": "d@example.org", "name": "Депутатка Вигадана", "role": "deputy"})
    see_as(KEEPER)
    assert executors(session) == [(worker, "Виконавець Вигаданий")]
    see_as(viewer("operator"))
    assert executors(session) == []
    see_as(viewer("executor"))
    assert executors(session) == []


# --- the routing table ------------------------------------------------------------------------------------------------


def test_the_most_particular_line_wins(kept: Session, code_of: Callable[[str], UUID]) -> None:
    assert routed(kept, "road", "H1") == "utilities"
    assert routed(kept, "police_work", "H1") == "administration"  # the line for everything else
    actions.set_route(kept, KEEPER, None, "H1", code_of("executive_committee"), was=None)
    assert routed(kept, "police_work", "H1") == "executive_committee"  # of the unit, before the one for everything
    assert routed(kept, "road", "H1") == "utilities"  # of the category, before the unit's
    actions.set_route(kept, KEEPER, "road", "H1", code_of("energy"), was=None)
    assert routed(kept, "road", "H1", "V1") == "energy"
    actions.set_route(kept, KEEPER, "road", "V1", code_of("administration"), was=None)
    assert routed(kept, "road", "H1", "V1") == "administration"  # the village before its hromada
    assert routed(kept, "road", "H2") == "utilities"


def test_a_line_that_is_taken_away_leaves_the_less_particular_one(
    kept: Session, code_of: Callable[[str], UUID]
) -> None:
    energy = code_of("energy")
    actions.set_route(kept, KEEPER, "road", "H1", energy, was=None)
    actions.set_route(kept, KEEPER, "road", "H1", None, was=energy)
    assert routed(kept, "road", "H1") == "utilities"
    codes = [line["codes"] for line in history.of(kept, "route", "road H1")]
    assert codes == [{"from": "", "to": str(energy)}, {"from": str(energy), "to": ""}]


def test_an_institution_that_is_switched_off_is_sent_nothing(kept: Session, code_of: Callable[[str], UUID]) -> None:
    off = Office("Обленерго", "Energy", "energy", active=False)
    actions.change_institution(kept, KEEPER, code_of("energy"), off, version=1)
    assert routed(kept, "lighting", "H1") == "administration"


def test_a_line_somebody_changed_meanwhile_is_not_overwritten(kept: Session, code_of: Callable[[str], UUID]) -> None:
    actions.set_route(kept, KEEPER, "fraud", None, code_of("energy"), was=code_of("police_department"))
    with pytest.raises(Stale):
        actions.set_route(kept, KEEPER, "fraud", None, code_of("utilities"), was=code_of("police_department"))
    with pytest.raises(BadFields):
        actions.set_route(kept, KEEPER, "fraud", None, uuid4(), was=code_of("energy"))


def test_fitting_lines_are_those_of_the_category_and_the_units(kept: Session, code_of: Callable[[str], UUID]) -> None:
    actions.set_route(kept, KEEPER, "road", "H2", code_of("energy"), was=None)
    fits = fitting(store.routes(kept), "road", {"H1"})
    assert {(line.category, line.unit) for line in fits} == {("road", None), (None, None)}


@pytest.mark.parametrize("role", ["operator", "deputy", "police_lead", "executor"])
def test_nobody_else_keeps_any_of_it(session: Session, see_as: Callable[[Viewer], Session], role: str) -> None:
    other = viewer(role)
    see_as(other)
    for act in (
        lambda: actions.keep_organisation(session, other, Organisation(), version=1),
        lambda: actions.add_helpline(session, other, Number("102", "П", "P")),
        lambda: actions.checked_helpline(session, other, "police", on=TODAY, version=1),
        lambda: actions.remove_helpline(session, other, "police", version=1),
        lambda: actions.add_institution(session, other, WATER),
        lambda: actions.set_route(session, other, "road", None, None, was=None),
    ):
        with pytest.raises(NotAllowed):
            act()
