"""The street graph on streets that can be measured by hand, and on Monaco's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely import LineString, box, get_coordinates

from ingestion.osm import read_osm
from layers.places import store
from layers.places.actions import replace_facts
from layers.places.graph import Graph, build_graph, distances, route, snap, split_at_junctions
from tests.layers.places.made import road, town


def metres(*steps: tuple[int, int, float, str]) -> Graph:
    """Make a graph on a line of junctions 100 m apart: steps are (from, to, metres, use) with use of w, f, b."""
    ids = np.array(sorted({end for step in steps for end in step[:2]}))
    xy = np.column_stack([ids * 100.0, np.zeros(len(ids))])
    lines = np.array([LineString([(a * 100.0, 0), (b * 100.0, 0)]) for a, b, *_ in steps], dtype=object)
    use = np.array([["w" in how, "f" in how, "b" in how] for *_, how in steps])
    names = np.array([f"way/{index}/0" for index in range(len(steps))], dtype=object)
    return build_graph(ids, xy, names, np.array([s[:2] for s in steps]), np.array([s[2] for s in steps]), use, lines)


def test_streets_are_cut_where_they_meet_and_nowhere_else() -> None:
    edges = split_at_junctions(town().roads)
    assert list(zip(edges.road, edges.part, edges.from_node, edges.to_node, strict=True)) == [
        (0, 0, 1, 2), (0, 1, 2, 3), (1, 0, 5, 2), (1, 1, 2, 4),
    ]  # fmt: skip
    assert [len(get_coordinates(line)) for line in edges.lines] == [2, 2, 2, 2]


def test_a_corner_that_nobody_shares_is_no_junction() -> None:
    edges = split_at_junctions([road("way/1", 1, 2, 3)])
    assert (edges.from_node.tolist(), edges.to_node.tolist()) == ([1], [3])
    assert len(get_coordinates(edges.lines[0])) == 3


def test_a_street_that_meets_itself_is_cut_there() -> None:
    edges = split_at_junctions([road("way/1", 1, 2, 4, 5, 2)])
    assert list(zip(edges.from_node, edges.to_node, strict=True)) == [(1, 2), (2, 2)]


def test_no_streets_make_no_edges() -> None:
    assert len(split_at_junctions([]).lines) == 0


def test_lengths_are_metres_on_the_ellipsoid_and_nothing_is_lost() -> None:
    roads = town().roads
    edges = split_at_junctions(roads)
    geod = Geod(ellps="WGS84")
    for index, whole in enumerate(roads):
        assert edges.length_m[edges.road == index].sum() == pytest.approx(geod.geometry_length(whole.geom))
    # One hundredth of a degree along the parallel of 49.5° north: 111,320 m * cos(49.5°) / 100, about 724 m.
    assert edges.length_m[0] == pytest.approx(724, abs=1)


@given(st.lists(st.lists(st.sampled_from([1, 2, 3, 4, 5]), min_size=2, max_size=6), min_size=1, max_size=5))
def test_however_streets_cross_the_pieces_chain_back_into_them(walks: list[list[int]]) -> None:
    edges = split_at_junctions([road(f"way/{index}", *walk) for index, walk in enumerate(walks)])
    everywhere = [node for walk in walks for node in walk]
    for index, walk in enumerate(walks):
        mine = edges.road == index
        starts, ends = edges.from_node[mine].tolist(), edges.to_node[mine].tolist()
        assert (starts[0], ends[-1]) == (walk[0], walk[-1])
        assert ends[:-1] == starts[1:]
        assert edges.part[mine].tolist() == list(range(len(starts)))
        inner = [node for node in walk[1:-1] if everywhere.count(node) > 1]
        assert ends[:-1] == inner


def test_cars_obey_one_way_streets_and_walkers_do_not() -> None:
    graph = metres((1, 2, 100, "wf"), (2, 3, 100, "wfb"))
    assert distances(graph, np.array([0]), mode="drive").tolist() == [[0, 100, 200]]
    assert distances(graph, np.array([2]), mode="drive").tolist() == [[np.inf, 100, 0]]
    assert distances(graph, np.array([2]), mode="walk").tolist() == [[200, 100, 0]]


def test_of_two_streets_between_the_same_corners_the_shorter_counts() -> None:
    graph = metres((1, 2, 250, "w"), (1, 2, 100, "w"), (2, 1, 90, "w"))
    assert distances(graph, np.array([0])).tolist() == [[0, 90]]


def test_distances_stop_at_the_limit() -> None:
    graph = metres((1, 2, 100, "w"), (2, 3, 100, "w"))
    assert distances(graph, np.array([0]), limit_m=150).tolist() == [[0, 100, np.inf]]


def test_the_shortest_way_is_found_or_said_to_be_none() -> None:
    graph = metres((1, 2, 100, "w"), (2, 3, 100, "w"), (1, 3, 500, "w"), (4, 5, 100, "w"))
    found = route(graph, 0, 2)
    assert found is not None
    assert (found.nodes, found.length_m) == ([0, 1, 2], 200)
    assert route(graph, 0, 3) is None
    assert route(graph, 0, 2, mode="drive") is None


def test_a_point_snaps_to_the_nearest_street_it_may_use() -> None:
    graph = metres((1, 2, 100, "w"), (2, 3, 100, "f"))
    on_foot = snap(graph, np.array([[230.0, 40.0], [100.0, 5.0]]))
    assert on_foot.edge.tolist() == [0, 0]
    assert on_foot.along_m.tolist() == [100, 0]
    assert on_foot.distance_m.tolist() == [50, 5]
    by_car = snap(graph, np.array([[230.0, 40.0]]), mode="drive")
    assert (by_car.edge.tolist(), by_car.along_m.tolist(), by_car.xy.tolist()) == ([1], [30], [[230, 0]])


def test_a_point_too_far_from_any_street_snaps_to_none() -> None:
    far = snap(metres((1, 2, 100, "w")), np.array([[150.0, 60.0], [150.0, 40.0]]), within_m=50)
    assert far.edge.tolist() == [-1, 0]
    assert np.isinf(far.distance_m[0])
    assert np.isnan(far.xy[0]).all()


def test_the_stored_graph_comes_back_as_it_was_cut(session) -> None:
    replace_facts(session, town(), metric_srid=32637)
    graph = store.load_graph(session, metric_srid=32637)
    assert graph.node_id.tolist() == [1, 2, 3, 4, 5]
    assert graph.edge_id.tolist() == ["way/1/0", "way/1/1", "way/2/0", "way/2/1"]
    # way/2 is one-way from 5 over 2 to 4; by car there is no way back.
    assert route(graph, 4, 3, mode="drive") is not None
    assert route(graph, 3, 4, mode="drive") is None
    assert route(graph, 3, 4, mode="walk") is not None
    straight = np.hypot(*(graph.node_xy[0] - graph.node_xy[1]))
    assert graph.length_m[0] == pytest.approx(straight, rel=1e-3)


def test_an_empty_graph_can_be_loaded_and_asked(session) -> None:
    graph = store.load_graph(session, metric_srid=32637)
    assert snap(graph, np.array([[0.0, 0.0]])).edge.tolist() == [-1]


def test_monacos_streets_hang_together(shared_data: Path) -> None:
    facts, _ = read_osm(shared_data / "monaco" / "osm" / "monaco.osm.pbf", box(7.40, 43.72, 7.45, 43.76))
    roads = [r for r in facts.roads if r.walkable]
    edges = split_at_junctions(roads)
    geod = Geod(ellps="WGS84")
    assert edges.length_m.sum() == pytest.approx(sum(geod.geometry_length(r.geom) for r in roads), rel=1e-9)
    ids = np.unique(np.r_[edges.from_node, edges.to_node])
    use = np.ones((len(edges.lines), 3), dtype=bool)
    ends = np.column_stack([edges.from_node, edges.to_node])
    names = np.array([""] * len(ends), dtype=object)
    graph = build_graph(ids, np.zeros((len(ids), 2)), names, ends, edges.length_m, use, edges.lines)
    start = int(np.argmax(np.bincount(graph.from_index)))
    assert np.isfinite(distances(graph, np.array([start]))).mean() > 0.9
