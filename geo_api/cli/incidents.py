"""Records into the database, from the command line: what the file is taken for, then what became of every row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo_api.cli.terminal import Terminal
from layers.text import N_

if TYPE_CHECKING:
    from ingestion.incidents import Preview, Report
    from ingestion.sheets import Notice

FIELDS = {
    "when": N_("date"),
    "time": N_("time"),
    "lat": N_("latitude"),
    "lon": N_("longitude"),
    "latlon": N_("latitude and longitude"),
    "settlement": N_("settlement"),
    "street": N_("street"),
    "category": N_("category"),
    "status": N_("status"),
}
SEPARATORS = {",": N_("comma"), ";": N_("semicolon"), "\t": N_("tab")}
ENCODINGS = {"utf-8-sig": "UTF-8", "cp1251": "Windows-1251", "utf-16": "UTF-16"}


def load_incidents(
    terminal: Terminal, path: Path, *, mapping: Path | None, source: str, sheet: str, dry_run: bool, stop: bool
) -> None:
    """Load a table, or each table of a folder; one beside it in .toml says what its columns mean."""
    from ingestion.folder import files_in
    from ingestion.incidents import Options, load_file

    options = Options(
        now=datetime.now(UTC),
        spare=terminal.home.path / "rejects",
        say=terminal.gettext,
        mapping=mapping,
        source=source or None,
        sheet=sheet or None,
        stop_on_error=stop,
        show=lambda preview: _show_preview(terminal, preview),
    )
    answers = []
    with terminal.database() as database:
        for file in files_in(path, (".csv", ".xlsx")):
            beside = file.with_suffix(".toml")
            known = beside if path.is_dir() and not mapping and beside.is_file() else mapping
            with terminal.progress(file.name) as progress:
                each = replace(options, mapping=known, progress=partial(_report_rows, progress))
                report = load_file(database, terminal.home.area, file, each, dry_run=dry_run)
            notes = [_sentence(terminal, notice) for notice in report.notices]
            answers.append({**report.as_dict(), "notes": notes, "dry_run": dry_run})
            if not terminal.json:
                _show_report(terminal, report, dry_run=dry_run)
    terminal.answer({"files": answers} if path.is_dir() else answers[0])


def _report_rows(progress: Callable[[int, int | None], None], done: int) -> None:
    progress(done, None)


def _show_preview(terminal: Terminal, preview: Preview) -> None:
    _ = terminal.gettext
    detail = preview.detail
    if "sheet" in detail:
        terminal.say(N_("{file}: sheet “{sheet}”, headings in row {row}."), file=preview.path.name, **detail)
    else:
        terminal.say(
            N_("{file}: {encoding}, separated by {separator}, headings in row {row}."),
            file=preview.path.name,
            encoding=ENCODINGS[detail["encoding"]],
            separator=_(SEPARATORS[detail["separator"]]),
            row=detail["row"],
        )
    rows = [{"field": _(FIELDS[name]), "heading": heading} for name, heading in preview.columns.items()]
    terminal.table(rows, field=_("What"), heading=_("Column of the file"))
    if preview.ignored:
        terminal.say(N_("Not read: {columns}."), columns=", ".join(preview.ignored))
    terminal.say(N_("The first rows, as they are understood:"))
    titles = {"row": _("row"), "when": _("date"), "where": _("place"), "category": _("category"), "status": _("status")}
    terminal.table(preview.samples, **titles)


def _show_report(terminal: Terminal, report: Report, *, dry_run: bool) -> None:
    terminal.say(
        N_(
            "Read {read} = landed {landed} + already there {known} + no place {no_place}"
            " + outside the area {outside} + rejected {rejected}"
        ),
        **_figures(terminal, report),
    )
    terminal.say(N_("Of these, published: {published}."), **_figures(terminal, report))
    if report.no_place:
        terminal.say(N_("Records without a place are kept for statistics; no map shows them."))
    for notice in report.notices:
        terminal.say(notice.message, **notice.values)
    if report.rejects:
        terminal.say(N_("The rows that were not taken, with the reasons: {path}"), path=report.rejects)
    if dry_run:
        terminal.say(N_("That was a dry run: nothing was changed."))


def _figures(terminal: Terminal, report: Report) -> dict[str, Any]:
    number = terminal.language.number
    return {name: number(value) for name, value in report.as_dict().items() if isinstance(value, int)}


def _sentence(terminal: Terminal, notice: Notice) -> str:
    return terminal.gettext(notice.message, **notice.values)
