"""`bezpeka area`: what place this home is about, and whether the limits of its units add up."""

import getpass
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo_api.cli.terminal import Terminal
from layers.text import N_
from layers.units.rules import Security
from layers.viewer import PUBLIC, Role, Viewer, robot

if TYPE_CHECKING:
    from layers.units.checks import Check, Said

TITLES = {
    "present": N_("every unit is there"),
    "limits": N_("its limits are real"),
    "overlap": N_("no overlaps"),
    "filled": N_("together they fill it"),
    "area": N_("its known area"),
    "inside": N_("inside the greater unit"),
}
NAMED = 12  # approximate units of a system that are listed one by one


def register(app: typer.Typer, terminal: Terminal) -> None:
    _ = terminal.gettext
    area = typer.Typer(help=_("The place: its profile, its units and their limits."), no_args_is_help=True)

    @area.command(help=_("Say what place this is and how its units are drawn."))
    def show() -> None:
        show_area(terminal)

    @area.command(help=_("Check that the units' limits add up; exit code 1 when something does not."))
    def check() -> None:
        checks = check_area(terminal)
        answer_checks(terminal, checks)
        raise typer.Exit(0 if all(each.ok for each in checks) else 1)

    @area.command(help=_("Say what hostilities there are on a unit's territory; with active ones it is closed."))
    def security(
        code: Annotated[str, typer.Argument(help=_("The unit's code, as the map gives it."))],
        status: Annotated[Security, typer.Argument(help=_("none, possible or active."))],
        reason: Annotated[str, typer.Option(help=_("Why: it is kept in the history."))],
    ) -> None:
        close_or_open(terminal, code, status, reason)

    app.add_typer(area, name="area")


def show_area(terminal: Terminal) -> None:
    """Say what the profile states and the database holds."""
    from layers.units.actions import ensure_units
    from layers.units.store import summary

    area = terminal.home.area
    with terminal.database() as database:
        with database.begin(robot("area")) as session:
            ensure_units(session, area)
        with database.begin(PUBLIC) as session:
            held = {row["system"]: row for row in summary(session)}
    systems = [
        {"system": s.id, "title": s.title[terminal.language.code], **held.get(s.id, {"units": 0, "approximate": 0})}
        for s in area.unit_systems
    ]
    facts = {
        "id": area.id,
        "name": area.title[terminal.language.code],
        "profile": str(area.profile),
        "bbox": area.box,
        "metric_crs": f"EPSG:{area.metric_srid}",
        "timezone": area.timezone.key,
        "languages": area.languages,
        "units": systems,
    }

    def draw() -> None:
        terminal.say(N_("{name} ({id}), by the profile {profile}."), **{k: facts[k] for k in ("name", "id", "profile")})
        terminal.say(
            N_("Metric CRS {crs}, time zone {zone}, languages {languages}."),
            crs=facts["metric_crs"], zone=area.timezone.key, languages=", ".join(area.languages),
        )  # fmt: skip
        _ = terminal.gettext
        terminal.table(
            systems, title=_("Units"), system=_("Layer"), units=_("How many"), approximate=_("of them approximate")
        )
        if any(row["population"] for row in held.values()):
            terminal.say(N_("Populations are of 1 January 2022, before the full-scale invasion."))

    terminal.answer(facts, draw)


def close_or_open(terminal: Terminal, code: str, status: Security, reason: str) -> None:
    """Set a unit's security status, as the administrator who has this machine in their hands."""
    from layers.units.actions import set_security

    keeper = Viewer(Role.ADMIN, name=getpass.getuser())
    with terminal.database() as database, database.begin(keeper) as session:
        version = set_security(session, keeper, code, status, reason=reason)
    said = {
        Security.NONE: N_("{code}: no hostilities. What was withheld because of them is public again."),
        Security.POSSIBLE: N_("{code}: hostilities are possible; the map stays open."),
        Security.ACTIVE: N_("{code}: active hostilities. Nothing of this territory is published any more."),
    }
    terminal.answer(
        {"code": code, "security": status, "version": version}, lambda: terminal.say(said[status], code=code)
    )


def check_area(terminal: Terminal) -> "list[Check]":
    """Return the table of checks of what the database holds."""
    from layers.units.actions import ensure_units
    from layers.units.checks import check_units
    from layers.units.facts import read_facts
    from layers.units.store import all_units

    area = terminal.home.area
    with terminal.database() as database:
        with database.begin(robot("area")) as session:
            ensure_units(session, area)
        with database.begin(PUBLIC) as session:
            return check_units(area, read_facts(area), all_units(session))


def answer_checks(terminal: Terminal, checks: "Sequence[Check]") -> None:
    """Show the table: failures are marked by a word and a sign, never by colour alone."""
    rows = rows_of(terminal, checks)

    def draw() -> None:
        _ = terminal.gettext
        shown = [{**row, "check": _(title), "ok": _(sign)} for row, title, sign in _labelled(_telling(rows))]
        columns = {"check": _("Check"), "name": _("Unit"), "expected": _("Expected"), "found": _("Found"), "ok": ""}
        terminal.table(shown, **columns)
        failed = sum(not row["ok"] for row in rows)
        if failed:
            terminal.say(N_("Not as expected: {failed} of {n} checks."), failed=failed, n=len(rows))
        else:
            terminal.say(N_("All {n} checks are as expected."), n=len(rows))

    terminal.answer(rows, draw)


def _telling(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Leave out the lines of approximate units where a system has many: its first line counts them."""
    rough = Counter(row["system"] for row in rows if row["check"] == "limits" and row["ok"])
    return [row for row in rows if row["check"] != "limits" or not row["ok"] or rough[row["system"]] <= NAMED]


def _labelled(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], str, str]]:
    return ((row, TITLES[row["check"]], _sign(row)) for row in rows)


def _sign(row: Mapping[str, Any]) -> str:
    if not row["ok"]:
        return N_("✗ no")
    return "≈" if row["check"] == "limits" else "✓"


def rows_of(terminal: Terminal, checks: "Sequence[Check]") -> list[dict[str, Any]]:
    """Return the checks as rows of words in the reader's language."""

    def words(phrase: "Said") -> str:
        values = {
            name: terminal.language.number(value, 2) if isinstance(value, float) else value
            for name, value in phrase.values.items()
        }
        return terminal.gettext(phrase.message, **values) if values else terminal.gettext(phrase.message)

    return [
        {
            "check": check.check,
            "system": check.system,
            "unit": check.unit,
            "name": check.name,
            "expected": words(check.expected),
            "found": words(check.found),
            "ok": check.ok,
        }
        for check in checks
    ]
