"""The page of a handout: a document of its own around folium's map, with everything inlined and every text escaped."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from maps.handout.ground import drawn_with
from maps.language import Language
from maps.pages import STATIC, VENDOR, Frame, render
from maps.picture.ground import Pen, patterns
from maps.picture.marks import definitions, symbol_id
from maps.records import WORDS
from maps.rows import Caption, Rows, records_of, sources
from maps.styles import ACCENT, CLUSTER, GLYPH, GROUND_OF, HALO, LAND, MUTED_TEXT, RECORDS, STYLES, TEXT, UNITS, WATER

if TYPE_CHECKING:
    import folium

LEAFLET = VENDOR / "leaflet-1.9.4"
CLUSTERS = VENDOR / "leaflet.markercluster-1.5.3"
INKS = {
    "text": TEXT, "muted": MUTED_TEXT, "paper": HALO, "land": LAND, "accent": ACCENT, "cluster": CLUSTER,
    "glyph": GLYPH, "water": WATER.label.ink if WATER.label else TEXT,
}  # fmt: skip
# Leaflet's own images (layer switch, default pin) are not used; their relative addresses would still be asked for.
_ADDRESS = re.compile(r"url\((?:images/[^)]*|#default#VML)\)")
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=\S+")
_UNSAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def dress(
    map_: folium.Map, clusters: Any, data: dict[str, Any], rows: Sequence[Rows], caption: Caption, language: Language,
    mark: str = "",
) -> str:  # fmt: skip
    """Return the whole document."""
    figure: Any = map_.get_root()
    figure.render()
    start = f"handout.start({map_.get_name()}, {clusters.get_name() if clusters else 'null'});"
    return render(
        "handout.html",
        language,
        Frame(area=""),
        caption=caption,
        mark=mark,
        n=_count(rows, language),
        notes=caption.notes(rows, language),
        sources=sources(rows, language),
        legend=_legend(rows, language),
        styles=Markup(_styles()),  # noqa: S704 (our own files)
        scripts=[Markup(part) for part in _scripts(data)],  # noqa: S704 (our own files, and JSON without < > &)
        signs=Markup(_signs(rows)),  # noqa: S704 (drawn from the symbology)
        map_html=Markup(figure.html.render()),  # noqa: S704 (folium's own empty element)
        map_script=Markup(figure.script.render() + start),  # noqa: S704 (folium writes data as JSON without < > &)
    )


def _count(rows: Sequence[Rows], language: Language) -> str:
    about = records_of(rows)
    return language.ngettext(*WORDS[about.layer].on_map, len(about)) if about else ""


def _styles() -> str:
    inks = "".join(f"--{name}:{ink['light']};" for name, ink in INKS.items())
    files = (LEAFLET / "leaflet.css", CLUSTERS / "MarkerCluster.css", STATIC / "handout.css")
    return f":root{{{inks}}}\n" + _ADDRESS.sub("none", "\n".join(path.read_text("utf-8") for path in files))


def _scripts(data: dict[str, Any]) -> list[str]:
    """Return the scripts in order: Leaflet, clusters, what is shown, and what shows it."""
    shown = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE)
    files = (LEAFLET / "leaflet.js", CLUSTERS / "leaflet.markercluster.js")
    libraries = [f"/*\n{_licence(path)}\n*/\n{_SOURCE_MAP.sub('', path.read_text('utf-8'))}" for path in files]
    return [*libraries, f"window.HANDOUT = {shown};", (STATIC / "handout.js").read_text("utf-8")]


def _licence(path: Path) -> str:
    """Return the licence that every copy of a library must carry."""
    return (path.parent / "LICENSE").read_text("utf-8").replace("*/", "* /")


def _signs(rows: Sequence[Rows]) -> str:
    pen, about = Pen(), records_of(rows)
    signs = definitions(about.layer, STYLES[about.layer].symbols, pen) if about else ""
    return patterns("url(#hatch)", pen, 1) + signs


def _legend(rows: Sequence[Rows], language: Language) -> list[dict[str, Any]]:
    """Return what the legend lists: records by how many there are, then boundaries."""
    found: list[dict[str, Any]] = []
    for part in sorted(rows, key=lambda part: part.layer not in RECORDS):
        style = STYLES[part.layer]
        if part.layer in RECORDS:
            counts = [(place, s, int(drawn_with(part, style, s).sum())) for place, s in enumerate(style.symbols)]
            ranked = sorted((one for one in counts if one[2]), key=lambda one: -one[2])
            found += [
                {"place": place, "id": symbol_id(part.layer, s), "title": s.title[language.code], "count": n}
                for place, s, n in ranked
            ]
        elif part.layer in (*UNITS, *GROUND_OF):
            found += [
                {"line": s.line["light"] if s.line else "", "dash": s.dash, "title": s.title[language.code]}
                for s in style.symbols
                if drawn_with(part, style, s).any()
            ]
    return found
