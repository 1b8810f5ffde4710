"""Photos over HTTP: seen by the desk alone until approved by the checklist, blurred by region, removed for good."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image

from layers.problems.intake import Receipt
from layers.problems.rules import PHOTO_CHECKS
from layers.viewer import Viewer
from tests.geo_api.pages.desk.conftest import COORDINATOR, EXECUTOR, OPERATOR, POLICE, Bring, Clerk

AtDesk = Callable[[Viewer | None], Clerk]
BringTo = Callable[..., Receipt]
Rows = Callable[..., Sequence[Any]]
ALL = sorted(PHOTO_CHECKS)
REGION = {"left": "25", "top": "25", "width": "50", "height": "50"}


def stripes() -> bytes:
    """Return a photo of fine black and white stripes: wherever it was blurred they are gone."""
    image = Image.new("L", (320, 240))
    image.putdata([255 * (x // 2 % 2) for _ in range(240) for x in range(320)])
    content = BytesIO()
    image.save(content, "JPEG", quality=95)
    return content.getvalue()


def contrast(content: bytes, box: tuple[int, int, int, int]) -> int:
    low, high = Image.open(BytesIO(content)).convert("L").crop(box).getextrema()
    return int(high) - int(low)  # type: ignore[arg-type]


@pytest.fixture
def photographed(bring: Bring, rows: Rows) -> Callable[[], tuple[int, UUID]]:
    def report(many: int = 1) -> tuple[int, UUID]:
        receipt = bring(photos=tuple(stripes() for _ in range(many)))
        [photo, *_] = rows("SELECT id FROM problem_photos WHERE problem_id = :id ORDER BY position", id=receipt.problem)
        return receipt.number, photo.id

    return report


def state(rows: Rows, photo: UUID) -> str:
    [row] = rows("SELECT state FROM problem_photos WHERE id = :id", id=photo)
    return str(row.state)


def test_only_the_desk_sees_a_photo_that_nobody_approved(
    at_desk: AtDesk, photographed: Callable[[], tuple[int, UUID]]
) -> None:
    number, photo = photographed()
    path = f"/desk/{number}/photos/{photo}/original.jpg"
    for who, status in ((COORDINATOR, 200), (OPERATOR, 200), (POLICE, 404), (EXECUTOR, 404)):
        assert at_desk(who).see(path).status_code == status, who
    answer = at_desk(COORDINATOR).see(path)
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("image/jpeg", "private, no-store")
    assert at_desk(COORDINATOR).see(f"/desk/{number}/photos/{photo}/public.jpg").status_code == 404


def test_a_photo_belongs_to_one_report_alone(clerk: Clerk, photographed: Callable[[], tuple[int, UUID]]) -> None:
    one, photo = photographed()
    other, _ = photographed()
    assert clerk.see(f"/desk/{other}/photos/{photo}").status_code == 404
    assert clerk.send(other, f"photos/{photo}", verdict="approve", checked=ALL).status_code == 404
    assert clerk.see(f"/desk/{one}/photos/{uuid4()}").status_code == 404


def test_a_photo_is_approved_once_every_line_is_ticked(
    clerk: Clerk, photographed: Callable[[], tuple[int, UUID]], rows: Rows
) -> None:
    number, photo = photographed()
    page = clerk.see(f"/desk/{number}/photos/{photo}").text
    assert re.findall(r'name="checked" value="(\w+)"', page) == list(PHOTO_CHECKS)
    answer = clerk.send(number, f"photos/{photo}", verdict="approve", checked=ALL[:-1])
    assert answer.status_code == 422
    assert "Позначте все, чого на фото немає, а що є — розмийте." in answer.text
    assert answer.text.count(" checked>") == len(ALL) - 1
    assert state(rows, photo) == "waiting"
    assert clerk.send(number, f"photos/{photo}", verdict="approve", checked=ALL).status_code == 303
    assert state(rows, photo) == "approved"
    [noted] = rows(
        "SELECT codes FROM history WHERE event = 'photo_approved' AND codes ->> 'photo' = :id", id=str(photo)
    )
    assert noted.codes["checked"] == ALL


def test_what_is_on_the_photo_is_blurred_in_the_public_copy_and_the_original_stays(
    clerk: Clerk, photographed: Callable[[], tuple[int, UUID]], rows: Rows
) -> None:
    number, photo = photographed()
    fields = {name: [value, ""] for name, value in REGION.items()}  # a second line left empty
    answer = clerk.send(number, f"photos/{photo}", verdict="approve", checked=["military"], **fields)
    assert answer.status_code == 303
    public = clerk.see(f"/desk/{number}/photos/{photo}/public.jpg").content
    original = clerk.see(f"/desk/{number}/photos/{photo}/original.jpg").content
    middle, corner = (120, 90, 200, 150), (0, 0, 60, 40)
    assert contrast(original, middle) > 150
    assert contrast(public, middle) < 60 < 150 < contrast(public, corner)


@pytest.mark.parametrize("side", ["left", "top", "width", "height"])
@pytest.mark.parametrize("value", ["", "x", "-1", "100.5", "nan", "1e9"])
def test_a_region_that_is_none_is_told_and_kept_in_its_fields(
    clerk: Clerk, photographed: Callable[[], tuple[int, UUID]], rows: Rows, side: str, value: str
) -> None:
    number, photo = photographed()
    answer = clerk.send(number, f"photos/{photo}", verdict="approve", checked=ALL, **{**REGION, side: value})
    assert answer.status_code == 422
    assert "Ділянка — це чотири числа від 0 до 100" in answer.text
    assert state(rows, photo) == "waiting"


def test_a_photo_is_kept_off_shown_after_all_and_removed_for_good(
    clerk: Clerk, photographed: Callable[[], tuple[int, UUID]], rows: Rows
) -> None:
    number, photo = photographed()
    for verdict, after in (("refuse", "refused"), ("approve", "approved"), ("remove", "removed")):
        assert clerk.send(number, f"photos/{photo}", verdict=verdict, checked=ALL).status_code == 303
        assert state(rows, photo) == after
    [files] = rows("SELECT file_id, public_file_id FROM problem_photos WHERE id = :id", id=photo)
    assert tuple(files) == (None, None)
    assert clerk.see(f"/desk/{number}/photos/{photo}/original.jpg").status_code == 404
    assert "Вилучено назавжди" in clerk.see(f"/desk/{number}").text


def test_after_one_photo_the_next_that_waits_is_shown_and_then_the_report(
    clerk: Clerk, photographed: Callable[..., tuple[int, UUID]]
) -> None:
    number, photo = photographed(2)
    first = clerk.send(number, f"photos/{photo}", verdict="refuse").headers["location"]
    following = re.match(rf"/desk/{number}/photos/([0-9a-f-]+)\?", first)
    assert following is not None
    assert following[1] != str(photo)
    last = clerk.send(number, f"photos/{following[1]}", verdict="refuse").headers["location"]
    assert last.startswith(f"/desk/{number}?")


def test_operators_remove_what_must_not_be_kept_and_do_not_approve(
    at_desk: AtDesk, photographed: Callable[[], tuple[int, UUID]], rows: Rows
) -> None:
    number, photo = photographed()
    operator = at_desk(OPERATOR)
    assert operator.send(number, f"photos/{photo}", verdict="approve", checked=ALL).status_code == 403
    assert at_desk(POLICE).post(f"/desk/{number}/photos/{photo}", operator.form(number)).status_code == 404
    assert operator.send(number, f"photos/{photo}", verdict="remove").status_code == 303
    assert state(rows, photo) == "removed"


def test_a_verdict_on_a_report_that_changed_meanwhile_is_refused(
    clerk: Clerk, photographed: Callable[[], tuple[int, UUID]], rows: Rows
) -> None:
    number, photo = photographed()
    old = clerk.form(number)
    clerk.send(number, "words", words="Слова", category="lighting", then="save")
    answer = clerk.post(f"/desk/{number}/photos/{photo}", {**old, "verdict": "approve", "checked": ALL})
    assert answer.status_code == 412
    assert state(rows, photo) == "waiting"
