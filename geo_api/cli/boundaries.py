"""Limits of units into the database, from the command line: from files, from OpenStreetMap, or districts by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo_api.cli.area import answer_checks, rows_of
from geo_api.cli.load import say_snap_points
from geo_api.cli.terminal import Terminal
from geo_api.loading import make_snap_points
from layers.text import N_
from layers.viewer import robot

if TYPE_CHECKING:
    from ingestion.boundaries import Joined, OnError
    from ingestion.boundary_files import Remark


def load_boundaries(
    terminal: Terminal, path: Path | None, *, system: str, fresh: bool, dry_run: bool, on_error: OnError
) -> None:
    """Read, join, replace and check; then say what became of every feature."""
    from ingestion import boundaries

    area = terminal.home.area
    with terminal.database() as database:
        if path:
            with terminal.progress(terminal.gettext(N_("Reading boundaries"))):
                joined, districts = boundaries.read_path(path, area, on_error=on_error, system_id=system)
        else:
            joined, districts = _download(terminal, fresh=fresh, on_error=on_error), {}
        with terminal.progress(terminal.gettext(N_("Saving and checking"))):
            checks = boundaries.load_boundaries(database, robot("load"), area, joined, districts, dry_run=dry_run)
        made = None if dry_run else make_snap_points(database, terminal.home, terminal.gettext, terminal.progress)
    if terminal.json:
        report = _report(terminal, joined, districts={name: len(found) for name, found in districts.items()})
        terminal.answer({**report, "dry_run": dry_run, "checks": rows_of(terminal, checks), "snap_points": made})
        return
    _say(terminal, joined)
    for name, found in districts.items():
        terminal.say(N_("Districts in {system}: {n}."), system=name, n=len(found))
    answer_checks(terminal, checks)
    say_snap_points(terminal, made)
    if dry_run:
        terminal.say(N_("That was a dry run: nothing was changed."))


def _download(terminal: Terminal, *, fresh: bool, on_error: OnError) -> Joined:
    from ingestion import boundaries, overpass
    from layers.units.actions import ensure_units

    area = terminal.home.area
    service = overpass.Service(terminal.settings.overpass_url, terminal.home.path / "cache" / "overpass")
    with terminal.database() as database, database.begin(robot("load")) as session:
        ensure_units(session, area)  # so that the map has approximate limits, whatever becomes of the download
    with terminal.progress(terminal.gettext(N_("Downloading boundaries from OpenStreetMap"))) as report:
        features = overpass.download(area, service, report, fresh=fresh)
    return boundaries.join(features, area, on_error=on_error)


def _say(terminal: Terminal, joined: Joined) -> None:
    counts = ", ".join(f"{system} {n}" for system, n in sorted(joined.by_system.items()))
    terminal.say(
        N_("Features read: {read}; joined with units: {joined} ({counts}); rejected: {rejected}."),
        read=joined.read, joined=len(joined.limits), counts=counts or "0", rejected=len(joined.rejected),
    )  # fmt: skip
    for title, remarks in (
        (N_("Joined by name only, please check:"), joined.by_name),
        (N_("Repaired:"), joined.repaired),
        (N_("Rejected:"), joined.rejected),
    ):
        if remarks:
            terminal.say(title)
        for line in _lines(terminal, remarks):
            terminal.console.print(f"  {line}", markup=False)


def _lines(terminal: Terminal, remarks: Sequence[Remark]) -> list[str]:
    return [f"{r.file}, {r.number}: {terminal.language.gettext(r.message, **r.values)}" for r in remarks]


def _report(terminal: Terminal, joined: Joined, **more: Any) -> dict[str, Any]:
    return {
        "read": joined.read,
        "joined": len(joined.limits),
        "by_system": dict(joined.by_system),
        "by_name": _lines(terminal, joined.by_name),
        "repaired": _lines(terminal, joined.repaired),
        "rejected": _lines(terminal, joined.rejected),
        **more,
    }
