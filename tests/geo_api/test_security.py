"""What guards every request: headers, and proof that a change was meant."""

from __future__ import annotations

from collections.abc import Iterator

import anyio
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from geo_api.security import (
    CSRF_EXEMPT,
    PEEKED_BYTES,
    SAFE_METHODS,
    Headers,
    SameSite,
    client_network,
    csrf_token,
    give_csrf_cookie,
    is_exempt,
    is_loopback,
)
from tests.geo_api.pages.conftest import HERE, TOKEN, Visit, app, make_app, visit

__all__ = ["app", "make_app", "visit"]  # fixtures

PATH_WORDS = {"account": "00000000-0000-0000-0000-000000000000", "token": "t"}


def routes_of(routes: list[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Give every method and path that an application answers, mounted ones included."""
    for route in routes:
        if isinstance(route, Mount):
            yield from routes_of(list(route.routes or []), prefix + route.path)
            if not route.routes:
                yield "POST", f"{prefix}{route.path}/x"
        elif isinstance(route, (Route, APIRoute)):
            for method in route.methods or ("POST",):  # a program of its own behind the route takes any method
                yield method, prefix + route.path
        elif hasattr(route, "original_router"):  # a router that FastAPI includes late
            yield from routes_of(list(route.original_router.routes), prefix)


def test_every_route_that_changes_something_refuses_without_a_token(app: FastAPI) -> None:
    client = TestClient(app, base_url=HERE, client=("127.0.0.1", 1), raise_server_exceptions=False)
    changing = sorted({(m, p) for m, p in routes_of(app.routes) if m not in SAFE_METHODS and not is_exempt(p)})
    assert len(changing) >= 11
    answered = {}
    for method, path in changing:
        for name, value in PATH_WORDS.items():
            path = path.replace("{" + name + "}", value).replace("{" + name + ":path}", value)
        answered[method, path] = client.request(method, path, headers={"accept": "text/html"}).status_code
    assert {route: status for route, status in answered.items() if status != 403} == {}


def test_no_route_is_exempt_without_a_reason() -> None:
    assert [path for path, reason in CSRF_EXEMPT.items() if not reason] == []


@pytest.fixture
def small() -> TestClient:
    """A form, its answer that repeats the body, and nothing else behind the guards."""

    async def show(request: Request) -> Response:
        answer = PlainTextResponse(csrf_token(request))
        give_csrf_cookie(request, answer)
        return answer

    async def change(request: Request) -> Response:
        return JSONResponse({"bytes": len(await request.body())})

    async def fields(request: Request) -> Response:
        async with request.form() as form:
            sizes = {name: getattr(value, "size", None) or len(str(value)) for name, value in form.multi_items()}
        return JSONResponse(sizes)

    small = FastAPI()
    small.add_route("/form", show)
    small.add_route("/form", change, methods=["POST", "PUT", "DELETE"])
    small.add_route("/fields", fields, methods=["POST"])
    small.add_middleware(SameSite, public_url="https://map.example.org")
    small.add_middleware(Headers, public_url="https://map.example.org")
    return TestClient(small, base_url="http://localhost:8000", client=("127.0.0.1", 1))


def test_the_pages_own_token_is_believed_in_a_form_a_header_and_an_upload(small: TestClient) -> None:
    token = small.get("/form").text
    assert small.post("/form", data={"csrf": token, "a": "b"}).status_code == 200
    assert small.put("/form", content=b"x", headers={"x-csrf-token": token}).status_code == 200
    assert small.delete("/form", headers={"x-csrf-token": token}).status_code == 200
    photo = b"\x89" * 3_000_000
    sent = small.post("/fields", data={"csrf": token}, files={"photo": ("p.jpg", photo, "image/jpeg")})
    assert sent.json() == {"csrf": 97, "photo": 3_000_000}


def test_every_page_has_another_token_and_all_are_good(small: TestClient) -> None:
    tokens = {small.get("/form").text for _ in range(3)}
    assert len(tokens) == 3
    assert {small.post("/form", data={"csrf": token}).status_code for token in tokens} == {200}


@pytest.mark.parametrize("token", ["", "x", "0" * 32 + "." + "0" * 64, "." * 97])
def test_another_token_is_not_believed(small: TestClient, token: str) -> None:
    small.get("/form")
    assert small.post("/form", data={"csrf": token}).status_code == 403
    assert small.post("/form", headers={"x-csrf-token": token}).status_code == 403


def test_a_token_of_another_browser_is_not_believed(small: TestClient) -> None:
    token = small.get("/form").text
    small.cookies.clear()
    assert small.post("/form", data={"csrf": token}).status_code == 403
    small.get("/form")
    assert small.post("/form", data={"csrf": token}).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://localhost:8000"}, 200),
        ({"origin": "https://map.example.org"}, 200),
        ({"origin": "http://localhost:8001"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_a_form_of_another_site_is_refused_even_with_a_token(
    small: TestClient, headers: dict[str, str], status: int
) -> None:
    token = small.get("/form").text
    assert small.post("/form", data={"csrf": token}, headers=headers).status_code == status


def test_a_large_body_without_a_token_is_refused_without_reading_it_all() -> None:
    read = 0

    async def endless() -> Message:
        nonlocal read
        read += 4096
        return {"type": "http.request", "body": b"a" * 4096, "more_body": True}

    async def forbidden(scope: Scope, receive: object, send: object) -> None:
        raise AssertionError("the application was reached")

    statuses = []

    async def send(message: Message) -> None:
        statuses.append(message.get("status"))

    from unittest.mock import patch

    async def refuse(scope: Scope, receive: object, send_: object) -> None:
        await send({"type": "http.response.start", "status": 403, "headers": []})

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "state": {"secure": False}, "scheme": "http"}
    with patch("geo_api.security._refuse", refuse):
        anyio.run(SameSite(forbidden), scope, endless, send)  # type: ignore[arg-type]
    assert statuses == [403]
    assert read <= PEEKED_BYTES + 4096


def test_every_page_carries_the_strict_headers(visit: Visit) -> None:
    page = visit().see("/sign-in")
    policy = dict(part.partition(" ")[::2] for part in page.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in page.headers["permissions-policy"]
    assert "strict-transport-security" not in page.headers
    over_https = visit(at="https://map.example.org").see("/sign-in")
    assert over_https.headers["strict-transport-security"] == "max-age=31536000"


def test_no_page_has_inline_script_or_style(visit: Visit) -> None:
    page = visit().see("/sign-in").text
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
    assert " onclick" not in page


def test_refusals_and_missing_pages_carry_them_too(visit: Visit) -> None:
    visitor = visit()
    for answer in (visitor.see("/no-such-page"), visitor.post("/sign-in", {})):
        assert answer.status_code in (403, 404)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("client", "host", "headers", "near"),
    [
        (("127.0.0.1", 1), b"127.0.0.1:8000", [], True),
        (("127.0.0.1", 1), b"localhost", [], True),
        (("::1", 1), b"[::1]:8000", [], True),
        (("127.0.0.1", 1), b"map.example.org", [], False),
        (("127.0.0.1", 1), b"localhost.evil.example", [], False),
        (("192.168.1.7", 1), b"127.0.0.1:8000", [], False),
        (("127.0.0.1", 1), b"localhost", [(b"x-forwarded-for", b"127.0.0.1")], False),
        (("127.0.0.1", 1), b"localhost", [(b"forwarded", b"for=127.0.0.1")], False),
        (None, b"localhost", [], False),
        (("", 0), b"localhost", [], False),
    ],
)
def test_only_this_very_machine_is_loopback(
    client: tuple[str, int] | None, host: bytes, headers: list[tuple[bytes, bytes]], near: bool
) -> None:
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"host", host), *headers],
        "client": client,
    }
    assert is_loopback(Request(scope)) is near


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("socket", "unknown"),
    ],
)
def test_an_address_counts_by_the_network_of_a_household(address: str, counted: str) -> None:
    assert client_network(Request({"type": "http", "headers": [], "client": (address, 1)})) == counted


def test_a_form_page_is_never_kept_by_a_cache(visit: Visit) -> None:
    page = visit().see("/sign-in")
    assert TOKEN.search(page.text)
    assert page.headers["cache-control"] == "no-store"
