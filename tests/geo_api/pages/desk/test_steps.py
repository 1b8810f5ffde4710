"""Every decision over HTTP: what it changes and asks for, what the author is told; undo, answers, notes, removal."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from layers.problems.intake import Contact, Receipt
from layers.problems.rules import REFUSALS
from layers.problems.tables import Problem
from layers.viewer import Viewer
from tests.geo_api.pages.desk.conftest import EXECUTOR, OPERATOR, POLICE, PUBLIC_URL, SIGNED, Bring, Clerk

AtDesk = Callable[[Viewer | None], Clerk]
BringTo = Callable[..., Receipt]
Kept = Callable[[Receipt], Problem]
Rows = Callable[..., Sequence[Any]]
MAILS = "SELECT recipient, subject, body FROM outbox WHERE recipient = :to ORDER BY made_at"
ENERGY = "SELECT id FROM institutions WHERE code = 'energy'"


def jpeg() -> bytes:
    content = BytesIO()
    Image.new("RGB", (64, 48), "white").save(content, "JPEG")
    return content.getvalue()


# --- from status to status --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "fields"),
    [
        ((), "checking", {}),
        ((), "needs_info", {"words": "Де саме?", "signed": SIGNED}),
        ((), "refused", {"reason": "advert"}),
        (("confirmed",), "checking", {"reason": "mistake"}),
        (("confirmed", "forwarded"), "in_work", {}),
        (("confirmed", "forwarded"), "done", {"words": "Полагодили", "signed": SIGNED}),
        (("confirmed", "forwarded", "done"), "in_work", {}),
        (("refused",), "checking", {}),
        (("checking", "needs_info"), "checking", {}),
    ],
)
def test_a_step_of_the_table_is_made_by_its_form(
    clerk: Clerk, bring_to: BringTo, kept: Kept, before: tuple[str, ...], after: str, fields: dict[str, str]
) -> None:
    receipt = bring_to(*before)
    assert clerk.send(receipt.number, "move", after=after, **fields).status_code == 303
    assert kept(receipt).status == after


def test_a_report_is_passed_on_to_whom_the_routes_suggest_or_to_another(
    clerk: Clerk, bring_to: BringTo, kept: Kept, rows: Rows
) -> None:
    receipt = bring_to("confirmed")
    page = clerk.see(f"/desk/{receipt.number}").text
    [energy] = rows(ENERGY)[0]
    assert f'<option value="{energy}" selected>Обленерго (за маршрутами)</option>' in page
    [road] = rows("SELECT id FROM institutions WHERE code = 'utilities'")[0]
    assert clerk.send(receipt.number, "move", after="forwarded", institution=str(road)).status_code == 303
    assert (kept(receipt).status, kept(receipt).institution_id) == ("forwarded", road)


def test_reports_are_merged_by_number_and_split_again(clerk: Clerk, bring: Bring, kept: Kept) -> None:
    one, two = bring("Ліхтар"), bring("Той самий ліхтар")
    assert clerk.send(two.number, "move", after="merged", into=f"№ {one.number}").status_code == 303
    assert (kept(two).merged_into, kept(one).supporters) == (one.problem, 2)
    assert f'<a href="/desk/{two.number}">№ {two.number}</a>' in clerk.see(f"/desk/{one.number}").text
    assert clerk.send(two.number, "move", after="checking").status_code == 303
    assert (kept(two).merged_into, kept(one).supporters) == (None, 1)


@pytest.mark.parametrize(
    ("after", "fields", "said"),
    [
        ("refused", {}, "Виберіть причину: її побачить автор повідомлення."),
        ("needs_info", {"words": " "}, "Напишіть авторові хоча б одне речення."),
        (
            "needs_info",
            {"words": "Де саме?", "signed": " "},
            "Підпишіться: імʼя й посада. Люди хочуть знати, хто відповідає.",
        ),
        ("merged", {"into": "99999"}, "Повідомлення з таким номером немає."),
        ("merged", {"into": ""}, "Виберіть інше відкрите повідомлення, з яким обʼєднати це."),
    ],
)
def test_what_a_step_lacks_is_told_beside_its_field_and_what_was_typed_stays(
    clerk: Clerk, bring: Bring, kept: Kept, after: str, fields: dict[str, str], said: str
) -> None:
    receipt = bring()
    answer = clerk.send(receipt.number, "move", after=after, **{"words": "Набране", "signed": SIGNED, **fields})
    assert answer.status_code == 422
    assert said in answer.text
    assert re.search(rf'id="move-{after}"[^>]* open', answer.text)
    if fields.get("words", "Набране").strip() and after != "merged":
        assert f">{fields.get('words', 'Набране')}</textarea>" in answer.text
    assert kept(receipt).status == "received"


def test_a_step_that_the_table_lacks_or_others_make_is_refused(
    clerk: Clerk, at_desk: AtDesk, bring: Bring, bring_to: BringTo, kept: Kept
) -> None:
    new, forwarded = bring(), bring_to("confirmed", "forwarded")
    assert clerk.send(new.number, "move", after="closed").status_code == 409
    assert at_desk(OPERATOR).send(new.number, "move", after="refused", reason="advert").status_code == 403
    assert at_desk(POLICE).send(forwarded.number, "move", after="checking", reason="mistake").status_code == 403
    assert (kept(new).status, kept(forwarded).status) == ("received", "forwarded")


def test_an_executor_brings_a_photo_after_the_work_that_nobody_sees_before_the_coordinator(
    at_desk: AtDesk, clerk: Clerk, bring_to: BringTo, kept: Kept, rows: Rows
) -> None:
    receipt = bring_to("confirmed", "forwarded")
    fields = {"after": "done", "words": "Замінили лампу", "signed": "Іван Приклад, майстер"}
    photo = {"photo": ("after.jpg", jpeg(), "image/jpeg")}
    assert at_desk(EXECUTOR).send(receipt.number, "move", files=photo, **fields).status_code == 303
    assert kept(receipt).status == "done"
    asked = "SELECT shows, state FROM problem_photos WHERE problem_id = :id"
    assert rows(asked, id=receipt.problem) == [("after", "waiting")]
    assert "after" not in at_desk(EXECUTOR).see(f"/desk/{receipt.number}").text.partition('id="photos"')[2][:500]
    assert f'id="line-{receipt.number}"' in clerk.see("/desk?tab=news").text
    bad = {"photo": ("after.jpg", b"no picture", "image/jpeg")}
    other = bring_to("confirmed", "forwarded")
    assert at_desk(EXECUTOR).send(other.number, "move", files=bad, **fields).status_code == 400
    assert kept(other).status == "forwarded"


def test_after_a_decision_the_next_report_is_shown_and_the_last_can_be_undone(
    clerk: Clerk, bring: Bring, kept: Kept
) -> None:
    receipt, following = bring(), bring()
    answer = clerk.send(f"{receipt.number}", "move", after="refused", reason="advert", next=str(following.number))
    assert answer.headers["location"].startswith(f"/desk/{following.number}?")
    page = clerk.see(answer.headers["location"]).text
    assert f"№ {receipt.number}: не прийнято." in page
    undo = page.partition('class="note done"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo))
    assert clerk.post(f"/desk/{receipt.number}/move", fields).status_code == 303
    assert kept(receipt).status == "checking"


def test_what_the_address_says_was_done_is_looked_up_and_never_believed(clerk: Clerk, bring: Bring) -> None:
    number = bring().number
    page = clerk.see(f"/desk?done=refused&about={number}").text
    assert "Скасувати" not in page
    assert clerk.see("/desk?done=nonsense&about=1").status_code == 200
    assert clerk.see(f"/desk?done=saved&about={'9' * 30}").status_code == 200


# --- what the author is told ------------------------------------------------------------------------------------------


def test_the_author_gets_a_letter_at_each_step_that_tells_them_something_with_the_link_to_their_page(
    clerk: Clerk, bring: Bring, rows: Rows
) -> None:
    to = "steps@example.org"
    receipt = bring(contact=Contact(email=to, name="Вигадана Особа", phone="0501112266"))
    number = receipt.number
    [energy] = rows(ENERGY)[0]
    clerk.send(number, "move", after="checking")
    clerk.send(number, "move", after="needs_info", words="Який саме ліхтар?", signed=SIGNED)
    clerk.send(number, "words", words="Ліхтар не світить", category="lighting", then="save")
    clerk.post(f"/desk/{number}/preview", clerk.form(number))
    clerk.send(number, "move", after="forwarded", institution=str(energy))
    clerk.send(number, "answer", words="Чекаємо до пʼятниці", signed=SIGNED)
    clerk.send(number, "move", after="done", words="Лампу замінено", signed=SIGNED)
    mails = rows(MAILS, to=to)
    assert [mail.subject for mail in mails] == [
        f"Ваше повідомлення № {number}: потрібне уточнення",
        f"Ваше повідомлення № {number}: підтверджено",
        f"Ваше повідомлення № {number}: передано",
        f"Ваше повідомлення № {number}: є відповідь",
        f"Ваше повідомлення № {number}: виконано, чекаємо вашого підтвердження",
    ]
    for mail in mails:
        assert f"{PUBLIC_URL}/my/{receipt.token}" in mail.body
        assert not any(secret in mail.subject for secret in ("Вигадана", "0501112266", to, "ліхтар"))
    assert f"Який саме ліхтар?\n— {SIGNED}" in mails[0].body
    assert "Тепер ним займається: Обленерго." in mails[2].body


@pytest.mark.parametrize("reason", sorted(REFUSALS))
def test_each_reason_of_a_refusal_is_told_in_the_authors_language(
    clerk: Clerk, bring: Bring, rows: Rows, reason: str
) -> None:
    to = f"{reason}@example.org"
    receipt = bring(contact=Contact(email=to), language="en")
    clerk.send(receipt.number, "move", after="refused", reason=reason)
    [mail] = rows(MAILS, to=to)
    assert mail.subject == f"Your report No. {receipt.number}: not accepted"
    assert REFUSALS[reason].en[1:] in mail.body


def test_authors_of_merged_reports_hear_of_the_merge_and_then_of_all_that_is_done(
    clerk: Clerk, bring: Bring, bring_to: BringTo, rows: Rows
) -> None:
    stays = bring_to("confirmed", contact=Contact(email="stays@example.org"))
    joins = bring(contact=Contact(email="joins@example.org"))
    clerk.send(joins.number, "move", after="merged", into=str(stays.number))
    [energy] = rows(ENERGY)[0]
    clerk.send(stays.number, "move", after="forwarded", institution=str(energy))
    assert [mail.subject for mail in rows(MAILS, to="joins@example.org")] == [
        f"Ваше повідомлення № {joins.number}: обʼєднано", f"Ваше повідомлення № {joins.number}: передано",
    ]  # fmt: skip
    assert len(rows(MAILS, to="stays@example.org")) == 1


def test_a_step_that_fails_sends_no_letter(clerk: Clerk, bring: Bring, rows: Rows) -> None:
    receipt = bring(contact=Contact(email="fails@example.org"))
    clerk.send(receipt.number, "move", after="refused", reason="no such reason")
    assert rows(MAILS, to="fails@example.org") == []


# --- answers, notes, calls, removal -----------------------------------------------------------------------------------


def test_an_answer_is_signed_and_counts_as_the_first_one(clerk: Clerk, bring: Bring, kept: Kept) -> None:
    receipt = bring()
    assert clerk.send(receipt.number, "answer", words="Дякуємо", signed=" ").status_code == 422
    assert kept(receipt).answered_at is None
    assert clerk.send(receipt.number, "answer", words="Дякуємо", signed=SIGNED).status_code == 303
    assert kept(receipt).answered_at is not None
    assert f'name="signed" value="{SIGNED}"' in clerk.see(f"/desk/{receipt.number}").text


def test_an_executors_words_are_public_once_the_coordinator_publishes_them_and_can_be_hidden(
    clerk: Clerk, at_desk: AtDesk, bring_to: BringTo, rows: Rows
) -> None:
    receipt = bring_to("confirmed", "forwarded")
    fields = {"after": "in_work", "words": "Дзвоніть майстрові 0501112277", "signed": "Іван Приклад", "publish": "1"}
    assert at_desk(EXECUTOR).send(receipt.number, "move", **fields).status_code == 403
    fields["publish"] = ""
    assert at_desk(EXECUTOR).send(receipt.number, "move", **fields).status_code == 303
    public = (
        "SELECT s.body FROM problem_steps_public s JOIN problems p ON p.public_id = s.problem "
        "WHERE p.id = :id AND s.status = 'in_work'"
    )
    assert rows(public, id=receipt.problem) == [("",)]
    [message] = rows("SELECT id FROM problem_messages WHERE body LIKE '%0501112277'")[0]
    assert at_desk(EXECUTOR).send(receipt.number, f"messages/{message}", words="Сам").status_code == 403
    assert clerk.send(receipt.number, f"messages/{message}", words="Майстер працює").status_code == 303
    assert rows(public, id=receipt.problem) == [("Майстер працює",)]
    assert clerk.send(receipt.number, f"messages/{message}", words="Майстер працює", hide="1").status_code == 303
    assert rows(public, id=receipt.problem) == [("",)]


def test_a_note_of_the_desk_is_read_by_the_desk_alone(clerk: Clerk, at_desk: AtDesk, bring_to: BringTo) -> None:
    receipt = bring_to("confirmed", "forwarded")
    assert clerk.send(receipt.number, "note", words="Передзвонити голові").status_code == 303
    assert "Передзвонити голові" in clerk.see(f"/desk/{receipt.number}").text
    assert "Передзвонити голові" not in at_desk(EXECUTOR).see(f"/desk/{receipt.number}").text
    assert clerk.send(receipt.number, "note", words=" ").status_code == 422


def test_whoever_asked_for_a_call_leaves_the_list_once_called(clerk: Clerk, bring: Bring, rows: Rows) -> None:
    receipt = bring(contact=Contact(phone="0501112288", call_back=True))
    line = f'id="line-{receipt.number}"'
    assert line in clerk.see("/desk?tab=calls").text
    [contact] = rows("SELECT id FROM problem_contacts WHERE problem_id = :id", id=receipt.problem)[0]
    assert clerk.send(receipt.number, f"contacts/{contact}/called").status_code == 303
    assert line not in clerk.see("/desk?tab=calls").text


def test_removing_for_good_leaves_a_number_and_a_reason_and_tells_the_author(
    clerk: Clerk, at_desk: AtDesk, bring_to: BringTo, kept: Kept, rows: Rows
) -> None:
    receipt = bring_to("confirmed", words="Незабутні слова", contact=Contact(email="gone@example.org"))
    assert at_desk(POLICE).send(receipt.number, "remove", why="sensitive").status_code == 403
    assert clerk.send(receipt.number, "remove", why="").status_code == 422
    assert clerk.send(receipt.number, "remove", why="sensitive").status_code == 303
    found = kept(receipt)
    assert (found.status, found.refused_why, found.body, found.public_geom) == ("refused", "sensitive", "", None)
    for table in ("problem_places", "problem_contacts", "problems_public"):
        key = (
            "id = (SELECT public_id FROM problems WHERE id = :id)" if table == "problems_public" else "problem_id = :id"
        )
        assert rows(f"SELECT 1 FROM {table} WHERE {key}", id=receipt.problem) == []
    assert rows("SELECT original, key FROM problem_words WHERE problem_id = :id", id=receipt.problem) == [(None, "")]
    assert [mail.subject for mail in rows(MAILS, to="gone@example.org")] == [
        f"Ваше повідомлення № {receipt.number}: не прийнято"
    ]
    assert clerk.send(receipt.number, "move", after="checking").status_code == 409


def test_removing_does_not_wait_for_whoever_changed_the_report_meanwhile(
    clerk: Clerk, bring: Bring, kept: Kept
) -> None:
    receipt = bring()
    old = clerk.form(receipt.number)
    clerk.send(receipt.number, "move", after="checking")
    assert clerk.post(f"/desk/{receipt.number}/remove", {**old, "why": "sensitive"}).status_code == 303
    assert kept(receipt).anonymised_at is not None
