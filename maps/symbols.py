"""Single symbols as SVG and the colours of the pages as CSS, both from the one symbology."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from xml.etree import ElementTree

from maps.pages import VENDOR
from maps.styles import GLYPH, LAND, PAGE, PATTERNS, RAMP, STYLES, Ink, Pattern, Symbol

THEMES = ("light", "dark")
SIZE = 26  # CSS pixels along a symbol's side
_FOLDERS = {"maki": "maki-8.2.0", "temaki": "temaki-5.13.0"}


@cache
def icon_path(icon: str) -> str:
    """Return the path data of a vendored icon, drawn in a box of 15 by 15."""
    family, name = icon.split("/")
    drawing = ElementTree.parse(VENDOR / _FOLDERS[family] / f"{name}.svg")  # noqa: S314 (our own vendored file)
    return " ".join(path.attrib["d"] for path in drawing.iter("{http://www.w3.org/2000/svg}path"))


def symbol_svg(layer: str, name: str, theme: str) -> str:
    """Draw one symbol: a disc with its icon, a swatch of an area, or a stroke of a line."""
    symbol = STYLES[layer].by_value[name]
    inner = _disc(symbol, theme) if symbol.icon else _swatch(symbol, theme)
    return _svg(SIZE, inner)


def pattern_svg(name: str, theme: str) -> str:
    """Draw one tile of a pattern that repeats without a seam."""
    pattern = PATTERNS[name]
    step = pattern.step * 2
    return _svg(step, _pattern(pattern, step, theme))


def _svg(size: float, inner: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size:g}" height="{size:g}" '
        f'viewBox="0 0 {size:g} {size:g}">{inner}</svg>'
    )


def _disc(symbol: Symbol, theme: str) -> str:
    fill = symbol.fill[theme] if symbol.fill else "none"
    return (
        f'<circle cx="13" cy="13" r="11.5" fill="{fill}" stroke="{GLYPH[theme]}" stroke-width="1.5"/>'
        f'<path transform="translate(5.5 5.5)" fill="{GLYPH[theme]}" d="{icon_path(symbol.icon or "")}"/>'
    )


def _swatch(symbol: Symbol, theme: str) -> str:
    line = symbol.line[theme] if symbol.line else "none"
    dash = f' stroke-dasharray="{" ".join(f"{d:g}" for d in symbol.dash)}"' if symbol.dash else ""
    if symbol.fill or symbol.pattern:
        fill = symbol.fill[theme] if symbol.fill else LAND[theme]
        sheer = f' fill-opacity="{symbol.opacity:g}"' if symbol.opacity < 1 else ""
        pattern = _pattern(PATTERNS[symbol.pattern], 20, theme) if symbol.pattern else ""
        return (
            f'<rect x="3" y="5" width="20" height="16" rx="2" fill="{fill}"{sheer}/>'
            f'<svg x="3" y="5" width="20" height="16">{pattern}</svg>'
            f'<rect x="3" y="5" width="20" height="16" rx="2" fill="none" stroke="{line}"{dash}/>'
        )
    casing = (
        f'<path d="M2 18 24 8" stroke="{symbol.casing[theme]}" stroke-width="{symbol.width + 1.6:g}"/>'
        if symbol.casing
        else ""
    )
    return f'{casing}<path d="M2 18 24 8" stroke="{line}" stroke-width="{max(symbol.width, 1.4):g}"{dash}/>'


def _pattern(pattern: Pattern, size: float, theme: str) -> str:
    """Fill a square with diagonal lines or dots; its sides are multiples of the step, so the drawing has no seam."""
    ink, step = pattern.ink[theme], pattern.step
    if pattern.kind == "dots":
        places = [(x * step + step / 2, y * step + step / 2) for x in range(3) for y in range(3)]
        return "".join(f'<circle cx="{x:g}" cy="{y:g}" r="{pattern.width:g}" fill="{ink}"/>' for x, y in places)
    starts = range(-int(size // step) - 1, 2 * int(size // step) + 2)
    lines = "".join(f"M{k * step - 1:g} {size + 1:g} {k * step + size + 1:g} -1 " for k in starts)
    return f'<path d="{lines.strip()}" stroke="{ink}" stroke-width="{pattern.width:g}" fill="none"/>'


@cache
def symbols_css() -> str:
    """Return the colours of both themes as CSS properties, and one class a symbol: `symbol symbol-LAYER-NAME`."""
    light, dark = ("".join(_properties(theme)) for theme in THEMES)
    classes = "".join(f".symbol-{key}{{background-image:var(--symbol-{key})}}\n" for key, _, _ in _keys())
    return (
        f":root{{{light}}}\n"
        f"@media (prefers-color-scheme: dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
        f":root[data-theme=dark]{{{dark}}}\n"
        ".symbol{display:inline-block;flex:none;background:center/contain no-repeat;"
        f"width:{SIZE}px;height:{SIZE}px}}\n"
        f"{classes}"
    )


def _keys() -> Iterator[tuple[str, str, str]]:
    for layer, style in STYLES.items():
        for symbol in style.symbols:
            yield f"{layer}-{symbol.name}", layer, symbol.name


def _properties(theme: str) -> Iterator[str]:
    yield f"--scheme:{theme};"
    colours: dict[str, Ink] = {**PAGE, **{f"ramp-{i}": ink for i, ink in enumerate(RAMP, start=1)}}
    yield from (f"--{name}:{ink[theme]};" for name, ink in colours.items())
    yield from (f"--symbol-{key}:url(/symbols/{theme}/{layer}/{name}.svg);" for key, layer, name in _keys())
