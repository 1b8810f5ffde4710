"""`bezpeka problems`: figures, the proof of k ≥ 8, what is forgotten; run by whoever has the machine."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from geo_api.cli.terminal import Terminal
from layers.database.engine import Database
from layers.layer import Title
from layers.problems import audit, retention, statistics
from layers.problems.audit import Finding
from layers.problems.statistics import Line
from layers.query import parse_query
from layers.text import N_
from layers.units.names import unit_names
from layers.viewer import PUBLIC, robot

TITLES = {
    "few_homes": N_("a catchment holds fewer than 8 homes"),
    "not_a_snap_point": N_("the public place is no point of the list"),
    "exact": N_("the public place is the exact one"),
    "not_a_month": N_("a public date is not the first of a month"),
    "not_approved": N_("it is public and nobody approved it"),
    "closed": N_("it lies in a territory of active hostilities"),
}


def register(app: typer.Typer, terminal: Terminal) -> None:
    _ = terminal.gettext
    problems = typer.Typer(help=_("Residents' reports: figures, proofs, what is forgotten."), no_args_is_help=True)

    @problems.command("audit", help=_("Check every published report; exit code 1 when something is not as promised."))
    def audit_command() -> None:
        with terminal.database() as database:
            checked, findings = look(database)
        answer_audit(terminal, checked, findings)
        raise typer.Exit(1 if findings else 0)

    @problems.command(help=_("Say how many reports came, and how soon they were answered."))
    def figures(
        since: Annotated[str, typer.Option("--from", help=_("First month, such as 2026-01."))] = "",
        until: Annotated[str, typer.Option("--to", help=_("Last month."))] = "",
    ) -> None:
        query = parse_query([("from", since), ("to", until)], terminal.home.area.timezone)
        with terminal.database() as database, database.begin(PUBLIC) as session:
            first = query.since.replace(day=1) if query.since else None
            last = query.until.replace(day=1) if query.until else None
            lines = statistics.lines(session, since=first, until=last, now=datetime.now(UTC))
            names = {name.code: Title(name.uk, name.en) for name in unit_names(session)}
        show_figures(terminal, lines, names)

    @problems.command(help=_("Erase contacts and words whose time is over, as happens every night."))
    def forget() -> None:
        with terminal.database() as database, database.begin(robot("command line")) as session:
            forgotten = retention.forget(session, datetime.now(UTC))
        said = N_("Contacts of {contacts} reports were erased, and the words of {words}.")
        terminal.answer(asdict(forgotten), lambda: terminal.say(said, **asdict(forgotten)))

    app.add_typer(problems, name="problems")


def look(database: Database) -> tuple[int, list[Finding]]:
    with database.begin(robot("audit")) as session:
        return audit.audit(session)


def answer_audit(terminal: Terminal, checked: int, findings: list[Finding]) -> None:
    value = {"checked": checked, "ok": not findings, "findings": [asdict(finding) for finding in findings]}

    def show() -> None:
        for finding in findings:
            terminal.say(N_("{problem}: {what}"), problem=finding.problem, what=terminal.gettext(TITLES[finding.what]))
        terminal.say(N_("{n} published reports checked, {found} not as promised."), n=checked, found=len(findings))

    terminal.answer(value, show)


def show_figures(terminal: Terminal, lines: Sequence[Line], names: Mapping[str, Title]) -> None:
    found = [line for line in lines if line.category is None]
    rows = [
        {
            "place": _place(terminal, line, names),
            "received": line.received,
            "confirmed": line.confirmed,
            "answered": line.answered,
            "answer_days": None if line.answer_days is None else round(line.answer_days, 1),
            "closed": line.closed,
        }
        for line in found
    ]
    terminal.answer([asdict(line) for line in lines], lambda: terminal.table(
        rows,
        place=terminal.gettext("Hromada"),
        received=terminal.gettext("Received"),
        confirmed=terminal.gettext("Confirmed"),
        answered=terminal.gettext("Answered"),
        answer_days=terminal.gettext("Days to the first answer"),
        closed=terminal.gettext("Closed"),
    ))  # fmt: skip


def _place(terminal: Terminal, line: Line, names: Mapping[str, Title]) -> str:
    if line.hromada is None:
        return terminal.gettext("all")
    title = names.get(line.hromada)
    return title[terminal.language.code] if title else terminal.gettext("in no hromada, or not on the map yet")
