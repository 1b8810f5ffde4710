"""Cameras from files: what is read, which row is refused and why, catalogues of models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingestion.cameras import Report, read_models, read_sites
from layers.cameras.models import shipped
from layers.cameras.rules import UNKNOWN_MODEL, Model
from layers.errors import BadInput

MODELS = {row["code"]: Model(**{name: row[name] for name in Model.__dataclass_fields__}) for row in shipped()}
HEAD = "широта,довгота,напрямок,висота,модель,кріплення,кут"


def read(folder: Path, *rows: str, head: str = HEAD, name: str = "plan.csv") -> Report:
    file = folder / name
    file.write_text("\n".join((head, *rows)) + "\n", "utf-8")
    inside = lambda lon, lat: 36 <= lon <= 36.2 and 50 <= lat <= 50.1  # noqa: E731
    return read_sites(file, MODELS, inside, spare=folder, say=str)


@pytest.mark.parametrize(
    ("said", "degrees"),
    [("N", 0.0), ("n", 0.0), ("E", 90.0), ("NW", 315.0), ("SSW", 202.5), ("360", 0.0), ("45,5°", 45.5)],
)  # fmt: skip
def test_a_bearing_is_degrees_or_a_cardinal_and_n_is_north(tmp_path: Path, said: str, degrees: float) -> None:
    [site] = read(tmp_path, f'50.05,36.05,"{said}",5,fixed-4mp,стіна,').sites
    assert site["bearing"] == degrees
    assert site["mount"] == "wall"


def test_without_a_bearing_a_camera_looks_all_round(tmp_path: Path) -> None:
    [site] = read(tmp_path, "50.05,36.05,,,,,").sites
    assert site["bearing"] is None
    assert (site["mount"], site["height_m"]) == ("pole", 5.0)


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("49.05,36.05,90,5,,,", "широта", "outside the area"),
        (",36.05,90,5,,,", "широта", "latitude and a longitude"),
        ("50.05,36.05,400,5,,,", "напрямок", "0 to 359"),
        ("50.05,36.05,вліво,5,,,", "напрямок", ""),
        ("50.05,36.05,90,-4,,,", "висота", "2 to 60 m"),
        ("50.05,36.05,90,5,,,0", "кут", ""),
        ("50.05,36.05,90,5,зеніт,,", "модель", "fixed-4mp"),
        ("50.05,36.05,90,5,,дерево,", "кріплення", "hangs on one of"),
    ],
)  # fmt: skip
def test_a_row_that_can_not_be_used_is_named_with_its_column_and_the_reason(
    tmp_path: Path, row: str, column: str, said: str
) -> None:
    report = read(tmp_path, "50.05,36.05,90,5,,,", row)
    assert (report.read, report.rejected, len(report.sites)) == (2, 1, 1)
    assert report.rejects is not None
    kept = report.rejects.read_text("utf-8-sig")
    assert "3" in kept
    assert column in kept
    assert said in kept


def test_a_focal_length_of_zero_is_refused(tmp_path: Path) -> None:
    report = read(tmp_path, "50.05,36.05,90,5,0", head="lat,lon,bearing,height_m,focal_mm")
    assert report.rejected == 1


def test_geojson_is_read_as_a_table_is(tmp_path: Path) -> None:
    features = [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [36.05, 50.05]},
                 "properties": {"bearing": "NE", "height_m": 6, "model": "vari-8mp"}}]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": features})
    file = tmp_path / "plan.geojson"
    file.write_text(text, "utf-8")
    [site] = read_sites(file, MODELS, lambda _lon, _lat: True, spare=tmp_path, say=str).sites
    assert (site["lon"], site["lat"], site["bearing"], site["model"]) == (36.05, 50.05, 45.0, "vari-8mp")


def test_a_catalogue_is_read_and_a_wrong_row_of_it_loads_nothing(tmp_path: Path) -> None:
    head = "code,name_uk,name_en,h_px,v_px,sensor_width_mm,focal_min_mm,focal_max_mm,ir_range_m,price_uah,yearly_uah"
    file = tmp_path / "models.csv"
    file.write_text(f"{head}\nmine,Моя,Mine,2560,1440,5.2,4,4,30,1000,100\n", "utf-8")
    [model] = read_models(file)
    assert 65 < model.widest < 67
    file.write_text(f"{head}\nmine,Моя,Mine,2560,1440,5.2,0,4,30,1000,100\n", "utf-8")
    with pytest.raises(BadInput, match="Row 2"):
        read_models(file)


def test_a_dozen_generic_models_are_shipped_with_openly_generic_names() -> None:
    assert len(MODELS.keys() - {UNKNOWN_MODEL}) == 12
    assert all(model.name_uk and model.name_en for model in MODELS.values())
