"""Errors at the edge: for people a page, for machines a problem, and nothing of ours in either."""

from __future__ import annotations

import pytest
from starlette.routing import Route

from layers import errors
from layers.errors import BadFields, BadInput, BezpekaError, NotAllowed, NotFound, TooMany, Unavailable

SECRET = "postgresql://user:hunter2@db/bezpeka"
RAISED: dict[str, BezpekaError | Exception] = {
    "bad": BadInput("No {thing} here", thing="<script>alert(1)</script>"),
    "fields": BadFields({"name": BadInput("x")}),
    "forbidden": NotAllowed("not for you"),
    "missing": NotFound("no such thing"),
    "many": TooMany("later", retry_after=7),
    "down": Unavailable("not now"),
    "defect": RuntimeError(SECRET),
}


@pytest.fixture(scope="module")
def app(app):
    async def fail(request):
        raise RAISED[request.path_params["which"]]

    app.router.routes[:0] = [Route("/fail/{which}", fail), Route("/api/fail/{which}", fail)]
    return app


@pytest.mark.parametrize(
    ("which", "status"),
    [
        ("bad", 400),
        ("fields", 422),
        ("forbidden", 403),
        ("missing", 404),
        ("many", 429),
        ("down", 503),
        ("defect", 500),
    ],
)
def test_each_error_has_its_status_for_people_and_machines(client, which, status):
    page = client.get(f"/fail/{which}", headers={"accept": "text/html"})
    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    problem = client.get(f"/api/fail/{which}", headers={"accept": "text/html"})
    assert problem.status_code == problem.json()["status"] == status
    for answer in (page, problem):
        assert answer.headers["cache-control"] == "no-store"
        assert "hunter2" not in answer.text
        assert "Traceback" not in answer.text


def test_what_somebody_typed_stays_text_in_the_page(client):
    page = client.get("/fail/bad", headers={"accept": "text/html"})
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


def test_waiting_times_are_told(client):
    assert client.get("/fail/many").headers["retry-after"] == "7"
    assert client.get("/fail/down").headers["retry-after"] == "10"


def test_every_kind_of_error_has_a_status():
    from geo_api.errors import HEADINGS, status_of

    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, BezpekaError)]
    for kind in kinds:
        made = kind.__new__(kind)
        assert status_of(made) in HEADINGS, kind


def test_a_page_that_is_not_there_is_said_in_the_readers_language(client):
    assert "Такої сторінки немає" in client.get("/nothing", headers={"accept": "text/html"}).text
    assert "There is no such page" in client.get("/nothing?lang=en", headers={"accept": "text/html"}).text
    assert client.get("/nothing?lang=en").json()["title"] == "There is no such page"
