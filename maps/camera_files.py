"""A camera plan as files for other programs: schedule, GeoJSON, KML, GeoPackage, a table of OpenStreetMap tags.

They hold exact places: whoever makes one answers for who may have it.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import geopandas
import shapely

from layers.errors import BadInput
from layers.text import N_

Sites = Sequence[Mapping[str, Any]]
COLUMNS = (
    "position", "ref", "mount", "height_m", "bearing", "tilt", "hfov", "model", "state", "locked", "price_uah",
    "yearly_uah", "adds_percent", "private_m2", "facade_m", "lat", "lon",
)  # fmt: skip
OSM_MOUNT = {"lamp": "street_lamp", "pole": "pole", "wall": "wall", "roof": "roof"}
FORMATS = ("csv", "geojson", "kml", "gpkg", "osm")


def camera_file(sites: Sites, title: str, form: str) -> bytes:
    """Write a plan's sites in one of FORMATS; raises BadInput for another."""
    makers = {"csv": schedule, "geojson": geojson, "kml": keyhole, "gpkg": geopackage, "osm": osm_tags}
    if form not in makers:
        raise BadInput(N_("There is no format “{name}”; known are {known}."), name=form, known=", ".join(FORMATS))
    return makers[form](sites, title)


def schedule(sites: Sites, _title: str) -> bytes:
    """Write one row a camera in the order in which to buy: UTF-8 with a byte order mark, for Excel."""
    return _csv(COLUMNS, ([_cell(site.get(name)) for name in COLUMNS] for site in sites))


def osm_tags(sites: Sites, _title: str) -> bytes:
    """Write the tags of OpenStreetMap's wiki (Tag:man_made=surveillance), one row a camera."""
    columns = ("lat", "lon", "man_made", "surveillance", "surveillance:type", "camera:type", "camera:mount",
               "camera:direction", "height")  # fmt: skip
    rows = (
        [
            _cell(site["lat"]), _cell(site["lon"]), "surveillance", "public", "camera",
            "dome" if site["bearing"] is None else "fixed", OSM_MOUNT[str(site["mount"])],
            "" if site["bearing"] is None else f"{site['bearing']:.0f}", _cell(site["height_m"]),
        ]
        for site in sites
    )  # fmt: skip
    return _csv(columns, rows)


def geojson(sites: Sites, title: str) -> bytes:
    """Write a FeatureCollection (RFC 7946)."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(site["lon"], 7), round(site["lat"], 7)]},
            "properties": {name: site.get(name) for name in COLUMNS if name not in ("lat", "lon")},
        }
        for site in sites
    ]
    whole = {"type": "FeatureCollection", "name": title, "features": features}
    return json.dumps(whole, ensure_ascii=False).encode()


def keyhole(sites: Sites, title: str) -> bytes:
    """Write KML 2.2 with each camera's columns as its data."""
    marks = []
    for site in sites:
        told = "".join(
            f'<Data name="{name}"><value>{escape(_cell(site.get(name)))}</value></Data>'
            for name in COLUMNS
            if name not in ("lat", "lon")
        )
        where = f"<Point><coordinates>{site['lon']:.7f},{site['lat']:.7f}</coordinates></Point>"
        marks.append(
            f"<Placemark><name>{site['position']}</name><ExtendedData>{told}</ExtendedData>{where}</Placemark>\n"
        )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    return f"{head}<name>{escape(title)}</name>\n{''.join(marks)}</Document></kml>\n".encode()


def geopackage(sites: Sites, _title: str) -> bytes:
    """Write a GeoPackage with one layer, `cameras`."""
    columns = {name: [site.get(name) for site in sites] for name in COLUMNS}
    points = shapely.points([(site["lon"], site["lat"]) for site in sites])
    frame = geopandas.GeoDataFrame(columns, geometry=points, crs="EPSG:4326")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cameras.gpkg"
        frame.to_file(path, layer="cameras", driver="GPKG", engine="pyogrio")
        return path.read_bytes()


def _csv(heads: Sequence[str], rows: Any) -> bytes:
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow(heads)
    writer.writerows(rows)
    return ("\ufeff" + content.getvalue()).encode()


def _cell(value: Any) -> str:
    """Write a value as text that a spreadsheet never runs."""
    if value is None:
        return ""
    text = f"{value:.7f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f"'{text}" if text.startswith(("=", "+", "@", "\t", "\r")) else text
