"""What the map page shows, made from answers."""

from __future__ import annotations

from geo_api.pages import map_view
from geo_api.pages.map_view import Counted, UnitLine
from layers.area import Area
from layers.layer import Title
from maps.language import speak

UK = speak("uk")
THEFT = Counted("theft", Title("Крадіжка", "Theft"), 3)


def unit(system: str, code: str, name: str, *, approximate: bool = False) -> UnitLine:
    return UnitLine(
        system, code, Title(name, name), approximate, False, "OSM", "ODbL 1.0", 36.7, 49.8, (36, 49, 37, 50)
    )


def test_months_without_records_stand_between_those_with() -> None:
    months = map_view.months({"2025-11": 4, "2026-02": 1}, UK)
    assert [month.value for month in months] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert [month.height for month in months] == [40, 0, 0, 10]
    assert months[0].label == "листопад 2025 р."


def test_no_record_makes_no_period() -> None:
    assert map_view.months({}, UK) == ()


def test_a_ticked_category_stays_offered_when_nothing_of_it_is_left() -> None:
    choices = map_view.choices([THEFT], ("fraud",), {"theft": "theft"}, "incidents", UK)
    assert [(each.value, each.count, each.chosen) for each in choices] == [("theft", 3, False), ("fraud", 0, True)]
    assert choices[0].symbol == "theft"


def test_the_first_system_of_the_profile_is_offered_first(area: Area) -> None:
    lines = [unit("hromadas", f"h{n}", name) for n, name in enumerate(["Чугуївська", "Зміївська", "Ївженська"])]
    lines += [unit("units_2017", f"u{n}", name) for n, name in enumerate(["Чугуїв", "Печеніги"])]
    lines += [unit("settlements", f"s{n}", "село") for n in range(3)] + [unit("raion", "r", "Чугуївський район")]
    systems = map_view.systems(area, lines, {"h1": 7}, "", UK)
    assert [system.id for system in systems] == ["units_2017", "hromadas"]
    assert [system.shown for system in systems] == [True, False]
    assert [(each.name, each.count) for each in systems[1].units] == [
        ("Зміївська", 7),
        ("Ївженська", 0),
        ("Чугуївська", 0),
    ]
    assert map_view.systems(area, lines, {}, "hromadas", UK)[1].shown


def test_a_line_of_the_list_says_what_when_where_and_in_full_how_exactly() -> None:
    feature = {
        "geometry": {"coordinates": [36.681234, 49.83]},
        "properties": {
            "category": "theft",
            "symbol": "theft",
            "status": "registered",
            "month": "2026-10",
            "units": ["h1", "s1"],
            "location_precision": "street",
            "source": "поліція",
        },
    }
    settlement = unit("settlements", "s1", "Кочеток")
    known = {"s1": settlement, "h1": unit("hromadas", "h1", "Чугуївська")}
    titles = {"category": {"theft": THEFT.title}, "status": {"registered": Title("Зареєстровано", "Registered")}}

    def lines(*, fully: bool) -> map_view.Item:
        [item] = map_view.items(
            [feature], titles=titles, units=known, system="hromadas", fully=fully, about="incidents",
            keep=[("lang", "uk")], language=UK,
        )  # fmt: skip
        return item

    assert lines(fully=False).title == "Крадіжка"
    assert lines(fully=False).details == ("жовтень 2026 р.", "Кочеток", "Зареєстровано")
    assert lines(fully=True).details[3:] == ("з точністю до вулиці", "поліція")
    assert lines(fully=False).href == "/?lang=uk&here=36.68123%2C49.83000&at=16%2F49.83000%2F36.68123"
