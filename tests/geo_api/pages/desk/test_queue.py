"""The queue over HTTP: who comes in, what they are shown, how it is narrowed and paged; none of it is ever kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from layers.problems.rules import WORKERS
from layers.viewer import Viewer
from tests.geo_api.pages.desk.conftest import COORDINATOR, EVERYBODY, EXECUTOR, POLICE, SIGNED, Bring, Clerk

AtDesk = Callable[[Viewer | None], Clerk]
HEAP = re.compile(r'class="heap[^"]*"[^>]*>\s*<span>([^<]+)</span> <b>([^<]+)</b>')
LINE = re.compile(r'id="line-(\d+)"')


def heaps(page: str) -> dict[str, str]:
    return dict(HEAP.findall(page))


def test_whoever_has_no_account_is_led_to_the_door(at_desk: AtDesk, bring: Bring) -> None:
    number = bring().number
    for path in ("/desk", f"/desk/{number}", f"/desk/{number}/preview", f"/desk/{number}/place.svg"):
        answer = at_desk(None).see(path)
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in"), path


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.role.value)
def test_the_desk_is_open_to_those_whose_work_it_is(at_desk: AtDesk, who: Viewer) -> None:
    assert at_desk(who).see("/desk").status_code == (200 if who.role in WORKERS else 403)


def test_no_answer_of_the_desk_may_be_kept_by_any_cache(clerk: Clerk, bring: Bring) -> None:
    number = bring().number
    for path in ("/desk", f"/desk/{number}", f"/desk/{number}/preview", f"/desk/{number}/near", "/desk/9", "/desk/x"):
        assert "no-store" in clerk.see(path).headers["cache-control"], path
    for path in ("/desk", f"/desk/{number}", f"/desk/{number}/place.svg", f"/desk/{number}/snap?lon=36.01&lat=50.01"):
        assert clerk.see(path).headers["cache-control"] == "private, no-store", path


def test_the_desk_sees_what_is_new_and_others_only_what_is_confirmed_and_theirs(
    at_desk: AtDesk, bring: Bring, bring_to: Bring
) -> None:
    new = bring("Щойно надіслано").number
    confirmed = bring_to("confirmed").number
    forwarded = bring_to("confirmed", "forwarded").number
    seen = {
        who.role.value: set(map(int, LINE.findall(at_desk(who).see("/desk?tab=all").text)))
        for who in (COORDINATOR, POLICE, EXECUTOR)
    }
    assert seen["coordinator"] >= {new, confirmed, forwarded}
    assert {new, confirmed, forwarded} & seen["police_lead"] == {confirmed, forwarded}
    assert {new, confirmed, forwarded} & seen["executor"] == {forwarded}
    assert "Нові" in heaps(at_desk(COORDINATOR).see("/desk").text)
    assert "Нові" not in heaps(at_desk(POLICE).see("/desk").text)
    assert at_desk(EXECUTOR).see(f"/desk/{new}").status_code == 404
    assert at_desk(EXECUTOR).see(f"/desk/{confirmed}").status_code == 404


def test_a_tab_says_how_many_and_shows_them(clerk: Clerk, bring: Bring) -> None:
    bring("Собаки", "animals")
    page = clerk.see("/desk?tab=new&category=animals").text
    assert heaps(page)["Нові"] == str(len(LINE.findall(page)))
    assert heaps(page)["Питаємо автора"] == "0"


def test_filters_stay_in_the_fields_and_in_every_link(clerk: Clerk, bring: Bring) -> None:
    number = bring("Блакитний автобус", "traffic").number
    page = clerk.see("/desk?tab=new&category=traffic&q=автобус&unit=H1&source=web").text
    assert LINE.findall(page) == [str(number)]
    assert f'href="/desk/{number}?tab=new&amp;category=traffic&amp;unit=H1&amp;source=web&amp;q=' in page
    assert '<option value="traffic" selected>' in page
    assert 'value="автобус"' in page
    assert LINE.findall(clerk.see("/desk?tab=new&category=traffic&q=трамвай").text) == []


def test_a_filter_that_cannot_be_read_is_told_and_one_that_is_not_there_finds_nothing(clerk: Clerk) -> None:
    assert clerk.see("/desk?from=never").status_code == 400
    assert LINE.findall(clerk.see("/desk?category=nothing").text) == []


def test_long_queues_come_in_pages_without_a_repeat(clerk: Clerk, bring: Bring) -> None:
    for n in range(53):
        bring(f"Яма номер {n}", "road", now=datetime.now(UTC) - timedelta(minutes=n))
    first = clerk.see("/desk?tab=new&category=road").text
    further = re.search(r'id="further" href="([^"]+)"', first)
    assert further is not None
    second = clerk.see(further[1].replace("&amp;", "&")).text
    one, two = set(LINE.findall(first)), set(LINE.findall(second))
    assert (len(one), len(two), one & two) == (50, 3, set())


def test_an_empty_tab_says_what_would_be_there(clerk: Clerk) -> None:
    assert "Тут порожньо." in clerk.see("/desk?tab=calls").text
    assert "З такими фільтрами тут нічого немає." in clerk.see("/desk?q=жираф").text


def test_the_first_answer_target_is_measured_at_the_top(clerk: Clerk, at_desk: AtDesk, bring: Bring) -> None:
    receipt = bring("Відповімо одразу")
    assert clerk.send(receipt.number, "answer", words="Дякуємо, перевіряємо.", signed=SIGNED).status_code == 303
    page = clerk.see("/desk").text
    assert re.search(r"<b>\d+ %</b>", page)
    assert "Перша відповідь за 3 робочі дні" in page
    assert "Перша відповідь" not in at_desk(POLICE).see("/desk").text


def test_the_queue_reads_in_english_as_well(clerk: Clerk) -> None:
    page = clerk.see("/desk?lang=en").text
    assert {"New", "Overdue", "Call back"} <= set(heaps(page))
