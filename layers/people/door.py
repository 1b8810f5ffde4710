"""Coming in and going out: first sign-in by a link, sign-in with password and one-time code, sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from layers import history, limits
from layers.database.engine import Database, set_viewer
from layers.errors import BadFields, BadInput, NotAllowed, NotFound, NotSignedIn
from layers.people import rules, store
from layers.people.credentials import Hasher, Keys, new_recovery_codes, new_token, token_hash, totp_step
from layers.people.store import Guest
from layers.text import N_
from layers.viewer import PUBLIC, Role, Viewer, robot

WRONG = N_("E-mail, password or code is not right. A code works once: wait for the next one on your phone.")
WRONG_CODE = N_("This code is not right or was used. Wait for the next one on your phone.")
OVER = N_("This link has been used or is older than 24 hours. Ask an administrator for a new one.")


@dataclass(frozen=True)
class Porter:
    """What the door works with: the database, the keys of the installation, the bounded hasher."""

    database: Database
    keys: Keys
    hasher: Hasher


@dataclass(frozen=True)
class Welcome:
    """Who came in by a link, with the codes to be printed and shown never again."""

    token: str
    recovery_codes: list[str]


def sign_in(porter: Porter, *, email: str, password: str, code: str, address: str, now: datetime) -> str:
    """Return the token of a new session; whatever was wrong, and even if there is no such account, the answer is one.

    `address` is a keyed hash of the client's. Raises NotAllowed, or TooMany after too many attempts.
    """
    kept_email = rules.address_of(email)
    per_account = "sign-in:account:" + porter.keys.mac("limit", kept_email).hex()
    per_address = f"sign-in:address:{address}"
    with porter.database.begin(PUBLIC) as session:
        limits.limit(session, per_address, per=rules.ATTEMPTS_PER, most=rules.ATTEMPTS_OF_ADDRESS, now=now)
    with porter.database.begin(PUBLIC) as session:
        limits.limit(session, per_account, per=rules.ATTEMPTS_PER, most=rules.ATTEMPTS_OF_ACCOUNT, now=now)
        known = store.for_sign_in(session, kept_email)
    right = porter.hasher.matches(known.password_hash if known else None, password)
    if not (known and right):
        raise NotAllowed(WRONG)
    with porter.database.begin(known.viewer) as session:
        if not _code_opens(session, porter.keys, known.viewer, known.totp_secret, code, now):
            raise NotAllowed(WRONG)
        limits.clear(session, per_account)
        return _let_in(session, known.viewer, "signed_in", now)


def guest(porter: Porter, token: str, now: datetime) -> Guest:
    """Return whoever holds this link; looking at it doesn't use it up (mail filters open links too)."""
    with porter.database.begin(PUBLIC) as session:
        return _guest(session, token, now)


def set_up(porter: Porter, *, token: str, password: str, code: str, now: datetime) -> Welcome:
    """Set the password and enrol the one-time codes by a link, which is used up; returns a session.

    Raises BadFields with what is wrong by field, NotFound when the link is over.
    """
    holder = guest(porter, token, now)
    secret = porter.keys.first_totp_secret(token)
    step = totp_step(secret, code, now)
    wrong: dict[str, BadInput] = {}
    if (bad := rules.check_password(password, holder.email)) is not None:
        wrong["password"] = bad
    if step is None:
        wrong["code"] = BadInput(N_("This is not the code that the app shows now. Type the newest one."))
    if wrong or step is None:
        raise BadFields(wrong)
    password_hash = porter.hasher.hash(password)
    with porter.database.begin(holder.viewer) as session:
        account = _id(holder.viewer)
        if not store.use_link(session, holder.link):
            raise NotFound(OVER)
        store.drop_keys(session, account)
        store.set_key(session, account, password_hash, porter.keys.seal(secret.encode(), account), step)
        codes = _new_codes(session, porter.keys, account)
        return Welcome(_let_in(session, holder.viewer, "account_set_up", now), codes)


def change_password(
    porter: Porter, viewer: Viewer, *, current: str, new: str, code: str, session_token: str, now: datetime
) -> None:
    """Set another password; every other session of the account ends."""
    email, door = _own(porter, viewer, now)
    wrong: dict[str, BadInput] = {}
    if not porter.hasher.matches(door.password_hash, current):
        wrong["current"] = BadInput(N_("This is not your current password."))
    if (bad := rules.check_password(new, email)) is not None:
        wrong["new"] = bad
    if wrong:
        raise BadFields(wrong)
    password_hash = porter.hasher.hash(new)
    with porter.database.begin(viewer) as session:
        _need_code(session, porter.keys, viewer, door.totp_secret, code, now)
        store.set_password(session, _id(viewer), password_hash)
        store.end_sessions(session, _id(viewer), but=token_hash(session_token))
        _note(session, viewer, "password_changed")


def renew_recovery_codes(porter: Porter, viewer: Viewer, *, code: str, now: datetime) -> list[str]:
    """Return fresh recovery codes; the old ones open nothing any more."""
    _, door = _own(porter, viewer, now)
    with porter.database.begin(viewer) as session:
        _need_code(session, porter.keys, viewer, door.totp_secret, code, now)
        codes = _new_codes(session, porter.keys, _id(viewer))
        _note(session, viewer, "recovery_codes_renewed")
        return codes


def sign_out(database: Database, viewer: Viewer, token: str) -> None:
    with database.begin(viewer) as session:
        store.end_session(session, token_hash(token))


def sign_out_everywhere(database: Database, viewer: Viewer) -> None:
    with database.begin(viewer) as session:
        store.end_sessions(session, _id(viewer))
        _note(session, viewer, "signed_out_everywhere")


def viewer_for_token(database: Database, token: str, now: datetime) -> Viewer | None:
    """Return who a session's browser is, or None when the session is over; notes now and then that it was seen."""
    kept = token_hash(token)
    with database.begin(PUBLIC) as session:
        found = store.for_session(session, kept, now)
        if found is None:
            return None
        viewer, seen_at = found
        if now - seen_at > rules.SEEN_EVERY:
            set_viewer(session, viewer)
            store.seen(session, kept, now)
    return viewer


def demo_sign_in(database: Database, role: Role, name: str, units: frozenset[str], now: datetime) -> str:
    """Return a session of the demo's account of this role; only a demo's pages and tests come this way."""
    given = rules.check(rules.Particulars(f"{role.value}@demo.invalid", name, role.value, units))
    with database.begin(robot("demo")) as session:
        account = store.account_with(session, given.email)
        if account is None:
            account = uuid4()
            store.add_account(session, account, given)
    viewer = Viewer(role, account=account, units=units)
    with database.begin(viewer) as session:
        return _let_in(session, viewer, "signed_in", now)


def _guest(session: Session, token: str, now: datetime) -> Guest:
    found = store.for_link(session, token_hash(token), now)
    if found is None:
        raise NotFound(OVER)
    return found


def _own(porter: Porter, viewer: Viewer, now: datetime) -> tuple[str, store.Door]:
    """Return the viewer's own e-mail and keys; one account's guesses at its own password are limited too."""
    with porter.database.begin(viewer) as session:
        key = f"own:account:{viewer.account}"
        limits.limit(session, key, per=rules.ATTEMPTS_PER, most=rules.ATTEMPTS_OF_ACCOUNT, now=now)
        email = next((person.email for person in store.people(session, only=_id(viewer))), None)
        door = store.for_sign_in(session, email) if email else None
        if email is None or door is None:
            raise NotAllowed(N_("This account has no password; it came in by the demo's door."))
        return email, door


def _code_opens(session: Session, keys: Keys, viewer: Viewer, sealed: bytes, code: str, now: datetime) -> bool:
    account = _id(viewer)
    step = totp_step(keys.unseal(sealed, account).decode(), code, now)
    if step is not None:
        return store.use_step(session, account, step)
    if store.use_recovery_code(session, account, keys.recovery_hash(account, code)):
        _note(session, viewer, "recovery_code_used")
        return True
    return False


def _need_code(session: Session, keys: Keys, viewer: Viewer, sealed: bytes, code: str, now: datetime) -> None:
    if not _code_opens(session, keys, viewer, sealed, code, now):
        raise BadFields({"code": BadInput(WRONG_CODE)})


def _new_codes(session: Session, keys: Keys, account: UUID) -> list[str]:
    codes = new_recovery_codes()
    store.set_recovery_codes(session, account, [keys.recovery_hash(account, code) for code in codes])
    return codes


def _let_in(session: Session, viewer: Viewer, event: str, now: datetime) -> str:
    token = new_token()
    store.add_session(session, _id(viewer), token_hash(token), now)
    _note(session, viewer, event)
    return token


def _id(viewer: Viewer) -> UUID:
    if viewer.account is None:
        raise NotSignedIn(N_("Sign in first."))
    return viewer.account


def _note(session: Session, viewer: Viewer, event: str) -> None:
    history.record(session, audience="admin", subject="account", subject_id=str(viewer.account), event=event)
