"""Rows as KML 2.2, for Google Earth and phones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

import shapely

from layers.layer import Kind
from maps.language import Language
from maps.rows import Caption, Rows, Shapes, sources
from maps.styles import STYLES, Ink
from maps.values import DIGITS, plain, rounded, text

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def keyhole(rows: Rows, caption: Caption, language: Language) -> bytes:
    """Write KML 2.2 without a link to any icon: styles are colours of the symbology only."""
    style = STYLES[rows.layer]
    about = "\n".join((*caption.notes([rows], language), sources([rows], language), language.date(caption.day)))
    values = rows.column(style.column) if style.column else None
    symbols = [style.symbol_of({style.column: value}).name for value in values or [None] * len(rows)]
    names = rows.names("name", language.code)
    shapes = _shapes(rows.shapes)
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>',
        f"<name>{_xml(caption.title)}</name><description>{_xml(about)}</description>\n",
        *(_style(rows.layer, name) for name in sorted(set(symbols))),
    ]
    for row, symbol, name, shape in zip(rows.values, symbols, names, shapes, strict=True):
        said = name or style.symbol(symbol).title[language.code]
        out.append(
            f"<Placemark><name>{_xml(said)}</name>{_time(row, rows)}<styleUrl>#{symbol}</styleUrl>"
            f"<ExtendedData>{''.join(_data(row, rows, language))}</ExtendedData>{shape}</Placemark>\n"
        )
    return "".join([*out, "</Document></kml>\n"]).encode()


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _data(row: Any, rows: Rows, language: Language) -> Iterator[str]:
    for value, column in zip(row, rows.columns, strict=True):
        if value is not None:
            title, said = _xml(column.title[language.code]), _xml(text(plain(value)))
            yield f'<Data name="{column.name}"><displayName>{title}</displayName><value>{said}</value></Data>'


def _time(row: Any, rows: Rows) -> str:
    for value, column in zip(row, rows.columns, strict=True):
        if column.kind in (Kind.TIME, Kind.MONTH) and value is not None:
            return f"<TimeStamp><when>{_xml(str(plain(value)))}</when></TimeStamp>"
    return ""


def _style(layer: str, name: str) -> str:
    symbol = STYLES[layer].symbol(name)
    area, edge = _colour(symbol.fill or symbol.line), _colour(symbol.line or symbol.fill)
    return (
        f'<Style id="{name}"><IconStyle><color>ff{area}</color></IconStyle>'
        f"<LabelStyle><scale>0.8</scale></LabelStyle>"
        f"<LineStyle><color>ff{edge}</color><width>{symbol.width:g}</width></LineStyle>"
        f"<PolyStyle><color>66{area}</color></PolyStyle></Style>\n"
    )


def _colour(ink: Ink | None) -> str:
    colour = ink["light"].lstrip("#") if ink else "000000"
    return colour[4:6] + colour[2:4] + colour[0:2]  # KML writes blue, green, red


def _shapes(shapes: Shapes) -> Iterator[str]:
    for shape in rounded(shapes):
        yield _shape(shape) if shape is not None and not shape.is_empty else ""


def _shape(shape: shapely.Geometry) -> str:
    if hasattr(shape, "geoms"):
        return f"<MultiGeometry>{''.join(_shape(part) for part in shape.geoms)}</MultiGeometry>"
    if shape.geom_type == "Polygon":
        inner = "".join(f"<innerBoundaryIs>{_ring(ring)}</innerBoundaryIs>" for ring in shape.interiors)
        return f"<Polygon><outerBoundaryIs>{_ring(shape.exterior)}</outerBoundaryIs>{inner}</Polygon>"
    kind = "Point" if shape.geom_type == "Point" else "LineString"
    return f"<{kind}>{_coordinates(shape)}</{kind}>"


def _ring(ring: shapely.Geometry) -> str:
    return f"<LinearRing>{_coordinates(ring)}</LinearRing>"


def _coordinates(shape: shapely.Geometry) -> str:
    pairs = (f"{lon:.{DIGITS}f},{lat:.{DIGITS}f}" for lon, lat in shapely.get_coordinates(shape).tolist())
    return f"<coordinates>{' '.join(pairs)}</coordinates>"
