"""The public words: edited with the original kept, masked by one press, shown as they will be before they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from layers.problems.intake import Receipt
from layers.problems.tables import Problem
from layers.viewer import Viewer
from tests.geo_api.pages.desk.conftest import OPERATOR, POLICE, SIGNED, Bring, Clerk
from tests.geo_api.pages.desk.test_report import read
from tests.geo_api.pages.desk.test_steps import jpeg

AtDesk = Callable[[Viewer | None], Clerk]
Kept = Callable[[Receipt], Problem]
Rows = Callable[..., Sequence[Any]]
PUBLIC_ROW = "SELECT q.* FROM problems_public q JOIN problems p ON p.public_id = q.id WHERE p.id = :id"


def publish(clerk: Clerk, number: int, **fields: str) -> Any:
    page = clerk.see(f"/desk/{number}/preview").text
    hidden = dict(re.findall(r'name="(csrf|version)" value="([^"]*)"', page))
    return clerk.post(f"/desk/{number}/preview", {**hidden, **fields})


def test_edited_words_stand_beside_the_original_with_the_difference_word_by_word(
    clerk: Clerk, bring: Bring, kept: Kept
) -> None:
    receipt = bring("Сусідський ліхтар давно не світить")
    answer = clerk.send(receipt.number, "words", words="Ліхтар біля ринку не світить", category="lighting", then="save")
    assert answer.status_code == 303
    page = clerk.see(f"/desk/{receipt.number}").text
    assert "Сусідський ліхтар давно не світить" in read(page)
    assert '<del><span class="unseen">вилучено: </span>Сусідський ліхтар давно </del>' in page
    assert '<ins><span class="unseen">додано: </span>Ліхтар біля ринку </ins>' in page
    assert kept(receipt).body == "Ліхтар біля ринку не світить"


def test_one_press_hides_personal_data_in_the_public_words_and_leaves_the_original(
    clerk: Clerk, bring: Bring, kept: Kept
) -> None:
    typed = "Не світить ліхтар, дзвоніть 050 123 45 67, пишіть на me@example.org"
    receipt = bring(typed)
    assert clerk.send(receipt.number, "words", words=typed, category="lighting", then="mask").status_code == 303
    body = kept(receipt).body
    assert "Не світить ліхтар, дзвоніть" in body
    assert not re.search(r"\d|@|example", body)
    assert "050 123 45 67" in clerk.see(f"/desk/{receipt.number}").text
    again = clerk.send(receipt.number, "words", words=body, category="lighting", then="mask")
    assert "done=clear" in again.headers["location"]


def test_a_category_is_changed_with_its_term_and_what_becomes_of_the_report(
    clerk: Clerk, bring: Bring, kept: Kept
) -> None:
    receipt = bring()
    before = kept(receipt)
    clerk.send(receipt.number, "words", words="Продають у підʼїзді", category="drugs", then="save")
    after = kept(receipt)
    assert (after.category, after.audience) == ("drugs", "police")
    assert before.due_at is not None
    assert after.due_at is not None
    assert after.due_at < before.due_at
    assert "на карту не потрапить" in clerk.see(f"/desk/{receipt.number}").text


def test_words_too_long_or_of_no_category_are_refused_and_stay_in_the_field(clerk: Clerk, bring: Bring) -> None:
    receipt = bring()
    answer = clerk.send(receipt.number, "words", words="я" * 2001, category="lighting", then="save")
    assert answer.status_code == 422
    assert "я" * 2001 in answer.text
    assert clerk.send(receipt.number, "words", words="ні", category="nothing", then="save").status_code == 422


def test_the_preview_shows_just_what_becomes_public(clerk: Clerk, bring: Bring, kept: Kept, rows: Rows) -> None:
    receipt = bring("Не світить, живу поруч", photos=(jpeg(),))
    number = receipt.number
    answer = clerk.send(number, "words", words="Ліхтар не світить", category="lighting", then="preview")
    assert answer.headers["location"].startswith(f"/desk/{number}/preview")
    page = clerk.see(f"/desk/{number}/preview").text
    assert "1 фото ще не переглянуто." in page
    assert publish(clerk, number).status_code == 422
    [photo] = rows("SELECT id FROM problem_photos WHERE problem_id = :id", id=receipt.problem)[0]
    checks = ["military", "equipment", "checkpoints", "shelling", "faces", "plates"]
    judged = clerk.send(number, f"photos/{photo}", verdict="approve", checked=checks)
    assert judged.status_code == 303
    page = clerk.see(f"/desk/{number}/preview").text
    shown = page.partition('<article class="card shown"')[2].partition("</article>")[0]
    assert publish(clerk, number).status_code == 303
    [row] = rows(PUBLIC_ROW, id=receipt.problem)
    said = read(shown)
    assert row.body in said
    assert len(row.photos) == shown.count("/public.jpg") == 1
    assert row.location_precision == "settlement"
    assert "населений пункт" in said
    assert "living" not in said
    for secret in ("живу поруч", "36.005", "50.015", f"№ {number}", f"{kept(receipt).reported_at:%H:%M}"):
        assert secret not in shown.replace(f"/desk/{number}", ""), secret


def test_words_that_still_name_somebody_are_published_only_after_a_second_look(
    clerk: Clerk, bring: Bring, kept: Kept
) -> None:
    receipt = bring()
    words = "Дзвоніть у диспетчерську 050 123 45 67"
    clerk.send(receipt.number, "words", words=words, category="lighting", then="preview")
    page = clerk.see(f"/desk/{receipt.number}/preview").text
    assert '<mark class="personal" title="телефон">050 123 45 67' in page
    answer = publish(clerk, receipt.number)
    assert answer.status_code == 422
    assert "Позначте, що переглянули" in answer.text
    assert kept(receipt).published is False
    assert publish(clerk, receipt.number, looked="1").status_code == 303
    assert kept(receipt).published is True


def test_a_report_without_a_place_is_not_published(clerk: Clerk, bring: Bring, kept: Kept) -> None:
    receipt = bring(at=None, place_words="біля ринку")
    clerk.send(receipt.number, "words", words="Темно", category="lighting", then="preview")
    answer = publish(clerk, receipt.number)
    assert answer.status_code == 422
    assert "Спершу поставте його на карту" in answer.text
    assert kept(receipt).status == "received"


def test_what_is_for_the_police_alone_is_confirmed_and_never_public(
    clerk: Clerk, bring: Bring, kept: Kept, rows: Rows
) -> None:
    receipt = bring("Продають у підʼїзді", "drugs")
    page = clerk.see(f"/desk/{receipt.number}/preview").text
    assert "На карту воно не потрапить: бачать лише поліція, координатор і гаряча лінія." in page
    assert publish(clerk, receipt.number).status_code == 303
    assert (kept(receipt).status, kept(receipt).published) == ("confirmed", False)
    assert rows(PUBLIC_ROW, id=receipt.problem) == []


def test_words_to_the_author_with_a_confirmation_need_a_signature(clerk: Clerk, bring: Bring, kept: Kept) -> None:
    receipt = bring()
    assert publish(clerk, receipt.number, words="Дякуємо").status_code == 422
    assert publish(clerk, receipt.number, words="Дякуємо", signed=SIGNED).status_code == 303
    assert kept(receipt).answered_at is not None


def test_only_moderators_see_the_preview_and_publish(at_desk: AtDesk, bring: Bring, kept: Kept) -> None:
    receipt = bring()
    for who, status in ((OPERATOR, 403), (POLICE, 403)):
        clerk = at_desk(who)
        assert clerk.see(f"/desk/{receipt.number}/preview").status_code == status
    hidden = at_desk(OPERATOR).form(receipt.number)
    assert at_desk(OPERATOR).post(f"/desk/{receipt.number}/preview", hidden).status_code == 403
    assert kept(receipt).status == "received"


def test_a_preview_that_somebody_made_old_is_not_published(clerk: Clerk, bring: Bring, kept: Kept) -> None:
    receipt = bring()
    page = clerk.see(f"/desk/{receipt.number}/preview").text
    hidden = dict(re.findall(r'name="(csrf|version)" value="([^"]*)"', page))
    clerk.send(receipt.number, "words", words="Зовсім інші слова", category="lighting", then="save")
    answer = clerk.post(f"/desk/{receipt.number}/preview", hidden)
    assert answer.status_code == 412
    assert "Зовсім інші слова" in answer.text
    assert kept(receipt).published is False
