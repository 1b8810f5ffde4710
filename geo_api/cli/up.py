"""`bezpeka up`: from nothing to a served map; and `bezpeka worker`, the process beside it."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from geo_api.cli.terminal import Terminal
from geo_api.home import Addresses, addresses, claim, opened, prepare
from geo_api.server import Worker, end_with_standard_input, open_socket, serve
from geo_api.settings import Settings, keep_compiled, read_settings
from layers.errors import Unavailable
from layers.people.credentials import Keys
from layers.text import N_

READ = N_(
    "Read {read} = landed {landed} + already there {known} + no place {no_place}"
    " + outside the area {outside} + rejected {rejected}"
)
ALIVE = N_("A worker is alive.")
NOT_ALIVE = N_("No worker is alive: long work waits until one is started.")


def register(app: typer.Typer, terminal: Terminal) -> None:
    _ = terminal.gettext

    @app.command(help=_("Start everything, load what is new, and serve the map."))
    def up(
        data: Annotated[
            Path | None, typer.Option(help=_("Folder with any of boundaries/, osm/, places/, incidents/ to load."))
        ] = None,
        port: Annotated[int | None, typer.Option(help=_("Port to listen on; 0 takes a free one."))] = None,
        host: Annotated[str | None, typer.Option(help=_("Address to listen on."))] = None,
        public_url: Annotated[str | None, typer.Option(help=_("Address people reach the map at."))] = None,
        worker: Annotated[bool, typer.Option(help=_("Whether to start the worker beside the server."))] = True,
    ) -> None:
        given = {**terminal.settings.model_dump(exclude_unset=True), "port": port, "host": host}
        terminal.settings = read_settings(**{**given, "public_url": public_url or terminal.settings.public_url})
        run(terminal, data, with_worker=worker)

    @app.command(help=_("Do the background work only; the server runs elsewhere."), hidden=True)
    def worker(
        leashed: Annotated[bool, typer.Option(hidden=True)] = False,
        check: Annotated[bool, typer.Option(help=_("Only say whether a worker is alive."))] = False,
    ) -> None:
        if check:
            raise typer.Exit(0 if worker_lives(terminal) else 1)
        work(terminal, leashed=leashed)


def run(terminal: Terminal, data: Path | None, *, with_worker: bool) -> None:
    """Start, load and serve until told to stop; stops whatever it started, and nothing else."""
    home = terminal.home
    terminal.aside = True  # standard output is for the one line with the address
    with stopped_by_signals(), open_socket(terminal.settings.host, terminal.settings.port) as listener:
        claim(home)
        with addresses(home, terminal.settings, watched=True) as where:
            prepare(where, home)
            load_new(terminal, where, data)
            settings = terminal.settings.model_copy(
                update={"home": home.path, "area": home.area.profile, "demo": home.demo, "database_url": where.app}
            )
            with worker_beside(settings) if with_worker else nullcontext():
                serve(settings, listener, announce)


def load_new(terminal: Terminal, where: Addresses, data: Path | None) -> None:
    """Load what this database does not hold yet; what came of it is said on standard error."""
    from geo_api import loading

    def told(name: str, report: Mapping[str, Any]) -> None:
        figures = {key: terminal.language.number(n) for key, n in report.items() if type(n) is int}
        terminal.say(N_("Loaded: {name}"), name=name)
        if "landed" in report and "read" in report:
            terminal.say(READ, **figures)
        if report.get("rejects"):
            terminal.say(N_("The rows that were not taken, with the reasons: {path}"), path=report["rejects"])

    home = terminal.home
    with opened(where.app) as database:
        if loading.load_units(database, home):
            terminal.say(N_("The units of {area} are made."), area=home.area.title[terminal.language.code])
        if data:
            loading.load_folder(database, home, data, terminal.gettext, terminal.progress, told)
        loading.make_snap_points(database, home, terminal.gettext, terminal.progress)
        if home.demo and (report := loading.load_demo(database, home, Keys(home.secret(terminal.settings)))):
            told(terminal.gettext(N_("Demo data")), report)


def announce(address: str) -> None:
    """Print the one line that scripts wait for."""
    sys.stdout.write(f"Bezpeka: {address}\n")
    sys.stdout.flush()


def work(terminal: Terminal, *, leashed: bool) -> None:
    """Do background work until told to stop."""
    from geo_api import orders, planning
    from geo_api.jobs import Work, serve_jobs
    from geo_api.nightly import by_the_clock

    if leashed:
        end_with_standard_input()
        os.nice(5)  # the map on the same machine goes before number crunching
    if terminal.settings.database_url is None:
        raise Unavailable(N_("The worker needs DATABASE_URL; `bezpeka up` starts one of its own."))
    keep_compiled(terminal.settings, "worker")
    kinds: dict[str, Work] = {
        orders.KIND: orders.Workshop(terminal.settings),
        planning.KIND: planning.Planner(terminal.settings),
    }
    serve_jobs(terminal.settings.database_url, kinds, by_the_clock(terminal.settings))


def worker_lives(terminal: Terminal) -> bool:
    """Say whether any worker of this database was heard of lately."""
    from layers.health import examine

    with terminal.database() as database:
        alive = examine(database).worker
    terminal.answer({"worker": alive}, lambda: terminal.say(ALIVE if alive else NOT_ALIVE))
    return alive


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM, at any moment, end the block in order; what comes after the first is ignored."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def worker_beside(settings: Settings) -> Iterator[None]:
    """Have a worker for the length of a block."""
    worker = Worker(settings)
    try:
        worker.start()
        yield
    finally:
        worker.stop()
