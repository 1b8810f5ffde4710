"""The service worker at /sw.js, and the list of what a phone keeps so that the form opens without a network."""

from __future__ import annotations

import hashlib
import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from geo_api.pages.assets import squeezed
from maps.pages import STATIC, asset
from maps.styles import STYLES
from maps.symbols import THEMES, symbol_svg, symbols_css

# The modules of the form, in the order in which they are needed. The map's is not kept: without a network it is empty.
MODULES = tuple(
    f"report/{name}.js"
    for name in ("main", "given", "flow", "place", "photos", "exif", "same", "keeping", "outbox", "waiting", "leave")
)
SHEETS = ("base.css", "report.css")
OTHERS = ("page.js", "theme.js", "map/search.js", "icon.svg")
PAGES = {code: f"/report/offline?lang={code}" for code in ("uk", "en")}


def kept() -> dict[str, object]:
    """Return what the worker keeps, and a version that changes with any of it."""
    files = [f"/static/{name}" for name in (*MODULES, *OTHERS, *SHEETS)] + ["/symbols.css"]
    symbols = {symbol.name for symbol in STYLES["problems"].symbols}
    files += [f"/symbols/{theme}/problems/{name}.svg" for theme in THEMES for name in sorted(symbols)]
    return {"version": _version(), "pages": PAGES, "files": files}


def _version() -> str:
    names = (*MODULES, *OTHERS, *SHEETS, "report/worker.js")
    parts = [asset(name) for name in names] + [symbols_css()]
    parts += [symbol_svg("problems", symbol.name, theme) for symbol in STYLES["problems"].symbols for theme in THEMES]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def worker(request: Request) -> Response:
    """Return the service worker; at the root, so that it may answer for every page."""
    script = f"const KEPT = {json.dumps(kept())};\n{(STATIC / 'report' / 'worker.js').read_text('utf-8')}"
    return squeezed(request, Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"}))


routes = [Route("/sw.js", worker, methods=["GET"])]
