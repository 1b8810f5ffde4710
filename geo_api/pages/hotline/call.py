"""The operator's form: one screen for a call, the open reports around while it lasts, and what to read out after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from geo_api.conditional import key_of, new_key
from geo_api.context import frame_of, language_of, service_of
from geo_api.errors import status_of
from geo_api.pages.forms import now, page, porter_of, said, signed_in, wrong_fields
from geo_api.pages.hotline.typed import Typed, desk, read, report_of
from geo_api.places import CALL, PASTE
from layers.categories import store as categories
from layers.categories.tables import Category
from layers.database.engine import Session
from layers.errors import BezpekaError
from layers.initiative import store as initiative
from layers.lemmas import key as lemma_key
from layers.problems import hotline, intake, receipts, rules
from layers.problems.intake import NotTaken, Receipt
from layers.problems.neighbours import Neighbour, neighbours
from maps.language import Language
from maps.pages import render

router = APIRouter(prefix="/desk/new", include_in_schema=False)
PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Cookie"}
SHOWN = 5

Given = Annotated[Typed, Depends(read)]


@router.get("")
def new(request: Request) -> Response:
    desk(signed_in(request))
    return form(request, Typed(key=new_key()))


@router.post("")
def save(request: Request, typed: Given) -> Response:
    viewer, porter, area = desk(signed_in(request)), porter_of(request), service_of(request).area
    try:
        with porter.database.begin(viewer) as session:
            report = report_of(request, session, typed)
        prepared = intake.prepare(report)
        with porter.database.begin(viewer) as session:
            receipt = hotline.take(
                session, viewer, porter.keys, area, prepared, key=key_of(request, typed.key), now=now()
            )
    except BezpekaError as error:
        return refused(request, typed, error)
    return _done(request, typed, receipt, prepared.contact.phone)


@router.post("/same")
def same(request: Request, typed: Given) -> Response:
    """Add the caller to the report that they tell of."""
    viewer, porter, area = desk(signed_in(request)), porter_of(request), service_of(request).area
    try:
        with porter.database.begin(viewer) as session:
            receipt = hotline.join(
                session, viewer, porter.keys, area, typed.joins, typed.contact,
                words=typed.words, key=key_of(request, typed.key), now=now(),
            )  # fmt: skip
        phone = intake.checked(typed.contact).phone
    except BezpekaError as error:
        return refused(request, typed, error)
    return _done(request, typed, receipt, phone, joined=True)


@router.post("/similar")
def similar(request: Request, typed: Given) -> Response:
    """Return the open reports that the caller may be telling of, and the category that their words speak for."""
    viewer, language = desk(signed_in(request)), language_of(request)
    with porter_of(request).database.begin(viewer) as session:
        try:
            intake.look_through(f"{typed.words}\n{typed.place_words}")
        except NotTaken as error:
            return _fragment(request, "hotline/stop.html", **_whom_to_call(request, session, error))
        guesses = hotline.guess(session, typed.words)
        code = typed.category or (guesses[0].code if guesses else "")
        category = categories.one(session, code) if code else None
        near = _near(session, typed, category) if category and category.audience != "statistics" else []
        titles = {each.code: _title(each, language) for each in categories.reportable(session, also_inactive=True)}
        symbols = {each.code: each.symbol for each in categories.all_of(session)}
    return _fragment(
        request,
        "hotline/similar.html",
        near=near[:SHOWN],
        more=max(len(near) - SHOWN, 0),
        titles=titles,
        symbols=symbols,
        statuses={status.code: status.title[language.code] for status in rules.STATUSES},
        guess=guesses[0].code if guesses else "",
        asked=category is not None,
        timezone=service_of(request).area.timezone,
    )


def _near(session: Session, typed: Typed, category: Category) -> list[Neighbour]:
    key = lemma_key(f"{typed.words} {typed.place_words}")
    return neighbours(session, None, category, key, typed.point, now=now())


def _fragment(request: Request, template: str, **values: Any) -> Response:
    return HTMLResponse(render(template, language_of(request), frame_of(request), **values), headers=PRIVATE)


# --- what the form shows ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A category as the form offers it, by its number."""

    number: int
    code: str
    title: str
    hint: str
    symbol: str


def form(
    request: Request,
    typed: Typed,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    draft: Mapping[str, Any] | None = None,
) -> Response:
    """Return the form with what was typed; `draft` is what a pasted message was taken for."""
    viewer, language, area = signed_in(request), language_of(request), service_of(request).area
    with porter_of(request).database.begin(viewer) as session:
        offered = [each for each in categories.reportable(session) if each.audience != "statistics"]
        waiting = hotline.waiting(session, viewer)
    west, south, east, north = area.box
    answer = page(
        request,
        "hotline/call.html",
        status=status,
        path=CALL if draft is None else PASTE,
        place=CALL if draft is None else PASTE,
        waiting=waiting,
        typed=typed,
        errors=errors or {},
        draft=draft,
        choices=[_choice(number, each, language) for number, each in enumerate(offered, 1)],
        longest_words=rules.LONGEST_WORDS,
        longest_place=rules.LONGEST_PLACE,
        most_photos=rules.MOST_PHOTOS,
        given={"language": language.code, "box": [[west, south], [east, north]], "words": _words(language)},
    )
    answer.headers.update(PRIVATE)
    return answer


def _choice(number: int, category: Category, language: Language) -> Choice:
    hint = category.hint_uk if language.code == "uk" else category.hint_en
    return Choice(number, category.code, _title(category, language), hint, category.symbol)


def _title(category: Category, language: Language) -> str:
    uk, en = category.problem_uk or category.title_uk, category.problem_en or category.title_en
    return uk if language.code == "uk" else en


def _words(language: Language) -> dict[str, str]:
    """Return what the scripts say."""
    _ = language.gettext
    return {
        "NavigationControl.ZoomIn": _("Zoom in"),
        "NavigationControl.ZoomOut": _("Zoom out"),
        "Map.Title": _("Map"),
        "pin": _("The place of the report"),
        "set": _("On the map: {place}"),
        "here": _("the point you chose"),
        "settlement": _("The map went there. Point to the place itself, or say it in words."),
        "words": _("In words alone: there is no point on the map."),
        "guessed": _("Chosen by the words: {category}"),
        "chosen": _("Chosen: {category}"),
        "noSuch": _("There is no such category."),
        "restored": _("What you had typed is here again."),
        "offline": _("No connection. Everything typed is kept in this tab: press again when it is back."),
        "failed": _("The list of similar reports can't be loaded now."),
        "noMap": _("The map can't be shown on this device. Say the place in words."),
    }


# --- refused, and done ------------------------------------------------------------------------------------------------


def refused(request: Request, typed: Typed, error: BezpekaError) -> Response:
    """Show the form again with all that was typed; but of what must not be kept not a word comes back."""
    if isinstance(error, NotTaken):
        viewer = signed_in(request)
        with porter_of(request).database.begin(viewer) as session:
            told = _whom_to_call(request, session, error)
            waiting = hotline.waiting(session, viewer)
        answer = page(request, "hotline/not_taken.html", status=422, path=CALL, place=CALL, waiting=waiting, **told)
        answer.headers.update(PRIVATE)
        return answer
    # What is sent after a change is another submission: under its old key it would be refused.
    again = replace(typed, key=new_key(), same="", photos=())
    errors = wrong_fields(request, error)
    if typed.photos and "photos" not in errors:
        errors["photos"] = language_of(request).gettext("Choose the photos once more, please.")
    return form(request, again, status=status_of(error), errors=errors, draft=_again(typed))


def _again(typed: Typed) -> Mapping[str, Any] | None:
    return {"original": typed.original, "places": [], "guesses": []} if typed.source == "message" else None


def _whom_to_call(request: Request, session: Session, error: NotTaken) -> dict[str, Any]:
    language = language_of(request)
    lines = [
        (line.number, line.title_uk if language.code == "uk" else line.title_en, line.checked_on)
        for line in initiative.helplines(session, error.concern)
    ]
    return {"said": said(request, error), "lines": lines}


def _done(request: Request, typed: Typed, receipt: Receipt, phone: str, *, joined: bool = False) -> Response:
    """Return what to read out, with the receipt that nobody sees again."""
    viewer, settings = signed_in(request), service_of(request).settings
    with porter_of(request).database.begin(viewer) as session:
        waiting = hotline.waiting(session, viewer)
    address = settings.public_url or str(request.base_url).rstrip("/")
    answer = page(
        request,
        "hotline/done.html",
        status=201,
        path=CALL,
        place=CALL,
        waiting=waiting,
        nth=receipt.number,
        written=receipts.written(receipt.token),
        link=f"{address}/my/{receipt.token}",
        phone=phone,
        joined=joined,
        about_police=typed.kind in ("thanks", "complaint"),
        by_message=typed.source == "message",
        call_back=bool(typed.call_back) and not typed.anonymous,
    )
    answer.headers.update({**PRIVATE, "Location": f"/desk/{receipt.number}"})
    return answer
