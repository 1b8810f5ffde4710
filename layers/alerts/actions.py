"""Subscribe, confirm, stop; gather what is news; hand it out, once each; forget."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.orm import Session

from layers import limits, mailbox
from layers.alerts import rules, store
from layers.area import Area
from layers.categories import store as categories
from layers.errors import BadFields, BadInput, TooMany
from layers.layer import Title
from layers.people.credentials import Keys, token_hash
from layers.people.rules import address_of
from layers.privacy.rules import HROMADAS
from layers.problems import places
from layers.text import EMAIL, N_
from layers.units.names import Name, unit_names


@dataclass(frozen=True)
class Wish:
    """What somebody filled in; `drawn` are corners, “lon lat, lon lat, …”."""

    email: str
    units: tuple[str, ...] = ()
    drawn: str = ""
    street: str = ""
    categories: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    changes: str = "both"
    pace: str = "daily"
    language: str = "uk"


@dataclass(frozen=True)
class Subscription:
    """One subscription, in words that its subscriber may read."""

    id: UUID
    email: str
    language: str
    units: tuple[Title, ...]
    is_drawn: bool
    street: Title | None
    categories: tuple[Title, ...]
    statuses: tuple[Title, ...]
    changes: str
    pace: str
    confirmed: bool


@dataclass(frozen=True)
class Item:
    """One report in a letter: public facts and nothing else."""

    id: UUID
    is_new: bool
    category: Title
    place: Title
    status: Title
    month: date
    updated_month: date


@dataclass(frozen=True)
class Digest:
    """What is to be told to one subscriber: the first items, and how many more there are."""

    subscription: Subscription
    stop: str
    items: tuple[Item, ...]
    more: int
    told: Mapping[UUID, bool]


# --- whoever subscribes -----------------------------------------------------------------------------------------------


def subscribe(
    session: Session, keys: Keys, area: Area, wish: Wish, *, key: str, now: datetime
) -> tuple[Subscription, str, str] | None:
    """Write a subscription down, unconfirmed; return it with the tokens of its two links.

    None when no letter shall go: the form came before, or the address has had its share. Whoever sent it is told the
    same in every case. Raises BadFields.
    """
    values = _checked(session, area, wish)
    email = values["email"]
    alert = uuid5(NAMESPACE_URL, f"alert:{key}:{email}")
    confirm_token, stop_token = _token(keys, "confirm", alert), _token(keys, "stop", alert)
    hashes = {"confirm_hash": token_hash(confirm_token), "stop_hash": token_hash(stop_token)}
    if store.count_of_address(session, email) >= rules.MOST_OF_ADDRESS:
        return None
    if not store.add(session, {**values, **hashes, "id": alert, "made_at": now}):
        return None
    try:
        of_address = f"alerts:{keys.mac('alert-address', email).hex()}"
        limits.limit(session, of_address, per=rules.LETTERS_PER, most=rules.LETTERS_OF_ADDRESS, now=now)
    except TooMany:
        store.remove(session, alert)
        return None
    found = store.by_confirmation(session, hashes["confirm_hash"], now - rules.UNCONFIRMED_KEPT)
    return _subscription(session, found), confirm_token, stop_token


def to_confirm(session: Session, token: str, *, now: datetime) -> Subscription | None:
    """Return the subscription that a confirming link is about; None when there is none, or its two days are over."""
    found = store.by_confirmation(session, token_hash(token), now - rules.UNCONFIRMED_KEPT)
    return None if found is None else _subscription(session, found)


def confirm(session: Session, token: str, *, now: datetime) -> Subscription | None:
    """Let letters go from now on; again, it changes nothing."""
    found = to_confirm(session, token, now=now)
    if found is not None:
        store.confirm(session, found.id, now)
    return found


def to_stop(session: Session, token: str) -> Subscription | None:
    """Return the subscription that a stopping link is about, or None when it is stopped already."""
    found = store.by_stop(session, token_hash(token))
    return None if found is None else _subscription(session, found)


def stop(session: Session, token: str) -> None:
    """Erase the subscription with its address, and the letters that wait for it; again, it changes nothing."""
    found = store.by_stop(session, token_hash(token))
    if found is not None:
        mailbox.take_back(session, store.letters_of(session, found.id))
        store.remove(session, found.id)


def note_letter(session: Session, subscription: Subscription, letter: UUID) -> None:
    """Note the letter that asks to confirm, so that stopping takes it back too."""
    store.note_letter(session, letter, subscription.id, {})


# --- whoever writes to them -------------------------------------------------------------------------------------------


def gather(session: Session, now: datetime) -> None:
    """Find what is news since the last time and whom it is for; take back letters about what was withdrawn."""
    if store.is_alone(session):
        store.recall(session)
        store.gather(session, now)


def take(session: Session, keys: Keys, area: Area, *, now: datetime) -> Digest | None:
    """Take what is due to one subscriber, without what was withdrawn.

    The caller puts it into the outbox in the same transaction, or nothing is taken.
    """
    slots = {pace: rules.slot(pace, now, area.timezone) for pace in rules.PACES}
    row = store.due(session, slots)
    while row is not None and not (found := store.take(session, row.id, slots[row.pace])):
        # Another worker told it, or it was withdrawn, between our look at the list and our hold of the subscriber.
        row = store.due(session, slots)
    if row is None:
        return None
    items = sorted(map(_item, found), key=_order)
    stop_token = _token(keys, "stop", row.id)
    store.note(session, row.id, stop_hash=token_hash(stop_token), now=now)
    shown = tuple(items[: rules.MOST_ITEMS])
    told = {item.id: item.is_new for item in items}
    return Digest(_subscription(session, row), stop_token, shown, len(items) - len(shown), told)


def put(session: Session, digest: Digest, *, subject: str, body: str, html: str, headers: Mapping[str, str]) -> UUID:
    """Put a digest's letter into the outbox."""
    to = digest.subscription.email
    letter = mailbox.put(session, to=to, subject=subject, body=body, html=html, headers=headers)
    store.note_letter(session, letter, digest.subscription.id, digest.told)
    return letter


def forget(session: Session, now: datetime) -> None:
    """Drop what nobody confirmed within two days, addresses that refuse letters, and notes of no more use."""
    store.forget(
        session,
        now,
        unconfirmed=now - rules.UNCONFIRMED_KEPT,
        withdrawn=now - rules.WITHDRAWN_KEPT,
        told=now - rules.TOLD_KEPT,
    )


# --- within -----------------------------------------------------------------------------------------------------------


def _checked(session: Session, area: Area, wish: Wish) -> dict[str, Any]:
    """Return a wish as columns; raises BadFields that say what is wrong with which field."""
    wrong: dict[str, BadInput] = {}
    email, polygon, street = address_of(wish.email), None, None
    if len(email) > 254 or not EMAIL.fullmatch(email):
        wrong["email"] = BadInput(N_("This is not an e-mail address. It looks like name@example.org."))
    try:
        polygon = rules.polygon(rules.corners(wish.drawn), area.box)
    except BadInput as error:
        wrong["drawn"] = error
    if wish.street:
        begins = places.beginning(session, street=wish.street)
        street = begins.title if begins else None
        if street is None:
            wrong["street"] = BadInput(N_("This street isn't known here. Choose one of the list."))
    names = {name.code for name in unit_names(session)}
    unknown = not set(wish.units) <= names or not set(wish.categories) <= {one.code for one in _told(session)}
    unknown |= not set(wish.statuses) <= {row.code for row in store.public_statuses(session)}
    if unknown or wish.changes not in rules.CHANGES or wish.pace not in rules.PACES:
        wrong[""] = BadInput(N_("Something that was chosen is no longer there. Choose again."))
    if wrong:
        raise BadFields(wrong)
    return {
        "email": email,
        "language": wish.language if wish.language in ("uk", "en") else "uk",
        "units": list(wish.units),
        "polygon": polygon,
        "street": wish.street or None,
        "street_uk": street.uk if street else None,
        "street_en": street.en if street else None,
        "categories": list(wish.categories),
        "statuses": list(wish.statuses),
        "changes": wish.changes,
        "pace": wish.pace,
    }


def _told(session: Session) -> list[Any]:
    """Return the categories whose reports can be public."""
    return [one for one in categories.reportable(session) if one.audience == "public"]


def _subscription(session: Session, row: Any) -> Subscription:
    units = {name.code: _called(name) for name in unit_names(session)} if row.units else {}
    kinds = {one.code: Title(one.problem_uk or "", one.problem_en or "") for one in _told(session)}
    statuses = {one.code: Title(one.title_uk, one.title_en) for one in store.public_statuses(session)}
    return Subscription(
        id=row.id,
        email=row.email,
        language=row.language,
        units=_named(row.units, units),
        is_drawn=row.is_drawn,
        street=Title(row.street_uk, row.street_en) if row.street_uk else None,
        categories=_named(row.categories, kinds),
        statuses=_named(row.statuses, statuses),
        changes=row.changes,
        pace=row.pace,
        confirmed=row.confirmed_at is not None,
    )


def _called(name: Name) -> Title:
    """Return a unit's name as a sentence can use it: of a hromada the adjective alone says nothing."""
    return Title(f"{name.uk} громада", f"{name.en} hromada") if name.system == HROMADAS else Title(name.uk, name.en)


def _named(codes: Sequence[str], titles: Mapping[str, Title]) -> tuple[Title, ...]:
    return tuple(titles.get(code) or Title(code, code) for code in codes)


def _item(row: Any) -> Item:
    uk = dict.fromkeys(name for name in (row.place_uk, row.unit_uk) if name)
    en = dict.fromkeys(name for name in (row.place_en, row.unit_en) if name)
    return Item(
        id=row.id,
        is_new=row.is_new,
        category=Title(row.category_uk, row.category_en),
        place=Title(", ".join(uk), ", ".join(en)),
        status=Title(row.status_uk, row.status_en),
        month=row.month,
        updated_month=row.updated_month,
    )


def _order(item: Item) -> tuple[bool, int, str, str]:
    return not item.is_new, -item.month.toordinal(), item.category.uk, str(item.id)


def _token(keys: Keys, purpose: str, alert: UUID) -> str:
    """Return the token of a link, kept nowhere but in the letter: it is made anew for each."""
    return base64.urlsafe_b64encode(keys.mac(f"alert-{purpose}", str(alert))).decode().rstrip("=")
