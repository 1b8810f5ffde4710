"""Small OpenStreetMap files written for a test, small enough to check by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import osmium
from osmium.osm import mutable

Tags = Mapping[str, str]
Nodes = Mapping[int, tuple[float, float] | tuple[float, float, Tags]]
Ways = Mapping[int, tuple[Sequence[int], Tags]]
Relations = Mapping[int, tuple[Sequence[tuple[str, int, str]], Tags]]


def write_osm(path: Path, nodes: Nodes, ways: Ways | None = None, relations: Relations | None = None) -> Path:
    """Write nodes (lon, lat, tags), ways (node ids, tags) and relations ((type, id, role) ..., tags) by their ids."""
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for identity, (lon, lat, *tags) in sorted(nodes.items()):
            writer.add_node(
                mutable.Node(id=identity, version=1, location=(lon, lat), tags=dict(tags[0] if tags else {}))
            )
        for identity, (corners, tags_of_way) in sorted((ways or {}).items()):
            writer.add_way(mutable.Way(id=identity, version=1, nodes=list(corners), tags=dict(tags_of_way)))
        for identity, (members, tags_of_relation) in sorted((relations or {}).items()):
            relation = mutable.Relation(id=identity, version=1, members=list(members), tags=dict(tags_of_relation))
            writer.add_relation(relation)
    return path
