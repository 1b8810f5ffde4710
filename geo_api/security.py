"""What guards every request: security headers on all answers, and proof that a change was meant by this site's page.

Pure ASGI, because the tile path runs through it.
"""

from __future__ import annotations

import hmac
import re
import secrets
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo_api.wire import header
from layers.text import N_
from maps.pages import CONTENT_SECURITY_POLICY

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Routes that change something without the token, each with its reason; one that ends in "/" means all below it.
CSRF_EXEMPT: dict[str, str] = {
    "/open311/": "for programs: each brings its own key in the body, and no cookie counts for anything there",
    "/alerts/stop/": "mail programs post here by themselves (RFC 8058); the token in the path is the right to stop",
}
# The token is the first field of every form, so that a look at the beginning of the body finds it.
FIELD = "csrf"
PEEKED_BYTES = 16 * 1024
TOKEN_IN_BODY = re.compile(rb'(?:(?:^|&)csrf=|name="csrf"\r\n\r\n)([0-9a-f]{32}\.[0-9a-f]{64})')

ALWAYS = [(b"x-content-type-options", b"nosniff")]
ALWAYS_SECURE = [*ALWAYS, (b"strict-transport-security", b"max-age=31536000")]
# Plain data is not a document: a browser shows it as text and runs nothing in it.
DATA = (b"application/json", b"application/geo+json", b"application/vnd.mapbox-vector-tile", b"text/css", b"image/png")
DOCUMENT = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
]
NOT_OURS = N_("This form didn't come from our own page, or the page is too old. Open the page anew and send it again.")


class Headers:
    """Put the security headers on every answer; one that a route has set itself stays."""

    def __init__(self, app: ASGIApp, public_url: str | None = None) -> None:
        self.app = app
        self.public_host = urlsplit(public_url).netloc if public_url and public_url.startswith("https:") else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["secure"] = secure = is_secure(scope, self.public_host)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = guarded(list(message.get("headers", ())), secure=secure)
            await send(message)

        await self.app(scope, receive, send_guarded)


def guarded(given: list[tuple[bytes, bytes]], *, secure: bool) -> list[tuple[bytes, bytes]]:
    """Return an answer's headers with ours added; this runs for every tile."""
    headers = dict(given)
    added = ALWAYS_SECURE if secure else ALWAYS
    if not headers.get(b"content-type", b"").startswith(DATA):
        added = added + DOCUMENT
    if b"frame-ancestors *" in headers.get(b"content-security-policy", b""):
        added = [one for one in added if one[0] != b"x-frame-options"]  # a page that may be shown in others'
    return [*given, *(one for one in added if one[0] not in headers)]


class SameSite:
    """Refuse every change that this site's own page didn't ask for: other origin, or no token of this browser's."""

    def __init__(self, app: ASGIApp, public_url: str | None = None) -> None:
        self.app = app
        self.public_host = urlsplit(public_url).netloc if public_url else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] not in SAFE_METHODS and not is_exempt(scope["path"]):
            token, receive = await _token(scope, receive)
            if self._is_foreign(scope) or not _is_ours(scope, token):
                await _refuse(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        site = header(scope["headers"], b"sec-fetch-site")
        if site not in (b"", b"same-origin", b"none"):
            return True
        origin = header(scope["headers"], b"origin").decode("latin-1")
        if origin == "null" and site == b"same-origin":
            return False  # a page of ours that tells nobody where it is: its address opens a report
        return bool(origin) and urlsplit(origin).netloc not in {_host(scope), self.public_host} - {""}


def is_exempt(path: str) -> bool:
    """Tell whether a route may change something without this browser's token."""
    return any(path.startswith(exempt) if exempt.endswith("/") else path == exempt for exempt in CSRF_EXEMPT)


def is_secure(scope: Scope, public_host: str = "") -> bool:
    """Tell whether the browser speaks https: directly, or with a proxy in front that answers for the public address.

    Who claims that address over plain http only gets cookies that their browser refuses.
    """
    return scope["scheme"] == "https" or bool(public_host and _host(scope) == public_host)


def is_loopback(request: HTTPConnection) -> bool:
    """Tell whether somebody at this very machine asks: the peer and the address they typed are both its own."""
    forwarded = {b"x-forwarded-for", b"x-forwarded-host", b"forwarded", b"via", b"x-real-ip"}
    if request.client is None or any(name in forwarded for name, _ in request.scope["headers"]):
        return False
    try:
        near = ip_address(request.client.host).is_loopback
    except ValueError:
        return False
    return near and request.url.hostname in ("localhost", "127.0.0.1", "::1")


def client_network(request: HTTPConnection) -> str:
    """Return the client's address as attempts are counted: IPv6 by the network that one household has."""
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return "unknown"
    return str(ip_network(f"{address}/64", strict=False)) if address.version == 6 else str(address)


def cookie_name(scope: Scope, name: str) -> str:
    """Return a cookie's name: bound to this very host over https, plain where browsers wouldn't take that."""
    return f"__Host-{name}" if scope["state"]["secure"] else name


def cookie_header(scope: Scope, name: str, value: str, *, max_age: int | None = None) -> tuple[bytes, bytes]:
    secure = "; Secure" if scope["state"]["secure"] else ""
    age = "" if max_age is None else f"; Max-Age={max_age}"
    line = f"{cookie_name(scope, name)}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"
    return b"set-cookie", line.encode("ascii")


def csrf_token(request: HTTPConnection) -> str:
    """Return the token for this page's forms: another each time, all of them good for this browser's cookie.

    The page's answer goes through `give_csrf_cookie`.
    """
    cookie = _cookie(request.scope)
    if not cookie:
        cookie = request.scope["state"].setdefault("new_csrf_cookie", secrets.token_hex(16))
    salt = secrets.token_hex(16)
    return f"{salt}.{_signed(cookie, salt)}"


def give_csrf_cookie(request: HTTPConnection, response: Response) -> None:
    """Give a browser that has none the cookie which this page's token is good for."""
    fresh = request.scope["state"].get("new_csrf_cookie")
    if fresh:
        response.raw_headers.append(cookie_header(request.scope, "bezpeka-csrf", fresh))


async def _token(scope: Scope, receive: Receive) -> tuple[str, Receive]:
    """Return the token that came in a header or first in the body, and a `receive` that gives the body from its start.

    Only as much is read ahead as must hold the token, so that large uploads still flow.
    """
    given = header(scope["headers"], b"x-csrf-token")
    if given:
        return given.decode("latin-1"), receive
    peeked: list[Message] = []
    body = b""
    found = None
    while found is None and len(body) < PEEKED_BYTES:
        message = await receive()
        peeked.append(message)
        body += message.get("body", b"")
        found = TOKEN_IN_BODY.search(body[:PEEKED_BYTES])
        if not message.get("more_body", False):
            break

    async def receive_again() -> Message:
        return peeked.pop(0) if peeked else await receive()

    return (found.group(1).decode() if found else ""), receive_again


def _is_ours(scope: Scope, token: str) -> bool:
    salt, _, signature = token.partition(".")
    cookie = _cookie(scope)
    return bool(cookie) and hmac.compare_digest(_signed(cookie, salt).encode(), signature.encode())


def _signed(cookie: str, salt: str) -> str:
    return hmac.digest(cookie.encode(), salt.encode(), "sha256").hex()


def _cookie(scope: Scope) -> str:
    return HTTPConnection(scope).cookies.get(cookie_name(scope, "bezpeka-csrf"), "")


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    from geo_api.context import language_of
    from geo_api.errors import tell

    request = Request(scope, receive)
    answer = tell(request, 403, language_of(request).gettext(NOT_OURS))
    await answer(scope, receive, send)


def _host(scope: Scope) -> str:
    return header(scope["headers"], b"host").decode("latin-1")
