"""`bezpeka db` and `bezpeka migrate`: the private database, seen from outside."""

import os
import subprocess
from typing import Annotated, Literal

import typer

from geo_api.cli.terminal import Terminal
from geo_api.home import addresses, claim, prepare
from layers.database.binaries import find_binaries
from layers.database.cluster import Cluster
from layers.errors import BezpekaError
from layers.text import N_

Login = Literal["app", "owner"]


def register(app: typer.Typer, terminal: Terminal) -> None:
    _ = terminal.gettext
    db = typer.Typer(help=_("The private database: start, stop, look."), no_args_is_help=True)
    login = Annotated[
        Login, typer.Option("--as", help=_("Who to be: app (sees what its viewer may) or owner (superuser)."))
    ]

    @db.command(help=_("Start the database and let it stay."))
    def start() -> None:
        start_to_stay(terminal)

    @db.command(help=_("Stop the database, unless a command is using it."))
    def stop() -> None:
        stopped = private_cluster(terminal).stop()
        terminal.answer({"stopped": stopped}, lambda: terminal.say(STOPPED if stopped else NOT_RUNNING))

    @db.command(help=_("Say whether the database runs, and where it is."))
    def status() -> None:
        show_status(terminal)

    @db.command(help=_("Print the database's address."))
    def url(as_login: login = "app") -> None:
        address = address_of(terminal, as_login)
        terminal.answer({"url": address}, lambda: print(address))  # noqa: T201 (for scripts: nothing but the address)

    @db.command(help=_("Open psql on the database."))
    def shell(as_login: login = "app") -> None:
        raise typer.Exit(open_shell(terminal, as_login))

    app.add_typer(db, name="db")

    @app.command(help=_("Bring the database to this version of the software."))
    def migrate() -> None:
        claim(terminal.home)
        with addresses(terminal.home, terminal.settings) as where:
            prepare(where, terminal.home)
        terminal.answer({"migrated": True}, lambda: terminal.say(N_("The database is up to date.")))


STOPPED = N_("The database has stopped.")
NOT_RUNNING = N_("The database is not running.")
EXTERNAL = N_("DATABASE_URL names a database elsewhere; start and stop it there.")


def private_cluster(terminal: Terminal) -> Cluster:
    """Return the home's cluster; raises BezpekaError when settings name a database elsewhere."""
    if terminal.settings.database_url:
        raise BezpekaError(EXTERNAL)
    return Cluster(terminal.home.path)


def start_to_stay(terminal: Terminal) -> None:
    cluster = private_cluster(terminal)
    claim(terminal.home)
    with cluster.running():
        cluster.keep()
    address = cluster.url()
    terminal.answer({"url": address}, lambda: terminal.say(N_("The database runs: {url}"), url=address))


def show_status(terminal: Terminal) -> None:
    status = private_cluster(terminal).status()
    rows = {
        "home": terminal.home.path,
        "area": terminal.home.area.id,
        "running": status.running,
        "stays": status.kept,
        "data": status.data,
        "socket": status.socket,
        "postgresql": status.version,
    }

    def show() -> None:
        terminal.say(N_("The database runs.") if status.running else NOT_RUNNING)
        terminal.say(N_("Home: {home}"), home=terminal.home.path)
        if status.version:
            terminal.say(N_("PostgreSQL {version}, data in {data}"), version=status.version, data=status.data)

    terminal.answer(rows, show)


def address_of(terminal: Terminal, login: Login) -> str:
    """Return the database's address, whether it runs or not."""
    settings = terminal.settings
    if settings.database_url:
        return (settings.database_owner_url if login == "owner" else None) or settings.database_url
    return Cluster(terminal.home.path).url(login)


def open_shell(terminal: Terminal, login: Login) -> int:
    """Run psql and return its exit code."""
    with addresses(terminal.home, terminal.settings):
        psql = "psql" if terminal.settings.database_url else find_binaries().program("psql")
        try:
            return subprocess.run([psql, address_of(terminal, login)], env=os.environ, check=False).returncode
        except FileNotFoundError as error:
            raise BezpekaError(
                N_("psql is not installed: sudo apt install postgresql-client (macOS: brew install libpq).")
            ) from error
