"""`bezpeka export`: handouts, layers for other programs, maps on paper; what the public sees unless --as says else."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from geo_api.cli.terminal import Terminal
from geo_api.settings import Settings
from layers.errors import BadInput, Unavailable
from layers.query import Query, parse_query
from layers.text import N_
from layers.viewer import PEOPLE, PUBLIC, TERRITORIAL, Role, Viewer
from maps.styles import RECORDS

WHOM = "--as"


def register(app: typer.Typer, terminal: Terminal) -> None:
    _ = terminal.gettext
    export = typer.Typer(help=_("Make files of the map: handouts, layers, maps on paper."), no_args_is_help=True)
    app.add_typer(export, name="export")
    Out = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help=_("The file to write."))]  # noqa: N806
    Unit = Annotated[  # noqa: N806
        list[str] | None, typer.Option("--unit", metavar="CODE", help=_("Code of a unit; may be repeated."))
    ]
    Category = Annotated[list[str] | None, typer.Option("--category", help=_("A category; may be repeated."))]  # noqa: N806
    Status = Annotated[list[str] | None, typer.Option("--status", help=_("A status; may be repeated."))]  # noqa: N806
    Since = Annotated[str, typer.Option("--from", metavar="DAY", help=_("First day or month, e.g. 2026-01."))]  # noqa: N806
    Until = Annotated[str, typer.Option("--to", metavar="DAY", help=_("Last day or month."))]  # noqa: N806
    Box = Annotated[str, typer.Option("--bbox", metavar="W,S,E,N", help=_("A box in degrees."))]  # noqa: N806
    Limit = Annotated[  # noqa: N806
        int | None, typer.Option(metavar="N", help=_("At most so many records, the newest first."))
    ]
    Points = Annotated[str, typer.Option("--layer", help=_("The layer of records that is shown as points."))]  # noqa: N806
    Whom = Annotated[  # noqa: N806
        str, typer.Option(WHOM, metavar="ROLE", help=_("Whose view: resident (the public) or a role of the staff."))
    ]
    Territory = Annotated[  # noqa: N806
        list[str] | None, typer.Option("--territory", metavar="CODE", help=_("Units that this role is limited to."))
    ]

    @export.command(help=_("Write one HTML file with a live map that opens from disk without a network."))
    def handout(
        output: Out,
        layer: Points = "incidents",
        unit: Unit = None,
        category: Category = None,
        status: Status = None,
        since: Since = "",
        until: Until = "",
        bbox: Box = "",
        limit: Limit = None,
        whom: Whom = "resident",
        territory: Territory = None,
    ) -> None:
        must_be_records(layer)
        query = read(
            terminal, unit=unit, category=category, status=status, since=since, until=until, bbox=bbox, limit=limit
        )
        write(terminal, viewer_as(whom, territory), output, lambda maker: maker.handout(layer, query))

    @export.command(help=_("Write a layer as GeoJSON, GeoPackage, CSV or KML."))
    def layer(
        name: Annotated[str, typer.Argument(metavar="LAYER", help=_("The layer's id, e.g. incidents or hromadas."))],
        output: Out,
        form: Annotated[
            str, typer.Option("--format", help=_("geojson, gpkg, csv or kml; else by the file's ending."))
        ] = "",
        unit: Unit = None,
        category: Category = None,
        status: Status = None,
        since: Since = "",
        until: Until = "",
        bbox: Box = "",
        limit: Limit = None,
        whom: Whom = "resident",
        territory: Territory = None,
    ) -> None:
        query = read(
            terminal, unit=unit, category=category, status=status, since=since, until=until, bbox=bbox, limit=limit
        )
        chosen = form or output.suffix.lstrip(".")
        write(terminal, viewer_as(whom, territory), output, lambda maker: maker.layer(name, query, chosen))

    @export.command("map", help=_("Draw a map as SVG or PNG, or as PDF to print."))
    def map_(
        output: Out,
        layer: Points = "incidents",
        form: Annotated[str, typer.Option("--format", help=_("svg, png or pdf; else by the file's ending."))] = "",
        paper: Annotated[str, typer.Option(help=_("Paper of a PDF: a4 or a3."))] = "a4",
        unit: Unit = None,
        category: Category = None,
        status: Status = None,
        since: Since = "",
        until: Until = "",
        bbox: Box = "",
        whom: Whom = "resident",
        territory: Territory = None,
    ) -> None:
        must_be_records(layer)
        query = read(terminal, unit=unit, category=category, status=status, since=since, until=until, bbox=bbox)
        chosen = form or output.suffix.lstrip(".")
        write(terminal, viewer_as(whom, territory), output, lambda maker: maker.map(layer, query, chosen, paper=paper))

    @export.command(help=_("Make a poster (PDF, A4) whose code opens the form at a street or in a unit."))
    def poster(
        output: Out,
        unit: Annotated[str, typer.Option(metavar="CODE", help=_("Code of a unit."))] = "",
        street: Annotated[str, typer.Option(metavar="ID", help=_("Id of a street, as /api/search gives it."))] = "",
    ) -> None:
        write_poster(terminal, output, unit=unit, street=street)


def write_poster(terminal: Terminal, output: Path, *, unit: str, street: str) -> None:
    """Write a poster whole or not at all; the code must lead to an address that phones can reach."""
    from geo_api.posters import make_poster

    base = terminal.settings.public_url
    if not base:
        raise BadInput(N_("Set BEZPEKA_PUBLIC_URL first: the code on a poster must lead to your server."))
    _must_have_folder(output)
    area = terminal.home.area
    with terminal.database() as database:
        _ready(database, area)
        with database.begin(PUBLIC) as session:
            content = make_poster(session, area, terminal.language, base, unit=unit, street=street)
    _save(output, content)
    answer = {"file": str(output), "bytes": len(content)}
    terminal.answer(answer, lambda: _show(terminal, output, len(content), None))


def must_be_records(layer: str) -> None:
    """Raise BadInput for a layer that is the ground of maps, not what they are about."""
    if layer not in RECORDS:
        known = ", ".join(RECORDS)
        raise BadInput(N_("A map shows one of these as points: {known}; “{layer}” is none."), known=known, layer=layer)


def read(
    terminal: Terminal, *, since: str, until: str, bbox: str, limit: int | None = None, **lists: list[str] | None
) -> Query:
    """Read the options in the one vocabulary of filters."""
    words = [(name, value) for name, values in lists.items() for value in values or []]
    words += [(name, value) for name, value in (("from", since), ("to", until), ("bbox", bbox)) if value]
    words += [("limit", str(limit))] if limit is not None else []
    return parse_query([*words, ("lang", terminal.language.code)], terminal.home.area.timezone)


def viewer_as(whom: str, territory: list[str] | None) -> Viewer:
    """Return the viewer of a role; raises BadInput that lists the roles, or says that a territory is missing."""
    if whom not in {role.value for role in PEOPLE}:
        known = ", ".join(role.value for role in Role if role in PEOPLE)
        raise BadInput(N_("There is no role “{name}”; known are {known}."), name=whom, known=known)
    role = Role(whom)
    if role in TERRITORIAL and not territory:
        raise BadInput(N_("The role {name} sees its own territory only: add --territory CODE."), name=whom)
    return PUBLIC if role is Role.RESIDENT else Viewer(role, units=frozenset(territory or ()), name="command line")


def write(terminal: Terminal, viewer: Viewer, output: Path, make: Any) -> None:
    """Make the file and write it whole or not at all; say how much is in it."""
    from geo_api.making import Maker
    from layers.catalogue import catalogue

    area, settings = terminal.home.area, terminal.settings
    _must_have_folder(output)
    with terminal.database() as database, terminal.progress(output.name) as progress:
        _ready(database, area)
        maker = Maker(
            database,
            catalogue(area),
            area,
            viewer,
            terminal.language,
            datetime.now(area.timezone).date(),
            demo=terminal.home.demo,
            link=_link(settings),
            step=lambda done, total, _: progress(done, total),
        )
        made = make(maker)
    _save(output, made.body)
    answer = {"file": str(output), "bytes": len(made.body), "count": made.count}
    terminal.answer(answer, lambda: _show(terminal, output, len(made.body), made.count))


def _must_have_folder(output: Path) -> None:
    if not output.absolute().parent.is_dir():
        raise BadInput(N_("There is no folder {folder}."), folder=output.absolute().parent)


def _ready(database: Any, area: Any) -> None:
    """Make the area's units when nobody has started the map yet."""
    from layers.units.actions import ensure_units
    from layers.viewer import robot

    with database.begin(robot("area")) as session:
        ensure_units(session, area)


def _link(settings: Settings) -> str:
    return settings.public_url or ""


def _save(output: Path, body: bytes) -> None:
    draft = output.with_name(f".{output.name}.part")
    try:
        draft.write_bytes(body)
        draft.replace(output)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Unavailable(N_("{file} can't be written: {reason}."), file=output, reason=error.strerror) from error


def _show(terminal: Terminal, output: Path, size: int, count: int | None) -> None:
    """Say what was written; a drawn map is more than its records, so none of them is no news there."""
    kilobytes = terminal.language.number(max(1, size // 1000))
    if count is None:
        terminal.say(N_("{file}: {size} kB."), file=output, size=kilobytes)
        return
    said = terminal.language.ngettext("{n} record", "{n} records", count)
    terminal.say(N_("{file}: {records}, {size} kB."), file=output, records=said, size=kilobytes)
    if not count:
        terminal.say(N_("Nothing matches: the file is valid and empty. Loosen --unit, --category, --from or --to."))
