"""Where somebody stands in the queue, as the address says: the tab, what it is narrowed to, the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.requests import Request

from geo_api.context import service_of, viewer_of
from geo_api.pages.forms import signed_in
from layers.errors import NotAllowed
from layers.problems.desk import Narrowing, Tab, tabs_of
from layers.problems.rules import SOURCES, WORKERS
from layers.query import parse_query
from layers.text import N_
from layers.viewer import Viewer

SHARED = ("category", "status", "unit", "from", "to")  # read by the vocabulary that tiles and lists share
LONGEST_WORDS = 200


@dataclass(frozen=True)
class Standing:
    """One place in the queue."""

    tab: Tab
    narrowing: Narrowing
    cursor: str = ""

    @property
    def is_narrowed(self) -> bool:
        return replace(self.narrowing, timezone="UTC") != Narrowing()

    def query(self, **changes: str) -> str:
        """Return the words of an address that leads back here, with `?`; changes are set, or taken out by ""."""
        narrowed = self.narrowing
        words = {
            "tab": self.tab.code,
            "category": ",".join(narrowed.category),
            "status": ",".join(narrowed.status),
            "unit": ",".join(narrowed.unit),
            "source": ",".join(narrowed.source),
            "from": narrowed.since.isoformat() if narrowed.since else "",
            "to": narrowed.until.isoformat() if narrowed.until else "",
            "q": narrowed.words,
            "cursor": self.cursor,
        } | changes
        return "?" + urlencode({name: value for name, value in words.items() if value})


def standing_of(request: Request) -> Standing:
    """Read where the reader stands; raises BadInput for a filter that can't be read."""
    viewer, given = viewer_of(request), request.query_params
    timezone = service_of(request).area.timezone
    tabs = tabs_of(viewer)
    query = parse_query([(name, given[name]) for name in SHARED if given.get(name)], timezone)
    narrowing = Narrowing(
        category=query.category,
        status=query.status,
        unit=query.unit,
        source=tuple(sorted({one for one in given.get("source", "").split(",") if one in SOURCES})),
        since=query.since,
        until=query.until,
        words=" ".join(given.get("q", "").replace("\0", " ").split())[:LONGEST_WORDS],
        timezone=timezone.key,
    )
    tab = next((one for one in tabs if one.code == given.get("tab")), tabs[0])
    return Standing(tab, narrowing, given.get("cursor", ""))


def worker(request: Request) -> Viewer:
    """Return the signed-in viewer if their work is here.

    Raises NotSignedIn, which on a page leads to the door, or NotAllowed.
    """
    viewer = signed_in(request)
    if viewer.role not in WORKERS:
        raise NotAllowed(N_("The desk is for whoever checks reports and answers them."))
    return viewer
