"""Files of the map over HTTP: the map's own filters, the viewer's rights, and clear answers."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pyogrio
import pytest
from PIL import Image

from ingestion.demo import load_demo_incidents
from layers.units.actions import ensure_units
from layers.viewer import robot


@pytest.fixture(scope="module", autouse=True)
def demonstration(database, area):
    with database.begin(robot("test")) as session:
        ensure_units(session, area)
        load_demo_incidents(session, area, now=datetime(2026, 11, 20, 12, tzinfo=UTC), seed=1)


@pytest.mark.parametrize(
    ("form", "media"),
    [
        ("geojson", "application/geo+json"),
        ("gpkg", "application/geopackage+sqlite3"),
        ("csv", "text/csv"),
        ("kml", "application/vnd.google-earth.kml+xml"),
    ],
)
def test_a_layer_is_given_in_each_format_with_the_same_records(client, form, media, tmp_path):
    answer = client.get(f"/export/incidents.{form}?from=2026-06&to=2026-06&lang=en")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media)
    assert f'filename="incidents.{form}"' in answer.headers["content-disposition"]
    expected = client.get("/api/incidents?from=2026-06&to=2026-06&limit=1").json()["numberMatched"]
    (tmp_path / f"incidents.{form}").write_bytes(answer.content)
    assert len(pyogrio.read_dataframe(tmp_path / f"incidents.{form}")) == expected > 10


def test_a_handout_is_one_page_of_the_unit_asked_for(client):
    code = client.get("/api/hromadas?limit=1").json()["features"][0]["properties"]["code"]
    answer = client.get(f"/handout.html?unit={code}&lang=uk")
    assert answer.status_code == 200
    assert "Умовні позначення" in answer.text
    assert len(answer.content) < 3_500_000


def test_a_share_card_has_the_size_that_networks_ask_for(client):
    answer = client.get("/card.png")
    assert Image.open(BytesIO(answer.content)).size == (1200, 630)


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/export/moon.csv", 404, "known are landuse"),
        ("/export/incidents.shp", 400, "geojson, gpkg, csv, kml"),
        ("/export/incidents.csv?colour=red", 400, "colour"),
        ("/handout.html?unit=UA00", 404, "for example"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(client, address, status, said):
    separator = "&" if "?" in address else "?"
    answer = client.get(f"{address}{separator}lang=en")
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_no_public_file_says_a_minute_or_an_exact_place(client):
    for address in ("/export/incidents.geojson", "/handout.html", "/card.png"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert b"happened_at" not in answer.content
        assert answer.headers["vary"] == "Cookie"
