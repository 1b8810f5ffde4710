"""The home: the one folder of one area, with its database, key and caches; and how any command comes to its data."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo_api.settings import Settings, default_home, profile_path
from layers.area import Area, label, load_profile
from layers.database.cluster import Cluster
from layers.errors import Conflict, Unavailable
from layers.text import N_

if TYPE_CHECKING:
    from layers.database.engine import Database


@dataclass(frozen=True)
class Home:
    """Where everything is written, and which place it is about."""

    path: Path
    area: Area
    demo: bool

    @property
    def note(self) -> Path:
        return self.path / "home.json"

    def secret(self, settings: Settings) -> str:
        """Return the key that was set, or the home's own, made at first use and readable by its owner only."""
        if settings.secret:
            return settings.secret.get_secret_value()
        file = self.path / "secret.key"
        if not file.exists():
            self.path.mkdir(parents=True, exist_ok=True)
            draft = self.path / f"secret.{os.getpid()}"
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:  # noqa: PTH123
                opened.write(secrets.token_urlsafe(48) + "\n")
            # A link fails when another process was first: everybody then reads the same key.
            try:
                file.hardlink_to(draft)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return file.read_text("ascii").strip()


@dataclass(frozen=True)
class Addresses:
    """Where the database is: for the application, and for migrations (None when that was not set)."""

    app: str
    owner: str | None


def find_home(settings: Settings) -> Home:
    """Return the home that the settings name, or the area's default one; refuse a home that holds something else."""
    noted = _noted(settings.home) if settings.home else None
    profile = Path(noted["profile"]) if noted and settings.area is None else profile_path(settings)
    area = load_profile(profile.resolve())
    demo = settings.demo or bool(noted and noted["demo"])
    path = (settings.home or default_home(area.id, demo=demo)).absolute()
    noted = noted or _noted(path)
    if noted and (noted["area"], noted["demo"]) != (area.id, demo):
        raise Conflict(
            N_("{home} holds {there}; it can't take {here} as well. Choose another --home."),
            home=path,
            there=label(noted["area"], demo=noted["demo"]),
            here=label(area.id, demo=demo),
        )
    return Home(path, area, demo)


def claim(home: Home) -> None:
    """Note in the home which place it is about, so that every command finds the same profile again."""
    content = {"area": home.area.id, "demo": home.demo, "profile": str(home.area.profile)}
    if _noted(home.path) == content:
        return
    try:
        home.path.mkdir(parents=True, exist_ok=True)
        home.note.write_text(json.dumps(content, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise Unavailable(
            N_("{home} can't be written to: {reason}. Choose another --home."), home=home.path, reason=error.strerror
        ) from error


@contextmanager
def addresses(home: Home, settings: Settings, *, watched: bool = False) -> Iterator[Addresses]:
    """Give the addresses of the database; the private cluster runs at least until the end of the block.

    With `watched` it is brought back whenever it dies meanwhile.
    """
    if settings.database_url:
        yield Addresses(settings.database_url, settings.database_owner_url)
        return
    with Cluster(home.path).running() as cluster, cluster.watched() if watched else nullcontext():
        yield Addresses(cluster.url("app"), cluster.url("owner"))


def prepare(where: Addresses, home: Home) -> None:
    """Bring the database to this software's schema, and refuse one that is about another place."""
    from layers.database.migrate import current, head, migrate
    from layers.holdings import claim_area

    if where.owner:
        migrate(where.owner)
    elif current(where.app) != head():
        raise Unavailable(
            N_("The database is of another version. Set DATABASE_OWNER_URL and run: bezpeka migrate"),
        )
    with opened(where.app) as database:
        claim_area(database, home.area.id, demo=home.demo)


@contextmanager
def open_database(home: Home, settings: Settings) -> Iterator[Database]:
    """Give the home's database, started and migrated if need be."""
    claim(home)
    with addresses(home, settings) as where:
        prepare(where, home)
        with opened(where.app) as database:
            yield database


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Give the database at an address, and close its pool after."""
    from layers.database.engine import Database

    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def _noted(path: Path) -> dict[str, Any] | None:
    try:
        noted: dict[str, Any] = json.loads((path / "home.json").read_text("utf-8"))
        return noted
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Unavailable(N_("{file} can't be read: {reason}"), file=path / "home.json", reason=error) from error
