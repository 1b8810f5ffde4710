"""Every query of the slice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from layers.people import rules
from layers.people.tables import Account, AccountKey, AccountLink, RecoveryCode, SignedIn
from layers.viewer import Role, Viewer

FOR_SIGN_IN = text("SELECT id, role, units, password_hash, totp_secret FROM account_for_sign_in(:email)")
FOR_LINK = text("SELECT id, role, units, email, name, link_id FROM account_for_link(:hash, :now)")
EXECUTORS = text('SELECT id, name FROM executors() ORDER BY name COLLATE "uk-UA-x-icu", id')
FOR_SESSION = text("SELECT id, role, units, seen_at FROM viewer_for_session(:hash, :now, :idle)")


@dataclass(frozen=True)
class Door:
    """What the door knows of whoever knocks."""

    viewer: Viewer
    password_hash: str
    totp_secret: bytes


@dataclass(frozen=True)
class Guest:
    """Whoever holds a link."""

    viewer: Viewer
    email: str
    name: str
    link: UUID


@dataclass(frozen=True)
class Person:
    """One account as the list shows it."""

    id: UUID
    email: str | None
    name: str
    role: Role
    units: tuple[str, ...]
    disabled_at: datetime | None
    version: int
    set_up: bool
    seen_at: datetime | None


def for_sign_in(session: Session, email: str) -> Door | None:
    row = session.execute(FOR_SIGN_IN, {"email": email}).one_or_none()
    return None if row is None else Door(_viewer(row.id, row.role, row.units), row.password_hash, row.totp_secret)


def for_link(session: Session, token_hash: bytes, now: datetime) -> Guest | None:
    row = session.execute(FOR_LINK, {"hash": token_hash, "now": now}).one_or_none()
    return None if row is None else Guest(_viewer(row.id, row.role, row.units), row.email, row.name, row.link_id)


def for_session(session: Session, token_hash: bytes, now: datetime) -> tuple[Viewer, datetime] | None:
    """Return who a session's browser is and when it was last seen."""
    values = {"hash": token_hash, "now": now, "idle": rules.SESSION_IDLE}
    row = session.execute(FOR_SESSION, values).one_or_none()
    return None if row is None else (_viewer(row.id, row.role, row.units), row.seen_at)


def people(session: Session, only: UUID | None = None) -> list[Person]:
    """Return the accounts that the viewer may know, by name; erased ones are gone."""
    seen = select(func.max(SignedIn.seen_at)).where(SignedIn.account_id == Account.id).scalar_subquery()
    # Columns, not objects: an object would be remembered by the session while its row changes under it.
    shown = (Account.id, Account.email, Account.name, Account.role, Account.units, Account.disabled_at, Account.version)
    wanted = (
        select(*shown, AccountKey.account_id.is_not(None).label("set_up"), seen.label("seen_at"))
        .outerjoin(AccountKey, AccountKey.account_id == Account.id)
        .where(Account.erased_at.is_(None))
        .order_by(Account.disabled_at.is_not(None), func.lower(Account.name).collate("uk-UA-x-icu"), Account.id)
    )
    if only is not None:
        wanted = wanted.where(Account.id == only)
    return [_person(dict(row)) for row in session.execute(wanted).mappings()]


def executors(session: Session) -> list[tuple[UUID, str]]:
    """Return the executors who can sign in, by name: for whoever keeps the institutions, and for nobody else."""
    return [(row.id, row.name) for row in session.execute(EXECUTORS)]


def account_with(session: Session, email: str) -> UUID | None:
    return session.scalar(select(Account.id).where(Account.email == email))


def other_admins(session: Session, account: UUID) -> int:
    """Return how many administrators can sign in without this one, whose rows stay locked until the commit."""
    admins = select(Account.id).where(Account.role == Role.ADMIN.value, Account.disabled_at.is_(None)).with_for_update()
    ids = [row for row in session.scalars(admins) if row != account]
    keys = select(func.count()).select_from(AccountKey).where(AccountKey.account_id.in_(ids))
    return session.scalar(keys) or 0


def add_account(session: Session, account: UUID, given: rules.Particulars) -> None:
    values = {"id": account, "email": given.email, "name": given.name, "role": given.role, "units": sorted(given.units)}
    session.execute(insert(Account).values(values))


def add_link(session: Session, link: UUID, account: UUID, token_hash: bytes, ends_at: datetime) -> None:
    values = {"id": link, "account_id": account, "token_hash": token_hash, "ends_at": ends_at}
    session.execute(insert(AccountLink).values(values))


def use_link(session: Session, link: UUID) -> bool:
    """Take the link away; false when somebody else just used it."""
    used = session.execute(delete(AccountLink).where(AccountLink.id == link))
    return bool(used.rowcount)  # type: ignore[attr-defined]


def drop_links(session: Session, account: UUID) -> None:
    session.execute(delete(AccountLink).where(AccountLink.account_id == account))


def set_key(session: Session, account: UUID, password_hash: str, totp_secret: bytes, totp_step: int) -> None:
    values = {"password_hash": password_hash, "totp_secret": totp_secret, "totp_step": totp_step}
    # Not an upsert: that would need the right to read the row. The link that led here came with an empty place.
    session.execute(insert(AccountKey).values(account_id=account, **values))


def set_password(session: Session, account: UUID, password_hash: str) -> None:
    session.execute(update(AccountKey).where(AccountKey.account_id == account).values(password_hash=password_hash))


def use_step(session: Session, account: UUID, step: int) -> bool:
    """Note a one-time code as used; false when it, or a later one, was used before."""
    fresh = update(AccountKey).where(AccountKey.account_id == account, AccountKey.totp_step < step)
    return bool(session.execute(fresh.values(totp_step=step)).rowcount)  # type: ignore[attr-defined]


def set_recovery_codes(session: Session, account: UUID, hashes: Iterable[bytes]) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account))
    session.execute(insert(RecoveryCode), [{"account_id": account, "code_hash": code} for code in hashes])


def use_recovery_code(session: Session, account: UUID, code_hash: bytes) -> bool:
    used = delete(RecoveryCode).where(RecoveryCode.account_id == account, RecoveryCode.code_hash == code_hash)
    return bool(session.execute(used).rowcount)  # type: ignore[attr-defined]


def recovery_codes_left(session: Session, account: UUID) -> int:
    left = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.account_id == account)
    return session.scalar(left) or 0


def drop_keys(session: Session, account: UUID) -> None:
    session.execute(delete(AccountKey).where(AccountKey.account_id == account))
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account))


def add_session(session: Session, account: UUID, token_hash: bytes, now: datetime) -> None:
    values = {"account_id": account, "made_at": now, "seen_at": now, "ends_at": now + rules.SESSION_LENGTH}
    session.execute(insert(SignedIn).values(token_hash=token_hash, **values))


def seen(session: Session, token_hash: bytes, now: datetime) -> None:
    session.execute(update(SignedIn).where(SignedIn.token_hash == token_hash).values(seen_at=now))


def end_session(session: Session, token_hash: bytes) -> None:
    session.execute(delete(SignedIn).where(SignedIn.token_hash == token_hash))


def end_sessions(session: Session, account: UUID, *, but: bytes = b"") -> None:
    session.execute(delete(SignedIn).where(SignedIn.account_id == account, SignedIn.token_hash != but))


def sweep(session: Session, now: datetime) -> None:
    """Drop links and sessions that are over; as a robot."""
    session.execute(delete(AccountLink).where(AccountLink.ends_at <= now))
    over = (SignedIn.ends_at <= now) | (SignedIn.seen_at <= now - rules.SESSION_IDLE)
    session.execute(delete(SignedIn).where(over))


def long_disabled(session: Session, now: datetime) -> list[UUID]:
    before = now - rules.FORGOTTEN_AFTER
    return list(session.scalars(select(Account.id).where(Account.disabled_at < before, Account.erased_at.is_(None))))


def erase(session: Session, account: UUID, now: datetime) -> None:
    """Empty an account of its person; the id stays, because history names it."""
    empty = {"email": None, "name": "", "erased_at": now, "version": Account.version + 1}
    session.execute(update(Account).where(Account.id == account).values(empty))


def _person(row: dict[str, Any]) -> Person:
    return Person(**{**row, "role": Role(row["role"]), "units": tuple(row["units"])})


def _viewer(account: UUID, role: str, units: list[str]) -> Viewer:
    return Viewer(Role(role), account=account, units=frozenset(units))
