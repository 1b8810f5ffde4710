"""What went wrong, in a sentence for a person: what, where, and what to do."""

from __future__ import annotations

from collections.abc import Mapping


class BezpekaError(Exception):
    """A mistake or refusal that a person can act upon; never a defect of ours.

    `message` is an English msgid with {named} places, marked by `N_` where it is written. The edge that shows it
    translates the msgid first and fills the places after, so that every language can order them its own way.
    A value may be another error: a reason, translated in its turn.
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message, values)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.message.format(**self.values)


class BadInput(BezpekaError):
    """What was given can't be used as it is."""


class BadFields(BadInput):
    """Some fields of a form can't be used; `fields` says of each what is wrong with it."""

    def __init__(self, fields: Mapping[str, BadInput]) -> None:
        # The sentence has no N_ here, because text.py stands beside this module; forms translate it with their own.
        super().__init__("Please look again at the fields that are marked.")
        self.fields = fields


class NotAllowed(BezpekaError):
    """This viewer may not do that."""


class NotSignedIn(NotAllowed):
    """This is for people with an account: HTTP 401, or on a page the way to the door."""


class NotFound(BezpekaError):
    """There is no such thing, or this viewer may not know of it."""


class Conflict(BezpekaError):
    """Somebody else changed it first, or it was already done with other words."""


class Stale(Conflict):
    """The row was changed since this viewer read it: HTTP 412."""


class VersionNeeded(BezpekaError):
    """A change must name the version it was made from: HTTP 428."""


class KeyReused(Conflict):
    """An idempotency key came again with another body: HTTP 422."""


class TooMany(BezpekaError):
    """More attempts than are allowed in a while: HTTP 429 with Retry-After."""

    def __init__(self, message: str, /, *, retry_after: int, **values: object) -> None:
        super().__init__(message, retry_after=retry_after, **values)
        self.retry_after = retry_after


class Unavailable(BezpekaError):
    """Something this needs (a database, a file, a network) is not there now."""
