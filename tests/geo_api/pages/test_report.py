"""The form without scripts, end to end, and what comes back when something is wrong with it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import Response
from PIL import Image
from sqlalchemy import text

from layers.area import load_profile
from layers.database.engine import Database
from layers.people.credentials import Keys
from layers.privacy.actions import ensure_snap_points
from layers.problems import actions, rules, store
from layers.problems.actions import Step
from layers.viewer import robot
from tests import town
from tests.database import viewer
from tests.geo_api.pages.conftest import SECRET, TOKEN, MakeApp, Visit, Visitor

KEYS = Keys(SECRET)
ROBOT = robot("test")
COORDINATOR = viewer("coordinator")
IN_CITY = {"lon": "36.005", "lat": "50.015"}
LAMP = {"category": "lighting", "words": "Не світить ліхтар", **IN_CITY}
TABLES = ("problems", "problem_words", "problem_places", "problem_contacts", "files", "history", "idempotency")


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.profile(tmp_path_factory.mktemp("area")).profile


@pytest.fixture(scope="module")
def app(make_app: MakeApp, database: Database, profile: Path) -> FastAPI:
    """Give the application of the made-up town, with its units and snap points."""
    with database.begin(ROBOT) as session:
        town.build(session)
        ensure_snap_points(session, load_profile(profile), now=datetime.now(UTC))
    return make_app(area=profile, reports_per_hour=100_000)


@pytest.fixture(autouse=True)
def emptied(database: Database) -> Iterator[None]:
    """Begin each test without a report."""
    yield
    with database.begin(ROBOT) as session:
        for table in ("problems", "idempotency", "rate_limits"):
            session.execute(text(f"DELETE FROM {table}"))


@pytest.fixture
def resident(visit: Visit) -> Visitor:
    return visit()


Confirm = Callable[[str], str]


@pytest.fixture
def confirm(database: Database, profile: Path) -> Confirm:
    """Return a function that approves the one report there is, under these words, and gives its public id."""

    def approve(words: str) -> str:
        area = load_profile(profile)
        moment = datetime.now(UTC)
        with database.begin(COORDINATOR) as session:
            problem = session.scalar(text("SELECT id FROM problems WHERE status = 'received'"))
            found = actions.get(session, problem)
            for photo in store.photos_of(session, problem):
                actions.judge_photo(session, COORDINATOR, photo.id, approve=True, checked=rules.PHOTO_CHECKS)
            version = actions.edit(
                session, COORDINATOR, area, problem, words=words, category=found.category, version=found.version
            )
            actions.move(session, COORDINATOR, area, problem, "confirmed", Step(), version=version, now=moment)
            return str(found.public_id)

    return approve


def count(database: Database, table: str = "problems") -> int:
    with database.begin(ROBOT) as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def hidden(page: Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, name
    return found[1]


def send(visitor: Visitor, photos: tuple[bytes, ...] = (), **fields: object) -> Response:
    """Open the form, fill it in, send it as a browser without scripts does."""
    page = visitor.see("/report")
    return send_again(visitor, page, photos, **fields)


def send_again(visitor: Visitor, page: Response, photos: tuple[bytes, ...] = (), **fields: object) -> Response:
    form = {"csrf": TOKEN.search(page.text)[1], "key": hidden(page, "key"), "language": "uk", **fields}  # type: ignore[index]
    files = [("photos", (f"{n}.jpg", photo, "image/jpeg")) for n, photo in enumerate(photos)] or [
        ("photos", ("", b"", "application/octet-stream"))
    ]
    return visitor.client.post(
        "/report", data=form, files=files, headers={"accept": "text/html"}, follow_redirects=False
    )


def picture(size: tuple[int, int] = (1200, 900)) -> bytes:
    content = BytesIO()
    Image.linear_gradient("L").convert("RGB").resize(size).save(content, "JPEG")
    return content.getvalue()


def test_a_report_sent_without_scripts_arrives_and_gives_a_receipt(resident: Visitor, database: Database) -> None:
    answer = send(resident, (picture(),), **LAMP, phone="050 123 45 67", call_back="1")
    assert answer.status_code == 303
    sent = resident.see(answer.headers["location"])
    assert sent.status_code == 200
    assert re.search(r"№ 1\d{3}", sent.text)
    assert re.search(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", sent.text)
    assert "останні чотири цифри" in sent.text
    assert sent.headers["cache-control"] == "no-store"
    with database.begin(ROBOT) as session:
        (problem,) = session.scalars(text("SELECT id FROM problems")).all()
        assert store.words_of(session, problem).original == "Не світить ліхтар"  # type: ignore[union-attr]
        assert [contact.call_back for contact in store.contacts_of(session, problem)] == [True]
        assert len(store.photos_of(session, problem)) == 1
        assert (store.place_of(session, problem).lon, store.place_of(session, problem).lat) == (36.005, 50.015)
        assert store.one(session, problem).source == "web"  # type: ignore[union-attr]


def test_text_alone_is_a_place(resident: Visitor, database: Database) -> None:
    answer = send(resident, category="road", words="Яма", place_words="C1, біля ринку, навпроти аптеки")
    assert answer.status_code == 303
    assert count(database) == 1


def test_every_category_is_offered_in_both_languages_with_its_hint(resident: Visitor) -> None:
    ukrainian, english = resident.see("/report").text, resident.see("/report?lang=en").text
    assert ukrainian.count('name="category"') == english.count('name="category"') == 15
    for words in ("Освітлення", "Порушення ПДР", "Продаж наркотиків", "Робота поліції (подяка чи скарга)"):
        assert words in ukrainian
    for words in ("Street lighting", "Dangerous driving", "Drug dealing", "Work of the police"):
        assert words in english


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({**LAMP, "category": ""}, "Виберіть, про що повідомлення."),
        ({"category": "lighting", "words": "Темно", "place_words": "ху"}, "Покажіть, де це: на карті або словами."),
        ({**LAMP, "lon": "37.0"}, "Це місце поза нашою територією."),
        ({**LAMP, "phone": "12"}, "Це не номер телефону."),
        ({**LAMP, "email": "ні"}, "Це не схоже на"),
        ({**LAMP, "call_back": "1"}, "Залиште номер"),
        ({**LAMP, "category": "police_work"}, "Виберіть: подяка чи скарга."),
        ({**LAMP, "category": "other", "words": ""}, "Напишіть кількома словами"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_all_that_was_typed_stays(
    resident: Visitor, database: Database, fields: dict[str, str], said: str
) -> None:
    kept = {"place_words": "біля «Ринку» & аптеки", "telegram": "someone_fictional", **fields}
    answer = send(resident, **kept)
    assert answer.status_code == 422
    assert said in answer.text
    assert count(database) == 0
    assert escape(kept["place_words"]) in answer.text
    assert 'value="someone_fictional"' in answer.text
    assert fields["words"] in answer.text
    if fields["category"]:
        assert re.search(rf'value="{fields["category"]}"[^>]* checked', answer.text)


def test_photos_need_not_be_chosen_again_after_a_mistake(resident: Visitor, database: Database) -> None:
    wrong = send(resident, (picture(), picture((3000, 2000))), **{**LAMP, "phone": "12"})
    assert "2 фото збережено" in wrong.text
    kept = re.findall(r'name="kept_photo" value="([^"]+)"', wrong.text)
    assert [Image.open(BytesIO(base64.b64decode(one))).size for one in kept] == [(1200, 900), (2048, 1365)]
    answer = send_again(resident, wrong, **LAMP, kept_photo=kept)
    assert answer.status_code == 303
    assert count(database, "problem_photos") == 2


def test_a_file_that_is_no_photo_is_refused_with_a_reason_and_the_others_are_kept(resident: Visitor) -> None:
    answer = send(resident, (picture(), b"%PDF-1.7 not a photo"), **LAMP)
    assert answer.status_code == 422
    assert "JPEG, PNG" in answer.text
    assert answer.text.count('name="kept_photo"') == 1


@pytest.mark.parametrize("words", ["Біля ліхтаря стоїть блокпост", "Знайшли міну"])
def test_of_what_must_not_be_kept_nothing_is_stored_and_no_word_comes_back(
    resident: Visitor, database: Database, words: str
) -> None:
    before = {table: count(database, table) for table in TABLES}
    answer = send(resident, (picture(),), **{**LAMP, "words": words, "phone": "0501234567"})
    assert answer.status_code == 422
    assert {table: count(database, table) for table in TABLES} == before
    assert words not in answer.text
    assert "0501234567" not in answer.text
    assert "kept_photo" not in answer.text
    assert "Нічого з того, що ви написали, не збережено" in answer.text
    assert re.search(r'href="tel:10[12]"', answer.text)
    assert "ще не перевірено нами" in answer.text


def test_whom_to_call_is_on_the_first_screen_with_when_it_was_checked(resident: Visitor, database: Database) -> None:
    page = resident.see("/report").text
    for number in ("102", "101", "112", "1547", "1536"):
        assert f'href="tel:{number}"' in page
    with database.begin(ROBOT) as session:
        session.execute(text("UPDATE helplines SET checked_on = '2026-11-20' WHERE code = 'violence'"))
    assert "перевірено: 20 листопада 2026 р." in resident.see("/report").text


def test_somebody_can_leave_quickly_without_scripts(resident: Visitor) -> None:
    page = resident.see("/report").text
    (leave,) = set(re.findall(r'data-leave href="([^"]+)" rel="noreferrer nofollow"', page))
    assert leave.startswith("https://www.google.com/search")


def test_thanks_and_complaints_about_the_police_go_to_statistics_alone(resident: Visitor, database: Database) -> None:
    answer = send(resident, category="police_work", kind="thanks", words="Дякую за швидкий приїзд")
    assert answer.status_code == 303
    assert "На карту воно ніколи не потрапить" in resident.see(answer.headers["location"]).text
    with database.begin(ROBOT) as session:
        assert session.execute(text("SELECT kind, audience FROM problems")).one() == ("thanks", "statistics")


# --- the same or new --------------------------------------------------------------------------------------------------


def test_an_open_report_nearby_is_shown_before_anything_is_sent(
    resident: Visitor, visit: Visit, confirm: Confirm, database: Database
) -> None:
    send(resident, (picture(),), **LAMP)
    which = confirm("Не світить ліхтар біля ринку")
    neighbour = visit()
    asked = send(neighbour, **LAMP)
    assert asked.status_code == 200
    assert count(database) == 1
    assert "Не світить ліхтар біля ринку" in asked.text
    photo = re.search(r'src="(/photos/[0-9a-f-]{36})"', asked.text)
    assert photo
    assert neighbour.see(photo[1]).headers["content-type"] == "image/jpeg"
    assert f'name="same" value="{which}"' in asked.text
    assert f'name="other" value="{which}"' in asked.text


def test_this_is_it_adds_a_supporter_with_a_receipt_and_no_number(
    resident: Visitor, visit: Visit, confirm: Confirm, database: Database
) -> None:
    first = resident.see(send(resident, **LAMP).headers["location"])
    which = confirm("Не світить ліхтар біля ринку")
    neighbour = visit()
    joined = send_again(neighbour, send(neighbour, **LAMP), same=which, **LAMP)
    assert joined.status_code == 303
    sent = neighbour.see(joined.headers["location"]).text
    assert "Ви долучилися до повідомлення" in sent
    assert "№" not in sent
    assert (count(database), count(database, "problem_receipts")) == (1, 2)
    assert re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", sent)[0] not in first.text
    with database.begin(ROBOT) as session:
        assert session.scalar(text("SELECT supporters FROM problems_public")) == 2


def test_no_it_is_another_sends_it(resident: Visitor, visit: Visit, confirm: Confirm, database: Database) -> None:
    send(resident, **LAMP)
    which = confirm("Не світить ліхтар біля ринку")
    neighbour = visit()
    answer = send_again(neighbour, send(neighbour, **LAMP), other=which, **LAMP)
    assert answer.status_code == 303
    assert count(database) == 2


def test_a_photo_that_nobody_approved_is_not_handed_out(resident: Visitor, database: Database) -> None:
    send(resident, (picture(),), **LAMP)
    with database.begin(ROBOT) as session:
        (file_id,) = session.scalars(text("SELECT file_id FROM problem_photos")).all()
    assert resident.see(f"/photos/{file_id}").status_code == 404
    assert resident.see("/photos/x").status_code == 404


# --- where it begins --------------------------------------------------------------------------------------------------


def test_a_poster_of_a_unit_or_street_opens_the_form_there(resident: Visitor, database: Database) -> None:
    with database.begin(ROBOT) as session:
        session.execute(
            text(
                "INSERT INTO streets (id, name_uk, name_en, kind, key_uk, key_en, point, geom) VALUES ('s1', "
                "'вулиця Паркова', 'Parkova Street', 'street', '', '', ST_SetSRID(ST_MakePoint(36.01, 50.01), 4326), "
                "ST_GeomFromText('MULTILINESTRING((36.009 50.01, 36.011 50.01))', 4326))"
            )
        )
    assert ">V1, </textarea>" in resident.see("/report?unit=V1").text
    street = resident.see("/report?street=s1").text
    assert ">C1, вулиця Паркова, </textarea>" in street
    assert '"bounds": [36.009, 50.01, 36.011, 50.01]' in street
    assert '"start": [15.5, 50.01, 36.02]' in resident.see("/report?at=15.5/50.01/36.02").text
    for unknown in ("unit=nowhere", "street=nothing", "at=x/y/z", "at=5/99/200", "unit=%00"):
        assert resident.see(f"/report?{unknown}").status_code == 200
