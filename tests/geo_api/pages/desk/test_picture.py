"""Pictures of the desk: the place for staff and as everybody sees it, an answer for a messenger in both languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from PIL import Image

from layers.problems.intake import Receipt
from layers.viewer import Viewer
from maps.language import speak
from maps.paper.answer import SIDE, Told, answer_png, clipped
from maps.styles import DANGER
from tests.geo_api.pages.desk.conftest import EXECUTOR, POLICE, SIGNED, Bring, Clerk

AtDesk = Callable[[Viewer | None], Clerk]
BringTo = Callable[..., Receipt]
Rows = Callable[..., Sequence[Any]]
PIN = DANGER["light"]


def test_the_place_is_drawn_with_its_exact_point_for_staff_and_without_it_as_everybody_sees_it(
    clerk: Clerk, bring: Bring
) -> None:
    number = bring().number
    staff = clerk.see(f"/desk/{number}/place.svg")
    public = clerk.see(f"/desk/{number}/place.svg?public=1")
    assert staff.headers["content-type"] == public.headers["content-type"] == "image/svg+xml"
    assert (PIN in staff.text, PIN in public.text) == (True, False)
    assert 'stroke-dasharray="5 3"' in public.text


def test_a_report_that_is_not_on_the_map_has_no_picture_of_its_place(clerk: Clerk, bring: Bring) -> None:
    assert clerk.see(f"/desk/{bring(at=None, place_words='біля школи').number}/place.svg").status_code == 404


def test_an_answer_leaves_as_a_square_picture_in_either_language(
    clerk: Clerk, at_desk: AtDesk, bring_to: BringTo
) -> None:
    receipt = bring_to("confirmed", "forwarded")
    clerk.send(receipt.number, "answer", words="Лампу замінено", signed=SIGNED)
    pictures = {lang: clerk.see(f"/desk/{receipt.number}/answer.png?lang={lang}") for lang in ("uk", "en")}
    for answer in pictures.values():
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert Image.open(BytesIO(answer.content)).size == (1080, 1080)
    assert pictures["uk"].content != pictures["en"].content
    assert at_desk(EXECUTOR).see(f"/desk/{receipt.number}/answer.png").status_code == 200
    assert at_desk(POLICE).see(f"/desk/{receipt.number}/answer.png?message={receipt.problem}").status_code == 404


def test_notes_and_what_the_author_wrote_never_become_a_picture(clerk: Clerk, bring: Bring, rows: Rows) -> None:
    receipt = bring()
    clerk.send(receipt.number, "note", words="Для своїх")
    [note] = rows("SELECT id FROM problem_messages WHERE body = 'Для своїх'")[0]
    assert clerk.see(f"/desk/{receipt.number}/answer.png").status_code == 404
    assert clerk.see(f"/desk/{receipt.number}/answer.png?message={note}").status_code == 404


def test_a_long_answer_makes_the_picture_higher_rather_than_its_letters_too_small() -> None:
    def height(words: str) -> int:
        told = Told("Освітлення", "lighting", "Виконано", words, signed="Іван Приклад, майстер")
        size = Image.open(BytesIO(answer_png(told, speak("uk")))).size
        assert size[0] == SIDE
        return size[1]

    assert height("Замінено.") == height("Лампу замінено. " * 20) == SIDE
    assert SIDE < height("Лампу замінено. " * 120) < 3 * SIDE


def test_a_long_report_is_cut_between_words() -> None:
    assert clipped("Не світить\n ліхтар") == "Не світить ліхтар"
    cut = clipped("слово, " * 100)
    assert len(cut) <= 321
    assert cut.endswith("слово…")
