"""Letters on a real database: numbers, what they say, what they move, and who may see them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.area import Area
from layers.database.engine import Database
from layers.errors import BadFields, Conflict, NotAllowed, NotFound, Stale
from layers.letters import actions, papers, rules, store
from layers.letters.checks import Draft, Following
from layers.letters.store import Sought
from layers.letters.tables import Letter
from layers.problems import actions as problems
from layers.problems import store as problem_store
from layers.viewer import PUBLIC, Role, Viewer, robot
from tests.database import viewer
from tests.layers.letters.conftest import APPLICANT, Write
from tests.layers.problems.conftest import COORDINATOR, NOW, Bring, Move

Confirm = Callable[..., UUID]
SeeAs = Callable[[Viewer], Session]
TODAY = date(2026, 11, 23)
PDF = b"%PDF-1.4\n%a scan\n%%EOF\n"


def following(letter: Letter, **given: object) -> Following:
    kept = {name: getattr(letter, name) for name in Following.__dataclass_fields__}
    return Following(**{**kept, **given})  # type: ignore[arg-type]


def draft_of(letter: Letter) -> Draft:
    return Draft(
        letter.kind,
        letter.institution_id,
        letter.subject,
        letter.body,
        letter.request,
        letter.signatory,
        letter.signatory_position,
        letter.language,
        letter.answer_days,
    )


def save(session: Session, area: Area, letter: UUID, who: Viewer = COORDINATOR, now: datetime = NOW, **given: object):
    found = store.one(session, letter)
    assert found
    return actions.save(
        session, who, area, letter, draft_of(found), following(found, **given), version=found.version, now=now
    )


def public_id(session: Session, problem: UUID) -> UUID:
    found = problem_store.one(session, problem)
    assert found
    return found.public_id


# --- what a letter says -----------------------------------------------------------------------------------------------


def test_a_letter_tells_each_report_as_the_desk_has_it_and_has_the_categorys_own_days(
    bring: Bring, confirm: Confirm, write: Write, placed: Session
) -> None:
    first = confirm(bring(place_words="навпроти аптеки"))
    second = confirm(bring("Яма на дорозі", "road"), "Яма на переході")
    letter = write([second, first])
    items = store.items_of(placed, letter)
    assert [(item.position, item.category, item.words) for item in items] == [
        (1, "road", "Яма на переході"),
        (2, "lighting", "Не світить ліхтар біля ринку"),
    ]
    assert "навпроти аптеки" in items[1].place
    assert "50,01500; 36,00500" in items[1].place
    assert items[1].day == TODAY


def test_what_a_letter_said_does_not_change_with_the_report_until_the_report_is_removed(
    bring: Bring, confirm: Confirm, write: Write, placed: Session, area: Area, see_as: SeeAs
) -> None:
    report = confirm(bring())
    letter = write([report])
    found = problem_store.one(placed, report)
    problems.edit(placed, robot("test"), area, report, words="Інші слова", category="lighting", version=found.version)
    assert store.items_of(placed, letter)[0].words == "Не світить ліхтар біля ринку"
    see_as(COORDINATOR)
    problems.remove(placed, COORDINATOR, area, report, why="sensitive", now=NOW)
    [left] = store.items_of(placed, letter)
    assert (left.words, left.place, left.day) == ("", "", None)


def test_a_plain_letter_is_only_about_confirmed_reports(bring: Bring, write: Write) -> None:
    receipt = bring()
    with pytest.raises(BadFields) as wrong:
        write([receipt.problem])
    assert str(receipt.number) in str(wrong.value.fields["problems"])


def test_a_letter_needs_an_addressee_a_subject_and_a_report(write: Write, placed: Session, area: Area) -> None:
    with pytest.raises(BadFields) as wrong:
        actions.write(placed, COORDINATOR, area, Draft("letter", None, " "), [], key="k", now=NOW)
    assert set(wrong.value.fields) == {"institution", "subject", "problems"}


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_numbers_follow_each_other_within_a_year_and_begin_anew(
    bring: Bring, confirm: Confirm, write: Write, placed: Session
) -> None:
    report = confirm(bring())
    letters = [write([report]), write([report], "appeal"), write([report], now=NOW + timedelta(days=40))]
    assert [store.one(placed, letter).out for letter in letters] == ["1/2026", "2/2026", "1/2027"]


def test_a_letter_that_failed_or_came_twice_takes_no_number(
    bring: Bring, confirm: Confirm, write: Write, placed: Session
) -> None:
    report = confirm(bring())
    with pytest.raises(BadFields):
        write([report], subject="")
    first = write([report], key="the same")
    assert write([report], key="the same") == first
    assert store.one(placed, write([report])).out == "2/2026"


@pytest.fixture
def many(database: Database, area: Area) -> tuple[UUID, UUID]:
    """Give a committed report and an institution."""
    from layers.people.credentials import Keys
    from layers.problems import intake
    from layers.problems.intake import Report

    with database.begin(robot("test")) as session:
        report = Report("lighting", "Слова", None, None, place_words="десь", device="д")
        made = intake.submit(
            session, robot("test"), Keys("a secret of thirty-two characters at least"), area, intake.prepare(report),
            key="many", now=NOW,
        )  # fmt: skip
        institution = session.scalar(text("SELECT id FROM institutions WHERE code = 'energy'"))
    return made.problem, institution


def test_forty_letters_at_once_have_forty_numbers_without_a_gap_though_every_fifth_fails(
    database: Database, area: Area, many: tuple[UUID, UUID], owner_url: str
) -> None:
    problem, institution = many

    def enter(n: int) -> None:
        draft = Draft("appeal", institution, "Тема")
        try:
            with database.begin(COORDINATOR) as session:
                actions.write(session, COORDINATOR, area, draft, [problem], applicant=APPLICANT, key=f"{n}", now=NOW)
                if n % 5 == 0:
                    raise RuntimeError("after the number was taken")
        except RuntimeError:
            pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter, range(50)))
    with psycopg.connect(owner_url) as connection:
        connection.execute("SET row_security = off")
        numbers = [n for (n,) in connection.execute("SELECT number FROM letters ORDER BY number").fetchall()]
        for table in ("letter_appeals", "letter_problems", "letters", "letter_numbers"):
            connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            connection.execute(f"DELETE FROM {table}")
            connection.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    assert numbers == list(range(1, 41))


def test_a_deputys_letters_have_their_own_numbers(
    bring: Bring, confirm: Confirm, write: Write, placed: Session
) -> None:
    report = confirm(bring())
    about = [public_id(placed, report)]
    one, another = viewer("deputy"), viewer("deputy")
    write([report])
    letters = [write(about, "deputy", who=one), write(about, "deputy", who=one), write(about, "deputy", who=another)]
    assert [store.one(placed, letter).out for letter in letters] == ["1/2026", "2/2026", "1/2026"]


# --- the three tracks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["name", "residence", "substance", "consent"])
def test_an_appeal_needs_name_residence_substance_and_consent(
    bring: Bring, write: Write, placed: Session, field: str
) -> None:
    report = bring().problem
    with pytest.raises(BadFields) as wrong:
        write([report], "appeal", applicant=replace(APPLICANT, **{field: " "}))
    assert set(wrong.value.fields) == {field}
    assert placed.scalar(text("SELECT count(*) FROM letters")) == 0


def test_a_conversion_records_the_consent_and_the_day_to_forward_it_and_leaves_the_report_on_the_map(
    bring: Bring, confirm: Confirm, write: Write, placed: Session
) -> None:
    report = confirm(bring())
    letter = write([report], "appeal")
    appeal = store.appeal_of(placed, letter)
    assert (appeal.name, appeal.consent_how, appeal.consent_at) == (APPLICANT.name, "phone", NOW)
    assert appeal.consent_account == COORDINATOR.account
    assert appeal.forward_by == date(2026, 11, 30)  # five days end on a Saturday
    assert problem_store.one(placed, report).status == "confirmed"
    events = [line for line in problems.history.of(placed, "problem", str(report)) if line["event"] == "appealed"]
    assert [line["codes"] for line in events] == [{"letter": str(letter)}]


def test_whose_appeal_it_is_is_for_the_desk_alone_and_forgotten_a_year_after_the_answer(
    bring: Bring, confirm: Confirm, write: Write, placed: Session, area: Area, see_as: SeeAs
) -> None:
    letter = write([confirm(bring())], "appeal", to="police_department")
    save(placed, area, letter, sent_on=TODAY, registered_on=TODAY, answered_on=TODAY, outcome="explained")
    see_as(viewer("police_lead"))
    assert store.one(placed, letter) is not None
    assert store.appeal_of(placed, letter) is None
    see_as(robot("clock"))
    assert actions.forget(placed, NOW + timedelta(days=364)) == 0
    assert actions.forget(placed, NOW + timedelta(days=366)) == 1
    placed.expire_all()
    erased = store.appeal_of(placed, letter)
    assert (erased.name, erased.residence, erased.contact, erased.substance) == (None, None, None, None)
    assert store.one(placed, letter).answered_on == TODAY


# --- what it moves ----------------------------------------------------------------------------------------------------


def test_a_sent_letter_brings_its_confirmed_reports_to_forwarded_with_the_institution(
    bring: Bring, confirm: Confirm, write: Write, move: Move, placed: Session, area: Area,
    institution: Callable[[str], UUID],
) -> None:  # fmt: skip
    waiting, working = confirm(bring()), confirm(bring("Друге", "road"), "Друге")
    move(working, "forwarded", institution=institution("utilities"))
    move(working, "in_work")
    letter = write([waiting, working])
    done = actions.mark_sent(placed, COORDINATOR, area, letter, version=1, now=NOW)
    moved, left = problem_store.one(placed, waiting), problem_store.one(placed, working)
    assert (moved.status, moved.institution_id) == ("forwarded", institution("energy"))
    assert (left.status, left.institution_id) == ("in_work", institution("utilities"))
    assert (done.forwarded, done.left) == ((moved.number,), (left.number,))
    assert store.one(placed, letter).state == "sent"


def test_if_a_report_cannot_move_the_letter_is_not_sent_either(
    bring: Bring, confirm: Confirm, write: Write, placed: Session, area: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = write([confirm(bring())])

    def refuse(*_: object, **__: object) -> int:
        raise Conflict("no")

    monkeypatch.setattr(problems, "move", refuse)
    with pytest.raises(Conflict), placed.begin_nested():
        actions.mark_sent(placed, COORDINATOR, area, letter, version=1, now=NOW)
    assert store.one(placed, letter).state == "prepared"


def test_the_answer_can_mark_reports_done_in_its_own_words_and_only_after_it_is_written_down(
    bring: Bring, confirm: Confirm, write: Write, placed: Session, area: Area
) -> None:
    report = confirm(bring())
    letter = write([report])
    save(placed, area, letter, sent_on=TODAY)

    def tell() -> int:
        return actions.tell_reports(
            placed, COORDINATOR, area, letter, {report: "done"}, words="Лампу замінено.",
            signed="Вигаданий О. О., майстер", publish=True, now=NOW,
        )  # fmt: skip

    with pytest.raises(Conflict):
        tell()
    save(placed, area, letter, answered_on=TODAY, outcome="done", answer="Лампу замінено.")
    assert tell() == 1
    found = problem_store.one(placed, report)
    assert (found.status, found.answered_at) == ("done", NOW)
    said = placed.scalar(text("SELECT body FROM problem_steps_public WHERE status = 'done'"))
    assert said == "Лампу замінено."


def test_a_deputys_letter_moves_no_report(
    bring: Bring, confirm: Confirm, write: Write, placed: Session, area: Area, see_as: SeeAs
) -> None:
    report, deputy = confirm(bring()), viewer("deputy")
    letter = write([public_id(placed, report)], "deputy", who=deputy)
    see_as(deputy)
    actions.mark_sent(placed, deputy, area, letter, version=1, now=NOW)
    see_as(robot("test"))
    assert problem_store.one(placed, report).status == "confirmed"


# --- following up -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"sent_on": TODAY + timedelta(days=1)}, "sent_on"),
        ({"sent_on": TODAY - timedelta(days=1)}, "sent_on"),  # before it was written
        ({"registered_on": TODAY}, "registered_on"),  # before it was sent
        ({"sent_on": TODAY, "incoming_number": "77"}, "registered_on"),
        ({"sent_on": TODAY, "answered_on": TODAY}, "outcome"),
        ({"sent_on": TODAY, "outcome": "done"}, "answered_on"),
        ({"sent_on": TODAY, "term": "extended"}, "extended_on"),
    ],
)
def test_dates_that_cannot_be_are_refused_beside_their_field(
    bring: Bring, confirm: Confirm, write: Write, placed: Session, area: Area, given: dict[str, object], field: str
) -> None:
    letter = write([confirm(bring())], "appeal")
    with pytest.raises(BadFields) as wrong:
        save(placed, area, letter, **given)
    assert set(wrong.value.fields) == {field}


def test_the_control_date_is_computed_when_the_registration_is_entered_and_goes_with_it(
    bring: Bring, confirm: Confirm, write: Write, placed: Session, area: Area
) -> None:
    letter = write([confirm(bring())], "appeal")
    save(placed, area, letter, sent_on=TODAY)
    assert store.one(placed, letter).due_on is None
    save(placed, area, letter, incoming_number="77", registered_on=TODAY)
    assert store.one(placed, letter).due_on == date(2026, 12, 23)
    save(placed, area, letter, term="extended", extended_on=TODAY)
    assert store.one(placed, letter).due_on == date(2027, 1, 7)
    save(placed, area, letter, incoming_number="", registered_on=None, term="month", extended_on=None)
    assert store.one(placed, letter).due_on is None


def test_the_databases_state_is_the_rules_state(
    bring: Bring, confirm: Confirm, write: Write, placed: Session, area: Area
) -> None:
    letter = write([confirm(bring())])
    stages: list[dict[str, object]] = [
        {"sent_on": TODAY}, {"registered_on": TODAY}, {"answered_on": TODAY, "outcome": "done"},
    ]  # fmt: skip
    for given in stages:
        save(placed, area, letter, **given)
        found = store.one(placed, letter)
        assert found.state == rules.state_of(found)


def test_a_letter_changed_by_somebody_else_is_not_overwritten(
    bring: Bring, confirm: Confirm, write: Write, placed: Session, area: Area
) -> None:
    letter = write([confirm(bring())])
    found = store.one(placed, letter)
    save(placed, area, letter, sent_on=TODAY)
    with pytest.raises(Stale):
        actions.save(
            placed, COORDINATOR, area, letter, draft_of(found), following(found, executor="Хтось"), version=1, now=NOW
        )


def test_a_cancelled_letter_keeps_its_number_and_a_sent_one_is_not_cancelled(
    bring: Bring, confirm: Confirm, write: Write, placed: Session, area: Area
) -> None:
    report = confirm(bring())
    cancelled, sent = write([report]), write([report])
    actions.cancel(placed, COORDINATOR, area, cancelled, version=1, now=NOW)
    assert store.one(placed, cancelled).state == "cancelled"
    assert store.one(placed, write([report])).out == "3/2026"
    actions.mark_sent(placed, COORDINATOR, area, sent, version=1, now=NOW)
    with pytest.raises(Conflict):
        actions.cancel(placed, COORDINATOR, area, sent, version=2, now=NOW)
    with pytest.raises(Conflict):
        save(placed, area, cancelled, sent_on=TODAY)


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_each_role_sees_its_own_letters(
    bring: Bring, confirm: Confirm, write: Write, placed: Session, area: Area, see_as: SeeAs
) -> None:
    report, deputy, executor = confirm(bring()), viewer("deputy"), viewer("executor")
    energy, police = write([report]), write([report], to="police_department")
    mine = write([public_id(placed, report)], "deputy", who=deputy, to="utilities")
    prepared = write([report])
    for letter in (energy, police):
        actions.mark_sent(placed, COORDINATOR, area, letter, version=1, now=NOW)
    placed.execute(
        text("UPDATE institutions SET members = ARRAY[cast(:me AS uuid)] WHERE code = 'energy'"),
        {"me": executor.account},
    )

    def seen(who: Viewer) -> set[UUID]:
        return {line.id for line in store.journal(see_as(who), Sought(), today=TODAY)}

    assert seen(COORDINATOR) == seen(viewer("operator")) == {energy, police, mine, prepared}
    assert seen(deputy) == {mine}
    assert seen(viewer("deputy")) == set()
    assert seen(executor) == {energy}
    assert seen(viewer("police_lead")) == {police}
    assert seen(viewer("officer")) == seen(viewer("starosta")) == seen(PUBLIC) == set()


def test_who_only_reads_a_letter_changes_nothing(
    bring: Bring, confirm: Confirm, write: Write, placed: Session, area: Area, see_as: SeeAs
) -> None:
    letter = write([confirm(bring())], to="police_department")
    actions.mark_sent(placed, COORDINATOR, area, letter, version=1, now=NOW)
    lead = viewer("police_lead")
    see_as(lead)
    with pytest.raises(NotAllowed):
        save(placed, area, letter, lead, executor="Хтось")
    with pytest.raises(NotAllowed):
        actions.get(placed, viewer(Role.OFFICER), letter)
    changed = placed.execute(text("UPDATE letters SET executor = 'x' WHERE id = :id"), {"id": letter})
    assert changed.rowcount == 0


def test_a_deputy_writes_only_of_public_reports_in_public_words(
    bring: Bring, confirm: Confirm, write: Write, placed: Session
) -> None:
    report = confirm(bring("Слова, яких ніхто не бачив", place_words="за таємним парканом"))
    deputy = viewer("deputy")
    letter = write([public_id(placed, report)], "deputy", who=deputy)
    [item] = store.items_of(placed, letter)
    assert (item.words, item.day) == ("Не світить ліхтар біля ринку", None)
    assert "парканом" not in item.place
    assert "50,0" not in item.place
    with pytest.raises(BadFields):
        write([report], "deputy", who=deputy)  # an id of the desk's means nothing to a deputy
    with pytest.raises(NotAllowed):
        write([public_id(placed, report)], "letter", who=deputy)
    hidden = bring("Ще не перевірене", key="other")
    with pytest.raises(BadFields):
        write([public_id(placed, hidden.problem)], "deputy", who=deputy)


# --- the scan ---------------------------------------------------------------------------------------------------------


def test_a_scan_is_kept_for_staff_replaced_and_removed(
    bring: Bring, confirm: Confirm, write: Write, placed: Session, see_as: SeeAs, photo: bytes
) -> None:
    letter = write([confirm(bring())])
    clerk = viewer("operator")
    see_as(clerk)
    papers.keep_scan(placed, clerk, letter, PDF, version=1)
    assert papers.scan_of(placed, clerk, letter).content == PDF
    see_as(COORDINATOR)
    papers.keep_scan(placed, COORDINATOR, letter, photo, version=2)  # somebody else's scan goes
    kept = papers.scan_of(placed, COORDINATOR, letter)
    assert (kept.media_type, kept.audience) == ("image/jpeg", "staff")
    assert kept.content != photo  # a new picture
    papers.drop_scan(placed, COORDINATOR, letter, version=3)
    with pytest.raises(NotFound):
        papers.scan_of(placed, COORDINATOR, letter)
    assert placed.scalar(text("SELECT count(*) FROM files")) == 0


def test_the_scan_of_an_appeal_names_a_person_and_is_for_the_desk_alone(
    bring: Bring, write: Write, placed: Session, see_as: SeeAs
) -> None:
    letter = write([bring().problem], "appeal")
    see_as(COORDINATOR)
    papers.keep_scan(placed, COORDINATOR, letter, PDF, version=1)
    assert papers.scan_of(placed, COORDINATOR, letter).audience == "desk"


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"<html>", b"x" * (rules.MOST_SCAN_BYTES + 1)])
def test_what_is_no_scan_is_refused_beside_its_field(
    bring: Bring, confirm: Confirm, write: Write, placed: Session, content: bytes
) -> None:
    letter = write([confirm(bring())])
    with pytest.raises(BadFields) as wrong:
        papers.keep_scan(placed, COORDINATOR, letter, content, version=1)
    assert set(wrong.value.fields) == {"scan"}


def test_a_template_is_the_coordinators_to_keep_and_the_most_particular_one_serves(
    placed: Session, see_as: SeeAs
) -> None:
    def keep(who: Viewer, name: str, institution_kind: str = "") -> None:
        papers.keep_template(
            placed, who, kind="letter", institution_kind=institution_kind, language="uk", name=name, content=b"x",
            now=NOW,
        )  # fmt: skip

    def serving(institution_kind: str) -> str:
        found = store.template_for(placed, "letter", institution_kind, "uk")
        return found.name if found else ""

    with pytest.raises(NotAllowed):
        keep(viewer("operator"), "a.docx")
    see_as(COORDINATOR)
    assert serving("police") == ""
    keep(COORDINATOR, "any.docx")
    keep(COORDINATOR, "police.docx", "police")
    keep(COORDINATOR, "police-2.docx", "police")
    assert (serving("police"), serving("energy")) == ("police-2.docx", "any.docx")
