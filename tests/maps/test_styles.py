"""The symbology can be read by everyone: contrast, few hues, icons that exist."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from maps.styles import GLYPH, INCIDENTS, LAND, PATTERNS, RAMP, STYLES, TEXT, icons

VENDOR = Path(__file__).parents[2] / "maps" / "static" / "vendor"


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two colours."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_incident_symbols_stand_out_from_the_land_and_their_glyph_from_them(theme: str) -> None:
    for symbol in INCIDENTS.symbols:
        assert symbol.fill
        assert contrast(symbol.fill[theme], LAND[theme]) >= 3, symbol.name
        assert contrast(symbol.fill[theme], GLYPH[theme]) >= 4.5, symbol.name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_labels_are_readable_on_the_land(theme: str) -> None:
    assert contrast(TEXT[theme], LAND[theme]) >= 7
    for style in STYLES.values():
        if style.label:
            assert contrast(style.label.ink[theme], style.label.halo[theme]) >= 4.5, style.layer


def test_incidents_use_at_most_eight_hues_none_of_them_red() -> None:
    hues = {symbol.fill.light for symbol in INCIDENTS.symbols if symbol.fill}
    assert len(hues) <= 8
    for hue in hues:
        red, green, blue = (int(hue[i : i + 2], 16) for i in (1, 3, 5))
        assert not (red > 150 and green < 60 and blue < 60), hue


def test_incident_symbols_of_one_hue_differ_by_icon() -> None:
    for one, other in combinations(INCIDENTS.symbols, 2):
        assert one.icon != other.icon, (one.name, other.name)


@pytest.mark.parametrize(("theme", "step"), [("light", -1), ("dark", 1)])
def test_the_ramp_goes_evenly_from_faint_to_strong(theme: str, step: int) -> None:
    levels = [_luminance(ink[theme]) * step for ink in RAMP]
    assert len(levels) == 5
    assert levels == sorted(levels)


def test_every_pattern_and_icon_that_a_symbol_names_exists() -> None:
    folders = {"maki": "maki-8.2.0", "temaki": "temaki-5.13.0"}
    for icon in icons():
        family, name = icon.split("/")
        assert (VENDOR / folders[family] / f"{name}.svg").is_file(), icon
    named = {symbol.pattern for style in STYLES.values() for symbol in style.symbols if symbol.pattern}
    assert named <= PATTERNS.keys()


def test_a_value_without_a_symbol_of_its_own_is_drawn_as_the_rest() -> None:
    roads = STYLES["roads"]
    assert roads.symbol("unclassified").name == "residential"
    assert roads.symbol("something new") is roads.symbols[-1]
    assert STYLES["hromadas"].symbol_of({"approximate": True}).name == "approximate"
    assert STYLES["hromadas"].symbol_of({"approximate": False}).name == "exact"
