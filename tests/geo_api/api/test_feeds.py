"""Feeds of published reports: valid by RFC 4287 and RSS 2.0, by month, under the shared filters, and never more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from uuid import UUID

import pytest
from fastapi import FastAPI
from lxml import etree
from pydantic import SecretStr
from starlette.testclient import TestClient

from geo_api.app import create_app
from layers.database.engine import Database
from layers.people.credentials import Keys
from layers.viewer import robot
from tests import town
from tests.geo_api.conftest import make_settings
from tests.leaks import scan
from tests.reports import HIDDEN, NOTE, OTHER_DOOR, SECRET, Desk, secrets_of

JULY = datetime(2026, 7, 14, 8, 37, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 31, 22, 30, tzinfo=UTC)  # in Kyiv it is November already
A = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def desk(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(database, town.profile(tmp_path_factory.mktemp("town")), Keys(SECRET))


@pytest.fixture(scope="module")
def published(desk: Desk) -> dict[str, UUID]:
    """Fill the town; return the public ids of what is published."""
    desk.build(JULY)
    lamp = desk.bring("lamp", now=JULY)
    lamp_id = desk.publish(lamp.problem, "Не світить <ліхтар> & темно\x0b", now=JULY)
    desk.move(lamp.problem, "forwarded", now=OCTOBER, institution=desk.institution("energy"))
    desk.answer(lamp.problem, "Замінимо до пʼятниці", now=OCTOBER)
    desk.note(lamp.problem, NOTE, now=OCTOBER)
    road = desk.bring("road", now=JULY, category="road", at=OTHER_DOOR)
    road_id = desk.publish(road.problem, "Яма", now=JULY)
    desk.bring("hidden", now=JULY, words=HIDDEN)
    return {"lamp": lamp_id, "road": road_id}


@pytest.fixture(scope="module")
def app(desk: Desk, published: object, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    home = tmp_path_factory.mktemp("home")
    given = {"area": desk.area.profile, "secret": SecretStr(SECRET), "public_url": "https://map.example.org"}
    return create_app(make_settings(database_url, home, **given))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False, base_url="http://127.0.0.1") as asking:
        yield asking


def atom(client: TestClient, words: str = "") -> etree._Element:
    answer = client.get(f"/feeds/problems.atom{words}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return etree.fromstring(answer.content)


def ids(feed: etree._Element) -> list[str]:
    return [entry.findtext(f"{A}id") for entry in feed.findall(f"{A}entry")]


def check_by_rfc_4287(feed: etree._Element) -> None:
    """Check the rules of sections 4.1.1 and 4.1.2 that a machine can check."""
    assert feed.tag == f"{A}feed"
    once = ("id", "title", "updated", "subtitle", "rights", "generator", "icon", "logo")
    for parent in (feed, *feed.findall(f"{A}entry")):
        assert all(len(parent.findall(f"{A}{name}")) <= 1 for name in (*once, "published", "summary", "content"))
        for name in ("id", "title", "updated"):
            assert parent.findtext(f"{A}{name}"), f"{parent.tag} without {name}"
        for moment in parent.findall(f"{A}updated") + parent.findall(f"{A}published"):
            assert datetime.fromisoformat(moment.text).tzinfo is not None
        for link in parent.findall(f"{A}link"):
            assert link.get("href").startswith("https://map.example.org/")
        alternates = [(link.get("type"), link.get("hreflang")) for link in parent.findall(f"{A}link[@rel='alternate']")]
        assert len(alternates) == len(set(alternates)) >= 1
        assert all(category.get("term") for category in parent.findall(f"{A}category"))
    assert len(feed.findall(f"{A}link[@rel='self']")) == 1
    assert feed.findtext(f"{A}author/{A}name")  # then no entry needs one
    assert len(ids(feed)) == len(set(ids(feed)))


def test_the_atom_feed_keeps_the_rules_of_its_rfc(client: TestClient, published: dict[str, UUID]) -> None:
    feed = atom(client)
    check_by_rfc_4287(feed)
    assert ids(feed) == [f"urn:uuid:{published['lamp']}", f"urn:uuid:{published['road']}"]
    check_by_rfc_4287(atom(client, "?category=nothing"))
    assert ids(atom(client, "?category=nothing")) == []


def test_what_changed_last_comes_first_and_every_date_is_the_first_of_a_month(client: TestClient) -> None:
    first, second = atom(client).findall(f"{A}entry")
    assert first.findtext(f"{A}published") == "2026-07-01T00:00:00+03:00"
    assert first.findtext(f"{A}updated") == "2026-11-01T00:00:00+02:00"
    assert second.findtext(f"{A}updated") == "2026-07-01T00:00:00+03:00"
    assert atom(client).findtext(f"{A}updated") == "2026-11-01T00:00:00+02:00"


def test_an_entry_says_what_where_and_what_was_answered(client: TestClient) -> None:
    first = atom(client).find(f"{A}entry")
    assert first.findtext(f"{A}title") == "Освітлення: C1, H1"
    summary = first.findtext(f"{A}summary")
    assert summary.startswith("Не світить <ліхтар> & темно\n\n")
    assert "Замінимо до пʼятниці" in summary
    assert first.find(f"{A}category").get("term") == "lighting"


def test_the_rss_feed_tells_the_same(client: TestClient, published: dict[str, UUID]) -> None:
    answer = client.get("/feeds/problems.rss?lang=en")
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    root = etree.fromstring(answer.content)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    channel = root.find("channel")
    assert all(channel.findtext(name) for name in ("title", "link", "description"))
    items = channel.findall("item")
    assert [item.findtext("guid") for item in items] == [
        f"urn:uuid:{published['lamp']}",
        f"urn:uuid:{published['road']}",
    ]
    assert {item.find("guid").get("isPermaLink") for item in items} == {"false"}
    assert parsedate_to_datetime(items[0].findtext("pubDate")).isoformat() == "2026-11-01T00:00:00+02:00"
    assert items[0].findtext("title") == "Street lighting: C1, H1"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("?category=road", ["road"]),
        ("?status=forwarded", ["lamp"]),
        ("?status=forwarded,confirmed&category=road,lighting", ["lamp", "road"]),
        ("?unit=H1", ["lamp", "road"]),
        ("?unit=C1", ["lamp"]),
        ("?from=2026-08", []),
        ("?to=2026-07-02", ["lamp", "road"]),
        ("?bbox=36.0,50.0,36.02,50.02", ["lamp"]),
    ],
)
def test_the_shared_filters_narrow_a_feed(
    client: TestClient, published: dict[str, UUID], words: str, found: list[str]
) -> None:
    assert ids(atom(client, words)) == [f"urn:uuid:{published[name]}" for name in found]


def test_a_wrong_word_says_how_to_write_it_and_an_unknown_feed_which_there_are(client: TestClient) -> None:
    assert "2026-11" in client.get("/feeds/problems.atom?from=autumn").json()["detail"]
    assert client.get("/feeds/problems.atom?colour=red").status_code == 400
    assert client.get("/feeds/problems.json").status_code == 404


def test_a_reader_that_has_it_already_is_sent_nothing(client: TestClient) -> None:
    first = client.get("/feeds/problems.atom")
    again = client.get("/feeds/problems.atom", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_no_feed_holds_a_door_a_contact_an_unapproved_word_or_a_minute(client: TestClient, desk: Desk) -> None:
    with desk.database.begin(robot("test")) as session:
        secrets = secrets_of(session, "08:37", "11:37", "22:30", "00:30")
    for path in ("/feeds/problems.atom", "/feeds/problems.rss", "/feeds/problems.atom?lang=en&unit=H1"):
        assert scan(client.get(path).content, secrets) == []
