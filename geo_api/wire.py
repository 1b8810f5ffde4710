"""Answers on the wire: entity tags, compression, and the headers that keep private things out of caches."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import Scope, Send

from geo_api.answers import PRIVATE_HEADERS, PUBLIC_HEADERS, Answer

RawHeaders = Iterable[tuple[bytes, bytes]]


def header(headers: RawHeaders, name: bytes) -> bytes:
    """Return a request header's value, all its lines joined, or nothing."""
    return b",".join(value for key, value in headers if key == name)


def takes_gzip(headers: RawHeaders) -> bool:
    """Tell whether the client says that it takes gzip, and not with a weight of zero."""
    for part in header(headers, b"accept-encoding").lower().split(b","):
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
    headers = [*(PRIVATE_HEADERS if private else PUBLIC_HEADERS), *answer.headers]
    if not answer.body:
        await _send(send, 204, headers, b"")
        return
    asked = scope["headers"]
    packed = takes_gzip(asked)
    if not private:
        tag = f'"{answer.tag}{"-gzip" if packed else ""}"'.encode()
        headers.append((b"etag", tag))
        if has_already(asked, tag):
            await _send(send, 304, headers, b"")
            return
    body = answer.packed if packed else answer.body
    headers += [(b"content-type", answer.media), (b"content-length", b"%d" % len(body))]
    if packed:
        headers.append((b"content-encoding", b"gzip"))
    await _send(send, 200, headers, b"" if scope["method"] == "HEAD" else body)


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
