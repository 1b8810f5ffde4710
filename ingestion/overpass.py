"""Limits of units from OpenStreetMap, downloaded through Overpass by relation or by the tag that holds the code."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import shapely
from shapely import Geometry, LineString

from ingestion.boundary_files import Feature, Remark, usable
from layers.area import Area, UnitSystem
from layers.errors import BadInput, Unavailable
from layers.text import N_
from layers.units.facts import UnitFacts, read_facts

PLACE = "Overpass"
BUSY = {429, 502, 503, 504}
PAUSES = (2.0, 10.0, 30.0)  # seconds before each further attempt
CACHE_DAYS = 30
TAG = "katotth"  # OpenStreetMap's tag of the code


@dataclass(frozen=True)
class Service:
    """How to ask: the address, the patience, the pauses, and the folder that remembers answers."""

    url: str
    cache: Path
    timeout: float = 180.0
    pauses: tuple[float, ...] = PAUSES
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time


def download(
    area: Area, service: Service, report: Callable[[int, int | None], None], *, fresh: bool = False
) -> list[Feature | Remark]:
    """Download the limits of every system that OpenStreetMap can know; `report` is told (systems done, of how many).

    Answers are remembered for 30 days; `fresh` asks again. Raises Unavailable when the service can't be reached.
    """
    units = read_facts(area)
    queries = [(s, query) for s in area.unit_systems if (query := query_of(s, units, area))]
    if not queries:
        raise BadInput(N_("No unit of this area has an OpenStreetMap relation or a code to look for."))
    found: list[Feature | Remark] = []
    for done, (system, query) in enumerate(queries):
        report(done, len(queries))
        own = [unit for unit in units if unit.system == system.id]
        found += assemble(_of_system(ask(query, service, fresh=fresh), own), after=len(found))
    report(len(queries), len(queries))
    return found


def query_of(system: UnitSystem, units: Iterable[UnitFacts], area: Area) -> str | None:
    """Return the Overpass query of one system: by relation id where the facts know it, else by code within the box."""
    own = [unit for unit in units if unit.system == system.id]
    ids = sorted(int(unit.osm.partition("/")[2]) for unit in own if unit.osm.startswith("relation/"))
    if own and len(ids) == len(own):
        wanted = f"relation(id:{','.join(map(str, ids))});"
    elif own and TAG in system.code_in:
        west, south, east, north = area.box
        wanted = f'relation["{TAG}"]["boundary"]({south},{west},{north},{east});'
    else:
        return None
    return f"[out:json][timeout:180];({wanted});out geom;"


def _of_system(answer: Mapping[str, Any], own: Iterable[UnitFacts]) -> dict[str, Any]:
    """Return the answer's relations of these units, each with its code: the box holds neighbours and other systems."""
    by_relation = {unit.osm: unit.code for unit in own if unit.osm}
    codes = {unit.code for unit in own}
    kept = []
    for element in answer.get("elements", ()):
        tags = element.get("tags", {})
        code = by_relation.get(f"relation/{element.get('id')}", tags.get(TAG))
        if code in codes:
            kept.append({**element, "tags": {**tags, TAG: code}})
    return {"elements": kept}


def ask(query: str, service: Service, *, fresh: bool = False) -> Mapping[str, Any]:
    """Return the answer to a query, remembered or asked for, trying again while the service is busy."""
    memory = service.cache / f"{hashlib.sha256((service.url + query).encode()).hexdigest()}.json"
    if not fresh and memory.is_file() and service.now() - memory.stat().st_mtime < CACHE_DAYS * 86400:
        remembered: Mapping[str, Any] = json.loads(memory.read_text("utf-8"))
        return remembered
    for pause in (*service.pauses, None):
        answer, trouble, wait = _attempt(query, service)
        if answer is not None:
            service.cache.mkdir(parents=True, exist_ok=True)
            draft = memory.with_suffix(".part")
            draft.write_text(json.dumps(answer), "utf-8")
            draft.replace(memory)
            return answer
        if pause is not None:
            service.sleep(max(pause, wait))
    raise Unavailable(
        N_(
            "OpenStreetMap's Overpass at {url} gives no answer: {reason}. Try later, or load a file of boundaries; "
            "until then the map shows approximate ones."
        ),
        url=service.url,
        reason=trouble,
    )


def _attempt(query: str, service: Service) -> tuple[Mapping[str, Any] | None, str, float]:
    """Return (answer, what went wrong, seconds the service asks us to wait)."""
    if not service.url.startswith(("https://", "http://")):
        raise BadInput(N_("The address of Overpass must begin with https:// or http://, not {url}."), url=service.url)
    request = Request(service.url, urlencode({"data": query}).encode(), {"User-Agent": "bezpeka (boundaries)"})  # noqa: S310
    try:
        with urlopen(request, timeout=service.timeout) as response:  # noqa: S310
            answer = json.loads(response.read())
    except HTTPError as error:
        if error.code not in BUSY:
            raise Unavailable(
                N_("OpenStreetMap's Overpass at {url} refuses: {reason}."), url=service.url, reason=f"HTTP {error.code}"
            ) from error
        return None, f"HTTP {error.code}", _seconds(error.headers.get("Retry-After"))
    except ValueError as error:
        return None, f"JSON: {error}", 0.0
    except (URLError, OSError) as error:
        return None, str(getattr(error, "reason", error)), 0.0
    if "error" in str(answer.get("remark", "")):
        return None, str(answer["remark"]), 0.0
    return answer, "", 0.0


def _seconds(header: str | None) -> float:
    return min(float(header), 120.0) if header and header.isdigit() else 0.0


def assemble(answer: Mapping[str, Any], *, after: int = 0) -> Iterator[Feature | Remark]:
    """Yield each relation of an answer (`out geom`) as a feature with its tags, or a remark why it has no area."""
    relations = (each for each in answer.get("elements", ()) if each.get("type") == "relation")
    for number, relation in enumerate(relations, start=after + 1):
        place = f"{PLACE}, relation/{relation['id']}"
        tags = dict(relation.get("tags", {})) | {"osm": f"relation/{relation['id']}"}
        shape, gaps = _area_of(relation.get("members", ()))
        if gaps:
            yield Remark(place, number, N_("Its ring is open in {n} places: members are missing."), {"n": gaps})
        else:
            yield usable(place, number, tags, shape, source="© OpenStreetMap contributors")


def _area_of(members: Iterable[Mapping[str, Any]]) -> tuple[Geometry | None, int]:
    """Return the outer rings' area less the inner ones', and how many pieces of ring could not be closed."""
    lines: dict[str, list[LineString]] = {"outer": [], "inner": []}
    for member in members:
        corners = [(corner["lon"], corner["lat"]) for corner in member.get("geometry") or () if corner]
        if member.get("type") == "way" and len(corners) > 1:
            lines["inner" if member.get("role") == "inner" else "outer"].append(LineString(corners))
    outer, open_outer = _polygons(lines["outer"])
    inner, open_inner = _polygons(lines["inner"])
    return (outer.difference(inner) if outer else None), open_outer + open_inner


def _polygons(lines: list[LineString]) -> tuple[Geometry, int]:
    rings, cuts, dangles, invalid = shapely.polygonize_full(lines)
    return shapely.union_all(rings), sum(len(each.geoms) for each in (cuts, dangles, invalid))
