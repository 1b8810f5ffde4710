"""The browser's map is drawn from the symbology: every layer, both themes, in order, without outside sources."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from layers.area import Area
from layers.catalogue import catalogue
from layers.places.kinds import PLACE_KINDS
from maps.browser import map_style
from maps.pages import content_policy
from maps.styles import STYLES
from maps.symbols import THEMES, pattern_svg, symbol_svg, symbols_css


def drawn(theme: str = "light", language: str = "uk", layers: Any = STYLES) -> dict[str, Any]:
    style = map_style(layers, theme=theme, language=language)
    parsed: dict[str, Any] = json.loads(json.dumps(style))
    return parsed


def test_the_symbology_has_the_layers_of_the_catalogue(area: Area) -> None:
    assert set(STYLES) == set(catalogue(area))


def test_every_kind_of_place_has_its_own_sign_or_a_named_share_in_one() -> None:
    assert set(PLACE_KINDS) <= set(STYLES["places"].by_value)


@pytest.mark.parametrize("theme", THEMES)
def test_every_layer_is_drawn_from_our_own_tiles_only(theme: str) -> None:
    style = drawn(theme)
    assert "http" not in json.dumps(style)
    assert "glyphs" not in style
    used = {layer.get("source") for layer in style["layers"]}
    assert set(STYLES) <= used
    assert len({layer["id"] for layer in style["layers"]}) == len(style["layers"])


def test_what_an_area_lacks_is_no_source() -> None:
    style = drawn(layers=["roads", "incidents"])
    assert set(style["sources"]) == {"roads", "incidents", "names", "selected"}
    assert {layer.get("source") for layer in style["layers"]} <= {None, "roads", "incidents", "names", "selected"}


def test_incidents_lie_over_the_base_map_and_their_figures_over_all() -> None:
    order = [layer["id"] for layer in drawn()["layers"]]
    assert order.index("buildings") < order.index("roads-residential") < order.index("hromadas-exact")
    assert order.index("hromadas-exact") < order.index("incidents-clusters") < order.index("incidents-counts")


def test_approximate_units_are_dashed_and_hatched() -> None:
    layers = {layer["id"]: layer for layer in drawn()["layers"]}
    assert layers["hromadas-approximate"]["paint"]["line-dasharray"]
    assert layers["hromadas-hatch"]["paint"]["fill-pattern"] == "pattern/hatch"
    assert "line-dasharray" not in layers["hromadas-exact"]["paint"]


def test_tiles_from_elsewhere_are_drawn_only_when_settings_name_them_and_under_all() -> None:
    style = map_style(STYLES, theme="light", language="uk", raster="https://tiles.example/{z}/{x}/{y}.png")
    assert [layer["id"] for layer in style["layers"]][:2] == ["land", "raster"]
    assert "raster" not in map_style(STYLES, theme="light", language="uk")["sources"]
    assert "https://tiles.example" in content_policy("https://tiles.example")
    assert "http" not in content_policy()


def test_names_are_in_the_language_asked() -> None:
    assert "name_en" in json.dumps(drawn(language="en"))
    assert "name_en" not in json.dumps(drawn(language="uk"))


@pytest.mark.parametrize("theme", THEMES)
def test_every_symbol_and_pattern_is_a_drawing(theme: str) -> None:
    for layer, style in STYLES.items():
        for symbol in style.symbols:
            drawing = ElementTree.fromstring(symbol_svg(layer, symbol.name, theme))
            assert len(drawing) or symbol.name == "locality"
    assert ElementTree.fromstring(pattern_svg("hatch", theme)).get("width") == "18"


def test_the_colours_of_both_themes_are_one_style_sheet() -> None:
    css = symbols_css()
    assert css.count("--accent:") == 3
    assert ".symbol-incidents-theft{" in css
    assert "url(/symbols/dark/incidents/theft.svg)" in css
