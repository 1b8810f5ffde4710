"""Tiles over HTTP: what is answered, and what caches are told."""

from __future__ import annotations

import time

import mapbox_vector_tile
import pytest

from layers.geometry import tile_at
from layers.viewer import Role, robot
from tests.database import viewer
from tests.incident_rows import add_incident, publish, withdraw

EXACT, PUBLIC_PLACE = (36.7001, 49.8401), (36.7000, 49.8400)
TILE = "/tiles/incidents/16/{}/{}.mvt".format(*tile_at(*PUBLIC_PLACE, 16))
IDENTITY = {"accept-encoding": "identity"}


@pytest.fixture(scope="module")
def record(database):
    with database.begin(robot("test")) as session:
        made = add_incident(session, at=EXACT, public=PUBLIC_PLACE, units=["UA1"])
        publish(session)
    return made


@pytest.fixture(autouse=True)
def _known(record, asked, asking):
    """Begin with versions that are known: in service they are looked at twice a second."""
    _until(lambda: asked.app.state.service.freshness.of_layer("incidents") > 0)


def _until(true, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_tile_is_bytes_with_a_strong_tag_that_caches_must_ask_about(asking, record):
    answer = asking.get(TILE, headers=IDENTITY)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert answer.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert answer.headers["vary"] == "Accept-Encoding, Cookie"
    assert answer.headers["etag"].startswith('"')
    [feature] = mapbox_vector_tile.decode(answer.content)["incidents"]["features"]
    assert feature["properties"]["id"] == str(record)


def test_whoever_has_it_is_told_so(asking):
    tag = asking.get(TILE, headers=IDENTITY).headers["etag"]
    for named in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = asking.get(TILE, headers={**IDENTITY, "if-none-match": named})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert asking.get(TILE, headers={**IDENTITY, "if-none-match": '"other"'}).status_code == 200


def test_compressed_and_plain_bytes_have_tags_of_their_own(asking):
    plain = asking.get(TILE, headers=IDENTITY)
    packed = asking.get(TILE, headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content  # the client unpacks
    assert packed.headers["etag"] != plain.headers["etag"]
    assert asking.get(TILE, headers={**IDENTITY, "if-none-match": packed.headers["etag"]}).status_code == 200
    assert "content-encoding" not in asking.get(TILE, headers={"accept-encoding": "gzip;q=0"}).headers


def test_nothing_there_is_204(asking):
    answer = asking.get("/tiles/incidents/16/0/0.mvt")
    assert (answer.status_code, answer.content) == (204, b"")
    assert asking.get("/tiles/buildings/5/18/11.mvt").status_code == 204, "below the layer's first zoom"


@pytest.mark.parametrize("layer", ["cameras", "restricted_places", "incidents_exact", "users", "..", "%00"])
def test_an_unknown_layer_is_404(asking, layer):
    assert asking.get(f"/tiles/{layer}/1/0/0.mvt").status_code == 404


@pytest.mark.parametrize(
    "place", ["23/0/0", "1/2/0", "1/0/2", "-1/0/0", "a/0/0", "1/0/²", "1/+1/0", "1/0/0.5", "9" * 30 + "/0/0"]
)
def test_a_tile_outside_the_pyramid_is_400(asking, place):
    answer = asking.get(f"/tiles/incidents/{place}.mvt")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"


def test_an_unknown_word_is_400_and_names_the_known_ones_in_the_readers_language(asking):
    answer = asking.get(f"{TILE}?colour=red")
    assert answer.status_code == 400
    assert "«colour»" in answer.json()["detail"]
    assert "category" in answer.json()["detail"]
    assert "“colour”" in asking.get(f"{TILE}?colour=red&lang=en").json()["detail"]


def test_filters_narrow_and_are_kept_apart(asking):
    assert asking.get(f"{TILE}?category=theft").status_code == 200
    assert asking.get(f"{TILE}?category=burglary").status_code == 204
    assert asking.get(f"{TILE}?category=theft,burglary&from=2026-03&to=2026-03").status_code == 200
    assert asking.get(f"{TILE}?from=2026-04").status_code == 204
    assert asking.get(f"{TILE}?category='; DROP TABLE incidents_public; --").status_code == 204


def test_the_second_asker_is_answered_from_memory(asking, asked):
    service = asked.app.state.service
    asking.get(TILE)
    made = service.answers.misses
    assert asking.get(TILE).status_code == 200
    assert service.answers.misses == made


def test_staff_are_answered_apart_and_nothing_of_it_is_kept(asking, asked, sign_in):
    public = asking.get(TILE, headers=IDENTITY)
    kept, answers = len(asked.app.state.service.answers), asked.app.state.service.answers
    sign_in(viewer(Role.OFFICER, "UA1"))
    exact = asking.get(TILE, headers={**IDENTITY, "if-none-match": public.headers["etag"]})
    assert exact.status_code == 200
    assert exact.headers["cache-control"] == "private, no-store"
    assert "etag" not in exact.headers
    assert exact.content != public.content
    assert len(answers) == kept
    sign_in(viewer(Role.OFFICER, "UA2"))
    assert asking.get(TILE).status_code == 204, "another territory"
    sign_in(viewer(Role.OFFICER))
    assert asking.get(TILE).status_code == 204, "no territory at all"
    sign_in(viewer(Role.DEPUTY))
    deputy = asking.get(TILE, headers=IDENTITY)
    assert deputy.content == public.content, "no right to more than the public sees"
    assert deputy.headers["cache-control"] == "private, no-store"
    sign_in(None)
    assert asking.get(TILE, headers=IDENTITY).content == public.content


def test_what_is_withdrawn_is_gone_within_two_seconds(asking, database):
    with database.begin(robot("test")) as session:
        made = add_incident(session, at=(36.9, 49.9))
        publish(session)
    tile = "/tiles/incidents/16/{}/{}.mvt".format(*tile_at(36.9, 49.9, 16))
    _until(lambda: asking.get(tile).status_code == 200)
    with database.begin(robot("test")) as session:
        withdraw(session, made)
    began = time.monotonic()
    _until(lambda: asking.get(tile).status_code == 204)
    assert time.monotonic() - began < 2


def test_only_get_and_head_are_taken(asking):
    assert asking.post(TILE).status_code in (403, 405)
    head = asking.head(TILE, headers=IDENTITY)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 0
