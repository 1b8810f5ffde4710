"""`bezpeka cameras`: make a plan, score a vendor's, compare two, export one; run by whoever has the machine."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from geo_api.cli.terminal import Terminal
from layers.errors import BadInput
from layers.text import N_
from layers.viewer import robot

WHO = robot("command line")
FORMS = {
    "share": N_("{value} %"),
    "money": N_("{value} UAH"),
    "m2": N_("{value} m²"),
    "m": N_("{value} m"),
    "count": "{value}",
}


def register(app: typer.Typer, terminal: Terminal) -> None:
    _ = terminal.gettext
    cameras = typer.Typer(help=_("Camera plans: what cameras see, best sites, comparison."), no_args_is_help=True)
    app.add_typer(cameras, name="cameras")
    level = Annotated[str, typer.Option(help=_("What is to be seen: detect, observe, recognise, identify."))]
    profile = Annotated[str, typer.Option(help=_("The standard of levels: dori or en62676."))]
    title = Annotated[str, typer.Option(help=_("What the plan is called."))]
    unit = Annotated[str, typer.Option(help=_("Only this unit, by its code."))]

    @cameras.command("plan", help=_("Find the best places for cameras and keep them as a plan."))
    def plan_command(
        title: title,
        budget: Annotated[float | None, typer.Option(help=_("How much money there is, UAH."))] = None,
        count: Annotated[int | None, typer.Option(help=_("How many new cameras."))] = None,
        share: Annotated[float | None, typer.Option(help=_("The share of the demand to be seen, per cent."))] = None,
        level: level = "observe",
        profile: profile = "dori",
        models: Annotated[str, typer.Option(help=_("Codes of models to choose from, with commas."))] = "",
        spacing: Annotated[float, typer.Option(help=_("How far apart places along roads are, metres."))] = 40.0,
        per_pole: Annotated[int, typer.Option(help=_("How many cameras one pole may have."))] = 1,
        minimum: Annotated[float, typer.Option(help=_("The least share of each unit's demand, per cent."))] = 0.0,
        privacy: Annotated[
            float, typer.Option(help=_("What 100 m² of private ground in view cost, of the demand."))
        ] = 0.0,
        seconds: Annotated[float, typer.Option(help=_("How long to look for a proof."))] = 10.0,
        unit: unit = "",
        places: Annotated[
            Path | None, typer.Option(metavar="FILE", help=_("A list of the only places where a camera may hang."))
        ] = None,
    ) -> None:
        from layers.cameras.planning import Settings

        settings = Settings(
            budget=budget, count=count, share=None if share is None else share / 100, level=level, profile=profile,
            models=tuple(filter(None, models.replace(" ", "").split(","))), spacing_m=spacing, per_mount=per_pole,
            minimum=minimum / 100, privacy=privacy, seconds=seconds,
        )  # fmt: skip
        make_plan(terminal, settings, title=title, unit=unit, places=places)

    @cameras.command("score", help=_("Score a vendor's plan (CSV, XLSX, GeoJSON, KML, GeoPackage) as ours are scored."))
    def score_command(
        path: Annotated[Path, typer.Argument(metavar="FILE", help=_("The vendor's cameras."))],
        title: title = "",
        level: level = "observe",
        profile: profile = "dori",
        better: Annotated[bool, typer.Option("--better", help=_("Say what the same money could buy."))] = False,
        unit: unit = "",
    ) -> None:
        score_file(terminal, path, title=title or path.stem, level=level, profile=profile, better=better, unit=unit)

    register_reading(cameras, terminal)
    register_lists(cameras, terminal)


def register_reading(cameras: typer.Typer, terminal: Terminal) -> None:
    _ = terminal.gettext

    @cameras.command("list", help=_("List the plans."))
    def list_command() -> None:
        from layers.cameras import store

        with terminal.database() as database, database.begin(WHO) as session:
            rows = [_line(plan.number, plan.title, plan.kind, plan.numbers) for plan in store.plans(session)]
        terminal.answer(rows, lambda: _show_plans(terminal, rows))

    @cameras.command("compare", help=_("Compare two plans, by their numbers."))
    def compare_command(
        a: Annotated[int, typer.Argument(metavar="A", help=_("The plan's number."))],
        b: Annotated[int, typer.Argument(metavar="B", help=_("The plan's number."))],
    ) -> None:
        compare_plans(terminal, a, b)

    @cameras.command("export", help=_("Write a plan's exact sites: csv, geojson, kml, gpkg, osm. Not for everybody."))
    def export_command(
        plan: Annotated[int, typer.Argument(metavar="PLAN", help=_("The plan's number."))],
        output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help=_("Where to write it."))],
        form: Annotated[str, typer.Option("--format", help=_("The format, if the file's ending doesn't say."))] = "",
    ) -> None:
        export_plan(terminal, plan, output, form or output.suffix.lstrip(".").lower())


def register_lists(cameras: typer.Typer, terminal: Terminal) -> None:
    _ = terminal.gettext

    @cameras.command(
        "stand", help=_("Write down cameras that stand already, from CSV, XLSX, GeoJSON, KML, GeoPackage.")
    )
    def stand_command(
        path: Annotated[Path, typer.Argument(metavar="FILE", help=_("The list of cameras."))],
        owner: Annotated[
            str, typer.Option(help=_("Whose they are: council, police, business, condominium, other."))
        ] = "other",
    ) -> None:
        add_standing(terminal, path, owner=owner)

    @cameras.command("publish", help=_("Let everybody see a plan's cameras and shares by unit. Never its sites."))
    def publish_command(plan: Annotated[int, typer.Argument(metavar="PLAN", help=_("The plan's number."))]) -> None:
        from layers.cameras import actions

        with terminal.database() as database, database.begin(WHO) as session:
            told = actions.publish(session, WHO, plan).numbers["per_unit"]
        terminal.answer(told, lambda: terminal.say(N_("Everybody sees numbers of {n} units now."), n=len(told)))

    @cameras.command("name", help=_("Let a deputy see exact sites, or no more (--not)."))
    def name_command(
        account: Annotated[UUID, typer.Argument(metavar="ACCOUNT", help=_("The deputy's account: see people list."))],
        no_more: Annotated[bool, typer.Option("--not", help=_("Not any more."))] = False,
    ) -> None:
        from layers.cameras import actions

        with terminal.database() as database, database.begin(WHO) as session:
            actions.name_deputy(session, WHO, account, named=not no_more)
        terminal.answer({"account": str(account), "named": not no_more}, lambda: terminal.say(N_("Done.")))

    @cameras.command("models", help=_("List the catalogue of camera models, or add a council's own from a CSV file."))
    def models_command(
        path: Annotated[Path | None, typer.Argument(metavar="FILE.csv", help=_("A catalogue to add."))] = None,
    ) -> None:
        from ingestion.cameras import read_models
        from layers.cameras import store

        with terminal.database() as database, database.begin(WHO) as session:
            if path:
                store.save_models(session, read_models(path))
            rows = [{**asdict(model), "hfov": round(model.widest)} for model in store.models(session).values()]
        terminal.answer(rows, lambda: _show_models(terminal, rows))


def read_list(terminal: Terminal, session: Any, path: Path) -> Any:
    """Read a file of places; raises BadInput when a row of it can't be used: these lists are taken whole or not."""
    import shapely

    from ingestion.cameras import read_sites
    from layers.cameras import gathering, store

    inside = shapely.from_wkb(gathering.within_of(session, terminal.home.area))
    report = read_sites(
        path, store.models(session), lambda lon, lat: bool(shapely.contains_xy(inside, lon, lat)),
        spare=terminal.home.path / "rejects", say=terminal.gettext,
    )  # fmt: skip
    if report.rejected or not report.sites:
        raise BadInput(N_("{rejected} of {n} rows of {path} can't be used, and nothing was kept: see {rejects}."),
                       rejected=report.rejected, n=report.read, path=path, rejects=report.rejects)  # fmt: skip
    return report.sites


def add_standing(terminal: Terminal, path: Path, *, owner: str) -> None:
    from layers.cameras import actions

    with terminal.database() as database, database.begin(WHO) as session:
        sites = read_list(terminal, session, path)
        count = actions.add_standing(session, WHO, terminal.home.area, sites, owner_kind=owner)
    terminal.answer({"cameras": count}, lambda: terminal.say(N_("{n} cameras are written down."), n=count))


def make_plan(terminal: Terminal, settings: Any, *, title: str, unit: str, places: Path | None = None) -> None:
    """Gather, choose between two transactions, save; then say what came of it."""
    from layers.cameras import actions

    area = terminal.home.area
    with terminal.database() as database:
        with database.begin(WHO) as session:
            listed = read_list(terminal, session, places) if places else None
            gathered = actions.gather(session, WHO, area, settings, now=datetime.now(UTC), unit=unit, places=listed)
        with terminal.progress(title) as progress:
            planned = actions.choose(gathered, settings, lambda share, _stage: progress(round(100 * share), 100))
        with database.begin(WHO) as session:
            plan = actions.save(session, WHO, area, gathered, settings, planned, title=title)
            told = {**_line(plan.number, plan.title, plan.kind, plan.numbers), "optimistic": plan.numbers["optimistic"]}
    terminal.answer(told, lambda: _show_plan(terminal, told, planned))


def score_file(
    terminal: Terminal, path: Path, *, title: str, level: str, profile: str, better: bool, unit: str
) -> None:
    """Score a file of cameras and keep it as a vendor's plan; with `better`, make our own for the same money beside."""
    import shapely

    from ingestion.cameras import read_sites
    from layers.cameras import actions
    from layers.cameras.planning import Settings

    area, settings = terminal.home.area, Settings(count=1, level=level, profile=profile)
    with terminal.database() as database, database.begin(WHO) as session:
        gathered = actions.gather(session, WHO, area, settings, now=datetime.now(UTC), unit=unit)
        inside = shapely.from_wkb(gathered.town.within)
        report = read_sites(
            path, gathered.models, lambda lon, lat: bool(shapely.contains_xy(inside, lon, lat)),
            spare=terminal.home.path / "rejects", say=terminal.gettext,
        )  # fmt: skip
        if not report.sites:
            raise BadInput(N_("None of the {n} rows of {path} can be used: see {rejects}."),
                           n=report.read, path=path, rejects=report.rejects)  # fmt: skip
        plan = actions.save_vendor(session, WHO, area, gathered, settings, report.sites, title=title)
        line = _line(plan.number, plan.title, plan.kind, plan.numbers)
    told = {**line, "read": report.read, "rejected": report.rejected, "rejects": report.rejects}
    terminal.answer(told, lambda: _show_score(terminal, told))
    if better and told["cost"]:
        same = Settings(budget=told["cost"], level=level, profile=profile)
        make_plan(terminal, same, title=terminal.gettext("{title}: the same money", title=title), unit=unit)


def compare_plans(terminal: Terminal, a: int, b: int) -> None:
    from layers.cameras import actions
    from layers.cameras.comparison import compare

    with terminal.database() as database, database.begin(WHO) as session:
        one, other = actions.plan(session, WHO, a), actions.plan(session, WHO, b)
        standard = one.settings["profile"]
        if standard != other.settings["profile"]:
            raise BadInput(N_("Plans {a} and {b} were scored by different standards."), a=a, b=b)
        lines = compare(one.numbers, other.numbers, standard=standard)
    language = terminal.language.code
    rows = [
        {
            "what": line.title[language],
            "a": _said(terminal, line.form, line.a),
            "b": _said(terminal, line.form, line.b),
            "difference": _said(terminal, line.form, line.difference, sign=True),
        }
        for line in lines
    ]
    _ = terminal.gettext
    heads = {"what": _("What"), "a": f"A: № {a}", "b": f"B: № {b}", "difference": _("B beside A")}
    terminal.answer([asdict(line) for line in lines], lambda: terminal.table(rows, **heads))


def export_plan(terminal: Terminal, number: int, output: Path, form: str) -> None:
    from layers.cameras import actions, store
    from maps.camera_files import camera_file

    with terminal.database() as database, database.begin(WHO) as session:
        plan = actions.plan(session, WHO, number)
        sites = store.plan_sites(session, plan.id, terminal.home.area.metric_srid)
        rows = [
            {**row._mapping, "adds_percent": None if row.adds is None else round(100 * row.adds, 3)} for row in sites
        ]
        body = camera_file(rows, plan.title, form)
    output.write_bytes(body)
    told = {"path": str(output), "cameras": len(rows), "bytes": len(body)}
    terminal.answer(told, lambda: terminal.say(N_("{cameras} cameras: {path}"), **told))


def _line(number: int, title: str, kind: str, numbers: Mapping[str, Any]) -> dict[str, Any]:
    names = ("cameras", "new", "cost", "yearly", "level", "share", "night_share", "backup", "private_m2", "facade_m")
    return {"number": number, "title": title, "kind": kind, **{name: numbers[name] for name in names},
            "gap": numbers.get("gap"), "optimal": numbers.get("optimal")}  # fmt: skip


def _show_plan(terminal: Terminal, told: Mapping[str, Any], planned: Any) -> None:
    _show_score(terminal, told)
    if told["optimal"]:
        terminal.say(N_("No better plan is possible: that is proven."))
    elif told["gap"] is not None:
        terminal.say(N_("At most {gap} worse than the best possible plan."), gap=_said(terminal, "share", told["gap"]))
    _ = terminal.gettext
    rows = [
        {
            "n": at,
            "model": camera.model,
            "mount": camera.mount,
            "bearing": "" if camera.hfov >= 360 else f"{camera.bearing:.0f}°",
            "price": _said(terminal, "money", camera.price),
            "adds": _said(terminal, "share", adds),
        }
        for at, (camera, adds) in enumerate(zip(planned.cameras, planned.adds, strict=True), start=1)
    ]
    heads = {
        "n": "№",
        "model": _("Model"),
        "mount": _("Mount"),
        "bearing": _("Bearing"),
        "price": _("Price"),
        "adds": _("adds"),
    }
    terminal.table(rows, **heads)


def _show_score(terminal: Terminal, told: Mapping[str, Any]) -> None:
    if told.get("rejected"):
        terminal.say(N_("The rows that were not taken, with the reasons: {path}"), path=told["rejects"])
    terminal.say(
        N_("Plan no. {number}: {cameras} cameras see {share} of the demand by day and {night} at night, for {cost}."),
        number=told["number"], cameras=told["cameras"], share=_said(terminal, "share", told["share"]),
        night=_said(terminal, "share", told["night_share"]), cost=_said(terminal, "money", told["cost"]),
    )  # fmt: skip
    if told.get("optimistic"):
        terminal.say(N_("No building is loaded here, so that nothing hides anything: the view is optimistic."))


def _show_plans(terminal: Terminal, rows: list[dict[str, Any]]) -> None:
    if not rows:
        terminal.say(N_("There is no camera plan yet. Make one: bezpeka cameras plan --help"))
        return
    _ = terminal.gettext
    said = [
        {**row, "share": _said(terminal, "share", row["share"]), "cost": _said(terminal, "money", row["cost"])}
        for row in rows
    ]
    terminal.table(said, number="№", title=_("Title"), cameras=_("Cameras"), share=_("Seen"), cost=_("Cost"))


def _show_models(terminal: Terminal, rows: list[dict[str, Any]]) -> None:
    _ = terminal.gettext
    name = f"name_{terminal.language.code}"
    heads = {"code": _("Code"), name: _("Name"), "h_px": _("Pixels"), "hfov": _("HFOV, °"), "ir_range_m": _("IR, m"),
             "price_uah": _("Price")}  # fmt: skip
    terminal.table(rows, **heads)


def _said(terminal: Terminal, form: str, value: float | None, *, sign: bool = False) -> str:
    """Say a figure as people read it."""
    if value is None:
        return "–"
    shown = 100 * value if form == "share" else value
    places = 1 if form == "share" else 0
    plus = "+" if sign and round(shown, places) > 0 else ""
    return plus + terminal.gettext(FORMS[form], value=terminal.language.number(round(shown, places), places))
