"""Features over HTTP: pages, one record, counts, and who gets what."""

from __future__ import annotations

import pytest

from layers.viewer import Role, robot
from tests.database import viewer
from tests.incident_rows import add_incident, publish

PLACES = [(36.70 + 0.01 * n, 49.84) for n in range(5)]


@pytest.fixture(scope="module", autouse=True)
def records(database):
    with database.begin(robot("test")) as session:
        made = [
            add_incident(session, at=place, when=f"2026-0{1 + n}-10T12:00:00+02:00", units=[f"UA{n % 2}"],
                         category="theft" if n < 3 else "traffic")
            for n, place in enumerate(PLACES)
        ]  # fmt: skip
        publish(session)
    return made


def test_a_page_is_geojson_with_its_numbers(asking):
    answer = asking.get("/api/incidents?bbox=36.695,49.8,36.725,49.9")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/geo+json"
    page = answer.json()
    assert (page["type"], page["numberReturned"], page["numberMatched"]) == ("FeatureCollection", 3, 3)
    feature = page["features"][0]
    assert feature["type"] == "Feature"
    assert feature["properties"]["month"] == "2026-03"
    assert feature["geometry"] == {"type": "Point", "coordinates": pytest.approx([36.72, 49.84])}


def test_the_next_links_lead_through_everything_once(asking):
    seen, href, steps = [], "/api/incidents?limit=2&unit=UA0,UA1", 0
    while href:
        answer = asking.get(href)
        page = answer.json()
        seen += [feature["id"] for feature in page["features"]]
        href = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
        assert (f'<{href}>; rel="next"' in answer.headers.get("link", "")) == bool(href)
        steps += 1
    assert steps == 3
    assert len(seen) == len(set(seen)) == 5


def test_one_record_by_its_id(asking, records):
    answer = asking.get(f"/api/incidents/{records[0]}")
    assert answer.status_code == 200
    assert answer.json()["properties"]["category"] == "theft"
    for missing in ("00000000-0000-0000-0000-000000000000", "nonsense", "a/b", "%00"):
        assert asking.get(f"/api/incidents/{missing}").status_code == 404


@pytest.mark.parametrize(
    "words", ["limit=0", "limit=9999", "bbox=1,2,3", "cursor=nonsense", "cursor=a~b", "from=soon", "x=1"]
)
def test_words_that_make_no_sense_are_400(asking, words):
    answer = asking.get(f"/api/incidents?{words}")
    assert answer.status_code == 400
    assert answer.json()["status"] == 400
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("category", {"theft": 3, "traffic": 2}),
        ("unit", {"UA0": 3, "UA1": 2}),
        ("month", {f"2026-0{n}": 1 for n in range(1, 6)}),
        ("status", {"unknown": 5}),
    ],
)
def test_counts_by_each_word(asking, by, expected):
    counts = asking.get(f"/api/incidents/counts?by={by}").json()["counts"]
    assert {row["value"]: row["count"] for row in counts} == expected


def test_counts_are_titled_in_the_readers_language_and_narrowed_by_filters(asking):
    uk = asking.get("/api/incidents/counts?by=category&unit=UA1").json()["counts"]
    assert {(row["title"], row["count"]) for row in uk} == {("Крадіжка", 1), ("Порушення правил дорожнього руху", 1)}
    en = asking.get("/api/incidents/counts?by=category&category=theft&lang=en").json()["counts"]
    assert [row["title"] for row in en] == ["Theft"]
    assert asking.get("/api/incidents/counts?by=id").status_code == 400
    assert asking.get("/api/incidents/counts").status_code == 400


def test_the_list_of_layers_says_what_each_has(asking):
    listed = {layer["id"]: layer for layer in asking.get("/api").json()["layers"]}
    assert {"hromadas", "units_2017", "settlements", "roads", "buildings", "water", "places", "incidents"} <= set(
        listed
    )
    assert listed["incidents"]["filters"] == ["category", "from", "status", "to", "unit"]
    assert "happened_at" not in {column["name"] for column in listed["incidents"]["columns"]}
    assert listed["roads"]["licence"] == "ODbL 1.0"


def test_staff_get_more_columns_under_their_own_rights_and_no_cache(asking, sign_in):
    sign_in(viewer(Role.OFFICER, "UA1"))
    answer = asking.get("/api/incidents")
    assert answer.headers["cache-control"] == "private, no-store"
    page = answer.json()
    assert page["numberMatched"] == 2
    assert page["features"][0]["properties"]["happened_at"].startswith("2026-04-10T10:00:00")
    columns = next(layer for layer in asking.get("/api").json()["layers"] if layer["id"] == "incidents")["columns"]
    assert "happened_at" in {column["name"] for column in columns}


def test_the_description_names_every_public_path(asking):
    said = asking.get("/api/openapi.json").json()
    assert said["openapi"].startswith("3.")
    assert {"/api", "/api/search", "/api/incidents", "/api/incidents/counts", "/api/incidents/{id}"} <= set(
        said["paths"]
    )
    assert "/tiles/roads/{z}/{x}/{y}.mvt" in said["paths"]
    words = [p["name"] for p in said["paths"]["/api/incidents"]["get"]["parameters"]]
    assert words == ["category", "status", "unit", "from", "to", "bbox", "limit", "cursor", "lang"]


def test_the_page_of_the_api_asks_nobody_else_and_has_no_inline_script(asking):
    page = asking.get("/api/docs")
    assert page.status_code == 200
    assert "https://" not in page.text.replace("http://www.w3.org", "")
    assert "<script>" not in page.text
    for address in ("/static/vendor/swagger-ui-dist-5.35.0/swagger-ui-bundle.js", "/static/docs.js"):
        assert address in page.text
        assert asking.get(address).status_code == 200


def test_search_takes_what_people_type_and_refuses_what_is_too_long(asking):
    assert asking.get("/api/search?q=").json() == {"results": []}
    assert asking.get("/api/search?q=" + "а" * 101).status_code == 400
    assert asking.get("/api/search?q=Чугуїв").status_code == 200
