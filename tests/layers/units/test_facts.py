"""Facts of units: read by the profile's headings, with a clear sentence for what can't be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.area import Area
from layers.errors import BadInput
from layers.units.facts import fingerprint, read_facts
from tests.layers.units.towns import town


def test_the_default_area_knows_its_units(area: Area) -> None:
    units = {unit.code: unit for unit in read_facts(area)}
    chuhuivska = units["UA63140170000087785"]
    assert (chuhuivska.name_uk, chuhuivska.name_en) == ("Чугуївська", "Chuhuivska")
    assert (chuhuivska.area_km2, chuhuivska.population_2022) == (289.0, 37962)
    assert chuhuivska.osm == "relation/12074476"
    # Renamed since OpenStreetMap's data was drawn: known by either name, joined by the code.
    assert units["UA63140150000093944"].other_names == ("Чкаловська селищна громада",)
    assert units["UA63140010010035757"].attributes["koatuu"] == "6321610100"


def test_units_of_2017_have_the_settlements_and_councils_of_their_codes(area: Area) -> None:
    units = {unit.code: unit for unit in read_facts(area)}
    old = units["6324600000"]
    assert len(old.members) == 12
    assert {units[code].parent_code for code in old.members} == {"UA63140090000052369"}
    assert old.attributes["parts"][0]["name_uk"] == "Печенізька селищна рада"
    assert sum(len(unit.attributes["parts"]) for unit in units.values() if unit.system == "units_2017") == 25


def test_a_bad_figure_is_named_with_its_file_row_and_column(tmp_path: Path) -> None:
    area = town(tmp_path)
    facts = tmp_path / "settlements.csv"
    facts.write_text(facts.read_text("utf-8").replace("50.05,36.06", "50.05,схід"), "utf-8")
    with pytest.raises(BadInput, match=r"settlements\.csv, row 3, column “lon”: “схід” is not a number"):
        read_facts(area)


def test_a_unit_needs_a_code_and_a_name(tmp_path: Path) -> None:
    area = town(tmp_path)
    facts = tmp_path / "hromadas.csv"
    facts.write_text(facts.read_text("utf-8").replace("B,Бузкова", "B,"), "utf-8")
    with pytest.raises(BadInput, match=r"hromadas\.csv, row 3: every unit needs a code and a name"):
        read_facts(area)


def test_one_code_stands_for_one_unit_among_all_systems(tmp_path: Path) -> None:
    area = town(tmp_path)
    facts = tmp_path / "settlements.csv"
    facts.write_text(facts.read_text("utf-8").replace("a1,A", "B,A"), "utf-8")
    with pytest.raises(BadInput, match="The code B stands for “Бузкова” and for “Ясне”"):
        read_facts(area)


def test_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    area = town(tmp_path)
    (tmp_path / "hromadas.csv").write_bytes("code,name_uk\nA,Громада\n".encode("cp1251"))
    with pytest.raises(BadInput, match="not UTF-8"):
        read_facts(area)


def test_the_fingerprint_follows_every_file_of_the_profile(tmp_path: Path) -> None:
    area = town(tmp_path)
    before = fingerprint(area)
    facts = tmp_path / "settlements.csv"
    facts.write_text(facts.read_text("utf-8") + "c3,C,Нове,77,50.06,36.25\n", "utf-8")
    assert fingerprint(area) != before
