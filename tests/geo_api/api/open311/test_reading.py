"""What GeoReport v2 answers: filters on months, forms, pages, errors, and never anything that isn't public."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from geo_api.api.open311.asked import wanted_of
from geo_api.api.open311.forms import NotAcceptable, form_of, write
from layers.errors import BadInput
from layers.viewer import robot
from tests.geo_api.api.open311.conftest import LONG_AGO, NOW, Town
from tests.leaks import scan
from tests.reports import secrets_of

BASE = "/open311/v2"
KYIV = ZoneInfo("Europe/Kyiv")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def get(client: TestClient, path: str, **words: str) -> Any:
    answer = client.get(f"{BASE}/{path}", params=words)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(client: TestClient, **words: str) -> set[str]:
    return {one["service_request_id"] for one in get(client, "requests.json", **words)}


# --- filters ----------------------------------------------------------------------------------------------------------


def test_without_words_only_the_last_ninety_days_are_told(client: TestClient, filled: Town) -> None:
    assert ids(client) == {str(filled.lamp), str(filled.road)}


def test_a_span_elsewhere_finds_the_month_it_touches(client: TestClient, filled: Town) -> None:
    day = (LONG_AGO + timedelta(hours=12)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ids(client, start_date=day) >= {str(filled.old)}
    assert ids(client, end_date=day) == {str(filled.old)}
    assert ids(client, start_date=day, end_date=day) == {str(filled.old)}


def test_whoever_follows_changes_is_told_old_reports_too(client: TestClient, filled: Town) -> None:
    ago = (LONG_AGO - timedelta(days=40)).strftime("%Y-%m-%dT%H:%M:%SZ")
    today = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ids(client, updated_after=ago) == {str(filled.lamp), str(filled.road), str(filled.old)}
    assert ids(client, updated_after=today) == {str(filled.lamp), str(filled.road)}
    assert ids(client, updated_after=ago, updated_before=(LONG_AGO).strftime("%Y-%m-%dT%H:%M:%SZ")) == {str(filled.old)}


def test_named_ids_override_all_other_words_and_unknown_ones_are_not_there(client: TestClient, filled: Town) -> None:
    named = f"{filled.old}, {filled.hidden},nonsense"
    assert ids(client, service_request_id=named, status="closed", service_code="road") == {str(filled.old)}
    assert ids(client, service_request_id="nonsense") == set()


def test_an_empty_word_is_as_good_as_none(client: TestClient) -> None:
    names = (
        "service_request_id",
        "service_code",
        "start_date",
        "end_date",
        "status",
        "page",
        "bbox",
        "jurisdiction_id",
    )
    assert ids(client, **dict.fromkeys(names, "")) == ids(client)


def test_pages_together_hold_everything_once(client: TestClient, filled: Town) -> None:
    pages = [get(client, "requests.json", page_size="1", page=str(n)) for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [1, 1, 0]
    assert {one["service_request_id"] for page in pages for one in page} == ids(client)


def test_a_box_is_compared_with_the_public_point(client: TestClient, filled: Town) -> None:
    city = get(client, f"requests/{filled.lamp}.json")[0]
    lon, lat = city["long"], city["lat"]
    around = f"{lon - 0.001},{lat - 0.001},{lon + 0.001},{lat + 0.001}"
    assert ids(client, bbox=around) == {str(filled.lamp)}
    assert ids(client, bbox="36.004,50.0145,36.0055,50.015") == set()  # around the door itself


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ({}, "2026-08-01", "2026-11-01"),
        ({"start_date": "2026-10-31T22:30:00Z"}, "2026-11-01", "2027-01-01"),  # already November in Kyiv
        ({"start_date": "2026-10-31T21:30:00Z"}, "2026-10-01", "2027-01-01"),
        ({"end_date": "2026-03-31T21:30:00Z"}, "2025-12-01", "2026-04-01"),
        ({"start_date": "2026-05", "end_date": "2026-07-15"}, "2026-05-01", "2026-07-01"),
        ({"start_date": "2026-11-01T00:00:00 02:00"}, "2026-11-01", "2027-01-01"),  # a plus sign not escaped
        ({"updated_after": "2026-11-05T10:00:00+02:00"}, None, None),
    ],
)
def test_limits_mean_whole_months_of_the_areas_time_zone(
    words: dict[str, str], since: str | None, until: str | None
) -> None:
    wanted = wanted_of(words, now=NOON, timezone=KYIV)
    assert (str(wanted.since or None), str(wanted.until or None)) == (str(since), str(until))


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        ("2026-08-01T00:00:00Z", "2026-10-30T00:00:00Z", True),
        ("2026-08-01T00:00:00Z", "2026-10-31T00:00:00Z", False),
        ("2026-08-01T00:00:00+03:00", "2026-10-30T00:00:00+02:00", True),  # ninety days, and the hour of autumn
        ("2026-10-30T00:00:00Z", "2026-08-01T00:00:00Z", False),
    ],
)
def test_a_span_has_at_most_ninety_days(start: str, end: str, *, fits: bool) -> None:
    words = {"start_date": start, "end_date": end}
    if fits:
        assert wanted_of(words, now=NOON, timezone=KYIV).since
    else:
        with pytest.raises(BadInput):
            wanted_of(words, now=NOON, timezone=KYIV)


# --- forms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "accept", "form"),
    [
        ("json", "text/xml", "json"),
        ("xml", "application/json", "xml"),
        (None, "", "xml"),
        (None, "*/*", "xml"),
        (None, "application/json", "json"),
        (None, "application/json;q=0.2, text/xml;q=0.8", "xml"),
        (None, "text/xml;q=0, application/json;q=0.1", "json"),
        (None, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "xml"),
    ],
)
def test_the_form_is_the_suffixs_or_what_the_client_wants_most(suffix: str | None, accept: str, form: str) -> None:
    assert form_of(suffix, accept) == form


@pytest.mark.parametrize(("suffix", "accept"), [("yaml", "*/*"), (None, "image/png"), (None, "text/xml;q=0")])
def test_another_form_is_refused(suffix: str | None, accept: str) -> None:
    with pytest.raises(NotAcceptable):
        form_of(suffix, accept)


def test_what_xml_can_not_say_is_left_out_and_the_rest_is_escaped(client: TestClient, filled: Town) -> None:
    from lxml import etree

    answer = client.get(f"{BASE}/requests/{filled.lamp}.xml")
    assert etree.fromstring(answer.content).findtext(".//description") == "Не світить ліхтар\nбіля <ринку> & школи"
    assert write("xml", "errors", [{"code": "1", "description": "a\x0b\ufffe<"}]).endswith(
        b"<description>a&lt;</description></error></errors>"
    )


def test_codes_are_strings_and_coordinates_are_numbers(client: TestClient, filled: Town) -> None:
    [one] = get(client, f"requests/{filled.lamp}.json")
    assert isinstance(one["service_code"], str)
    assert isinstance(one["service_request_id"], str)
    assert isinstance(one["lat"], float)
    assert isinstance(one["long"], float)
    assert one["media_url"].startswith("http://127.0.0.1/photos/")
    assert one["address"] == "C1, H1"
    assert [type(service["metadata"]) for service in get(client, "services.json")] == [bool] * 13


def test_english_is_spoken_when_asked_for(client: TestClient, filled: Town) -> None:
    [one] = get(client, f"requests/{filled.lamp}.json", lang="en")
    assert one["service_name"] == "Street lighting"
    assert one["agency_responsible"] == "Regional electricity company"


def test_an_answer_that_did_not_change_is_not_sent_again(client: TestClient) -> None:
    first = client.get(f"{BASE}/requests.json")
    assert first.headers["access-control-allow-origin"] == "*"
    again = client.get(f"{BASE}/requests.json", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("services/nonsense.json", 404),
        ("services/drugs.json", 404),
        ("requests/nonsense.json", 404),
        ("requests/00000000-0000-4000-8000-000000000000.json", 404),
        ("tokens/0000000000000000.json", 404),
        ("tokens/short.json", 404),
        ("services.json?jurisdiction_id=elsewhere.example", 404),
        ("requests.json?status=solved", 400),
        ("requests.json?start_date=yesterday", 400),
        ("requests.json?start_date=2026-11-01T00:00:00", 400),  # no zone
        ("requests.json?start_date=2026-13-01T00:00:00Z", 400),
        ("requests.json?end_date=0001-01-01T00:00:00Z", 400),
        ("requests.json?start_date=9999-12-31T23:00:00Z", 400),
        ("requests.json?start_date=2026-01-01&end_date=2026-11-01", 400),
        ("requests.json?page=0", 400),
        ("requests.json?page_size=1001", 400),
        ("requests.json?page=1000000", 200),
        ("requests.json?bbox=1,2,3", 400),
        ("requests.json?service_code=%00", 200),
        ("requests.yaml", 406),
        ("nowhere.json", 404),
    ],
)
def test_an_error_is_an_array_of_code_and_description_under_its_own_status(
    client: TestClient, path: str, status: int
) -> None:
    answer = client.get(f"{BASE}/{path}")
    assert answer.status_code == status, answer.text
    if status == 200:
        return
    form = "json" if ".json" in path and not path.startswith("nowhere") else "xml"
    assert answer.headers["content-type"].endswith(f"/{form}; charset=utf-8")
    if form == "json":
        [error] = answer.json()
        assert set(error) == {"code", "description"}
        assert error["code"] == str(status)
        assert len(error["description"]) > 10
    else:
        assert f"<errors><error><code>{status}</code><description>" in answer.text


def test_a_report_that_is_not_published_is_as_good_as_none(client: TestClient, filled: Town) -> None:
    hidden = client.get(f"{BASE}/requests/{filled.hidden}.json")
    none = client.get(f"{BASE}/requests/00000000-0000-4000-8000-000000000000.json")
    assert hidden.status_code == none.status_code == 404
    assert hidden.text.replace(str(filled.hidden), "") == none.text.replace("00000000-0000-4000-8000-000000000000", "")


@pytest.mark.parametrize(("method", "path"), [("POST", "services.json"), ("DELETE", "requests.json")])
def test_another_method_is_refused_with_those_that_there_are(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, f"{BASE}/{path}")
    assert answer.status_code == 405
    assert answer.headers["allow"].startswith("GET")
    assert answer.json()[0]["code"] == "405"


# --- nothing leaks ----------------------------------------------------------------------------------------------------


def test_no_answer_holds_a_door_a_contact_an_unapproved_word_or_a_minute(client: TestClient, filled: Town) -> None:
    with filled.desk.database.begin(robot("test")) as session:
        secrets = secrets_of(session, NOW.strftime("T%H:%M"), "Відповідь лише авторові")
    # An id that was asked for comes back in the error; and that there is no such report is no secret.
    leaks = []
    paths = ["discovery", "services", "services/lighting", "services/drugs", "requests", f"requests/{filled.lamp}"]
    paths += [f"requests/{filled.road}", "tokens/x", "nowhere"]
    words = [
        "",
        "?extensions=true",
        "?lang=en&extensions=true",
        "?start_date=x",
        f"?service_request_id={filled.hidden}",
    ]
    for path in paths:
        for form in ("", ".json", ".xml"):
            for word in words:
                answer = client.get(f"{BASE}/{path}{form}{word}")
                assert answer.status_code < 500
                leaks += [f"{path}{form}{word}: {leak}" for leak in scan(answer.content, secrets)]
    assert leaks == []
    assert scan(client.get(f"{BASE}/requests.json").text.replace("C1", "Вигадана Особа").encode(), secrets)


def test_a_session_of_staff_sees_no_more(client: TestClient, app, filled: Town) -> None:
    from tests.geo_api.conftest import Asked
    from tests.reports import COORDINATOR

    asked = Asked(app)
    asked.viewer = COORDINATOR
    staff = TestClient(asked, base_url="http://127.0.0.1")
    assert staff.get(f"{BASE}/requests.json").json() == client.get(f"{BASE}/requests.json").json()
    assert staff.get(f"{BASE}/requests/{filled.hidden}.json").status_code == 404
