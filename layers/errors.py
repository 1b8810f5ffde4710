"""What went wrong, in a sentence for a person: what, where, and what to do."""

from __future__ import annotations


class BezpekaError(Exception):
    """A mistake or refusal that a person can act upon; never a defect of ours.

    `message` is an English msgid with {named} places, marked by `N_` where it is written. The edge that shows it
    translates the msgid first and fills the places after, so that every language can order them its own way.
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message, values)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.message.format(**self.values)


class BadInput(BezpekaError):
    """What was given can't be used as it is."""


class NotAllowed(BezpekaError):
    """This viewer may not do that."""


class NotFound(BezpekaError):
    """There is no such thing, or this viewer may not know of it."""


class Conflict(BezpekaError):
    """Somebody else changed it first, or it was already done with other words."""


class Unavailable(BezpekaError):
    """Something this needs (a database, a file, a network) is not there now."""
