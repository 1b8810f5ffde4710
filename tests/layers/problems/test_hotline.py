"""The hotline: reports by phone, callers who join a report, who wants a call back, pasted messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import history
from layers.area import Area
from layers.errors import BadFields, Conflict, KeyReused, NotAllowed, NotFound
from layers.people.credentials import Keys
from layers.problems import actions, hotline, intake, store
from layers.problems.intake import Contact, NotTaken, Receipt, Report
from layers.problems.receipts import open_receipt, open_spoken
from layers.viewer import PUBLIC, Viewer
from tests.database import viewer
from tests.layers.problems.conftest import COORDINATOR, IN_CITY, NOW, Bring, Move

OPERATOR = viewer("operator")
OLENA = Contact(name="Олена Приклад", phone="050 000 00 01", call_back=True)
PETRO = Contact(name="Петро Зразковий", phone="067 000 00 02")
COMPLAINT = Report("police_work", "Патруль не приїхав", kind="complaint", source="phone")

Take = Callable[..., Receipt]


@pytest.fixture
def take(placed: Session, area: Area, keys: Keys, see_as: Callable[[Viewer], Session]) -> Take:
    """Return a function that writes a call down as the operator, and leaves the session theirs."""

    def write(
        report: Report | None = None, contact: Contact = OLENA, *, key: str = "call", who: Viewer = OPERATOR
    ) -> Receipt:
        given = report or Report("lighting", "Не світить ліхтар", *IN_CITY, source="phone")
        prepared = intake.prepare(replace(given, contact=contact))
        see_as(who)
        return hotline.take(placed, who, keys, area, prepared, key=key, now=NOW)

    return write


# --- reports by phone -------------------------------------------------------------------------------------------------


def test_a_call_is_a_report_from_the_phone_with_its_contact(take: Take, placed: Session) -> None:
    receipt = take()
    found = actions.get(placed, receipt.problem)
    assert (found.source, found.status, found.number) == ("phone", "received", receipt.number)
    [contact] = store.contacts_of(placed, receipt.problem)
    assert (contact.name, contact.phone, contact.call_back) == ("Олена Приклад", "+380500000001", True)


def test_a_caller_opens_the_report_by_its_number_and_four_digits(
    take: Take, placed: Session, keys: Keys, see_as: Callable[[Viewer], Session]
) -> None:
    receipt = take()
    see_as(PUBLIC)
    assert open_spoken(placed, keys, f"№ {receipt.number}", "0001", now=NOW).problem == receipt.problem
    assert open_receipt(placed, keys, receipt.token).problem == receipt.problem


def test_pressing_twice_is_one_report(take: Take) -> None:
    first, again = take(), take()
    assert (again.number, again.token, again.repeated) == (first.number, first.token, True)
    with pytest.raises(KeyReused):
        take(Report("road", "Яма", *IN_CITY, source="phone"))


def test_callers_are_told_apart_by_their_phones_and_not_by_who_wrote_down(take: Take, placed: Session) -> None:
    first, second = take(key="a"), take(contact=PETRO, key="b")
    people = {store.people_of(placed, each.problem)[0].person for each in (first, second)}
    same = store.people_of(placed, take(key="c").problem)[0].person
    nameless = store.people_of(placed, take(contact=Contact(), key="d").problem)[0].person
    assert len(people | {nameless}) == 3
    assert same in people


def test_only_the_desk_takes_calls(take: Take) -> None:
    for role in ("deputy", "police_lead", "executor"):
        with pytest.raises(NotAllowed):
            take(who=viewer(role), key=role)


def test_the_words_as_the_desk_puts_them_stand_beside_what_was_said(take: Take, placed: Session) -> None:
    receipt = take(Report("lighting", "тьма шо жах", *IN_CITY, edited="Темно біля ринку", source="message"))
    found, said = actions.get(placed, receipt.problem), store.words_of(placed, receipt.problem)
    assert said
    assert (found.body, said.original) == ("Темно біля ринку", "тьма шо жах")


def test_what_must_not_be_kept_is_not_kept_in_the_edited_words_either() -> None:
    with pytest.raises(NotTaken):
        intake.prepare(Report("lighting", "темно", *IN_CITY, edited="темно, а поруч танк"))


# --- thanks and complaints about the police ---------------------------------------------------------------------------


def test_a_complaint_about_the_police_is_read_by_the_desk_and_never_by_the_police(
    take: Take, placed: Session, see_as: Callable[[Viewer], Session]
) -> None:
    receipt = take(COMPLAINT, Contact(phone="050 000 00 01", police_may=True))
    assert actions.get(placed, receipt.problem).kind == "complaint"
    subject = str(receipt.problem)
    assert [line["event"] for line in history.of(placed, "problem", subject)] == ["received"]
    for role in ("officer", "police_lead", "executor", "starosta", "deputy"):
        see_as(viewer(role, "H1") if role in ("officer", "starosta") else viewer(role))
        with pytest.raises(NotFound):
            actions.get(placed, receipt.problem)
        assert store.words_of(placed, receipt.problem) is None
        assert store.contacts_of(placed, receipt.problem) == []
        assert history.of(placed, "problem", subject) == []


def test_a_confirmed_complaint_is_public_nowhere(
    take: Take, placed: Session, area: Area, move: Move, see_as: Callable[[Viewer], Session]
) -> None:
    receipt = take(replace(COMPLAINT, lon=IN_CITY[0], lat=IN_CITY[1]))
    move(receipt.problem, "confirmed")
    see_as(viewer("police_lead"))
    assert placed.scalar(text("SELECT count(*) FROM problems_exact(NULL)")) == 0
    assert history.of(placed, "problem", str(receipt.problem)) == []
    see_as(PUBLIC)
    assert placed.scalar(text("SELECT count(*) FROM problems_public")) == 0
    assert placed.scalar(text("SELECT count(*) FROM problem_steps_public")) == 0
    assert history.of(placed, "problem", str(receipt.problem)) == []


def test_thanks_need_no_place_and_a_lamp_can_not_be_thanked(take: Take) -> None:
    assert take(replace(COMPLAINT, kind="thanks"), Contact()).number
    with pytest.raises(BadFields):
        take(Report("lighting", "Дякую", *IN_CITY, kind="thanks", source="phone"), key="lamp")


# --- a caller who tells of what is reported already -------------------------------------------------------------------


@pytest.fixture
def joined(
    bring: Bring, placed: Session, area: Area, keys: Keys, see_as: Callable[[Viewer], Session]
) -> Callable[..., Receipt]:
    first = bring("Не світить ліхтар")

    def join(contact: Contact = PETRO, words: str = "", key: str = "same") -> Receipt:
        see_as(OPERATOR)
        return hotline.join(placed, OPERATOR, keys, area, first.problem, contact, words=words, key=key, now=NOW)

    return join


def test_a_caller_who_says_this_is_it_is_a_supporter_with_a_receipt_of_their_own(
    joined: Callable[..., Receipt], placed: Session, keys: Keys, see_as: Callable[[Viewer], Session]
) -> None:
    receipt = joined(words="Ще й провід висить")
    found = actions.get(placed, receipt.problem)
    assert (found.supporters, found.number) == (2, receipt.number)
    assert [each.phone for each in store.contacts_of(placed, receipt.problem)] == ["+380670000002"]
    assert [each.body for each in store.messages_of(placed, receipt.problem)][-1] == "Ще й провід висить"
    see_as(PUBLIC)
    assert open_spoken(placed, keys, str(receipt.number), "0002", now=NOW).problem == receipt.problem
    assert open_receipt(placed, keys, receipt.token).problem == receipt.problem


def test_joining_twice_counts_once(joined: Callable[..., Receipt], placed: Session) -> None:
    first, again = joined(), joined()
    assert (again.token, again.repeated) == (first.token, True)
    joined(key="the same person calls again")
    assert actions.get(placed, first.problem).supporters == 2


def test_nobody_joins_what_is_not_open_any_more(
    joined: Callable[..., Receipt], bring: Bring, placed: Session, area: Area, keys: Keys, move: Move,
    see_as: Callable[[Viewer], Session],
) -> None:  # fmt: skip
    over = bring("Інше", key="over")
    move(over.problem, "refused", reason="advert")
    see_as(OPERATOR)
    with pytest.raises(Conflict):
        hotline.join(placed, OPERATOR, keys, area, over.problem, PETRO, key="late", now=NOW)
    with pytest.raises(NotFound):
        hotline.join(placed, OPERATOR, keys, area, uuid4(), PETRO, key="none", now=NOW)
    with pytest.raises(BadFields):
        joined(Contact(phone="дев'ять"), key="bad")


# --- who wants a call back --------------------------------------------------------------------------------------------


def test_whoever_waits_longest_is_called_first(take: Take, placed: Session, area: Area) -> None:
    early, late = take(key="early"), take(contact=replace(PETRO, call_back=True), key="late")
    placed.execute(
        text("UPDATE problem_contacts SET made_at = made_at - interval '1 hour' WHERE problem_id = :id"),
        {"id": early.problem},
    )
    assert [call.number for call in hotline.calls(placed, OPERATOR, now=NOW)] == [early.number, late.number]
    assert hotline.waiting(placed, OPERATOR) == 2


def test_a_call_is_written_down_with_a_note_and_can_be_undone(take: Take, placed: Session, area: Area) -> None:
    receipt = take()
    [call] = hotline.calls(placed, OPERATOR, now=NOW)
    hotline.called(placed, OPERATOR, area, call.id, words="Подякувала", now=NOW)
    assert hotline.waiting(placed, OPERATOR) == 0
    [done] = hotline.calls(placed, OPERATOR, now=NOW + timedelta(days=6))
    assert done.called_back_at == NOW
    assert hotline.calls(placed, OPERATOR, now=NOW + timedelta(days=8)) == []
    [said] = store.messages_of(placed, receipt.problem)
    assert (said.body, said.audience) == ("Подякувала", "desk")
    with pytest.raises(Conflict):
        hotline.called(placed, OPERATOR, area, call.id, now=NOW)
    hotline.not_called(placed, OPERATOR, call.id)
    assert hotline.waiting(placed, OPERATOR) == 1
    with pytest.raises(Conflict):
        hotline.not_called(placed, OPERATOR, call.id)
    events = [line["event"] for line in history.of(placed, "problem", str(receipt.problem))]
    assert events == ["received", "called_back", "call_undone"]


def test_an_operator_of_one_hromada_calls_its_people_only(
    take: Take, placed: Session, area: Area, see_as: Callable[[Viewer], Session]
) -> None:
    take()
    [call] = hotline.calls(placed, OPERATOR, now=NOW)
    elsewhere = viewer("operator", "H2")
    see_as(elsewhere)
    assert hotline.calls(placed, elsewhere, now=NOW) == []
    assert hotline.waiting(placed, elsewhere) == 0
    with pytest.raises(Conflict):
        hotline.called(placed, elsewhere, area, call.id, now=NOW)


def test_nobody_but_the_desk_sees_who_wants_a_call(take: Take, placed: Session) -> None:
    take()
    for role in ("police_lead", "executor", "deputy"):
        with pytest.raises(NotAllowed):
            hotline.calls(placed, viewer(role), now=NOW)


# --- a pasted message -------------------------------------------------------------------------------------------------

PASTED = "[23.11.2026 18:42] Олена Приклад: Біля ринку не горить ліхтар, передзвоніть 050 000 00 01"


def test_a_pasted_message_becomes_a_draft(placed: Session, see_as: Callable[[Viewer], Session]) -> None:
    see_as(OPERATOR)
    draft = hotline.draft(placed, OPERATOR, PASTED)
    assert draft.categories[0].code == "lighting"
    assert (draft.message.sender, draft.message.phone, draft.message.call_back) == (
        "Олена Приклад",
        "+380500000001",
        True,
    )
    assert draft.kind == "problem"


def test_a_pasted_thanks_to_the_police_is_known_as_such(placed: Session) -> None:
    assert hotline.draft(placed, COORDINATOR, "Дякую дільничному, швидко приїхав").kind == "thanks"


def test_a_pasted_message_about_the_military_is_not_taken(placed: Session) -> None:
    with pytest.raises(NotTaken):
        hotline.draft(placed, OPERATOR, "[23.11.2026 18:42] Олена: за школою стоїть танк")


def test_a_category_that_a_keeper_taught_a_word_is_guessed_by_it(placed: Session) -> None:
    assert hotline.guess(placed, "фурфурка") == []
    placed.execute(text("UPDATE categories SET words = words || ', фурфурка' WHERE code = 'animals'"))
    placed.expire_all()
    assert hotline.guess(placed, "фурфурка")[0].code == "animals"


def test_only_the_desk_pastes(placed: Session) -> None:
    with pytest.raises(NotAllowed):
        hotline.draft(placed, viewer("deputy"), PASTED)
