"""The two promises of a change, as HTTP says them: If-Match with the version, Idempotency-Key with a submission.

A page without JavaScript sends the same in the hidden fields `version` and `key`.
"""

from __future__ import annotations

import re
import secrets

from starlette.requests import Request

from layers.errors import BadInput, Stale, VersionNeeded
from layers.text import N_

NO_VERSION = N_("A change names the version it was made from: send If-Match with the ETag you were given.")
NOT_A_VERSION = N_("Somebody changed this while you were reading it. Look at it again, then repeat your change.")
STRONG_TAG = re.compile(r'"(\d{1,9})"')


def etag_of(version: int) -> str:
    return f'"{version}"'


def version_of(request: Request, field: str = "") -> int:
    """Return the version that a change was made from.

    Raises VersionNeeded when it names none, Stale when what it names can't be a version of ours.
    """
    header = request.headers.get("if-match")
    if header is None and not field:
        raise VersionNeeded(NO_VERSION)
    tag = STRONG_TAG.fullmatch(header.strip() if header is not None else f'"{field}"')
    if tag is None:
        raise Stale(NOT_A_VERSION)
    return int(tag.group(1))


def key_of(request: Request, field: str = "") -> str:
    """Return the key under which a submission is done once."""
    key = request.headers.get("idempotency-key", field)
    if not key:
        raise BadInput(N_("A submission needs an Idempotency-Key, so that a retry does nothing twice."))
    return key


def new_key() -> str:
    """Return a key for a form that is about to be filled in."""
    return secrets.token_urlsafe(16)
