"""What is allowed: who manages accounts, what an account must have, what a password must not be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources

from layers.errors import BadFields, BadInput, NotAllowed
from layers.layer import Title
from layers.text import EMAIL, N_, fold
from layers.viewer import STAFF, TERRITORIAL, Role, Viewer

ROLE_TITLES = {
    Role.OPERATOR: Title(uk="Оператор гарячої лінії", en="Hotline operator"),
    Role.COORDINATOR: Title(uk="Координатор", en="Coordinator"),
    Role.DEPUTY: Title(uk="Депутат/депутатка", en="Council member"),
    Role.STAROSTA: Title(uk="Староста", en="Starosta"),
    Role.EXECUTOR: Title(uk="Виконавець", en="Executor"),
    Role.OFFICER: Title(uk="ПОГ / ДОП", en="Police officer"),
    Role.POLICE_LEAD: Title(uk="Керівник превенції", en="Head of prevention"),
    Role.ADMIN: Title(uk="Адміністратор", en="Administrator"),
}
ROLE_WORK = {
    Role.OPERATOR: Title(uk="приймає дзвінки й записує повідомлення", en="takes calls and writes reports down"),
    Role.COORDINATOR: Title(
        uk="перевіряє повідомлення, бачить точні місця подій", en="moderates reports, sees exact places of incidents"
    ),
    Role.DEPUTY: Title(uk="пише звернення, стежить за відповідями", en="writes appeals, follows the answers"),
    Role.STAROSTA: Title(uk="веде свій округ", en="looks after their own district"),
    Role.EXECUTOR: Title(uk="відділ або комунальна служба, що відповідає", en="a department or utility that answers"),
    Role.OFFICER: Title(
        uk="поліцейський офіцер громади або дільничний: точні місця подій лише на своїй території",
        en="community or district officer: exact places of incidents in their own territory only",
    ),
    Role.POLICE_LEAD: Title(
        uk="точні місця подій у всьому районі, плани змін", en="exact places of incidents everywhere, shift plans"
    ),
    Role.ADMIN: Title(uk="веде облікові записи й налаштування", en="keeps accounts and settings"),
}

MANAGERS = frozenset({Role.ADMIN, Role.ROBOT})

SESSION_IDLE = timedelta(hours=12)
SESSION_LENGTH = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=5)  # how exactly "last seen" is known; finer would cost a write a request
LINK_LENGTH = timedelta(hours=24)
FORGOTTEN_AFTER = timedelta(days=90)  # a disabled account loses name and e-mail

ATTEMPTS_PER = timedelta(minutes=15)
ATTEMPTS_OF_ACCOUNT = 10
ATTEMPTS_OF_ADDRESS = 30  # an office stands behind one address

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
FEWEST_CHARACTERS = 5


@dataclass(frozen=True)
class Particulars:
    """What an account says of a person."""

    email: str
    name: str
    role: str
    units: frozenset[str] = frozenset()


def must_manage(viewer: Viewer) -> None:
    if viewer.role not in MANAGERS:
        raise NotAllowed(N_("Only an administrator may manage accounts."))


def address_of(email: str) -> str:
    """Return an e-mail as accounts keep it."""
    return email.strip().casefold()


def check(given: Particulars) -> Particulars:
    """Return the particulars as they are kept; raises BadFields with what is wrong, field by field."""
    email, name = address_of(given.email), " ".join(given.name.split())
    wrong: dict[str, BadInput] = {}
    if len(email) > 254 or not EMAIL.fullmatch(email):
        wrong["email"] = BadInput(N_("This is not an e-mail address. It looks like name@example.org."))
    if not 0 < len(name) <= 100:
        wrong["name"] = BadInput(N_("Say how the person is called, in at most 100 letters."))
    if given.role not in {role.value for role in STAFF}:
        wrong["role"] = BadInput(N_("Choose one of the roles: {roles}."), roles=", ".join(sorted(STAFF)))
    elif Role(given.role) in TERRITORIAL and not given.units:
        wrong["units"] = BadInput(N_("This role works in a territory. Choose at least one unit."))
    if wrong:
        raise BadFields(wrong)
    return Particulars(email, name, given.role, given.units)


def check_password(password: str, email: str) -> BadInput | None:
    """Return what is wrong with a new password, or None; long is enough, no signs or capitals are asked for."""
    if len(password) < SHORTEST_PASSWORD:
        return BadInput(
            N_("Make it at least {least} characters long. A few words in a row will do."), least=SHORTEST_PASSWORD
        )
    if len(password) > LONGEST_PASSWORD:
        return BadInput(N_("Make it at most {most} characters long."), most=LONGEST_PASSWORD)
    folded = fold(password)
    if address_of(email) in folded or folded == email.partition("@")[0].casefold():
        return BadInput(N_("Your e-mail address can't be the password."))
    if folded in common_passwords() or len(set(folded)) < FEWEST_CHARACTERS:
        return BadInput(N_("Many people use this password, so it is guessed first. Choose another."))
    return None


@cache
def common_passwords() -> frozenset[str]:
    """Return, of the lists of leaked passwords and of this region's likely ones, those that are long enough."""
    listed = (resources.files("layers.people") / "common_passwords.txt").read_text("utf-8")
    return frozenset(map(fold, listed.split()))
