"""Reports from other programs: a key, the one door, once; and what is refused says why in the form it was asked in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from httpx import Response
from sqlalchemy import text
from starlette.testclient import TestClient

from layers.api_keys import actions as api_keys
from layers.database.engine import Database
from layers.viewer import robot
from tests import reports
from tests.geo_api.api.open311.conftest import NOW, Town

Post = Callable[..., Response]
ROBOT = robot("test")
KEPT = text("""
SELECT p.source, p.category, p.language, w.original, l.words AS place_words, ST_X(l.geom) AS lon, ST_Y(l.geom) AS lat,
       c.name, c.phone, c.email, p.status, p.published,
       (SELECT count(*) FROM problem_photos f WHERE f.problem_id = p.id) AS photos
FROM problems p LEFT JOIN problem_words w ON w.problem_id = p.id LEFT JOIN problem_places l ON l.problem_id = p.id
LEFT JOIN problem_contacts c ON c.problem_id = p.id ORDER BY p.number DESC LIMIT 1
""")


def last(database: Database):
    with database.begin(ROBOT) as session:
        return session.execute(KEPT).one()


def count(database: Database) -> int:
    with database.begin(ROBOT) as session:
        return session.scalar(text("SELECT count(*) FROM problems"))


def test_everything_that_a_program_sends_is_kept_for_the_desk(post: Post, database: Database) -> None:
    sent = post(
        description="Темно\r\nна розі", address_string="біля школи", first_name="Вигадана", last_name="Особа",
        email="pryklad@example.org", phone="050 111 22 33", device_id="телефон", lang="en",
        files=[("media", (name, reports.photo(), "image/jpeg")) for name in ("a.jpg", "b.jpg")],
    )  # fmt: skip
    assert sent.status_code == 201, sent.text
    [answer] = sent.json()
    assert set(answer) == {"token", "service_notice", "account_id"}
    kept = last(database)
    assert (kept.source, kept.category, kept.status, kept.published) == ("open311", "lighting", "received", False)
    assert kept.language == "en"
    assert (kept.original, kept.place_words) == ("Темно\nна розі", "біля школи")
    assert (kept.lon, kept.lat) == (36.0053217, 50.0147913)
    assert (kept.name, kept.phone, kept.email) == ("Вигадана Особа", "+380501112233", "pryklad@example.org")
    assert kept.photos == 2


def test_words_alone_may_say_the_place(post: Post, database: Database) -> None:
    assert post(lat="-", long="-", address_string="біля ринку, навпроти аптеки").status_code == 201
    kept = last(database)
    assert (kept.lon, kept.place_words) == (None, "біля ринку, навпроти аптеки")


def test_the_same_key_again_gives_the_same_token_and_writes_nothing(post: Post, database: Database) -> None:
    first = post(key="once", device_id="а")
    before = count(database)
    again = post(key="once", device_id="а")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert count(database) == before


@pytest.mark.parametrize("changed", [{"description": "Інше"}, {"device_id": "б"}, {"lat": "50.01"}])
def test_the_same_key_with_another_report_is_refused(post: Post, changed: dict[str, str]) -> None:
    key = f"twice {sorted(changed)}"
    assert post(key=key, device_id="а").status_code == 201
    refused = post(key=key, **{"device_id": "а", **changed})
    assert refused.status_code == 422
    assert refused.json()[0]["code"] == "422"


def test_two_programs_do_not_share_their_keys_of_submissions(post: Post, database: Database) -> None:
    with database.begin(ROBOT) as session:
        other = api_keys.add(session, ROBOT, "Інший застосунок", now=NOW).secret
    mine = post(key="1", device_id="д")
    theirs = post(key="1", device_id="д", api_key=other)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()[0]["token"] != theirs.json()[0]["token"]


def test_one_device_is_one_person_and_without_one_each_report_is_somebodys(post: Post, database: Database) -> None:
    people = text(
        "SELECT count(DISTINCT e.person) FROM problem_people e JOIN problems p ON p.id = e.problem_id "
        "JOIN problem_words w ON w.problem_id = p.id WHERE w.original = :words"
    )
    for words, device, expected in (("Один і той самий", {"device_id": "я"}, 1), ("Різні люди", {}, 3)):
        for _ in range(3):
            assert post(description=words, **device).status_code == 201
        with database.begin(ROBOT) as session:
            assert session.scalar(people, {"words": words}) == expected


@pytest.mark.parametrize("key", ["-", "", "wrong", "bz_wrong"])
def test_without_a_good_key_nothing_comes_in(post: Post, database: Database, key: str) -> None:
    before = count(database)
    refused = post(api_key=key)
    assert refused.status_code == 403
    assert refused.json()[0]["code"] == "403"
    assert "api_key" in refused.json()[0]["description"]
    assert count(database) == before


def test_a_disabled_key_is_as_good_as_none(post: Post, database: Database) -> None:
    with database.begin(ROBOT) as session:
        given = api_keys.add(session, ROBOT, "Колишній", now=NOW)
    assert post(api_key=given.secret).status_code == 201
    with database.begin(ROBOT) as session:
        api_keys.disable(session, ROBOT, "Колишній", now=NOW)
    assert post(api_key=given.secret).status_code == 403


def test_a_key_may_send_so_much_an_hour_and_is_told_when_to_come_again(post: Post, database: Database) -> None:
    with database.begin(ROBOT) as session:
        given = api_keys.add(session, ROBOT, "Малий", per_hour=2, now=NOW)
    assert [post(api_key=given.secret).status_code for _ in range(3)] == [201, 201, 429]
    refused = post(api_key=given.secret)
    assert 0 < int(refused.headers["retry-after"]) <= 3600


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ({"service_code": "-"}, 400, "service_code"),
        ({"service_code": "nonsense"}, 404, "nonsense"),
        ({"service_code": "drugs"}, 404, "drugs"),
        ({"service_code": "police_work"}, 404, "police_work"),
        ({"service_code": "\0"}, 400, "service_code"),
        ({"jurisdiction_id": "elsewhere.example"}, 404, "elsewhere.example"),
        ({"lat": "-", "long": "-"}, 400, "address_string"),
        ({"lat": "-", "long": "-", "address_id": "7"}, 400, "address_string"),
        ({"lat": "50.01", "long": "-"}, 400, "lat, long"),
        ({"lat": "north", "long": "36"}, 400, "lat, long"),
        ({"lat": "nan", "long": "36"}, 400, "lat, long"),
        ({"lat": "40.0", "long": "-74.0"}, 400, "lat, long"),  # outside the area
        ({"email": "not an address"}, 400, "email"),
        ({"phone": "12"}, 400, "phone"),
        ({"description": "а" * 2001}, 400, "description"),
    ],
)
def test_what_can_not_be_used_is_named(
    post: Post, database: Database, words: dict[str, str], status: int, said: str
) -> None:
    before = count(database)
    refused = post(**words)
    assert refused.status_code == status, refused.text
    assert {error["code"] for error in refused.json()} == {str(status)}
    assert said in refused.json()[0]["description"]
    assert count(database) == before


def test_several_mistakes_are_several_errors(post: Post) -> None:
    refused = post("requests.xml", email="no", phone="12")
    assert refused.status_code == 400
    assert refused.text.count("<error>") == 2


def test_a_file_that_is_no_photo_is_refused(post: Post) -> None:
    refused = post(files=[("media", ("a.jpg", b"GIF89a not a photo", "image/jpeg"))])
    assert refused.status_code == 400
    assert refused.json()[0]["description"].startswith("media: ")


def test_what_must_not_be_kept_is_refused_and_says_whom_to_call(post: Post, database: Database) -> None:
    before = count(database)
    refused = post(description="Біля школи лежить снаряд")
    assert refused.status_code == 400
    assert "101" in refused.json()[0]["description"]
    assert "снаряд" not in refused.text
    assert count(database) == before


def test_a_photo_by_address_is_not_fetched_and_that_is_said(post: Post) -> None:
    [answer] = post(media_url="https://photos.example/1.jpg", lang="en").json()
    assert "not fetched" in answer["service_notice"]


def test_a_body_that_is_no_form_is_refused(client: TestClient) -> None:
    refused = client.post("/open311/v2/requests.json", json={"api_key": "x"})
    assert (refused.status_code, refused.json()[0]["code"]) == (400, "400")


def test_the_token_of_a_report_tells_nothing_of_its_words(post: Post, client: TestClient, filled: Town) -> None:
    token = post(description="Таємні слова", phone="0501112233").json()[0]["token"]
    for form in ("json", "xml"):
        answer = client.get(f"/open311/v2/tokens/{token}.{form}?extensions=true&lang=en")
        assert answer.status_code == 200
        assert "Received" in answer.text
        assert "Таємні" not in answer.text
        assert "501112233" not in answer.text


def test_a_merged_report_leads_to_the_one_it_was_merged_into(post: Post, client: TestClient, filled: Town) -> None:
    from layers.problems import receipts, rules

    token = post(description="Те саме").json()[0]["token"]
    desk = filled.desk
    with desk.database.begin(robot(rules.REPORTER)) as session:
        problem = receipts.open_receipt(session, desk.keys, token).problem
    with desk.database.begin(ROBOT) as session:
        into = session.scalar(text("SELECT id FROM problems WHERE public_id = :id"), {"id": filled.lamp})
    desk.move(problem, "merged", now=NOW, into=into)
    assert client.get(f"/open311/v2/tokens/{token}.json").json()[0]["service_request_id"] == str(filled.lamp)


def test_the_desk_can_tell_by_which_key_a_report_came(post: Post, database: Database) -> None:
    post()
    with database.begin(ROBOT) as session:
        [label] = session.scalars(
            text("SELECT k.label FROM history h JOIN api_keys k ON k.id::text = h.subject_id "
                 "JOIN problems p ON h.codes->>'problem' = p.id::text WHERE h.event = 'submitted' "
                 "ORDER BY p.number DESC LIMIT 1")
        ).all()  # fmt: skip
    assert label == "Застосунок"
