"""The queue: who sees which tab, what lies in it and in which order; reports around; the desk's own target."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.area import Area
from layers.categories import store as categories
from layers.errors import BadFields, Conflict, NotAllowed, Stale
from layers.files.images import Box
from layers.people.credentials import Keys
from layers.problems import actions, answers, desk, hotline, neighbours, rules, store, target
from layers.problems.desk import BY_CODE, Narrowing
from layers.problems.intake import Contact
from layers.viewer import PUBLIC, Viewer, robot
from tests.database import viewer
from tests.layers.problems.conftest import COORDINATOR, IN_CITY, IN_VILLAGE, NOW, Bring, Move

Confirm = Callable[..., object]
SeeAs = Callable[[Viewer], Session]
KYIV = ZoneInfo("Europe/Kyiv")
EVERYTHING = Narrowing()


def numbers(session: Session, tab: str, narrowing: Narrowing = EVERYTHING, **given: object) -> list[int]:
    return [row.number for row in desk.page(session, BY_CODE[tab], narrowing, now=NOW, **given).rows]  # type: ignore[arg-type]


def counted(session: Session, who: Viewer = COORDINATOR, narrowing: Narrowing = EVERYTHING) -> dict[str, int]:
    return {tab: n for tab, n in desk.counts(session, who, narrowing, now=NOW).items() if n}


# --- tabs -------------------------------------------------------------------------------------------------------------


def test_each_report_lies_in_the_tab_of_what_is_to_be_done_with_it(
    bring: Bring, confirm: Confirm, move: Move, placed: Session, see_as: SeeAs
) -> None:
    new, asked, open_, done = (bring(f"Ліхтар {n}") for n in range(4))
    move(asked.problem, "needs_info", words="Де саме?")
    confirm(open_)
    confirm(done)
    someone = placed.scalar(text("SELECT id FROM institutions LIMIT 1"))
    move(done.problem, "forwarded", institution=someone)
    move(done.problem, "done", words="Полагодили")
    session = see_as(COORDINATOR)
    where = {tab: numbers(session, tab) for tab in ("new", "info", "confirmed", "done", "work")}
    assert where == {
        "new": [new.number], "info": [asked.number], "confirmed": [open_.number], "done": [done.number], "work": [],
    }  # fmt: skip
    assert counted(session) == {"new": 1, "info": 1, "confirmed": 1, "done": 1, "all": 4}


def test_counts_and_pages_agree_for_every_tab_and_role(
    bring: Bring, confirm: Confirm, placed: Session, see_as: SeeAs
) -> None:
    bring("Один", contact=Contact(phone="0501234567", call_back=True))
    confirm(bring("Два"))
    for who in (COORDINATOR, viewer("operator"), viewer("police_lead"), viewer("starosta", "H1"), viewer("executor")):
        session = see_as(who)
        counts = desk.counts(session, who, EVERYTHING, now=NOW)
        assert set(counts) == {tab.code for tab in desk.tabs_of(who)}
        assert counts == {tab: len(numbers(session, tab)) for tab in counts}


def test_what_is_not_confirmed_is_in_nobodys_queue_but_the_desks(bring: Bring, confirm: Confirm, see_as: SeeAs) -> None:
    bring("Ще не перевірено")
    shown = bring("Перевірено")
    confirm(shown)
    police = viewer("police_lead")
    assert numbers(see_as(police), "all") == [shown.number]
    assert "new" not in {tab.code for tab in desk.tabs_of(police)}
    assert numbers(see_as(PUBLIC), "all") == []


def test_a_report_is_overdue_from_the_moment_its_answer_is_until_it_is_closed(
    bring: Bring, confirm: Confirm, move: Move, placed: Session, see_as: SeeAs
) -> None:
    late = bring("Давнє", now=NOW - timedelta(days=30))
    bring("Сьогоднішнє")
    session = see_as(COORDINATOR)
    assert numbers(session, "overdue") == [late.number]
    see_as(robot("test"))
    move(late.problem, "refused", reason="advert")
    assert numbers(see_as(COORDINATOR), "overdue") == []


def test_whoever_waits_for_a_call_is_listed_until_they_were_called(
    bring: Bring, placed: Session, see_as: SeeAs, area: Area
) -> None:
    receipt = bring("Передзвоніть", contact=Contact(phone="0501234567", call_back=True))
    session = see_as(COORDINATOR)
    assert numbers(session, "calls") == [receipt.number]
    [contact] = store.contacts_of(session, receipt.problem)
    hotline.called(session, COORDINATOR, area, contact.id, now=NOW)
    assert numbers(session, "calls") == []
    with pytest.raises(NotAllowed):
        hotline.called(session, viewer("police_lead"), area, contact.id, now=NOW)


def test_what_an_executor_said_is_new_until_the_desk_says_something(
    bring: Bring, confirm: Confirm, move: Move, placed: Session, see_as: SeeAs, area: Area
) -> None:
    receipt = bring()
    confirm(receipt)
    executor = viewer("executor")
    placed.execute(text("UPDATE institutions SET members = ARRAY[CAST(:who AS uuid)]"), {"who": executor.account})
    move(receipt.problem, "forwarded", institution=placed.scalar(text("SELECT id FROM institutions LIMIT 1")))
    assert numbers(see_as(COORDINATOR), "news") == []
    see_as(robot("test"))
    move(receipt.problem, "in_work", executor, words="Беремо в роботу", signed="Іван Приклад, майстер")
    session = see_as(COORDINATOR)
    assert numbers(session, "news") == [receipt.number]
    actions.note(session, COORDINATOR, area, receipt.problem, words="Бачили", now=NOW)
    assert numbers(session, "news") == []


# --- order and pages --------------------------------------------------------------------------------------------------


def test_new_reports_come_flagged_first_then_the_graver_and_the_longer_waiting(
    bring: Bring, placed: Session, see_as: SeeAs
) -> None:
    light = bring("Ліхтар", now=NOW - timedelta(hours=1))
    older = bring("Ліхтар давній", now=NOW - timedelta(days=1))
    shelter = bring("Укриття зачинене", "shelter", now=NOW)
    flagged = bring("Дивне", "other", now=NOW)
    placed.execute(
        text("UPDATE problem_words SET concerns = '{military}' WHERE problem_id = :id"), {"id": flagged.problem}
    )
    order = [flagged.number, shelter.number, older.number, light.number]
    assert numbers(see_as(COORDINATOR), "new") == order


@pytest.mark.parametrize("tab", ["new", "all"])
def test_pages_follow_each_other_without_a_gap_or_a_repeat_also_when_rows_come_in_between(
    bring: Bring, see_as: SeeAs, tab: str
) -> None:
    for n in range(7):
        bring(f"Ліхтар номер {n}", now=NOW - timedelta(minutes=n // 2))
    session = see_as(COORDINATOR)
    whole = numbers(session, tab)
    first = desk.page(session, BY_CODE[tab], EVERYTHING, now=NOW, limit=3)
    see_as(robot("test"))
    bring("Щойно надійшло", now=NOW + timedelta(minutes=5))
    session, seen, cursor = see_as(COORDINATOR), [row.number for row in first.rows], first.further
    while cursor:
        page = desk.page(session, BY_CODE[tab], EVERYTHING, now=NOW, limit=3, cursor=cursor)
        seen += [row.number for row in page.rows]
        cursor = page.further
    assert seen[: len(whole)] == whole
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("cursor", ["", "0", "x_y_z", "0_NaN_7f1a", "0_Infinity_00000000-0000-0000-0000-000000000000"])
def test_a_cursor_that_is_none_begins_anew(bring: Bring, see_as: SeeAs, cursor: str) -> None:
    receipt = bring()
    assert numbers(see_as(COORDINATOR), "new", cursor=cursor) == [receipt.number]


# --- narrowing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("narrowing", "found"),
    [
        (Narrowing(category=("road",)), {"road"}),
        (Narrowing(unit=("V1",)), {"road"}),
        (Narrowing(unit=("H1",)), {"road", "light"}),
        (Narrowing(source=("phone",)), {"light"}),
        (Narrowing(status=("checking",)), set()),
        (Narrowing(since=NOW.date(), timezone="Europe/Kyiv"), {"light"}),
        (Narrowing(until=(NOW - timedelta(days=1)).date(), timezone="Europe/Kyiv"), {"road"}),
        (Narrowing(words="дорога"), {"road"}),
        (Narrowing(words="яму на дорогах"), {"road"}),
        (Narrowing(words="ліхт"), {"light"}),
        (Narrowing(words="050 123 45 67"), {"light"}),
        (Narrowing(words="трактор"), set()),
        (Narrowing(words="100%_"), set()),
    ],
)
def test_the_queue_is_narrowed_by_what_a_report_is_and_says(
    bring: Bring, see_as: SeeAs, narrowing: Narrowing, found: set[str]
) -> None:
    light = bring("Не світить ліхтар", source="phone", contact=Contact(phone="0501234567"))
    road = bring("Яма на дорозі", "road", at=IN_VILLAGE, now=NOW - timedelta(days=2))
    names = {light.number: "light", road.number: "road"}
    session = see_as(COORDINATOR)
    assert {names[number] for number in numbers(session, "all", narrowing)} == found
    assert desk.counts(session, COORDINATOR, narrowing, now=NOW)["all"] == len(found)


def test_a_report_is_found_by_its_number_however_it_is_written(bring: Bring, see_as: SeeAs) -> None:
    receipt = bring()
    session = see_as(COORDINATOR)
    for written in (f"{receipt.number}", f"№ {receipt.number}", f"#{receipt.number}"):
        assert numbers(session, "all", Narrowing(words=written)) == [receipt.number]


def test_beyond_the_desk_only_approved_words_are_looked_through(bring: Bring, confirm: Confirm, see_as: SeeAs) -> None:
    receipt = bring("Сусід Приклад пиляє дерева")
    confirm(receipt, "Хтось рубає дерева")
    police = see_as(viewer("police_lead"))
    assert numbers(police, "all", Narrowing(words="сусід")) == []
    assert numbers(police, "all", Narrowing(words="дерево")) == [receipt.number]
    assert numbers(see_as(COORDINATOR), "all", Narrowing(words="сусід")) == [receipt.number]


def test_what_was_erased_is_not_found_by_what_it_said(
    bring: Bring, confirm: Confirm, placed: Session, see_as: SeeAs, area: Area
) -> None:
    receipt = bring("Блакитний автобус")
    confirm(receipt, "Блакитний автобус")
    actions.remove(placed, robot("test"), area, receipt.problem, why="sensitive", now=NOW)
    assert numbers(see_as(COORDINATOR), "all", Narrowing(words="автобус")) == []
    assert placed.scalar(text("SELECT key || approved_key FROM problem_words")) == ""


# --- reports around ---------------------------------------------------------------------------------------------------


def around(session: Session, problem: object, **given: object) -> list[neighbours.Neighbour]:
    found = store.one(session, problem)  # type: ignore[arg-type]
    assert found is not None
    category = categories.one(session, found.category)
    place = store.place_of(session, found.id)
    point = (place.lon, place.lat) if place and place.lon is not None else None
    words = store.words_of(session, found.id)
    assert category is not None
    assert words is not None
    return neighbours.neighbours(session, found.id, category, words.key, point, now=NOW)


def test_open_reports_of_the_family_within_a_kilometre_are_ranked_by_how_likely_they_are_the_same(
    bring: Bring, move: Move, see_as: SeeAs
) -> None:
    lon, lat = IN_CITY
    asked = bring("Не світить ліхтар біля школи")
    same = bring("Біля школи ліхтар не світить", at=(lon + 0.0003, lat))
    other = bring("Собаки біля школи", "animals", at=(lon + 0.001, lat))
    bring("Не світить ліхтар біля школи далеко", at=IN_VILLAGE)
    bring("Перегони", "traffic", at=(lon, lat))
    refused = bring("Ліхтар біля школи", at=(lon, lat + 0.0001))
    move(refused.problem, "refused", reason="advert")
    found = around(see_as(COORDINATOR), asked.problem)
    assert [each.number for each in found] == [same.number, other.number]
    assert found[0].likely == "same"
    assert found[1].likely == "near"
    assert found[0].distance_m == pytest.approx(21.5, abs=1)
    assert (found[0].lon, found[0].lat) == pytest.approx((lon + 0.0003, lat))


def test_a_report_without_a_point_meets_those_that_sound_the_same(bring: Bring, see_as: SeeAs) -> None:
    asked = bring("Не світить ліхтар на вулиці Музейній", at=None, place_words="вулиця Музейна")
    same = bring("На вулиці Музейній не світить ліхтар")
    bring("Яма на дорозі", "road")
    assert [each.number for each in around(see_as(COORDINATOR), asked.problem)] == [same.number]


# --- the desk's own target --------------------------------------------------------------------------------------------


def moment(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=KYIV)


def test_the_target_counts_who_was_answered_within_three_working_days() -> None:
    monday, tuesday, thursday, next_monday = 16, 17, 19, 23
    pairs = [
        (moment(monday), moment(monday, 15)),  # the same day
        (moment(monday), moment(thursday)),  # on the third working day
        (moment(thursday), moment(next_monday + 2)),  # on the fourth
        (moment(tuesday), None),  # its three days are over
        (moment(25), None),  # still has time
    ]
    found = target.first_answers(pairs, now=moment(25, 18), martial_law=True, timezone=KYIV)
    assert (found.n, found.kept, found.answered, found.late) == (4, 2, 3, 1)
    assert found.share == 0.5
    assert found.median_days == 3


def test_without_reports_the_target_has_no_figures() -> None:
    found = target.first_answers([], now=moment(25), martial_law=True, timezone=KYIV)
    assert (found.n, found.share, found.median_days) == (0, None, None)


def test_a_signed_word_to_the_author_is_the_first_answer_that_is_measured(
    bring: Bring, placed: Session, see_as: SeeAs, area: Area
) -> None:
    receipt = bring()
    bring("Друге")
    session = see_as(COORDINATOR)
    actions.answer(
        session, COORDINATOR, area, receipt.problem, words="Дякуємо", signed="Олена Приклад, координаторка",
        publish=False, now=NOW + timedelta(hours=2),
    )  # fmt: skip
    found = answers.measured(session, area, now=NOW + timedelta(hours=3))
    assert (found.n, found.kept, found.median_days) == (1, 1, 0)
    assert answers.last_signature(session, COORDINATOR) == "Олена Приклад, координаторка"
    assert answers.last_signature(session, viewer("coordinator")) == ""


# --- whom to tell, what to publish ------------------------------------------------------------------------------------


def test_authors_of_a_report_and_of_those_merged_into_it_are_told_whoever_makes_the_step(
    bring: Bring, confirm: Confirm, move: Move, placed: Session, see_as: SeeAs, keys: Keys
) -> None:
    one = bring("Ліхтар", contact=Contact(email="one@example.org"), device="один")
    two = bring("Ліхтар теж", contact=Contact(email="two@example.org"), device="два", language="en")
    confirm(one)
    move(two.problem, "merged", into=one.problem)
    executor = viewer("executor")
    session = see_as(executor)
    told = answers.authors(session, executor, keys, one.problem)
    assert {(each.email, each.language, each.token) for each in told} == {
        ("one@example.org", "uk", one.token), ("two@example.org", "en", two.token),
    }  # fmt: skip
    assert session.scalar(text("SELECT count(*) FROM problem_contacts")) == 0  # still an executor, who sees none


def test_what_an_executor_says_is_public_only_once_a_coordinator_publishes_it(
    bring: Bring, confirm: Confirm, move: Move, placed: Session, see_as: SeeAs
) -> None:
    receipt = bring()
    confirm(receipt)
    executor = viewer("executor")
    placed.execute(text("UPDATE institutions SET members = ARRAY[CAST(:who AS uuid)]"), {"who": executor.account})
    move(receipt.problem, "forwarded", institution=placed.scalar(text("SELECT id FROM institutions LIMIT 1")))
    with pytest.raises(NotAllowed):
        move(receipt.problem, "in_work", executor, words="Публікую сам", publish=True, signed="Іван Приклад")
    move(receipt.problem, "in_work", executor, words="Телефон майстра 0501234567", signed="Іван Приклад, майстер")
    said = text("SELECT body, signed FROM problem_steps_public WHERE status = 'in_work'")
    assert tuple(placed.execute(said).one()) == ("", "")
    message = store.messages_of(placed, receipt.problem)[-1]
    found = store.one(placed, receipt.problem)
    assert found is not None
    session = see_as(COORDINATOR)
    version = answers.publish(
        session, COORDINATOR, found.id, message.id, words="Майстер уже працює", version=found.version
    )
    see_as(robot("test"))
    assert tuple(placed.execute(said).one()) == ("Майстер уже працює", "Іван Приклад, майстер")
    answers.publish(see_as(COORDINATOR), COORDINATOR, found.id, message.id, words="", version=version)
    see_as(robot("test"))
    assert tuple(placed.execute(said).one()) == ("", "")


# --- photos -----------------------------------------------------------------------------------------------------------


def test_a_photo_is_approved_only_when_everything_was_looked_for_or_blurred(
    bring: Bring, see_as: SeeAs, photo: bytes
) -> None:
    receipt = bring(photos=(photo,))
    session = see_as(COORDINATOR)
    [kept] = store.photos_of(session, receipt.problem)
    most = set(rules.PHOTO_CHECKS) - {"faces"}
    with pytest.raises(BadFields) as refused:
        actions.judge_photo(session, COORDINATOR, kept.id, approve=True, checked=most)
    assert "checked" in refused.value.fields
    box = Box(0.1, 0.1, 0.4, 0.4)
    actions.judge_photo(session, COORDINATOR, kept.id, approve=True, checked=most, boxes=(box,), version=1)
    assert kept.state == "approved"
    with pytest.raises(Stale):
        actions.judge_photo(session, COORDINATOR, kept.id, approve=False, version=1)


def test_nothing_can_be_done_any_more_with_a_report_that_was_removed_for_good(
    bring: Bring, move: Move, placed: Session, area: Area
) -> None:
    receipt = bring()
    actions.remove(placed, robot("test"), area, receipt.problem, why="sensitive", now=NOW)
    with pytest.raises(Conflict):
        move(receipt.problem, "checking")
    assert actions.get(placed, receipt.problem).status == "refused"
