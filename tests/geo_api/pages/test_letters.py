"""The journal, the three tracks and the public table over HTTP, as each role meets them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from docx import Document
from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient

from geo_api.app import create_app
from layers.area import Area
from layers.database.engine import Database
from layers.problems import actions as problems
from layers.viewer import Viewer, robot
from maps.letters.docx import shipped
from tests import letters, town
from tests.database import viewer
from tests.geo_api.conftest import Asked, make_settings

NOW = datetime.now(UTC)
COORDINATOR, DEPUTY = viewer("coordinator"), viewer("deputy")
TOKEN = re.compile(r'name="csrf" value="([0-9a-f.]+)"')
FIELD = r'name="{}"[^>]*value="([^"]*)"'
SECRETS = (letters.TYPED, "Таємний Автор", "0501234567", "+380501234567", letters.APPLICANT.name, "Небувала, 7")

SignIn = Callable[[Viewer | None], None]


@pytest.fixture(scope="module")
def town_area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return town.profile(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def reports(database: Database, town_area: Area) -> list[UUID]:
    return letters.build(database, town_area, reports=4, now=NOW)


@pytest.fixture(scope="module")
def app(database_url: str, town_area: Area, reports: list[UUID], tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(make_settings(database_url, tmp_path_factory.mktemp("home"), area=town_area.profile))


@pytest.fixture(scope="module")
def asking(asked: Asked) -> TestClient:
    html = {"accept": "text/html"}
    return TestClient(asked, base_url="http://127.0.0.1", headers=html, follow_redirects=False)


def send(asking: TestClient, page: str, path: str, files: dict[str, object] | None = None, **given: object) -> Response:
    """Open a page, take its token and version, send one of its forms."""
    shown = asking.get(page).text
    token = TOKEN.search(shown)
    kept = {name: found.group(1) for name in ("key", "version") if (found := re.search(FIELD.format(name), shown))}
    form = {"csrf": token.group(1) if token else "", **kept, **given}
    return asking.post(path, data=form, files=files)  # type: ignore[arg-type]


def written(asking: TestClient, database: Database, about: UUID, kind: str = "letter", **given: object) -> str:
    """Write a letter as the form does, and return its address."""
    name = "public" if kind == "deputy" else "problem"
    page = f"/desk/letters/new?{name}={about}&kind={kind}"
    shown = asking.get(page).text
    institution = re.search(r'<option value="([0-9a-f-]{36})"[^>]*>', shown)
    assert institution, shown
    form = {"kind": kind, "institution": institution.group(1), "subject": "Про освітлення", "about": str(about)}
    made = send(asking, page, "/desk/letters", **form, **given)
    assert made.status_code == 303, made.text
    return made.headers["location"].partition("?")[0]


def test_a_letter_goes_from_the_report_to_the_answer(
    asking: TestClient, sign_in: SignIn, database: Database, reports: list[UUID]
) -> None:
    sign_in(COORDINATOR)
    assert "/desk/letters/new?problem=" in asking.get(f"/desk/{reports[0]}").text
    letter = written(asking, database, reports[0])
    docx = asking.get(f"{letter}/letter.docx").content
    told = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(docx)).paragraphs)
    assert "Не світить ліхтар біля ринку" in told
    assert "навпроти аптеки" in told
    assert not any(secret in told for secret in SECRETS)
    assert asking.get(f"{letter}/letter.pdf").content.startswith(b"%PDF-")

    assert send(asking, letter, f"{letter}/sent").status_code == 303
    page = asking.get(letter).text
    assert "Відповіді ще немає" in page
    assert "Строк минув" not in page
    with database.begin(robot("test")) as session:
        assert problems.get(session, reports[0]).status == "forwarded"

    today = re.search(r'name="sent_on"[^>]*value="([^"]*)"', page).group(1)
    kept = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page).group(1) for name in ("answer_days", "subject")
    }
    institution = re.search(r'<option value="([0-9a-f-]{36})" selected', page).group(1)
    given = {**kept, "institution": institution, "kind": "letter", "sent_on": today, "registered_on": today}
    answered = {"incoming_number": "77/01", "answered_on": today, "outcome": "done", "answer": "Лампу замінено."}
    assert send(asking, letter, letter, **given, **answered).status_code == 303
    offered = asking.get(letter).text
    assert f'name="after-{reports[0]}"' in offered
    step = {f"after-{reports[0]}": "done", "words": "Лампу замінено.", "signed": "Майстер", "publish": "1"}
    assert send(asking, letter, f"{letter}/reports", **step).status_code == 303
    with database.begin(robot("test")) as session:
        assert problems.get(session, reports[0]).status == "done"


def test_a_change_names_its_version_and_a_stale_one_is_refused_with_what_was_typed(
    asking: TestClient, sign_in: SignIn, database: Database, reports: list[UUID]
) -> None:
    sign_in(COORDINATOR)
    letter = written(asking, database, reports[1])
    assert asking.get(letter).headers["etag"] == '"1"'
    assert send(asking, letter, f"{letter}/sent", version="").status_code in (412, 428)
    assert send(asking, letter, f"{letter}/sent").status_code == 303
    stale = send(asking, letter, letter, version="1", kind="letter", subject="Інша тема", executor="Вигаданий О. О.")
    assert stale.status_code == 412
    assert "Вигаданий О. О." in stale.text


def test_an_appeal_without_consent_is_refused_beside_its_field_and_keeps_what_was_typed(
    asking: TestClient, sign_in: SignIn, reports: list[UUID]
) -> None:
    sign_in(COORDINATOR)
    page = f"/desk/letters/new?problem={reports[2]}&kind=appeal"
    refused = send(
        asking, page, "/desk/letters", kind="appeal", subject="Тема", about=str(reports[2]), name="Приклад Олена"
    )
    assert refused.status_code == 422
    assert "Без згоди людини" in refused.text
    assert 'value="Приклад Олена"' in refused.text


def test_the_page_about_a_crime_names_102_and_has_no_form(asking: TestClient, sign_in: SignIn) -> None:
    sign_in(COORDINATOR)
    page = asking.get("/desk/letters/crime").text
    assert 'href="tel:102"' in page
    assert "ЄО" in page
    assert "<form" not in page


def test_a_deputy_writes_from_the_public_page_alone_and_sees_own_letters_alone(
    asking: TestClient, sign_in: SignIn, database: Database, reports: list[UUID]
) -> None:
    sign_in(COORDINATOR)
    desks = written(asking, database, reports[3])
    sign_in(DEPUTY)
    letter = written(asking, database, letters.public_id_of(database, reports[3]), "deputy", signatory="Олена Приклад")
    page = asking.get(letter).text
    assert "навпроти аптеки" not in page
    assert not any(secret in page for secret in SECRETS)
    told = Document(io.BytesIO(asking.get(f"{letter}/letter.docx").content))
    assert "ГО «Безпечне Вигадане»" not in "\n".join(paragraph.text for paragraph in told.paragraphs)
    journal = asking.get("/desk/letters").text
    assert letter in journal
    assert desks not in journal
    assert asking.get(desks).status_code == 404
    sign_in(viewer("deputy"))
    assert asking.get(letter).status_code == 404


def test_a_deputy_finds_the_way_to_a_letter_on_the_public_page_and_nobody_else_does(
    asking: TestClient, sign_in: SignIn, database: Database, reports: list[UUID]
) -> None:
    public = letters.public_id_of(database, reports[3])
    way = f'href="/desk/letters/new?kind=deputy&amp;public={public}"'
    sign_in(DEPUTY)
    assert way in asking.get(f"/problems/{public}").text
    for other in (COORDINATOR, None):
        sign_in(other)
        assert way not in asking.get(f"/problems/{public}").text


@pytest.mark.parametrize("role", ["officer", "starosta"])
def test_the_journal_is_not_for_other_roles(asking: TestClient, sign_in: SignIn, role: str) -> None:
    sign_in(viewer(role))
    assert asking.get("/desk/letters").status_code == 403
    assert asking.get("/desk/letters.csv").status_code == 403


def test_whoever_has_not_signed_in_is_led_to_the_door(asking: TestClient, sign_in: SignIn) -> None:
    sign_in(None)
    assert asking.get("/desk/letters").status_code in (302, 303)


def test_the_journal_is_narrowed_sorted_searched_and_exported(
    asking: TestClient, sign_in: SignIn, database: Database, town_area: Area, reports: list[UUID]
) -> None:
    sign_in(COORDINATOR)
    letters.journal(database, town_area, COORDINATOR, reports, letters=20, now=NOW)
    rows = list(csv.DictReader(io.StringIO(asking.get("/desk/letters.csv").text.removeprefix("\ufeff"))))
    assert len(rows) > 20
    assert {row["Позначка"] for row in rows} >= {"Строк минув", "Відповіді ще немає", "Відповіли із запізненням"}
    assert all(
        row["Дата реєстрації" if "Дата реєстрації" in row else "Зареєстровано"]
        for row in rows
        if row["Позначка"] == "Строк минув"
    )
    late = list(csv.DictReader(io.StringIO(asking.get("/desk/letters.csv?state=overdue").text.removeprefix("\ufeff"))))
    assert {row["Позначка"] for row in late} == {"Строк минув"}
    found = asking.get("/desk/letters", params={"q": "2/01-18"}).text
    assert "2/01-18" in found
    assert "Таких листів немає" in asking.get("/desk/letters?q=нічого такого").text
    dates = [row["Дата"] for row in csv.DictReader(
        io.StringIO(asking.get("/desk/letters.csv?sort=date&dir=asc").text.removeprefix("\ufeff"))
    )]  # fmt: skip
    assert dates == sorted(dates)


def test_a_scan_is_kept_and_handed_out_and_what_is_no_scan_is_refused(
    asking: TestClient, sign_in: SignIn, database: Database, reports: list[UUID]
) -> None:
    sign_in(COORDINATOR)
    letter = written(asking, database, reports[1])
    pdf = b"%PDF-1.4\n%%EOF\n"
    wrong = send(asking, letter, f"{letter}/scan", files={"scan": ("a.exe", b"MZ")})
    assert wrong.status_code == 422
    assert send(asking, letter, f"{letter}/scan", files={"scan": ("a.pdf", pdf)}).status_code == 303
    kept = asking.get(f"{letter}/scan")
    assert (kept.content, kept.headers["content-type"]) == (pdf, "application/pdf")
    assert kept.headers["content-disposition"].startswith("attachment")
    sign_in(DEPUTY)
    assert asking.get(f"{letter}/scan").status_code == 404


def test_a_template_is_checked_when_it_comes_and_serves_when_it_is_good(
    asking: TestClient, sign_in: SignIn, database: Database, reports: list[UUID]
) -> None:
    sign_in(COORDINATOR)
    page = "/desk/letters/templates"
    document = Document()
    document.add_paragraph("{{ nubmer }}")
    bad = io.BytesIO()
    document.save(bad)
    given = {"kind": "letter", "institution_kind": "", "language": "uk"}
    refused = send(asking, page, page, files={"template": ("бланк.docx", bad.getvalue())}, **given)
    assert refused.status_code == 422
    assert "nubmer" in refused.text
    assert send(asking, page, page, files={"template": ("бланк.docx", shipped("en"))}, **given).status_code == 303
    letter = written(asking, database, reports[2])
    told = Document(io.BytesIO(asking.get(f"{letter}/letter.docx").content))
    assert any(paragraph.text.startswith("Out. No.") for paragraph in told.paragraphs)


def test_everybody_reads_how_institutions_answer_and_nothing_of_persons(asking: TestClient, sign_in: SignIn) -> None:
    sign_in(None)
    page = asking.get("/institutions").text
    assert "Як відповідають установи" in page
    told = asking.get("/institutions.json").json()
    assert told["median_from_n"] == 10
    assert sum(line["sent"] for line in told["institutions"]) > 0
    rows = list(csv.DictReader(io.StringIO(asking.get("/institutions.csv").text.removeprefix("\ufeff"))))
    assert [row["code"] for row in rows] == [line["code"] for line in told["institutions"]]
    for path in ("/institutions", "/institutions.csv", "/institutions.json"):
        text = asking.get(path).text
        assert not any(secret in text for secret in (*SECRETS, "Вигаданий О. О.", "/01-18", "Про відновлення"))
