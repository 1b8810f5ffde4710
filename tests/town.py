"""A small made-up area whose geometry can be checked by hand.

36.00            36.10            36.20
  +----- H1 -------+                |     50.10
  | village 36.06..36.08, 50.06..08 |
  | city 36.00..36.02, 50.00..02    |
  +----------------+----------------+     50.00
  +----------- U17 (of 2017) -------+
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.area import Area, load_profile

HROMADA, CITY, VILLAGE, UNIT_2017 = "H1", "C1", "V1", "U17"
CITY_CENTRE = (36.01, 50.01)
HROMADA_CENTRE = (36.05, 50.05)

UNITS = (
    (HROMADA, "hromadas", "міська громада", None, (36.0, 50.0, 36.1, 50.1), HROMADA_CENTRE),
    (CITY, "settlements", "місто", HROMADA, (36.0, 50.0, 36.02, 50.02), CITY_CENTRE),
    (VILLAGE, "settlements", "село", HROMADA, (36.06, 50.06, 36.08, 50.08), (36.07, 50.07)),
    (UNIT_2017, "units_2017", "район", None, (36.0, 50.0, 36.2, 50.1), (36.1, 50.05)),
)
INSERT = text("""
INSERT INTO units (system, code, name_uk, name_en, kind, parent_code, geom, point)
VALUES (:system, :code, :code, :code, :kind, :parent,
        ST_Multi(ST_MakeEnvelope(:west, :south, :east, :north, 4326)), ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))
""")
PROFILE = """
id = "town"
name = { uk = "Містечко", en = "Town" }
timezone = "Europe/Kyiv"
outline = { bbox = [36.0, 50.0, 36.2, 50.1] }
"""


def build(session: Session) -> None:
    """Put the town's units into the database."""
    for code, system, kind, parent, box, (lon, lat) in UNITS:
        sides = dict(zip(("west", "south", "east", "north"), box, strict=True))
        values = {"system": system, "code": code, "kind": kind, "parent": parent, "lon": lon, "lat": lat, **sides}
        session.execute(INSERT, values)


def profile(folder: Path) -> Area:
    """Return the town's area, its profile written into a folder."""
    file = folder / "town.toml"
    file.write_text(PROFILE, "utf-8")
    return load_profile(file)
