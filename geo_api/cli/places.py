"""A community's own places into the database, from the command line: what became of every row of every file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo_api.cli.terminal import Terminal
from layers.errors import BadInput
from layers.text import N_

if TYPE_CHECKING:
    from ingestion.places import Report

FIELDS = {
    "kind": N_("kind"),
    "name": N_("name"),
    "name_en": N_("name in English"),
    "lat": N_("latitude"),
    "lon": N_("longitude"),
    "latlon": N_("latitude and longitude"),
    "settlement": N_("settlement"),
    "street": N_("street"),
    "house_number": N_("house number"),
}


def load_places(
    terminal: Terminal, path: Path, *, source: str, licence: str, kind: str, dry_run: bool, stop: bool
) -> None:
    """Load a file, or each file of a folder as a source of its own."""
    from ingestion.folder import files_in
    from ingestion.places import ENDINGS, Options, load_file

    if source and path.is_dir():
        raise BadInput(N_("--source names one file's places; in a folder each file is a source of its own."))
    options = Options(
        terminal.home.path / "rejects", terminal.gettext, source=source, licence=licence, kind=kind, stop_on_error=stop
    )
    reports: list[Report] = []
    with terminal.database() as database:
        for file in files_in(path, ENDINGS):
            with terminal.progress(file.name):
                reports.append(load_file(database, terminal.home.area, file, options, dry_run=dry_run))
            if not terminal.json:
                _show(terminal, reports[-1], dry_run=dry_run)
    answers = [{**report.as_dict(), "dry_run": dry_run} for report in reports]
    terminal.answer({"files": answers} if path.is_dir() else answers[0])


def _show(terminal: Terminal, report: Report, *, dry_run: bool) -> None:
    _, number = terminal.gettext, terminal.language.number
    terminal.table(
        [{"field": _(FIELDS[name]), "heading": heading} for name, heading in report.columns.items()],
        field=_("What"),
        heading=_("Column of the file"),
    )
    figures: dict[str, Any] = {name: number(n) for name, n in report.as_dict().items() if isinstance(n, int)}
    terminal.say(
        N_("Read {read} = places {placed} + no place {no_place} + outside the area {outside} + rejected {rejected}"),
        **figures,
    )
    terminal.say(
        N_("New {added}, changed {changed}, removed {removed}, withheld inside military areas {withheld}."), **figures
    )
    if report.rejects:
        terminal.say(N_("The rows that were not taken, with the reasons: {path}"), path=report.rejects)
    if dry_run:
        terminal.say(N_("That was a dry run: nothing was changed."))
