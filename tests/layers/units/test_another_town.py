"""The guide for another town is true: its profiles can be read, and its tables name every key and word there is."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from layers.area import UnitSystem, load_profile
from layers.units.facts import FIGURES, NAMES, read_facts

GUIDE = (Path(__file__).parents[3] / "docs" / "how-to" / "another-town.md").read_text("utf-8")
PROFILES = [block for block in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL) if block.startswith("id =")]
DISTRICTS = next(block for block in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL) if "округ" in block)


@pytest.mark.parametrize("profile", [*PROFILES, PROFILES[-1] + DISTRICTS])
def test_the_guides_profiles_are_read(profile: str, tmp_path: Path) -> None:
    (tmp_path / "hromadas.csv").write_text("katottg,name_uk\nUA1,Ізюмська\n", "utf-8")
    (tmp_path / "settlements.csv").write_text("katottg,name_uk,hromada_katottg\nUA2,Ізюм,UA1\n", "utf-8")
    (tmp_path / "area.toml").write_text(profile, "utf-8")
    area = load_profile(tmp_path / "area.toml")
    assert len(read_facts(area)) == (2 if area.unit_systems else 0)


def test_the_guide_names_every_word_of_the_facts_and_every_key_of_a_system() -> None:
    keys = {field.name for field in fields(UnitSystem)} - {"rows", "title"}
    keys = {key for key in keys if not key.startswith(("parent_", "member_", "fills_", "points_"))}
    assert [word for word in {*NAMES, *FIGURES, *keys} if f"`{word}" not in GUIDE and f"{word} =" not in GUIDE] == []
