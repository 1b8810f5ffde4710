"""Answers on the wire: entity tags, compression, and the headers that keep private things out of caches."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from starlette.types import Scope, Send

from geo_api.answers import PRIVATE_HEADERS, PUBLIC_HEADERS, Answer

RawHeaders = Iterable[tuple[bytes, bytes]]


def header(headers: RawHeaders, name: bytes) -> bytes:
    """Return a request header's value, all its lines joined, or nothing."""
    return b",".join(value for key, value in headers if key == name)


def takes_gzip(headers: RawHeaders) -> bool:
    """Tell whether the client says that it takes gzip, and not with a weight of zero."""
    return _names_gzip(header(headers, b"accept-encoding"))


@lru_cache(maxsize=256)
def _names_gzip(codings: bytes) -> bool:
    for part in codings.lower().split(b","):
        coding, _, weight = part.partition(b";")
        if coding.strip() in (b"gzip", b"*"):
            return weight.replace(b" ", b"").rstrip(b"0.") != b"q="
    return False


def has_already(headers: RawHeaders, tag: bytes) -> bool:
    """Tell whether the client names this entity in If-None-Match."""
    named = header(headers, b"if-none-match")
    if not named:
        return False
    return named.strip() == b"*" or any(one.strip().removeprefix(b"W/") == tag for one in named.split(b","))


async def send_answer(scope: Scope, send: Send, answer: Answer, *, private: bool) -> None:
    """Send an answer: 200, 204 without a body, or 304 when the client has it already."""
    if not answer.body:
        await _send(send, 204, [*(PRIVATE_HEADERS if private else PUBLIC_HEADERS), *answer.headers], b"")
        return
    asked = scope["headers"]
    form = answer.form(packed=takes_gzip(asked))
    if private:
        await _send(send, 200, [*PRIVATE_HEADERS, *form.headers], b"" if scope["method"] == "HEAD" else form.body)
    elif has_already(asked, form.tag):
        await _send(send, 304, [*PUBLIC_HEADERS, *answer.headers, (b"etag", form.tag)], b"")
    else:
        await _send(send, 200, form.public_headers, b"" if scope["method"] == "HEAD" else form.body)


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
