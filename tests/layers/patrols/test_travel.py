"""Times between places, on streets measured by hand and on random ones that are cut at the places themselves."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from scipy.sparse.csgraph import floyd_warshall
from shapely import LineString

from layers.errors import BadInput
from layers.patrols.travel import (
    DETOUR,
    FAR_FROM_PATHS,
    FAR_FROM_ROADS,
    NO_PATH,
    NO_ROAD,
    Travel,
    travel,
    ways,
)  # fmt: skip
from layers.places.graph import Graph, build_graph

KMH = {"walk": 3.6, "drive": 36.0}  # a metre a second on foot, ten by car


def streets(corners: dict[int, tuple[float, float]], *edges: tuple[int, int, str]) -> Graph:
    """Make a graph of straight streets: (from, to, use) with use of w, f, b."""
    ids = np.array(sorted(corners))
    xy = np.array([corners[i] for i in ids], dtype=float)
    lines = np.array([LineString([corners[a], corners[b]]) for a, b, _ in edges], dtype=object)
    use = np.array([["w" in how, "f" in how, "b" in how] for *_, how in edges]).reshape(-1, 3)
    names = np.array([f"way/{at}/0" for at in range(len(edges))], dtype=object)
    ends = np.array([edge[:2] for edge in edges]).reshape(-1, 2)
    return build_graph(ids, xy, names, ends, shapely.length(lines), use, lines)


# A square of 100 m a side. Its south side is one-way eastwards for cars; the other sides are two-way.
SQUARE = streets({1: (0, 0), 2: (100, 0), 3: (100, 100), 4: (0, 100)}, (1, 2, "wf"), (2, 3, "wfb"), (3, 4, "wfb"),
                 (4, 1, "wfb"))  # fmt: skip


def seconds(graph: Graph | None, *xy: tuple[float, float], **how: Any) -> list[list[float]]:
    found: list[list[float]] = np.round(travel(graph, xy, kmh=KMH, **how).seconds, 3).tolist()
    return found


def test_two_places_on_one_street_are_as_far_apart_as_they_lie_along_it() -> None:
    assert seconds(SQUARE, (20, 5), (70, -3), mode="walk") == [[0, 50], [50, 0]]


def test_a_car_goes_round_where_the_street_is_one_way_even_back_to_the_same_street() -> None:
    # From 70 back to 20: 30 m to the corner, three sides of 100 m, 20 m on the south side again: 350 m at 10 m/s.
    assert seconds(SQUARE, (20, 5), (70, -3)) == [[0, 5], [35, 0]]


def test_parts_of_streets_count_at_both_ends() -> None:
    # (100, 30) lies 30 m up the east side, (40, 100) 60 m along the north side from its corner: 70 + 60 m.
    assert seconds(SQUARE, (104, 30), (40, 102), mode="walk") == [[0, 130], [130, 0]]


def test_a_place_at_a_corner_is_no_second_away_from_it() -> None:
    assert seconds(SQUARE, (100, 0), (100, 100)) == [[0, 10], [10, 0]]


def test_two_crews_at_one_spot_are_at_no_distance() -> None:
    assert seconds(SQUARE, (40, 0), (40, 0)) == [[0, 0], [0, 0]]


def test_streets_with_speeds_of_their_own_lead_the_quickest_way_and_its_metres_are_told() -> None:
    # The north way from corner 1 to corner 2 is 300 m at 72 km/h = 15 s, the south side 100 m at 18 km/h = 20 s.
    found = travel(SQUARE, [(0, 0), (100, 0)], kmh=KMH, edge_kmh=[18, 72, 72, 72])
    assert np.round(found.seconds, 3).tolist() == [[0, 15], [15, 0]]
    assert np.round(found.metres, 3).tolist() == [[0, 300], [300, 0]]
    unknown = travel(SQUARE, [(0, 0), (100, 0)], kmh=KMH, edge_kmh=[np.nan] * 4)
    assert np.round(unknown.metres, 3).tolist() == [[0, 100], [300, 0]]


def test_the_line_of_a_way_follows_the_streets() -> None:
    there, back = ways(SQUARE, [(20, 5), (100, 40), (20, 5)], kmh=KMH)
    assert there is not None
    assert back is not None
    assert shapely.get_coordinates(there).tolist() == [[20, 0], [100, 0], [100, 0], [100, 40]]
    # Back, the south side is closed: over the north, 60 + 100 + 100 + 20 m.
    assert back.length == pytest.approx(280)
    assert back.equals(LineString([(100, 40), (100, 100), (0, 100), (0, 0), (20, 0)]))


def test_a_place_far_from_every_road_is_told_from_one_that_no_way_leads_to() -> None:
    graph = streets({1: (0, 0), 2: (100, 0), 3: (5000, 0), 4: (5100, 0)}, (1, 2, "wfb"), (3, 4, "wfb"))
    for mode, far, none in (("drive", FAR_FROM_ROADS, NO_ROAD), ("walk", FAR_FROM_PATHS, NO_PATH)):
        found = travel(graph, [(10, 0), (10, 301), (5050, 10), (90, 299)], mode=mode, bases=[0])
        assert [each and each.message for each in found.unreached] == [None, far, none, None]
        assert str(found.unreached[1]).endswith("is more than 300 m away.")


def test_without_a_base_the_largest_part_of_the_network_counts() -> None:
    corners = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (5000, 0), 5: (5100, 0), 6: (5200, 0)}
    graph = streets(corners, (1, 2, "wfb"), (2, 3, "wfb"), (4, 5, "wfb"), (5, 6, "wfb"))
    assert [each is None for each in travel(graph, [(10, 0), (5050, 10)]).unreached] == [True, False]
    two_bases = travel(graph, [(10, 0), (5050, 10), (150, 0)], bases=[0, 1])
    assert two_bases.unreached == (None, None, None)


def test_a_street_that_cars_can_enter_but_not_leave_holds_no_place() -> None:
    # Between the square and a blind one-way street, the nearest usable edge within reach is on the square.
    corners = {1: (0, 0), 2: (100, 0), 3: (100, 100), 4: (0, 100), 5: (100, 200)}
    sides = ((1, 2, "wfb"), (2, 3, "wfb"), (3, 4, "wfb"), (4, 1, "wfb"), (3, 5, "wf"))
    graph = streets(corners, *sides)
    assert seconds(graph, (0, 0), (100, 150)) == [[0, 20], [20, 0]]
    assert seconds(graph, (0, 0), (100, 150), mode="walk") == [[0, 250], [250, 0]]


def test_without_a_graph_ways_are_straight_longer_and_said_to_be_approximate() -> None:
    found = travel(None, [(0, 0), (300, 400)], kmh=KMH)
    assert found.approximate
    assert found.metres.tolist() == [[0, 500 * DETOUR], [500 * DETOUR, 0]]
    assert found.seconds[0, 1] == pytest.approx(70)
    assert not travel(SQUARE, [(0, 0), (100, 0)]).approximate
    only_paths = streets({1: (0, 0), 2: (100, 0)}, (1, 2, "w"))
    assert travel(only_paths, [(0, 0), (100, 0)], mode="drive").approximate


def test_a_pedestrian_and_a_car_have_their_usual_speeds() -> None:
    on_foot, by_car = (travel(None, [(0, 0), (1000 / DETOUR, 0)], mode=mode) for mode in ("walk", "drive"))
    assert on_foot.seconds[0, 1] == pytest.approx(800)  # 1 km at 4.5 km/h
    assert by_car.seconds[0, 1] == pytest.approx(120)  # 1 km at 30 km/h


def test_no_places_have_no_times() -> None:
    assert len(travel(SQUARE, np.empty((0, 2)))) == 0


def test_impossible_speeds_and_places_are_refused() -> None:
    with pytest.raises(BadInput, match="A speed must be above 0 km/h, not 0"):
        travel(SQUARE, [(0, 0)], kmh={"walk": 4.5, "drive": 0})
    with pytest.raises(BadInput, match="A speed must be above 0 km/h, not -5"):
        travel(SQUARE, [(0, 0)], edge_kmh=[10, -5, 10, 10])
    with pytest.raises(BadInput, match="Place 2 of the list has no coordinates"):
        travel(SQUARE, [(0, 0), (np.nan, 3)])


def _random_graph(rng: np.random.Generator) -> Graph:
    corners = {at: (float(x), float(y)) for at, (x, y) in enumerate(rng.uniform(0, 1000, (8, 2)))}
    pairs = rng.permutation([(a, b) for a in range(8) for b in range(a)])[:16]
    uses = rng.choice(["wfb", "wf", "wb", "w"], 16)
    return streets(corners, *((int(a), int(b), str(use)) for (a, b), use in zip(pairs, uses, strict=True)))


def _cut_at_places(graph: Graph, xy: np.ndarray, mode: str) -> np.ndarray:
    """Return metres between places by cutting every edge at all places that lie on it, then Floyd and Warshall."""
    size, n = len(graph.node_id), len(xy)
    table = np.full((size + n, size + n), np.inf)
    for edge, line in enumerate(graph.lines):
        ahead = graph.walk[edge] if mode == "walk" else graph.forward[edge]
        back = graph.walk[edge] if mode == "walk" else graph.backward[edge]
        on = [p for p in range(n) if line.distance(shapely.Point(xy[p])) < 1e-6]
        chain = [(0.0, graph.from_index[edge]), *sorted((line.project(shapely.Point(xy[p])), size + p) for p in on),
                 (line.length, graph.to_index[edge])]  # fmt: skip
        for (m0, a), (m1, b) in pairwise(chain):
            if ahead:
                table[a, b] = min(table[a, b], m1 - m0)
            if back:
                table[b, a] = min(table[b, a], m1 - m0)
    return np.asarray(floyd_warshall(np.where(np.isinf(table), 0, table)))[size:, size:]


def _agree(found: Travel, expected: np.ndarray, speed: float) -> None:
    reached = [at for at, why in enumerate(found.unreached) if why is None]
    assert found.seconds[np.ix_(reached, reached)] * speed == pytest.approx(
        expected[np.ix_(reached, reached)], abs=1e-3
    )
    assert found.metres[np.ix_(reached, reached)] == pytest.approx(expected[np.ix_(reached, reached)], abs=1e-3)
    unreached = [at for at, why in enumerate(found.unreached) if why is not None]
    assert all(np.isinf(found.seconds[0, at]) or np.isinf(found.seconds[at, 0]) for at in unreached)


@pytest.mark.parametrize("mode", ["walk", "drive"])
def test_random_streets_cut_at_the_places_give_the_same_times(mode: Any) -> None:
    rng = np.random.default_rng(5)
    compared = 0
    for _ in range(40):
        graph = _random_graph(rng)
        usable = np.flatnonzero(graph.usable(mode))
        on = rng.choice(usable, 7)
        xy = shapely.get_coordinates(
            shapely.line_interpolate_point(graph.lines[on], rng.uniform(0.1, 0.9, 7), normalized=True)
        )
        found = travel(graph, xy, mode=mode, kmh=KMH, bases=[0], within_m=0.001)
        if found.unreached[0] is None:
            compared += 1
            _agree(found, _cut_at_places(graph, xy, mode), KMH[mode] / 3.6)
    assert compared >= 15
