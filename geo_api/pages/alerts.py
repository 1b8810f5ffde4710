"""«Листи про нові повідомлення»: subscribing without an account at /alerts, confirming it, and one click to stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from geo_api import alerting, reporting
from geo_api.alerting import ALERTS, wish_in_words
from geo_api.conditional import new_key
from geo_api.context import language_of, service_of
from geo_api.pages.forms import now, page, porter_of, said, to, wrong_fields
from layers.alerts import actions, rules, store
from layers.alerts.actions import Wish
from layers.categories.store import reportable
from layers.categories.tables import Category
from layers.errors import BezpekaError, TooMany
from layers.layer import Title
from layers.problems import places
from layers.text import N_
from layers.units.names import unit_names
from layers.viewer import PUBLIC
from maps.language import Language, sort_key

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Typed:
    """What was filled in, as it came, and the key that makes the same form count once."""

    wish: Wish
    key: str


@router.get("/alerts")
def form(request: Request) -> Response:
    """Show the form; a link to it may carry the map's own filters."""
    words = {name: tuple(request.query_params.getlist(name)) for name in ("unit", "category", "status")}
    wish = Wish("", units=words["unit"], categories=words["category"], statuses=words["status"])
    street = request.query_params.get("street", "").replace("\0", "")
    return _form(request, Typed(replace(wish, street=street), new_key()))


@router.post("/alerts")
async def send(request: Request) -> Response:
    async with request.form(max_files=0, max_fields=300) as given:
        typed = _typed(given, language_of(request).code)
    return await run_in_threadpool(_send, request, typed)


@router.get("/alerts/sent")
def sent(request: Request) -> Response:
    return page(request, "alerts/sent.html", most=rules.LETTERS_OF_ADDRESS)


@router.get("/alerts/confirm/{token}")
def ask(request: Request, token: str) -> Response:
    """Show what is to be confirmed, and the button: mail programs open links by themselves, but press nothing."""
    with service_of(request).database.begin(ALERTS) as session:
        found = actions.to_confirm(session, token, now=now())
    wish = wish_in_words(language_of(request), found) if found else []
    state = "gone" if found is None else "confirmed" if found.confirmed else "asked"
    return page(request, "alerts/confirm.html", status=404 if found is None else 200, state=state, wish=wish)


@router.post("/alerts/confirm/{token}")
def confirm(request: Request, token: str) -> Response:
    with service_of(request).database.begin(ALERTS) as session:
        actions.confirm(session, token, now=now())
    return to(f"/alerts/confirm/{token}")


@router.get("/alerts/stop/{token}")
def ask_to_stop(request: Request, token: str) -> Response:
    with service_of(request).database.begin(ALERTS) as session:
        found = actions.to_stop(session, token)
    wish = wish_in_words(language_of(request), found) if found else []
    return page(request, "alerts/stop.html", state="asked" if found else "gone", wish=wish)


@router.post("/alerts/stop/{token}")
def stop(request: Request, token: str) -> Response:
    """Stop at once, for a person's button and for a mail program's single click alike (RFC 8058)."""
    with service_of(request).database.begin(ALERTS) as session:
        actions.stop(session, token)
    return page(request, "alerts/stop.html", state="stopped", wish=[])


# --- sending ----------------------------------------------------------------------------------------------------------


def _typed(given: FormData, language: str) -> Typed:
    one = {name: str(given.get(name, "")).replace("\0", "") for name in ("email", "drawn", "street", "key")}
    many = {
        name: tuple(str(value) for value in given.getlist(name) if "\0" not in str(value))
        for name in ("units", "categories", "statuses")
    }
    wish = Wish(
        email=one["email"],
        drawn=one["drawn"],
        street=one["street"],
        changes=str(given.get("changes", "both")),
        pace=str(given.get("pace", "daily")),
        language=language,
        **many,
    )
    return Typed(wish, one["key"][:64] or new_key())


def _send(request: Request, typed: Typed) -> Response:
    """Subscribe; whether the address is known, or its letters are too many for today, the answer is the same."""
    service = service_of(request)
    if not alerting.is_possible(service.settings):
        return _form(request, typed, status=503)
    try:
        reporting.count(request, "alerts", most=rules.ASKED_OF_NETWORK)
        with service.database.begin(ALERTS) as session:
            made = actions.subscribe(
                session, porter_of(request).keys, service.area, typed.wish, key=typed.key, now=now()
            )
            if made is not None:
                alerting.confirming(session, service.settings, service.area, *made)
    except TooMany as error:
        answer = _form(request, typed, status=429, errors={"": said(request, error)})
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    except BezpekaError as error:
        return _form(request, typed, status=422, errors=wrong_fields(request, error))
    return to("/alerts/sent")


# --- what the form shows ----------------------------------------------------------------------------------------------


def _form(request: Request, typed: Typed, *, status: int = 200, errors: Mapping[str, str] | None = None) -> Response:
    service, language = service_of(request), language_of(request)
    with service.database.begin(PUBLIC) as session:
        names = [name for name in unit_names(session) if name.system == "hromadas"]
        kinds = [one for one in reportable(session) if one.audience == "public"]
        statuses = store.public_statuses(session)
        begins = places.beginning(session, street=typed.wish.street) if typed.wish.street else None
    known = {name.code for name in names}
    chosen = replace(typed.wish, units=tuple(code for code in typed.wish.units if code in known))
    return page(
        request,
        "alerts/form.html",
        status=status,
        path="/alerts",
        typed=replace(typed, wish=chosen),
        errors=errors or {},
        units=sorted(((name.code, name[language.code]) for name in names), key=lambda one: sort_key(one[1])),
        categories=[(one.code, _title_of(one)[language.code], one.symbol) for one in kinds],
        statuses=[(row.code, Title(row.title_uk, row.title_en)[language.code]) for row in statuses],
        changes={code: title[language.code] for code, title in rules.CHANGES.items()},
        paces={code: title[language.code] for code, title in rules.PACES.items()},
        street=begins.title[language.code] if begins else "",
        possible=alerting.is_possible(service.settings),
        feed="/feeds/problems.atom" + _query(chosen),
        most_corners=rules.MOST_CORNERS,
        given={"language": language.code, "box": list(service.area.box), "words": _words(language),
               "most": rules.MOST_CORNERS},
    )  # fmt: skip


def _title_of(category: Category) -> Title:
    return Title(category.problem_uk or "", category.problem_en or "")


def _query(wish: Wish) -> str:
    words = [("unit", code) for code in wish.units] + [("category", code) for code in wish.categories]
    return f"?{urlencode(words)}" if words else ""


def _words(language: Language) -> dict[str, str]:
    """Return what the scripts say, in the reader's language."""
    _ = language.gettext
    return {
        "map": _(N_("Map. Arrow keys move it, + and − change how near it is. A click puts a corner.")),
        "zoomIn": _(N_("Zoom in")),
        "zoomOut": _(N_("Zoom out")),
        "none": _(N_("Nothing is drawn yet.")),
        "one": _(N_("Corners: {n}. At least three are needed.")),
        "many": _(N_("Corners: {n}. The place is closed by itself.")),
        "most": _(N_("That is the most there can be: {n} corners.")),
        "noMap": _(N_("The map doesn't work on this device. Choose hromadas or a street.")),
        "notStreet": _(N_("This is not a street. Choose a street, or tick a hromada above.")),
    }
