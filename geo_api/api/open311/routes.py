"""Which address answers what: each with .xml, .json, or neither."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from geo_api.api.open311 import requests, services
from geo_api.api.open311.resources import Resource, nothing
from geo_api.api.open311.services import PATH
from geo_api.api.open311.submitting import submit


def _both(path: str, resource: Resource) -> list[BaseRoute]:
    return [Route(f"{PATH}{path}.{{form}}", resource), Route(f"{PATH}{path}", resource)]


routes: list[BaseRoute] = [
    Route(PATH, Resource(services.discovery)),
    *_both("/discovery", Resource(services.discovery)),
    *_both("/services", Resource(services.services)),
    *_both("/services/{code}", Resource(services.definition)),
    *_both("/requests", Resource(requests.many, submit)),
    *_both("/requests/{id}", Resource(requests.one)),
    *_both("/tokens/{token}", Resource(requests.token)),
    Route("/open311/{rest:path}", Resource(nothing)),
]
