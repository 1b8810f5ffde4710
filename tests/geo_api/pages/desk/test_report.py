"""One report on one screen: what the desk sees of it, what others see, and what is said when two change it at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from layers.problems.intake import Contact, Receipt
from layers.problems.tables import Problem
from layers.viewer import Viewer
from tests.database import viewer
from tests.geo_api.pages.desk.conftest import COORDINATOR, EXECUTOR, OPERATOR, POLICE, SIGNED, Bring, Clerk

AtDesk = Callable[[Viewer | None], Clerk]
BringTo = Callable[..., Receipt]
Kept = Callable[[Receipt], Problem]
TAG = re.compile(r"<[^>]+>")


def read(page: str) -> str:
    """Return the words of a page without its tags."""
    return " ".join(TAG.sub(" ", page).split())


def test_a_report_is_opened_by_its_number_and_by_its_id(clerk: Clerk, bring: Bring) -> None:
    receipt = bring()
    for ref in (receipt.number, receipt.problem):
        assert f"№ {receipt.number} · Освітлення" in clerk.see(f"/desk/{ref}").text


@pytest.mark.parametrize("ref", ["1", "999999", "0", "x", "10\u0660", str(UUID(int=1)), "9" * 40])
def test_what_is_no_report_is_not_found(clerk: Clerk, ref: str) -> None:
    assert clerk.see(f"/desk/{ref}").status_code == 404


def test_the_desk_sees_what_was_typed_with_personal_data_marked_and_named(clerk: Clerk, bring: Bring) -> None:
    receipt = bring("Не світить ліхтар, дзвоніть 050 123 45 67")
    page = clerk.see(f"/desk/{receipt.number}").text
    assert '<mark class="personal" title="телефон">050 123 45 67<span class="unseen"> (телефон)</span></mark>' in page
    assert "Особисті дані: телефон" in page


def test_names_of_the_towns_own_units_are_not_taken_for_people(clerk: Clerk, bring: Bring, rows: Any) -> None:
    rows_before = clerk.see(f"/desk/{bring('Темно в селі Приклад').number}").text
    assert '<mark class="personal"' not in rows_before


def test_html_in_what_somebody_typed_is_shown_and_does_nothing(clerk: Clerk, bring: Bring) -> None:
    receipt = bring("<script>alert(1)</script> <b>темно</b>", place_words="<img src=x>", at=None)
    page = clerk.see(f"/desk/{receipt.number}").text
    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_police_starostas_and_executors_see_the_place_and_the_approved_words_and_no_more(
    at_desk: AtDesk, bring_to: BringTo
) -> None:
    receipt = bring_to(
        "confirmed", "forwarded", words="Сусід Гамалій не дає світити", public_words="Не світить ліхтар",
        contact=Contact(phone="0501112233", name="Оксана Вигадана"),
    )  # fmt: skip
    for who in (POLICE, EXECUTOR, viewer("starosta", "H1"), viewer("officer", "H1")):
        page = at_desk(who).see(f"/desk/{receipt.number}").text
        assert "Не світить ліхтар" in page
        assert "36.005" in page
        for secret in ("Гамалій", "0501112233", "501112233", "Оксана", receipt.token):
            assert secret not in page, (who.role, secret)


def test_police_see_a_contact_whose_owner_agreed(at_desk: AtDesk, bring_to: BringTo) -> None:
    receipt = bring_to("confirmed", contact=Contact(phone="0501112244", police_may=True))
    assert "+380501112244" in at_desk(POLICE).see(f"/desk/{receipt.number}").text
    desk = read(at_desk(COORDINATOR).see(f"/desk/{receipt.number}").text)
    assert "Це бачать координатор, гаряча лінія й поліція: автор дав згоду." in desk


@pytest.mark.parametrize(
    ("who", "statuses", "offered"),
    [
        (COORDINATOR, (), {"Переглянути й опублікувати", "Узяти на перевірку", "Запитати автора", "Не приймати"}),
        (OPERATOR, (), {"Узяти на перевірку", "Запитати автора", "Обʼєднати"}),
        (COORDINATOR, ("confirmed",), {"Передати", "Обʼєднати", "Зняти з карти"}),
        (POLICE, ("confirmed",), set()),
        (EXECUTOR, ("confirmed", "forwarded"), {"Узяти в роботу", "Виконано"}),
        (EXECUTOR, ("confirmed", "forwarded", "done"), {"Ще не зроблено"}),
        (COORDINATOR, ("refused",), {"Повернути на перевірку"}),
    ],
)
def test_everybody_is_offered_the_steps_that_the_table_gives_them(
    at_desk: AtDesk, bring_to: BringTo, who: Viewer, statuses: tuple[str, ...], offered: set[str]
) -> None:
    page = at_desk(who).see(f"/desk/{bring_to(*statuses).number}").text
    steps = set(re.findall(r'<details class="move[^"]*" id="move-[a-z_]+"[^>]*>\s*<summary>([^<]+?) *<kbd', page))
    assert steps >= offered
    if who.role.value in ("police_lead", "executor", "operator"):
        assert not steps & {"Переглянути й опублікувати", "Не приймати", "Зняти з карти"}


def test_open_reports_around_are_listed_with_how_likely_they_are_the_same(clerk: Clerk, bring: Bring) -> None:
    first = bring("Зграя собак біля водокачки", "animals", at=(36.0105, 50.0105))
    second = bring("Біля водокачки зграя собак", "animals", at=(36.0106, 50.0105))
    page = read(clerk.see(f"/desk/{second.number}").text)
    assert f"№ {first.number} схоже, те саме 7 м" in page
    assert f"Обʼєднати з № {first.number}" in page


def test_the_timeline_says_who_did_what_why_and_what_was_said_to_whom(
    clerk: Clerk, at_desk: AtDesk, bring_to: BringTo
) -> None:
    receipt = bring_to("confirmed", "forwarded")
    words = {"after": "in_work", "words": "Бригада виїхала", "signed": "Іван Приклад, майстер"}
    assert at_desk(EXECUTOR).send(receipt.number, "move", **words).status_code == 303
    said = read(clerk.see(f"/desk/{receipt.number}").text)
    assert re.search(r"Виконавець [0-9a-f]{4} У роботі Бригада виїхала — Іван Приклад, майстер Бачить автор", said)
    mine = read(at_desk(EXECUTOR).see(f"/desk/{receipt.number}").text)
    assert re.search(r"· ви У роботі Бригада виїхала", mine)


def test_a_change_from_an_old_page_is_refused_says_who_changed_what_and_keeps_what_was_typed(
    clerk: Clerk, at_desk: AtDesk, bring: Bring, kept: Kept
) -> None:
    receipt = bring()
    old = clerk.form(receipt.number)
    other = at_desk(viewer("coordinator"))
    assert other.send(receipt.number, "words", words="Інші слова", category="road", then="save").status_code == 303
    late = {**old, "words": "Мої довгі слова", "category": "lighting", "then": "save"}
    answer = clerk.post(f"/desk/{receipt.number}/words", late)
    assert answer.status_code == 412
    assert ">Мої довгі слова</textarea>" in answer.text
    said = read(answer.text)
    assert "Написане вами збережено. Відколи ви відкрили сторінку:" in said
    assert re.search(r"\d\d:\d\d · Координатор [0-9a-f]{4}: Змінено текст або категорію \(Дорога і перехід\)", said)
    assert kept(receipt).body == "Інші слова"
    again = {**late, **clerk.form(receipt.number)}
    assert clerk.post(f"/desk/{receipt.number}/words", again).status_code == 303
    assert kept(receipt).body == "Мої довгі слова"


def test_a_change_that_names_no_version_is_refused_and_if_match_is_one(clerk: Clerk, bring: Bring, kept: Kept) -> None:
    receipt = bring()
    form = clerk.form(receipt.number)
    without = {"csrf": form["csrf"], "words": "Слова", "category": "lighting"}
    assert clerk.post(f"/desk/{receipt.number}/words", without).status_code == 428
    tag = clerk.see(f"/desk/{receipt.number}").headers["etag"]
    answer = clerk.post(f"/desk/{receipt.number}/words", without, **{"if-match": tag})
    assert (answer.status_code, kept(receipt).body) == (303, "Слова")
    assert clerk.post(f"/desk/{receipt.number}/words", without, **{"if-match": tag}).status_code == 412


def test_a_page_without_the_sites_own_token_changes_nothing(clerk: Clerk, bring: Bring, kept: Kept) -> None:
    receipt = bring()
    form = {**clerk.form(receipt.number), "csrf": "", "after": "refused", "reason": "advert"}
    assert clerk.post(f"/desk/{receipt.number}/move", form).status_code == 403
    assert kept(receipt).status == "received"


def test_the_page_of_a_removed_report_says_that_nothing_is_left(clerk: Clerk, bring: Bring) -> None:
    receipt = bring("Зникомі слова", contact=Contact(phone="0501112255"))
    assert clerk.send(receipt.number, "remove", why="sensitive").status_code == 303
    page = clerk.see(f"/desk/{receipt.number}").text
    assert "лишилися тільки номер і те, чим усе скінчилося" in page
    for gone in ("Зникомі", "501112255", "36.005"):
        assert gone not in page
    assert SIGNED not in page
