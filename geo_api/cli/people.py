"""`bezpeka people`: the first administrator, and help for those who can't come in; run by whoever has the machine."""

import secrets
from datetime import UTC, datetime
from typing import Annotated

import typer

from geo_api.cli.terminal import Terminal
from layers.database.engine import Database
from layers.errors import BadFields, BadInput
from layers.people import actions
from layers.people.actions import Invitation
from layers.people.credentials import Keys
from layers.people.rules import ROLE_TITLES, Particulars
from layers.people.store import Person
from layers.text import N_
from layers.units.names import unit_names
from layers.viewer import robot

CLERK = robot("command line")


def register(app: typer.Typer, terminal: Terminal) -> None:
    _ = terminal.gettext
    people = typer.Typer(help=_("Accounts of the people who work with the map."), no_args_is_help=True)
    Email = Annotated[str, typer.Argument(help=_("E-mail of the account."))]  # noqa: N806 (a type)

    @people.command(help=_("Add a person and print a one-time link for their first sign-in."))
    def add(
        email: Annotated[str, typer.Argument(help=_("E-mail that they will sign in with."))],
        name: Annotated[str, typer.Option(help=_("How the person is called."))],
        role: Annotated[str, typer.Option(help=_("One of: {roles}.", roles=", ".join(sorted(ROLE_TITLES))))],
        unit: Annotated[
            list[str] | None, typer.Option(help=_("Code of a unit they are limited to; may be given again."))
        ] = None,
    ) -> None:
        with terminal.database() as database:
            invite(terminal, add_person(terminal, database, Particulars(email, name, role, frozenset(unit or ()))))

    @people.command("list", help=_("List the accounts."))
    def list_people() -> None:
        with terminal.database() as database, database.begin(CLERK) as session:
            show(terminal, actions.listed(session, CLERK))

    @people.command(help=_("Disable an account: its person is signed out everywhere at once."))
    def disable(email: Email) -> None:
        with terminal.database() as database, database.begin(CLERK) as session:
            person = actions.find(session, CLERK, email)
            actions.disable(session, CLERK, person.id, version=person.version, now=datetime.now(UTC))
        terminal.answer({"disabled": email}, lambda: terminal.say(N_("{email} is disabled."), email=email))

    @people.command(help=_("Take password and codes away and print a new one-time link."))
    def reset(email: Email) -> None:
        with terminal.database() as database, database.begin(CLERK) as session:
            person = actions.find(session, CLERK, email)
            keys = keys_of(terminal)
            invited = actions.reset(session, CLERK, keys, person.id, version=person.version, now=datetime.now(UTC))
        invite(terminal, invited)

    app.add_typer(people, name="people")


def keys_of(terminal: Terminal) -> Keys:
    return Keys(terminal.home.secret(terminal.settings))


def add_person(terminal: Terminal, database: Database, given: Particulars) -> Invitation:
    with database.begin(CLERK) as session:
        known = {name.code for name in unit_names(session)}
        unknown = sorted(given.units - known)
        if unknown:
            raise BadInput(N_("There is no unit with the code {code}."), code=unknown[0])
        key = secrets.token_urlsafe(16)
        try:
            return actions.add(session, CLERK, keys_of(terminal), given, idempotency_key=key, now=datetime.now(UTC))
        except BadFields as error:
            # A form marks its fields; here one sentence says the first thing to mend.
            raise next(iter(error.fields.values())) from error


def invite(terminal: Terminal, invited: Invitation) -> None:
    """Print the link; without a public address, what to put after whatever address the server has."""
    path = f"/welcome/{invited.token}"
    link = f"{terminal.settings.public_url}{path}" if terminal.settings.public_url else path

    def tell() -> None:
        terminal.say(N_("One-time link, good for 24 hours:"))
        terminal.console.print(link, markup=False)
        if not terminal.settings.public_url:
            terminal.say(N_("Put the address of your server before it, as `bezpeka up` prints it."))

    terminal.answer({"account": str(invited.account), "link": link}, tell)


def show(terminal: Terminal, people: list[Person]) -> None:
    """List people: codes and times for programs, words for a reader."""
    language = terminal.language
    rows = [
        {
            "id": str(person.id),
            "email": person.email,
            "name": person.name,
            "role": person.role.value,
            "units": list(person.units),
            "state": state_of(person),
            "seen_at": person.seen_at,
            "version": person.version,
        }
        for person in people
    ]
    shown = [
        {
            **row,
            "role": ROLE_TITLES[person.role][language.code],
            "units": ", ".join(person.units),
            "state": language.gettext(STATES[state_of(person)]),
        }
        for row, person in zip(rows, people, strict=True)
    ]
    titles = {
        "email": N_("E-mail"),
        "name": N_("Name"),
        "role": N_("Role"),
        "units": N_("Territory"),
        "state": N_("State"),
    }
    headings = {name: language.gettext(title) for name, title in titles.items()}

    def tell() -> None:
        if people:
            terminal.table(shown, **headings)
        else:
            terminal.say(
                N_("There are no accounts yet. Add the first: bezpeka people add EMAIL --name NAME --role admin")
            )

    terminal.answer(rows, tell)


STATES = {"disabled": N_("Disabled"), "invited": N_("Has not come in yet"), "active": N_("Active")}


def state_of(person: Person) -> str:
    if person.disabled_at is not None:
        return "disabled"
    return "active" if person.set_up else "invited"
