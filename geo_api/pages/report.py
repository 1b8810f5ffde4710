"""«Повідомити про проблему»: the resident's form at /report, whole without scripts; what they are given after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from geo_api import reporting
from geo_api.api.reports import told
from geo_api.conditional import new_key
from geo_api.context import frame_of, language_of, service_of
from geo_api.pages import offline
from geo_api.pages.assets import squeezed
from geo_api.pages.forms import page, porter_of, said, to, wrong_fields
from geo_api.pages.state import read_state
from geo_api.reporting import REPORTER, Typed
from layers.categories import store as categories
from layers.errors import BadInput, BezpekaError, NotFound, TooMany
from layers.files import actions as files
from layers.files.images import clean
from layers.initiative import store as initiative
from layers.initiative.rules import CONCERNS
from layers.problems import places, receipts, rules, store
from layers.problems.intake import NotTaken
from layers.text import N_
from layers.viewer import PUBLIC
from maps.language import Language
from maps.pages import render

# Where somebody goes who must not be seen here: a page that everybody opens. No word of ours travels there.
ELSEWHERE = "https://www.google.com/search?q=%D0%BF%D0%BE%D0%B3%D0%BE%D0%B4%D0%B0"
# The first screen's «Це терміново?», in the order in which it is asked.
URGENT = ("emergency", "ordnance", "military", "domestic_violence")
LONGEST_SIDE, MOST_PIXELS = 2048, 2_000_000  # to which a phone makes photos smaller


def form(request: Request) -> Response:
    return squeezed(request, _form(request, Typed(key=new_key(), language=language_of(request).code)))


async def send(request: Request) -> Response:
    typed = await reporting.read(request)
    return await run_in_threadpool(_send, request, typed)


def shell(request: Request) -> Response:
    """Return the form as a phone keeps it: of nobody, for nobody, without a token."""
    language = language_of(request)
    frame = replace(frame_of(request), account="", csrf="", path="/report", query=())
    typed = Typed(language=language.code)
    html = render("report/form.html", language, frame, **_values(request, typed, is_shell=True))
    return squeezed(request, HTMLResponse(html, headers={"Cache-Control": "no-cache", "Vary": "Cookie"}))


def sent(request: Request) -> Response:
    """Show the receipt. Whose report it is sees its number; who joined one does not."""
    token = request.path_params["token"]
    with service_of(request).database.begin(REPORTER) as session:
        holder = receipts.open_receipt(session, porter_of(request).keys, token)
        is_mine = store.has_reported(session, holder.problem, holder.person)
        found = store.one(session, holder.problem)
        if found is None:
            raise NotFound(receipts.NOT_FOUND)
        category = categories.one(session, found.category)
        number, is_public = found.number, found.audience == "public"
        is_spoken = store.is_spoken(session, holder.problem, holder.person)
        settings = initiative.initiative(session)
    code = receipts.read(token)
    service = service_of(request)
    address = service.settings.public_url or str(request.base_url).rstrip("/")
    return page(
        request,
        "report/sent.html",
        nth=number if is_mine else None,
        written=receipts.written(code),
        link=f"{address}/my/{code}",
        category=_title(category, language_of(request)),
        is_public=is_public,
        is_spoken=is_spoken and is_mine,
        hotline=settings.hotline,
        first_answer_days=rules.FIRST_ANSWER_DAYS,
    )


def photo(request: Request) -> Response:
    """Return a photo that a coordinator approved; nobody asks for it who was not given its random id."""
    missing = NotFound(N_("There is no such photo."))
    try:
        which = reporting.public_id(request.path_params["photo"])
    except BadInput as error:
        raise missing from error
    with service_of(request).database.begin(PUBLIC) as session:
        stored = files.fetch(session, which)
    if stored.audience != "public" or not stored.media_type.startswith("image/"):
        raise missing
    headers = {"Cache-Control": "public, max-age=3600", "ETag": f'"{stored.sha256[:24]}"'}
    return Response(stored.content, media_type=stored.media_type, headers=headers)


# --- sending ----------------------------------------------------------------------------------------------------------


def _send(request: Request, typed: Typed) -> Response:
    if not typed.same:
        try:
            found = reporting.offered(request, typed)
        except BezpekaError as error:
            return _refused(request, typed, error)
        if found:
            language = language_of(request)
            return _form(request, typed, found=[told(one, language) for one in found])
    try:
        receipt = reporting.send(request, typed)
    except BezpekaError as error:
        return _refused(request, typed, error)
    return to(f"/report/sent/{receipt.token}")


def _refused(request: Request, typed: Typed, error: BezpekaError) -> Response:
    """Show the form again with all that was typed; but of what must not be kept not a word comes back."""
    if isinstance(error, NotTaken):
        lines = _helplines(request, error.concern)
        return page(
            request, "report/not_taken.html", status=422, path="/report", said=said(request, error),
            concern=error.concern, lines=lines, elsewhere=ELSEWHERE,
        )  # fmt: skip
    # What is sent after a change is another submission: under its old key it would be refused.
    again = replace(typed, key=new_key(), same="")
    if isinstance(error, TooMany):
        answer = _form(request, again, status=429, errors={"": said(request, error)})
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    return _form(request, again, status=422, errors=wrong_fields(request, error))


# --- what the form shows ----------------------------------------------------------------------------------------------


def _form(
    request: Request,
    typed: Typed,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    found: Sequence[Mapping[str, Any]] = (),
) -> Response:
    typed = replace(typed, photos=_clean(typed.photos))
    values = _values(request, typed, errors=errors or {}, found=found)
    return page(request, "report/form.html", status=status, path="/report", **values)


def _clean(photos: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the photos that can be taken, small and anonymous, as the form carries them until it is sent."""
    kept = []
    for content in photos[: rules.MOST_PHOTOS]:
        try:
            kept.append(clean(content).content)
        except BadInput:
            continue
    return tuple(kept)


def _values(
    request: Request,
    typed: Typed,
    *,
    errors: Mapping[str, str] | None = None,
    found: Sequence[Mapping[str, Any]] = (),
    is_shell: bool = False,
) -> dict[str, Any]:
    language, service = language_of(request), service_of(request)
    with service.database.begin(PUBLIC) as session:
        offered = [_choice(one, language) for one in categories.reportable(session)]
        lines = initiative.helplines(session)
        words = {name: value.replace("\0", "") for name, value in request.query_params.items()}
        begins = places.beginning(session, unit=words.get("unit", ""), street=words.get("street", ""))
    if begins and not typed.place_words:
        typed = replace(typed, place_words=f"{begins.title[language.code]}, ")
    at = read_state([("at", words["at"])], service.area.timezone).at if "at" in words else None
    return {
        "typed": typed,
        "errors": errors or {},
        "found": found,
        "categories": offered,
        "urgent": [(concern, [_line(one, language) for one in lines if concern in one.concerns]) for concern in URGENT],
        "all_concerns": [(one, [_line(each, language) for each in lines if one in each.concerns]) for one in CONCERNS],
        "elsewhere": ELSEWHERE,
        "most_photos": rules.MOST_PHOTOS,
        "longest_words": rules.LONGEST_WORDS,
        "longest_place": rules.LONGEST_PLACE,
        "modules": offline.MODULES,
        "given": {
            "language": language.code,
            "isShell": is_shell,
            "box": list(service.area.box),
            "start": [at.zoom, at.lat, at.lon] if at else None,
            "bounds": list(begins.box) if begins else None,
            "photos": {"most": rules.MOST_PHOTOS, "side": LONGEST_SIDE, "pixels": MOST_PIXELS},
            "elsewhere": ELSEWHERE,
            "words": _words(language),
        },
    }


def _choice(category: Any, language: Language) -> dict[str, str]:
    hint = category.hint_uk if language.code == "uk" else category.hint_en
    return {
        "code": category.code,
        "title": _title(category, language),
        "hint": hint,
        "symbol": category.symbol,
        "audience": category.audience,
    }


def _title(category: Any, language: Language) -> str:
    return str(category.problem_uk if language.code == "uk" else category.problem_en) if category else ""


def _helplines(request: Request, concern: str) -> list[dict[str, Any]]:
    with service_of(request).database.begin(PUBLIC) as session:
        lines = initiative.helplines(session)
    return [_line(one, language_of(request)) for one in lines if concern in one.concerns]


def _line(helpline: Any, language: Language) -> dict[str, Any]:
    return {
        "number": helpline.number,
        "tel": "".join(letter for letter in helpline.number if letter.isdigit() or letter == "+"),
        "title": helpline.title_uk if language.code == "uk" else helpline.title_en,
        "checked_on": helpline.checked_on,
    }


def _words(language: Language) -> dict[str, str]:
    """Return what the scripts say, in the reader's language."""
    _ = language.gettext
    return {
        "step": _(N_("Step {n} of 3")),
        "here": _(N_("Finding where you are…")),
        "hereRefused": _(N_("The phone didn't say where you are. Show it on the map or write it in words.")),
        "hereRough": _(N_("Found to within {metres} m. Move the map if it is elsewhere.")),
        "outside": _(N_("This place is outside our area. Choose another or write it in words.")),
        "closer": _(N_("Come closer: houses and streets must be seen to tell the place.")),
        "placeSet": _(N_("The pin is set.")),
        "placeIs": _(N_("The place: {title}")),
        "noMap": _(N_("The map doesn't work on this device. Write the place in words.")),
        "mapLoading": _(N_("The map is loading…")),
        "map": _(N_("Map. Arrow keys move it under the pin, + and − change how near it is.")),
        "zoomIn": _(N_("Zoom in")),
        "zoomOut": _(N_("Zoom out")),
        "m": _(N_("m")),
        "km": _(N_("km")),
        "needPlace": _(N_("Say where it is: on the map, or in words.")),
        "needCategory": _(N_("Choose what it is about.")),
        "photoBad": _(N_("This file can't be read as a photo. Choose a JPEG, PNG or WebP.")),
        "photosMost": _(N_("At most 3 photos, please.")),
        "photoRemove": _(N_("Remove photo {n}")),
        "photoPlace": _(N_("The photo says where it was taken. Put the pin there?")),
        "photoPlaceYes": _(N_("Put the pin there")),
        "photoPlaceNo": _(N_("No")),
        "sending": _(N_("Sending…")),
        "kept": _(N_("Saved, not sent yet")),
        "failed": _(N_("It could not be sent now: {why}. It is saved and will go by itself.")),
        "lost": _(N_("It could not be sent now: {why}. This device keeps nothing: leave the page open and try again.")),
        "noConnection": _(N_("no connection")),
        "busy": _(N_("the site asks to wait")),
        "old": _(N_("It has waited for more than 7 days. Send it still?")),
        "sendNow": _(N_("Send now")),
        "delete": _(N_("Delete")),
        "mend": _(N_("Mend")),
        "open": _(N_("Open")),
        "hide": _(N_("Remove from this list")),
        "sentNumber": _(N_("Sent: № {n}, code {code}")),
        "sentJoined": _(N_("Sent: you joined a report, code {code}")),
        "notTakenOne": _(N_("One was not taken, and nothing of it was kept.")),
        "draft": _(N_("We kept what you had begun.")),
        "draftAnew": _(N_("Begin anew")),
        "copied": _(N_("Copied")),
        "waitingSince": _(N_("waits since {time}")),
    }


routes = [
    Route("/report", form, methods=["GET"]),
    Route("/report", send, methods=["POST"]),
    Route("/report/offline", shell, methods=["GET"]),
    Route("/report/sent/{token}", sent, methods=["GET"]),
    Route("/photos/{photo}", photo, methods=["GET"]),
]
