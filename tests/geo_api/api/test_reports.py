"""What a phone's outbox sends: arrives once, is refused in words it can act upon, and never too often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from layers.area import load_profile
from layers.database.engine import Database
from layers.errors import KeyReused
from layers.people.credentials import Keys
from layers.privacy.actions import ensure_snap_points
from layers.problems import intake
from layers.problems.intake import Report
from layers.viewer import PUBLIC
from tests import town
from tests.geo_api.pages.conftest import SECRET, MakeApp, Visit, Visitor, make_app, visit
from tests.geo_api.pages.test_report import (
    LAMP,
    ROBOT,
    TABLES,
    Confirm,
    confirm,
    count,
    emptied,
    picture,
    profile,
)

__all__ = ["confirm", "emptied", "make_app", "profile", "visit"]  # fixtures
from tests.serving import serving


@pytest.fixture(scope="module")
def app(make_app: MakeApp, database: Database, profile: Path) -> FastAPI:
    with database.begin(ROBOT) as session:
        town.build(session)
        ensure_snap_points(session, load_profile(profile), now=datetime.now(UTC))
    return make_app(area=profile, reports_per_hour=100_000)


@pytest.fixture
def phone(visit: Visit) -> Visitor:
    return visit()


def post(visitor: Visitor, path: str = "/api/reports", photos: tuple[bytes, ...] = (), **fields: str) -> httpx.Response:
    """Send as the outbox does: a fresh token in a header, a form of several parts."""
    token = visitor.client.get("/api/reports/token").json()["token"]
    parts = [("photos", (f"{n}.jpg", photo, "image/jpeg")) for n, photo in enumerate(photos)]
    files = parts or [("nothing", ("", b"", "text/plain"))]
    return visitor.client.post(path, data=fields, files=files, headers={"x-csrf-token": token})


def test_a_report_of_an_outbox_arrives_with_photo_and_the_time_it_was_written_down(
    phone: Visitor, database: Database
) -> None:
    written = datetime.now(UTC) - timedelta(days=2)
    answer = post(phone, photos=(picture(),), **LAMP, key="k1", device="d", reported_at=str(written.timestamp() * 1000))
    assert answer.status_code == 201
    told = answer.json()
    assert told["page"] == f"/report/sent/{told['receipt']}"
    assert told["written"].replace("-", "") == told["receipt"]
    with database.begin(ROBOT) as session:
        found = session.execute(text("SELECT number, reported_at, source FROM problems")).one()
    assert (found.number, found.source) == (told["number"], "web")
    assert abs(found.reported_at - written) < timedelta(milliseconds=2)
    assert count(database, "problem_photos") == 1


@pytest.mark.parametrize("claimed", ["0", "-5", "1e300", "nan", "вчора", "4102444800000", "946684800000"])
def test_a_clock_that_can_not_be_right_is_not_believed(phone: Visitor, database: Database, claimed: str) -> None:
    assert post(phone, **LAMP, key="k1", reported_at=claimed).status_code == 201
    with database.begin(ROBOT) as session:
        age = datetime.now(UTC) - session.scalar(text("SELECT reported_at FROM problems"))  # type: ignore[operator]
    assert timedelta() <= age < timedelta(minutes=1)


def test_the_same_key_again_gives_the_same_receipt_and_with_another_body_422(
    phone: Visitor, database: Database
) -> None:
    first = post(phone, **LAMP, key="k1", device="d")
    again = post(phone, **LAMP, key="k1", device="d")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = post(phone, **{**LAMP, "words": "Інше"}, key="k1", device="d")
    assert other.status_code == 422
    assert count(database) == 1


def test_what_is_wrong_is_said_by_field(phone: Visitor, database: Database) -> None:
    answer = post(phone, **{**LAMP, "phone": "12", "lon": "37.0"}, key="k1")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert list(answer.json()["fields"]) == ["phone"]
    answer = post(phone, "/api/reports?lang=en", **{**LAMP, "lon": "37.0"}, key="k1")
    assert answer.json()["fields"] == {"place": "This place is outside our area. Move the pin, or say it in words."}
    assert count(database) == 0


def test_what_must_not_be_kept_is_named_by_its_concern_and_nothing_is_stored(
    phone: Visitor, database: Database
) -> None:
    before = {table: count(database, table) for table in TABLES}
    for path in ("/api/reports", "/api/reports/nearby"):
        answer = post(phone, path, **{**LAMP, "words": "Тут блокпост"}, key="k1")
        assert (answer.status_code, answer.json()["not_taken"]) == (422, "military")
        assert "блокпост" not in answer.text.replace("блокпост або", "")
    assert {table: count(database, table) for table in TABLES} == before


def test_without_a_token_of_this_browser_nothing_is_taken(phone: Visitor, visit: Visit, database: Database) -> None:
    for headers in ({}, {"x-csrf-token": visit().client.get("/api/reports/token").json()["token"]}):
        assert phone.client.post("/api/reports", data={**LAMP, "key": "k"}, headers=headers).status_code == 403
    assert count(database) == 0


def test_an_upload_that_is_larger_than_three_photos_is_not_read(phone: Visitor) -> None:
    token = phone.client.get("/api/reports/token").json()["token"]
    answer = phone.client.post("/api/reports", content=b"a" * 80_000_000, headers={"x-csrf-token": token})
    assert answer.status_code == 413


def test_a_place_is_called_by_its_name_or_said_to_be_outside(phone: Visitor) -> None:
    inside = post(phone, "/api/reports/nearby", lon="36.005", lat="50.015").json()
    assert inside == {"where": {"inside": True, "title": "C1"}, "found": []}
    assert post(phone, "/api/reports/nearby", lon="37", lat="50").json()["where"]["inside"] is False


def test_what_is_near_is_told_without_number_minute_or_exact_place(
    phone: Visitor, confirm: Confirm, database: Database
) -> None:
    sent = post(phone, **{**LAMP, "lon": "36.0051234", "lat": "50.0154321"}, key="k1").json()
    confirm("Не світить ліхтар біля ринку")
    answer = post(phone, "/api/reports/nearby", **LAMP)
    (found,) = answer.json()["found"]
    assert (found["body"], found["month"]) == (
        "Не світить ліхтар біля ринку",
        f"{_month(datetime.now(UTC))} {datetime.now(UTC).year} р.",
    )
    for secret in (str(sent["number"]), "36.005", "50.015", sent["receipt"]):
        assert secret not in answer.text


def _month(moment: datetime) -> str:
    names = "січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень"
    return names.split()[moment.month - 1]


def test_joining_is_done_once_too_and_gives_no_number(phone: Visitor, confirm: Confirm, database: Database) -> None:
    post(phone, **LAMP, key="k1", device="author")
    which = confirm("Не світить ліхтар біля ринку")
    first, again = (post(phone, **LAMP, key="k2", device="neighbour", same=which) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] is None
    assert first.json() == again.json()
    with database.begin(ROBOT) as session:
        assert session.scalar(text("SELECT supporters FROM problems")) == 2
    assert count(database) == 1
    for unknown in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        assert post(phone, **LAMP, key="k3", same=unknown).status_code in (400, 409)


def test_too_many_reports_of_one_network_are_told_to_wait_by_every_process(
    make_app: MakeApp, app: FastAPI, profile: Path, visit: Visit, database: Database
) -> None:
    processes = [make_app(area=profile, reports_per_hour=3) for _ in range(2)]
    phones = [visit(client="198.51.100.7", application=process) for process in processes]
    statuses = [post(phones[n % 2], **LAMP, key=f"k{n}").status_code for n in range(5)]
    assert statuses == [201, 201, 201, 429, 429]
    refused = post(phones[0], **LAMP, key="k9")
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert post(visit(client="198.51.100.8", application=processes[0]), **LAMP, key="k8").status_code == 201
    with database.begin(ROBOT) as session:
        assert not any("198.51.100" in key for key in session.scalars(text("SELECT key FROM rate_limits")))


# --- once, whatever the network does ----------------------------------------------------------------------------------


@pytest.fixture
def served(app: FastAPI) -> Iterator[str]:
    with serving(lambda _: app) as address:
        yield address


def test_retries_at_the_same_moment_over_the_network_make_one_report_each(served: str, database: Database) -> None:
    with httpx.Client(base_url=served, limits=httpx.Limits(max_connections=20)) as client:
        token = client.get("/api/reports/token").json()["token"]

        def retry(key: str) -> tuple[str, int, str]:
            form = {name: (None, value) for name, value in {**LAMP, "key": key, "device": "d"}.items()}
            answer = client.post("/api/reports", files=form, headers={"x-csrf-token": token}, timeout=60)
            return key, answer.status_code, answer.json()["receipt"]

        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(retry, [f"k{n}" for n in range(10) for _ in range(20)]))
    assert Counter(status for _, status, _ in answers) == {201: 10, 200: 190}
    assert len({(key, receipt) for key, _, receipt in answers}) == 10
    assert count(database) == 10


@pytest.mark.slow
def test_a_thousand_keys_with_twenty_retries_each_make_a_thousand_rows(
    app: FastAPI, database_url: str, profile: Path
) -> None:
    area, keys = load_profile(profile), Keys(SECRET)
    crowd = Database(database_url, pool_size=20)

    def submit(words: str, key: str) -> tuple[str, bool]:
        prepared = intake.prepare(Report("lighting", words, 36.005, 50.015, device="d"))
        with crowd.begin(PUBLIC) as session:
            receipt = intake.submit(session, PUBLIC, keys, area, prepared, key=key, now=datetime.now(UTC))
        return receipt.token, receipt.repeated

    try:
        with ThreadPoolExecutor(20) as pool:
            told = list(
                pool.map(lambda key: submit(f"Темно {key}", key), [f"k{n}" for n in range(1000) for _ in range(20)])
            )
        assert count(crowd) == 1000
        assert sum(not repeated for _, repeated in told) == 1000
        assert len({token for token, _ in told}) == 1000
        with pytest.raises(KeyReused):
            submit("Інше", "k7")
        assert count(crowd) == 1000
    finally:
        crowd.close()
