"""The verbs of whoever keeps the accounts: add, change, disable, enable, reset, forget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from layers import history, idempotency, versions
from layers.errors import BadFields, BadInput, Conflict, NotAllowed, NotFound
from layers.people import rules, store
from layers.people.credentials import Keys, token_hash
from layers.people.rules import Particulars
from layers.people.store import Person
from layers.people.tables import Account
from layers.text import N_
from layers.viewer import Role, Viewer

TABLE = Account.metadata.tables[Account.__tablename__]


@dataclass(frozen=True)
class Invitation:
    """An account and the one-time link that opens its first sign-in."""

    account: UUID
    token: str
    repeated: bool = False  # answered before, under the same idempotency key


def listed(session: Session, viewer: Viewer) -> list[Person]:
    rules.must_manage(viewer)
    return store.people(session)


def one(session: Session, account: UUID) -> Person:
    """Return an account that the viewer may know: their own, or for an administrator anybody's."""
    found = store.people(session, only=account)
    if not found:
        raise NotFound(N_("There is no such account."))
    return found[0]


def find(session: Session, viewer: Viewer, email: str) -> Person:
    rules.must_manage(viewer)
    account = store.account_with(session, rules.address_of(email))
    if account is None:
        raise NotFound(N_("There is no account with the e-mail {email}."), email=email)
    return one(session, account)


def add(
    session: Session, viewer: Viewer, keys: Keys, given: Particulars, *, idempotency_key: str, now: datetime
) -> Invitation:
    """Make an account and a link for its first sign-in; the same key again gives the same link."""
    rules.must_manage(viewer)
    kept = rules.check(given)
    answer = idempotency.once(
        session,
        scope=f"people.add:{viewer.account or viewer.name}",
        key=idempotency_key,
        body={"email": kept.email, "name": kept.name, "role": kept.role, "units": sorted(kept.units)},
        act=lambda: _add(session, keys, kept, now),
    )
    token = keys.link_token(UUID(answer.content["link"]))
    return Invitation(UUID(answer.content["account"]), token, answer.repeated)


def _add(session: Session, keys: Keys, kept: Particulars, now: datetime) -> Mapping[str, Any]:
    if store.account_with(session, kept.email) is not None:
        raise BadFields({"email": BadInput(N_("There is an account with this e-mail already."))})
    account = uuid4()
    store.add_account(session, account, kept)
    link = _invite(session, keys, account, now)
    _note(session, account, "account_added", role=kept.role, units=sorted(kept.units))
    return {"account": str(account), "link": str(link)}


def change(session: Session, viewer: Viewer, account: UUID, given: Particulars, *, version: int) -> int:
    """Change name, e-mail, role or units; another role or territory ends the person's sessions at once."""
    rules.must_manage(viewer)
    before = one(session, account)
    kept = rules.check(given)
    namesake = store.account_with(session, kept.email)
    if namesake not in (None, account):
        raise BadFields({"email": BadInput(N_("There is an account with this e-mail already."))})
    if before.role is Role.ADMIN and kept.role != Role.ADMIN:
        _leave_an_admin(session, account)
    values = {"email": kept.email, "name": kept.name, "role": kept.role, "units": sorted(kept.units)}
    new_version = versions.save(session, TABLE, account, version, values)
    if (before.role, frozenset(before.units)) != (kept.role, kept.units):
        store.end_sessions(session, account)
    _note(session, account, "account_changed", role=kept.role, units=sorted(kept.units))
    return new_version


def disable(session: Session, viewer: Viewer, account: UUID, *, version: int, now: datetime) -> int:
    """Close an account: its sessions and links end at once; what it did stays in the history."""
    rules.must_manage(viewer)
    if one(session, account).role is Role.ADMIN:
        _leave_an_admin(session, account)
    new_version = versions.save(session, TABLE, account, version, {"disabled_at": now})
    store.end_sessions(session, account)
    store.drop_links(session, account)
    _note(session, account, "account_disabled")
    return new_version


def enable(session: Session, viewer: Viewer, account: UUID, *, version: int) -> int:
    rules.must_manage(viewer)
    new_version = versions.save(session, TABLE, account, version, {"disabled_at": None})
    _note(session, account, "account_enabled")
    return new_version


def reset(session: Session, viewer: Viewer, keys: Keys, account: UUID, *, version: int, now: datetime) -> Invitation:
    """Take away password, one-time codes and sessions at once, and make a new link: the phone may be in other hands."""
    rules.must_manage(viewer)
    person = one(session, account)
    if person.disabled_at is not None:
        raise Conflict(N_("This account is disabled. Enable it first."))
    if viewer.account == account:
        raise NotAllowed(N_("You can't reset your own account. Ask another administrator."))
    versions.save(session, TABLE, account, version, {})
    store.drop_keys(session, account)
    store.end_sessions(session, account)
    store.drop_links(session, account)
    link = _invite(session, keys, account, now)
    _note(session, account, "account_reset")
    return Invitation(account, keys.link_token(link))


def forget(session: Session, now: datetime) -> None:
    """Drop what is over, and the persons behind accounts that were disabled long ago; as a robot, every night."""
    store.sweep(session, now)
    for account in store.long_disabled(session, now):
        store.drop_keys(session, account)
        store.erase(session, account, now)
        _note(session, account, "account_erased")


def _invite(session: Session, keys: Keys, account: UUID, now: datetime) -> UUID:
    link = uuid4()
    store.add_link(session, link, account, token_hash(keys.link_token(link)), now + rules.LINK_LENGTH)
    return link


def _leave_an_admin(session: Session, account: UUID) -> None:
    if store.other_admins(session, account) == 0:
        raise Conflict(N_("This is the last administrator who can sign in. Add another one first."))


def _note(session: Session, account: UUID, event: str, **codes: object) -> None:
    history.record(session, audience="admin", subject="account", subject_id=str(account), event=event, codes=codes)
