"""`bezpeka load`: foreign files into the area's database, each kind by its own loader."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from geo_api.cli.terminal import Terminal
from layers.errors import BadInput
from layers.text import N_

SHOWN_IDS = 5


class OnError(StrEnum):
    """What to do with an object or row that can't be used."""

    SKIP = "skip"
    STOP = "stop"


def register(app: typer.Typer, terminal: Terminal) -> None:
    _ = terminal.gettext
    load = typer.Typer(help=_("Load files into the map."), no_args_is_help=True)
    app.add_typer(load, name="load")
    dry_run = Annotated[bool, typer.Option("--dry-run", help=_("Read and report, but write nothing."))]
    on_error = Annotated[OnError, typer.Option(help=_("What to do with what can't be used: skip it, or stop."))]

    @load.command(help=_("Load streets, buildings, water and places from an OpenStreetMap extract (.osm.pbf)."))
    def osm(
        path: Annotated[Path, typer.Argument(metavar="FILE_OR_DIR", help=_("The extract, or a folder of extracts."))],
        dry_run: dry_run = False,
        on_error: on_error = OnError.SKIP,
    ) -> None:
        load_osm(terminal, path, dry_run=dry_run, stop_on_error=on_error is OnError.STOP)

    @load.command(help=_("Load limits of units from files; without a path, download them from OpenStreetMap."))
    def boundaries(
        path: Annotated[
            Path | None,
            typer.Argument(
                metavar="FILE_OR_DIR", help=_("GeoJSON, GeoPackage or Shapefile in any CRS, or a folder of them.")
            ),
        ] = None,
        from_osm: Annotated[bool, typer.Option("--from-osm", help=_("Download from OpenStreetMap."))] = False,
        fresh: Annotated[bool, typer.Option("--fresh", help=_("Download again what was downloaded before."))] = False,
        system: Annotated[str, typer.Option(help=_("The layer of a file of districts, e.g. starosta_districts."))] = "",
        dry_run: dry_run = False,
        on_error: on_error = OnError.SKIP,
    ) -> None:
        from geo_api.cli.boundaries import load_boundaries

        if path and from_osm:
            raise BadInput(N_("Give a path or --from-osm, not both."))
        load_boundaries(terminal, path, system=system, fresh=fresh, dry_run=dry_run, on_error=on_error.value)

    @load.command(help=_("Load a community's own places (shelters, schools, stops …) from a table or a map file."))
    def places(
        path: Annotated[
            Path,
            typer.Argument(
                metavar="FILE_OR_DIR", help=_("CSV, XLSX, GeoJSON, GeoPackage or Shapefile, or a folder of them.")
            ),
        ],
        source: Annotated[
            str, typer.Option(help=_("Whose places these are, as maps should say it; else the file's name."))
        ] = "",
        licence: Annotated[str, typer.Option(help=_("The licence they may be used under."))] = "",
        kind: Annotated[str, typer.Option(help=_("The kind of all rows, when the file has no column for it."))] = "",
        dry_run: dry_run = False,
        on_error: on_error = OnError.SKIP,
    ) -> None:
        from geo_api.cli.places import load_places

        stop = on_error is OnError.STOP
        load_places(terminal, path, source=source, licence=licence, kind=kind, dry_run=dry_run, stop=stop)

    @load.command(help=_("Load records of incidents from a table (.csv, .xlsx); police.uk's files are known."))
    def incidents(
        path: Annotated[Path, typer.Argument(metavar="FILE_OR_DIR", help=_("The table, or a folder of them."))],
        mapping: Annotated[
            Path | None, typer.Option(metavar="FILE.toml", help=_("What each column means, instead of a guess."))
        ] = None,
        source: Annotated[str, typer.Option(help=_("Where the records come from, as maps should say it."))] = "",
        sheet: Annotated[str, typer.Option(help=_("The sheet of an Excel file, if not the one that fits best."))] = "",
        dry_run: dry_run = False,
        on_error: on_error = OnError.SKIP,
    ) -> None:
        from geo_api.cli.incidents import load_incidents

        stop = on_error is OnError.STOP
        load_incidents(terminal, path, mapping=mapping, source=source, sheet=sheet, dry_run=dry_run, stop=stop)


# --- OpenStreetMap --------------------------------------------------------------------------------------------------

LAYERS = {
    "roads": N_("Roads and streets"),
    "buildings": N_("Buildings"),
    "water": N_("Water"),
    "landuse": N_("Land use"),
    "places": N_("Places"),
}


def load_osm(terminal: Terminal, path: Path, *, dry_run: bool, stop_on_error: bool) -> None:
    from geo_api.loading import make_snap_points
    from ingestion import osm

    with terminal.database() as database:
        with terminal.progress(path.name) as progress:
            report = osm.load_osm(
                database, terminal.home.area, path, progress, dry_run=dry_run, stop_on_error=stop_on_error
            )
        made = None if dry_run else make_snap_points(database, terminal.home, terminal.gettext, terminal.progress)
    terminal.answer({**report, "snap_points": made}, lambda: _show_osm(terminal, report, made))


def say_snap_points(terminal: Terminal, made: Mapping[str, Any] | None) -> None:
    """Say what became of the points at which places are shown to the public; nothing when they are as before."""
    if made is None:
        return
    terminal.say(N_("Public points made: {n}."), n=sum(made["points"].values()))
    if made["median"]:
        terminal.say(N_("Homes around the middle one of them: {median}."), median=made["median"])


def _show_osm(terminal: Terminal, report: dict[str, Any], made: Mapping[str, Any] | None) -> None:
    _ = terminal.gettext
    unwritten = dict.fromkeys(("added", "changed", "removed"))
    changes = report.get("tables", {})
    rows = [
        {"layer": _(title), **changes.get(layer, unwritten), "total": sum(report["kinds"][layer].values())}
        for layer, title in LAYERS.items()
    ]
    terminal.table(
        rows, layer=_("Layer"), total=_("Objects"), added=_("new"), changed=_("changed"), removed=_("removed")
    )
    for reason, ids in report["skipped"].items():
        more = ", …" if len(ids) > SHOWN_IDS else ""
        terminal.say(
            N_("Left out ({count}), because {reason}: {ids}"),
            count=len(ids),
            reason=_(reason),
            ids=", ".join(ids[:SHOWN_IDS]) + more,
        )
    terminal.say(
        N_("For staff only: {restricted}. Withheld inside military areas: {withheld}."),
        restricted=report["restricted"],
        withheld=report["withheld"],
    )
    say_snap_points(terminal, made)
    if report["dry_run"]:
        terminal.say(N_("Nothing was written: this was a dry run."))
