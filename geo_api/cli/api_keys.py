"""`bezpeka api-keys`: which programs may send reports (Open311); run by whoever has the machine."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from geo_api.cli.terminal import Terminal
from layers.api_keys import actions, rules, store
from layers.api_keys.actions import Given
from layers.text import N_
from layers.viewer import robot

CLERK = robot("command line")


def register(app: typer.Typer, terminal: Terminal) -> None:
    _ = terminal.gettext
    keys = typer.Typer(help=_("Keys of programs that send reports (Open311)."), no_args_is_help=True)
    Label = Annotated[str, typer.Argument(metavar="LABEL", help=_("Whose key it is."))]  # noqa: N806 (a type)

    @keys.command(help=_("Make a key and print it, this once."))
    def add(
        label: Label,
        per_hour: Annotated[int, typer.Option(help=_("How many reports it may send in an hour."))] = rules.PER_HOUR,
    ) -> None:
        with terminal.database() as database, database.begin(CLERK) as session:
            given = actions.add(session, CLERK, label, per_hour=per_hour, now=datetime.now(UTC))
        show_key(terminal, given)

    @keys.command("list", help=_("List the keys; the keys themselves are kept nowhere."))
    def list_keys() -> None:
        with terminal.database() as database, database.begin(CLERK) as session:
            rows = [
                {"label": key.label, "per_hour": key.per_hour, "made_at": key.made_at, "disabled_at": key.disabled_at}
                for key in store.all_of(session)
            ]
        terminal.answer(rows, lambda: show_list(terminal, rows))

    @keys.command(help=_("Take a key back: nothing comes in by it any more."))
    def disable(label: Label) -> None:
        with terminal.database() as database, database.begin(CLERK) as session:
            actions.disable(session, CLERK, label, now=datetime.now(UTC))
        terminal.answer({"disabled": label}, lambda: terminal.say(N_("The key “{label}” is disabled."), label=label))

    app.add_typer(keys, name="api-keys")


def show_key(terminal: Terminal, given: Given) -> None:
    def tell() -> None:
        terminal.say(N_("The key of {label}, shown this once:"), label=given.label)
        terminal.console.print(given.secret, markup=False)

    terminal.answer({"label": given.label, "per_hour": given.per_hour, "api_key": given.secret}, tell)


def show_list(terminal: Terminal, rows: Sequence[Mapping[str, object]]) -> None:
    if not rows:
        terminal.say(N_("There are no keys yet. Make one: bezpeka api-keys add LABEL"))
        return
    state = {True: terminal.gettext("Disabled"), False: terminal.gettext("Active")}
    shown = [{**row, "state": state[row["disabled_at"] is not None]} for row in rows]
    terminal.table(
        shown,
        label=terminal.gettext("Label"),
        per_hour=terminal.gettext("Reports an hour"),
        state=terminal.gettext("State"),
    )
