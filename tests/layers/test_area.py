"""An area profile: what it may say, and one clear sentence for each slip."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from layers.area import Area, load_profile
from layers.errors import BadInput

GOOD = """
id = "town"
name = { uk = "Місто", en = "Town" }
timezone = "Europe/Kyiv"
[outline]
bbox = [36.0, 50.0, 36.3, 50.1]
[[units]]
id = "hromadas"
title = { uk = "Громади", en = "Hromadas" }
"""


def written(folder: Path, content: str) -> Path:
    (folder / "area.toml").write_text(content, "utf-8")
    return folder / "area.toml"


def test_the_default_area_has_both_geographies_and_its_metric_crs(area: Area) -> None:
    assert [system.id for system in area.unit_systems][:2] == ["units_2017", "hromadas"]
    assert area.metric_srid == 32637


def test_the_metric_crs_follows_from_the_place(tmp_path: Path) -> None:
    monaco = GOOD.replace("36.0, 50.0, 36.3, 50.1", "7.40, 43.72, 7.44, 43.76")
    south = GOOD.replace("36.0, 50.0, 36.3, 50.1", "-70.7, -33.5, -70.6, -33.4")
    assert load_profile(written(tmp_path, monaco)).metric_srid == 32632
    assert load_profile(written(tmp_path, south)).metric_srid == 32719


def test_an_outline_may_be_a_file(tmp_path: Path) -> None:
    ring = [[36.0, 50.0], [36.3, 50.0], [36.1, 50.2], [36.0, 50.0]]
    (tmp_path / "outline.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    area = load_profile(written(tmp_path, GOOD.replace("bbox = [36.0, 50.0, 36.3, 50.1]", 'file = "outline.geojson"')))
    assert area.box == (36.0, 50.0, 36.3, 50.2)


ID = 'id = "hromadas"\n'
# slip -> (what stands there, what stands there instead, what is said)
SLIPS = {
    "no name of the place": ('name = { uk = "Місто", en = "Town" }', "", "“name.uk”: a word in quotes"),
    "one language only": (', en = "Town"', "", "“name.en”: a word in quotes"),
    "a number for a word": ('id = "town"', "id = 7", "“id”: a word in quotes"),
    "an unknown time zone": ("Europe/Kyiv", "Europe/Chuhuiv", "“timezone”: the name of a time zone"),
    "east before west": ("36.0, 50.0, 36.3", "36.3, 50.0, 36.0", "“outline.bbox”: four numbers"),
    "three numbers": ("36.0, 50.0, 36.3, 50.1", "36.0, 50.0, 36.3", "“outline.bbox”: four numbers"),
    "no outline": ("[outline]\nbbox = [36.0, 50.0, 36.3, 50.1]", "", "“outline.bbox”: a list"),
    "a slip of the pen": (ID, ID + 'fact = "x.csv"\n', "“units.hromadas.fact”: there is no such key"),
    "a missing file": (ID, ID + 'facts = "x.csv"\n', "“units.hromadas.facts”: there is no such file"),
    "an unknown system": (ID, ID + 'parent = { system = "raion" }\n', "“units.hromadas.parent.system”"),
    "a reserved id": (ID, 'id = "area"\n', "can't be called “area”"),
    "the same id twice": ("[[units]]", f'[[units]]\n{ID}title = {{ uk = "Г", en = "H" }}\n[[units]]', "one id"),
    "not TOML": ("[outline]", "[outline", "can't be read"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_named_with_its_place(slip: str, tmp_path: Path) -> None:
    before, after, said = SLIPS[slip]
    assert before in GOOD
    with pytest.raises(BadInput) as caught:
        load_profile(written(tmp_path, GOOD.replace(before, after)))
    assert said in str(caught.value)
    assert "area.toml" in str(caught.value)


def test_a_profile_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no area profile"):
        load_profile(tmp_path / "nowhere.toml")


def test_reading_a_profile_loads_no_geometry_library(area: Area) -> None:
    code = f"""
import sys, pathlib
from layers.area import load_profile
load_profile(pathlib.Path({str(area.profile)!r}))
print(sorted({{"geopandas", "pandas", "shapely", "pyproj", "numpy"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
