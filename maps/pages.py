"""Pages: the Jinja environment and the one function that renders a template in a language."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from maps.language import Language

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
VENDOR = STATIC / "vendor"

MAPLIBRE = "vendor/maplibre-gl-6.17.0"
HTMX = "vendor/htmx-4.0.1"


def content_policy(*tile_hosts: str, framed_by: str = "'none'") -> str:
    """Return what pages may load and do: only what this server gives, and tiles from hosts that settings name.

    MapLibre's own CSS and images need data: and blob:. `framed_by` are the sites whose pages may show this one.
    """
    also = "".join(f" {host}" for host in tile_hosts)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "worker-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: blob:{also}",
            "font-src 'self'",
            f"connect-src 'self'{also}",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {framed_by}",
        )
    )


CONTENT_SECURITY_POLICY = content_policy()

Words = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Frame:
    """What surrounds every page: whose area it is, where the reader stands, how they like it, who they are."""

    area: str  # the area's title, in the page's language
    path: str = "/"
    query: Words = ()
    theme: str = ""  # light, dark, or "" to follow the device
    demo: bool = False
    account: str = ""  # the name of whoever is signed in
    desk: bool = False  # whether their work is at the desk
    places: Words = ()  # the pages of the desk that they work on
    ways: Words = ()  # the public pages beside this one
    csrf: str = ""

    def here(self, **changes: str | None) -> str:
        """Return this page's address with words of its query set, or taken out by None."""
        kept = [(name, value) for name, value in self.query if name not in changes]
        words = kept + [(name, value) for name, value in changes.items() if value is not None]
        return f"{self.path}?{urlencode(words)}" if words else self.path


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset
    environment.globals["maplibre"] = MAPLIBRE
    environment.globals["htmx"] = HTMX
    return environment


@cache
def asset(name: str) -> str:
    """Return the address of a static file, with a digest of its content: a new one is never mistaken for old."""
    if name.startswith("vendor/"):
        return f"/static/{name}"
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]
    return f"/static/{name}?{digest}"


def render(template: str, language: Language, frame: Frame, **values: Any) -> str:
    """Render a template; in it `_`, `ngettext`, `number`, `date`, `month` and `time` speak the language."""
    environment = _environment()
    return environment.get_template(template).render(
        _=language.gettext,
        ngettext=language.ngettext,
        language=language,
        frame=frame,
        number=language.number,
        date=language.date,
        month=language.month,
        time=language.time,
        **values,
    )
