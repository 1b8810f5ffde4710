"""Health, for whoever watches over the service: is it alive, and in figures."""

from __future__ import annotations

import ipaddress
import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse

from geo_api.context import Service, service_of
from layers.errors import NotAllowed
from layers.health import Health, examine, jobs_by_state
from layers.text import N_

STARTED = time.time()
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
PROXIED = ("forwarded", "x-forwarded-for", "x-real-ip")

router = APIRouter()


@router.get("/healthz", include_in_schema=False)
def healthz(request: Request) -> JSONResponse:
    """Answer 200 when the map can be served, 503 when not, and say what is missing."""
    health = examine(service_of(request).database)
    content = {"alive": True, **asdict(health)}
    return JSONResponse(content, 200 if health.serves else 503, {"Cache-Control": "no-store"})


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> PlainTextResponse:
    """Answer in figures for Prometheus, to this machine itself or to whoever has the token."""
    if not (_has_token(request) or _is_loopback(request)):
        raise NotAllowed(N_("Figures are told on this machine itself, or for the token that was set."))
    service = service_of(request)
    health = examine(service.database)
    jobs = jobs_by_state(service.database) if health.serves else {}
    text = "\n".join((*_process(), *_answers(service), *_database(service, health, jobs))) + "\n"
    return PlainTextResponse(text, headers={"Cache-Control": "no-store"}, media_type=PROMETHEUS)


def _has_token(request: Request) -> bool:
    token = service_of(request).settings.metrics_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return token is not None and secrets.compare_digest(given.encode(), token.get_secret_value().encode())


def _is_loopback(request: Request) -> bool:
    """Tell whether the request comes from this machine, and wasn't handed on by a proxy on it."""
    if request.client is None or any(name in request.headers for name in PROXIED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _figure(name: str, kind: str, words: str, *values: tuple[str, float]) -> Iterator[str]:
    yield f"# HELP bezpeka_{name} {words}"
    yield f"# TYPE bezpeka_{name} {kind}"
    yield from (f"bezpeka_{name}{labels} {value:g}" for labels, value in values)


def _process() -> Iterator[str]:
    yield from _figure("start_time_seconds", "gauge", "When this process began.", ("", STARTED))
    yield from _figure("cpu_seconds_total", "counter", "Processor time of this process.", ("", time.process_time()))


def _answers(service: Service) -> Iterator[str]:
    kept = service.answers
    asked = (('{result="hit"}', kept.hits), ('{result="miss"}', kept.misses))
    yield from _figure("answers_total", "counter", "Public answers, from memory or made.", *asked)
    yield from _figure("answers_kept", "gauge", "Public answers in memory.", ("", len(kept)))
    yield from _figure("answers_kept_bytes", "gauge", "Their memory.", ("", kept.bytes))
    yield from _figure(
        "versions_known", "gauge", "Whether answers in memory are trusted.", ("", service.freshness.is_known)
    )


def _database(service: Service, health: Health, jobs: dict[str, int]) -> Iterator[str]:
    parts = [(f'{{part="{name}"}}', float(up)) for name, up in asdict(health).items()]
    yield from _figure("up", "gauge", "What works.", *parts)
    readers = [(f'{{state="{name}"}}', float(n)) for name, n in service.readers.figures.items()]
    yield from _figure("reader_connections", "gauge", "Connections for tiles and features.", *readers)
    states = [(f'{{state="{name}"}}', float(n)) for name, n in sorted(jobs.items())]
    yield from _figure("jobs", "gauge", "Long work by its state.", *states)
