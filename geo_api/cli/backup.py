"""`bezpeka backup` and `bezpeka restore`: the whole home in one file, and back again."""

from pathlib import Path
from typing import Annotated, Any

import typer

from geo_api.cli.terminal import Terminal
from geo_api.home import addresses, claim, prepare
from layers.area import label
from layers.database.backup import Manifest, backup, elsewhere, restore
from layers.database.cluster import DATABASE
from layers.errors import Unavailable
from layers.text import N_

NEEDS_OWNER = N_("For this, DATABASE_OWNER_URL has to name the server as a superuser.")


def register(app: typer.Typer, terminal: Terminal) -> None:
    _ = terminal.gettext

    @app.command("backup", help=_("Write everything (database, files, keys) to one file, while the map goes on."))
    def make(file: Annotated[Path, typer.Argument(help=_("The file to write; it must not exist."))]) -> None:
        answer(terminal, write(terminal, file), N_("{file}: {tables} tables, {rows} rows, as of {made_at}."), file)

    @app.command("restore", help=_("Put a backup back, compare every table with its fingerprint, then take its place."))
    def put_back(
        file: Annotated[Path, typer.Argument(help=_("A file that bezpeka backup wrote."))],
        replace: Annotated[
            bool, typer.Option("--replace", help=_("Take the place of data that are here; they are kept aside."))
        ] = False,
    ) -> None:
        answer(
            terminal,
            read(terminal, file, replace=replace),
            N_("{file} is back: {tables} tables, {rows} rows, all equal."),
            file,
        )


def write(terminal: Terminal, file: Path) -> Manifest:
    home = terminal.home
    claim(home)
    with addresses(home, terminal.settings) as where:
        if where.owner is None:
            raise Unavailable(NEEDS_OWNER)
        prepare(where, home)
        return backup(where.owner, home.path, file)


def read(terminal: Terminal, file: Path, *, replace: bool) -> Manifest:
    home = terminal.home
    claim(home)
    with addresses(home, terminal.settings) as where:
        if where.owner is None:
            raise Unavailable(NEEDS_OWNER)
        server = elsewhere(where.owner, "postgres")
        manifest = restore(
            server,
            _name(where.owner),
            home.path,
            file,
            area=label(home.area.id, demo=home.demo),
            replace=replace,
            say=terminal.say,
        )
        prepare(where, home)
        return manifest


def answer(terminal: Terminal, manifest: Manifest, sentence: str, file: Path) -> None:
    said: dict[str, Any] = {"file": str(file), "tables": len(manifest.tables), "rows": manifest.rows}
    said |= {"area": manifest.area, "made_at": manifest.made_at}
    prints = {name: {"rows": each.rows, "sha256": each.sha256} for name, each in manifest.tables.items()}
    terminal.answer({**said, "fingerprints": prints}, lambda: terminal.say(sentence, **said))


def _name(url: str) -> str:
    return url.rpartition("/")[2].partition("?")[0] or DATABASE
