"""Boundaries from OpenStreetMap: answers in the shape Overpass gives, from a server on loopback that can misbehave."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
import shapely

from ingestion.boundaries import join
from ingestion.boundary_files import Feature, Remark
from ingestion.overpass import Service, assemble, download
from layers.area import Area
from layers.errors import Unavailable
from tests.layers.units.towns import town

Answer = Callable[[BaseHTTPRequestHandler, str], None]


def way(ref: int, role: str, *corners: tuple[float, float]) -> dict[str, Any]:
    geometry = [{"lat": lat, "lon": lon} for lon, lat in corners]
    return {"type": "way", "ref": ref, "role": role, "geometry": geometry}


def relation(number: int, tags: dict[str, str], *members: dict[str, Any]) -> dict[str, Any]:
    label = {"type": "node", "ref": 1, "role": "admin_centre", "lat": 50.0, "lon": 36.0}
    return {"type": "relation", "id": number, "tags": tags, "members": [label, *members]}


def ring(number: int, west: float, south: float, side: float, role: str = "outer") -> list[dict[str, Any]]:
    """Return a square as two ways, the second drawn against the first, as mappers do."""
    east, north = west + side, south + side
    return [
        way(number, role, (west, south), (east, south), (east, north)),
        way(number + 1, role, (west, south), (west, north), (east, north)),
    ]


HROMADAS = {
    "version": 0.6,
    "generator": "Overpass API 0.7.62",
    "elements": [
        relation(11, {"katotth": "A", "name": "Абрикосова громада"}, *ring(1, 36.0, 50.0, 0.1)),
        relation(12, {"name": "Бузкова громада", "katotth": "B"}, *ring(3, 36.1, 50.0, 0.1)),
        relation(99, {"name": "Сусідня громада", "katotth": "Z"}, *ring(5, 36.3, 50.0, 0.1)),
    ],
}
EMPTY: dict[str, Any] = {"elements": []}


def say(handler: BaseHTTPRequestHandler, content: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def good(handler: BaseHTTPRequestHandler, query: str) -> None:
    say(handler, json.dumps(HROMADAS if '["katotth"]' in query else EMPTY).encode())


def busy(handler: BaseHTTPRequestHandler, _query: str) -> None:
    say(handler, b"rate_limited", 429, Retry_After="7")


def cut_short(handler: BaseHTTPRequestHandler, _query: str) -> None:
    say(handler, json.dumps(HROMADAS).encode()[:200])


def out_of_time(handler: BaseHTTPRequestHandler, _query: str) -> None:
    say(handler, json.dumps({"elements": [], "remark": 'runtime error: Query timed out in "query"'}).encode())


def silent(handler: BaseHTTPRequestHandler, _query: str) -> None:
    time.sleep(0.6)
    with suppress(OSError):
        say(handler, b"{}")


def refused(handler: BaseHTTPRequestHandler, _query: str) -> None:
    say(handler, b"parse error", 400)


class Server:
    """A loopback Overpass that answers as told, one answer a request, the last one for ever."""

    def __init__(self) -> None:
        self.answers: list[Answer] = [good]
        self.queries: list[str] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                query = parse_qs(body)["data"][0]
                owner.queries.append(query)
                answer = owner.answers.pop(0) if len(owner.answers) > 1 else owner.answers[0]
                answer(self, query)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/api/interpreter"


@contextmanager
def serving() -> Iterator[Server]:
    """Have a server for the length of a block."""
    server = Server()
    thread = Thread(target=server.http.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.http.shutdown()
    thread.join()
    server.http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def squares(tmp_path: Path) -> Area:
    """Give the town with OpenStreetMap's tag among those that hold a code, in hromadas only."""
    town(tmp_path)
    profile = tmp_path / "area.toml"
    content = profile.read_text("utf-8")
    head, tail = content.split('facts = "hromadas.csv"')
    tail = tail.replace('code_in = ["katottg"]', 'code_in = ["katottg", "katotth"]', 1)
    profile.write_text(f'{head}facts = "hromadas.csv"{tail}', "utf-8")
    from layers.area import load_profile

    return load_profile(profile)


@pytest.fixture
def service(server: Server, tmp_path: Path) -> Service:
    return Service(server.url, tmp_path / "cache", timeout=0.3, pauses=(0.0, 0.0), sleep=lambda _: None)


def quiet(_done: int, _total: int | None) -> None:
    """Take a report of progress."""


def test_units_are_found_by_the_tag_of_their_code_within_the_box(
    squares: Area, server: Server, service: Service
) -> None:
    seen: list[tuple[int, int | None]] = []
    joined = join(download(squares, service, lambda done, total: seen.append((done, total))), squares)
    assert sorted(joined.limits) == ["A", "B"]  # the neighbour's is passed over without a word
    assert joined.rejected == []
    assert joined.limits["A"].geometry.equals(shapely.box(36.0, 50.0, 36.1, 50.1))
    assert '["boundary"](50.0,36.0,50.1,36.3)' in server.queries[0]
    assert seen == [(0, 1), (1, 1)]


def test_units_with_known_relations_are_asked_for_by_number(area: Area, server: Server, service: Service) -> None:
    server.answers = [lambda handler, _query: say(handler, json.dumps(EMPTY).encode())]
    download(area, service, quiet)
    assert any("relation(id:12074474,12074475," in query and query.endswith("out geom;") for query in server.queries)
    assert any("relation(id:11803999);" in query for query in server.queries)
    # Units of 2017 are no more in OpenStreetMap: nobody asks for them.
    assert len(server.queries) == 3


def test_an_answer_is_remembered_until_it_is_old_or_asked_for_afresh(
    squares: Area, server: Server, service: Service
) -> None:
    for _ in range(2):
        download(squares, service, quiet)
    assert len(server.queries) == 1
    download(squares, service, quiet, fresh=True)
    assert len(server.queries) == 2
    later = Service(**{**service.__dict__, "now": lambda: time.time() + 31 * 86400})
    download(squares, later, quiet)
    assert len(server.queries) == 3


@pytest.mark.parametrize("trouble", [busy, cut_short, out_of_time, silent])
def test_a_busy_service_is_asked_again(trouble: Answer, squares: Area, server: Server, service: Service) -> None:
    waits: list[float] = []
    patient = Service(**{**service.__dict__, "sleep": waits.append})
    server.answers = [trouble, good]
    assert len(download(squares, patient, quiet)) == 2
    assert waits == [7.0 if trouble is busy else 0.0]


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [(busy, "HTTP 429"), (cut_short, "JSON"), (out_of_time, "Query timed out"), (silent, "timed out")],
)
def test_a_service_that_stays_busy_is_said_to_be_and_nothing_is_remembered(
    trouble: Answer, reason: str, squares: Area, server: Server, service: Service
) -> None:
    server.answers = [trouble]
    with pytest.raises(Unavailable, match=reason) as caught:
        download(squares, service, quiet)
    assert "until then the map shows approximate ones" in str(caught.value)
    assert len(server.queries) == 3
    assert not list(service.cache.glob("*")) if service.cache.exists() else True


def test_a_refusal_is_not_asked_again(squares: Area, server: Server, service: Service) -> None:
    server.answers = [refused]
    with pytest.raises(Unavailable, match="HTTP 400"):
        download(squares, service, quiet)
    assert len(server.queries) == 1


def test_no_network_is_one_clear_sentence(squares: Area, tmp_path: Path) -> None:
    nobody = Service("http://127.0.0.1:9/api", tmp_path / "cache", timeout=0.3, pauses=(), sleep=lambda _: None)
    with pytest.raises(Unavailable, match=r"gives no answer: .*refused"):
        download(squares, nobody, quiet)


def only(answer: dict[str, Any]) -> Feature | Remark:
    (found,) = assemble({"elements": [answer]})
    return found


def test_rings_of_several_ways_with_holes_and_exclaves_become_one_area() -> None:
    members = [*ring(1, 36.0, 50.0, 0.1), *ring(3, 36.02, 50.02, 0.02, "inner"), *ring(5, 36.2, 50.0, 0.05)]
    found = only(relation(7, {"katotth": "A"}, *reversed(members)))
    assert isinstance(found, Feature)
    assert len(found.shape.geoms) == 2
    assert found.shape.area == pytest.approx(0.01 - 0.0004 + 0.0025)
    assert found.properties["osm"] == "relation/7"


def test_an_open_ring_is_rejected_with_its_relation() -> None:
    found = only(relation(7, {"katotth": "A"}, ring(1, 36.0, 50.0, 0.1)[0]))
    assert isinstance(found, Remark)
    assert (found.file, found.values) == ("Overpass, relation/7", {"n": 1})


def test_a_relation_without_ways_has_no_geometry() -> None:
    found = only(relation(7, {"katotth": "A"}))
    assert isinstance(found, Remark)
    assert found.message == "It has no geometry."
