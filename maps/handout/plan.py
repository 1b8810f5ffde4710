"""A camera plan as one HTML file: with exact sites for one named reader, or with shares by unit for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from markupsafe import escape

from maps.handout import Over, handout
from maps.language import Language
from maps.picture.plan import Plan
from maps.rows import Box, Caption, Rows
from maps.styles import ACCENT, TEXT

PANE = "plan"  # above the ground, whichever of them is drawn last
BLIND = "#d55e00"
SHADES = ("#d9e8f2", "#a9cbe2", "#73a9cd", "#3f83b1", "#0b5c8e")  # of a fifth each of the demand


def with_sites(
    rows: Sequence[Rows], caption: Caption, plan: Plan, tips: Sequence[str], box: Box, language: Language, *, mark: str
) -> str:
    """Return the file for one reader: cameras, views and blind spots, the reader's mark all over; `tips` a camera."""
    return handout(rows, caption, box, language, over=_exact(plan, tips), mark=mark)


def with_units(
    rows: Sequence[Rows], caption: Caption, units: Sequence[tuple[shapely.Geometry, str, float]], box: Box,
    language: Language,
) -> str:  # fmt: skip
    """Return the file for everybody: units (shape, what is said of it, share of the demand seen), and no camera."""
    return handout(rows, caption, box, language, over=_shares(units))


def _exact(plan: Plan, tips: Sequence[str]) -> Over:
    def over(map_: Any) -> None:
        import folium
        from folium.map import CustomPane

        CustomPane(PANE, z_index=450).add_to(map_)
        for view in plan.views:
            _shape(
                view, {"fillColor": ACCENT["light"], "fillOpacity": 0.18, "weight": 1, "color": ACCENT["light"]}
            ).add_to(map_)
        for lon, lat in plan.blind:
            folium.CircleMarker((lat, lon), radius=3, weight=1.5, color=BLIND, pane=PANE, fill=False).add_to(map_)
        for camera, tip in zip(plan.cameras, tips, strict=True):
            colour = TEXT["light"] if camera.locked else ACCENT["light"]
            folium.CircleMarker(
                (camera.lat, camera.lon), radius=7, weight=2, color="#fff", fill=True, fill_color=colour,
                pane=PANE,
                fill_opacity=1, tooltip=folium.Tooltip(str(escape(tip))),
            ).add_to(map_)  # fmt: skip

    return over


def _shares(units: Sequence[tuple[shapely.Geometry, str, float]]) -> Over:
    def over(map_: Any) -> None:
        import folium
        from folium.map import CustomPane

        CustomPane(PANE, z_index=450).add_to(map_)
        for shape, said, share in units:
            shade = SHADES[min(int(share * len(SHADES)), len(SHADES) - 1)]
            drawn = _shape(shape, {"fillColor": shade, "fillOpacity": 0.6, "weight": 1, "color": TEXT["light"]})
            drawn.add_child(folium.Tooltip(str(escape(said)), permanent=True, sticky=False, direction="center"))
            drawn.add_to(map_)

    return over


def _shape(shape: shapely.Geometry, style: Mapping[str, Any]) -> Any:
    import folium

    def styled(_feature: object) -> dict[str, Any]:
        return dict(style)

    return folium.GeoJson(shapely.geometry.mapping(shape), style_function=styled, pane=PANE)
