"""Which column means what: guessed, ready, or said in a mapping."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.columns import choose, load_mapping, ready_mappings
from layers.categories.actions import shipped
from layers.errors import BadInput
from layers.incidents.rules import STATUSES

FILE = Path("events.csv")
MAPPING = """
id = "town_hall"
title = "Міська рада"
location_precision = "street"
time_precision = "day"
[columns]
when = "Коли це було"
street = "Де"
category = "Що"
[categories]
"Яма" = "road"
"""


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["№", "Дата події", "Широта", "Довгота", "Вид правопорушення"], {"when", "lat", "lon", "category"}),
        (["Date", "Time", "Latitude", "Longitude", "Status"], {"when", "time", "lat", "lon", "status"}),
        (["ДАТА", "Координати (WGS 84)", "Категорія"], {"when", "latlon", "category"}),
        (["Дата", "Населений пункт", "Вулиця", "Стаття"], {"when", "settlement", "street", "category"}),
        (["Дата", "Координати", "lat", "lon"], {"when", "lat", "lon"}),
    ],
)  # fmt: skip
def test_headings_are_guessed_in_ukrainian_and_english(headings: list[str], fields: set[str]) -> None:
    assert set(choose(headings, FILE, None, None).columns) == fields


def test_of_two_columns_of_one_meaning_the_first_counts() -> None:
    assert choose(["Дата", "Дата реєстрації", "lat", "lon"], FILE, None, None).columns["when"] == "Дата"


@pytest.mark.parametrize(("headings", "missing"), [(["lat", "lon"], "a date"), (["Дата", "lat"], "a place")])
def test_what_is_missing_is_said_with_what_there_is(headings: list[str], missing: str) -> None:
    with pytest.raises(BadInput, match=f"no column with {missing}.*{headings[0]}"):
        choose(headings, FILE, None, None)


def test_files_without_a_mapping_share_one_identity_so_that_a_renamed_copy_adds_nothing() -> None:
    first = choose(["Дата", "lat", "lon"], Path("a.csv"), None, None)
    second = choose(["Дата", "lat", "lon"], Path("b.csv"), None, "Звіт")
    assert first.source.id == second.source.id
    assert (first.source.title, second.source.title) == ("a", "Звіт")


def test_police_uk_is_recognised_by_its_headings() -> None:
    headings = [
        *("Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code"),
        *("LSOA name", "Crime type", "Last outcome category", "Context"),
    ]
    found = choose(headings, FILE, None, None)
    assert (found.source.id, found.location_precision, found.time_precision) == ("police.uk", "snapped", "month")
    assert found.source.licence == "Open Government Licence v3.0"


def test_every_ready_mapping_leads_to_codes_that_exist() -> None:
    categories = {row["code"] for row in shipped()}
    statuses = {status.code for status in STATUSES}
    for mapping in ready_mappings():
        assert set(mapping.categories.values()) <= categories
        assert set(mapping.statuses.values()) <= statuses


def test_a_mapping_says_what_columns_mean(tmp_path: Path) -> None:
    file = tmp_path / "mapping.toml"
    file.write_text(MAPPING, "utf-8")
    found = load_mapping(file)
    assert found.positions(["Що", "Де", "Коли це було"], FILE) == {"when": 2, "street": 1, "category": 0}
    assert found.categories == {"яма": "road"}
    with pytest.raises(BadInput, match="no column “Коли це було”"):
        found.positions(["Що", "Де"], FILE)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('id = "town_hall"', "", "id"),
        ("location_precision", "precision", "precision"),
        ('"street"\ntime', '"about"\ntime', "location_precision"),
        ("street = ", "road = ", "road"),
        ("when = ", "status = ", "no column with a date"),
        ("[columns]", "[columns", "can't be read"),
    ],
)
def test_a_wrong_mapping_is_named_by_its_key(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in MAPPING
    file = tmp_path / "mapping.toml"
    file.write_text(MAPPING.replace(old, new), "utf-8")
    with pytest.raises(BadInput, match=complaint):
        load_mapping(file)
