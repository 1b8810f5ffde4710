"""What every command is given: the settings, the home, a language to speak, and a way to answer people or programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from geo_api.home import Home, find_home, open_database
from geo_api.settings import Settings
from maps.language import Language

if TYPE_CHECKING:
    from rich.console import Console

    from layers.database.engine import Database

Report = Callable[[int, int | None], None]  # done, of how many (None while that is unknown)


@dataclass
class Terminal:
    """One run of the command line. People read sentences and tables; with `--json` programs read one JSON value."""

    settings: Settings
    language: Language
    json: bool = False
    aside: bool = False  # speak to people on standard error, as standard output is for a program

    @cached_property
    def home(self) -> Home:
        return find_home(self.settings)

    @cached_property
    def console(self) -> Console:
        """Return where people are spoken to: standard output, unless that is for a program."""
        from rich.console import Console

        return Console(stderr=self.json or self.aside, highlight=False, soft_wrap=True)

    def gettext(self, message: str, **values: object) -> str:
        """Translate a message and fill its {named} places."""
        return self.language.gettext(message, **values)

    def say(self, message: str, **values: object) -> None:
        """Say a sentence in the reader's language."""
        self.console.print(self.gettext(message, **values), markup=False)

    def answer(self, value: Any, show: Callable[[], None] | None = None) -> None:
        """Give the result: the value itself with --json, otherwise whatever `show` draws."""
        if self.json:
            json.dump(value, sys.stdout, ensure_ascii=False, default=str)
            sys.stdout.write("\n")
        elif show:
            show()

    def table(self, rows: Sequence[Mapping[str, Any]], **titles: str) -> None:
        """Draw rows as a table; `titles` are the columns by name, with the headings people read."""
        from rich.table import Table

        drawn = Table(*titles.values(), box=None, pad_edge=False)
        for row in rows:
            drawn.add_row(*("" if row[name] is None else str(row[name]) for name in titles))
        self.console.print(drawn)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Give the home's database; the private cluster is started when it is down, and stopped by whoever is last."""
        with open_database(self.home, self.settings) as database:
            yield database

    @contextmanager
    def progress(self, title: str) -> Iterator[Report]:
        """Show how far long work is; gives a function (done, total) to report with. Programs and logs see no bar."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        console = Console(stderr=True)
        with Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task(title, total=None)

            def report(done: int, total: int | None = None) -> None:
                bar.update(task, completed=done, total=total)

            yield report
