"""«Мої повідомлення»: a report as the holder of its receipt sees it, at /my/RECEIPT, and what they do with it.

The address itself opens the report: its page is kept by no cache, found by no search, and told to no other site.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from geo_api import reporting
from geo_api.context import language_of, service_of
from geo_api.pages import statuses
from geo_api.pages.forms import now, page, porter_of, said, to, wrong_fields
from geo_api.published import base_url
from geo_api.reporting import REPORTER
from layers.database.engine import Session
from layers.errors import BadFields, BadInput, BezpekaError, Conflict, NotFound, TooMany
from layers.people.credentials import Keys
from layers.problems import mine, receipts, rules
from layers.problems import shown as reports
from layers.problems.intake import Contact, NotTaken
from layers.problems.mine import Mine
from layers.problems.receipts import Holder
from layers.problems.shown import Shown
from layers.text import N_
from layers.viewer import PUBLIC
from maps.language import Language

router = APIRouter(include_in_schema=False)

Typed = Annotated[str, Form()]
OPENED_PER_HOUR = 120  # by one network
DONE_PER_HOUR = 60
SECRET = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}
THANKS = {
    "answered": N_("Thank you, we noted it."),
    "added": N_("Added: the coordinator reads it."),
    "contact": N_("Kept. Only the coordinator and the hotline see it."),
    "forgotten": N_("Your contacts are erased."),
    "withdrawn": N_("You took the report back."),
}


@router.get("/my")
def door(request: Request) -> Response:
    return _door(request)


@router.post("/my")
def find(request: Request, code: Typed = "", number: Typed = "", last_four: Typed = "") -> Response:
    """Lead to the page that 16 characters open, or the number and the last four digits of the phone."""
    by_number = bool(number.strip() or last_four.strip()) and not code.strip()
    try:
        reporting.count(request, "my", most=OPENED_PER_HOUR)
        token = _by_number(request, number, last_four) if by_number else _by_code(request, code)
    except BezpekaError as error:
        typed = {"code": code, "number": number, "last_four": last_four}
        wrong = {"number" if by_number else "code": said(request, error)}
        answer = _door(request, status=429 if isinstance(error, TooMany) else 404, errors=wrong, typed=typed)
        if isinstance(error, TooMany):
            answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    return to(f"/my/{token}")


def _by_code(request: Request, code: str) -> str:
    with service_of(request).database.begin(REPORTER) as session:
        receipts.open_receipt(session, _keys(request), code)
    return receipts.read(code)


def _by_number(request: Request, number: str, last_four: str) -> str:
    """Return the receipt that number and phone stand for; an attempt counts whatever comes of it."""
    wrong: BezpekaError | None = None
    with service_of(request).database.begin(REPORTER) as session:
        try:
            holder = receipts.open_spoken(session, _keys(request), number, last_four, now=now())
        except (NotFound, BadInput, TooMany) as error:
            wrong = error
    if wrong is not None:
        raise wrong
    return receipts.receipt_token(_keys(request), holder.problem, holder.person)


@router.get("/my/{token}")
def my_page(request: Request, token: str) -> Response:
    return _page(request, token)


@router.get("/my/{token}/withdraw")
def withdraw_page(request: Request, token: str) -> Response:
    """Ask once more before a report is taken back."""
    report, _ = _read(request, token)
    if not report.may_withdraw:
        return to(f"/my/{receipts.read(token)}")
    return _secret(
        page(request, "my/withdraw.html", token=receipts.read(token), **_titles(report, language_of(request)))
    )


@router.post("/my/{token}/answer")
def answer(request: Request, token: str, says: Typed = "", words: Typed = "") -> Response:
    def act(session: Session, holder: Holder) -> None:
        mine.answer(session, service_of(request).area, holder, says, words=words, now=now())

    return _do(request, token, act, done="answered", field="answer", typed={"answer_words": words})


@router.post("/my/{token}/add")
def add(request: Request, token: str, words: Typed = "") -> Response:
    def act(session: Session, holder: Holder) -> None:
        mine.add(session, service_of(request).area, holder, words, now=now())

    return _do(request, token, act, done="added", field="add", typed={"words": words})


@router.post("/my/{token}/contact")
def leave_contact(
    request: Request,
    token: str,
    phone: Typed = "",
    email: Typed = "",
    telegram: Typed = "",
    call_back: Typed = "",
    police_may: Typed = "",
) -> Response:
    given = Contact(phone=phone, email=email, telegram=telegram, call_back=bool(call_back), police_may=bool(police_may))

    def act(session: Session, holder: Holder) -> None:
        mine.leave_contact(session, holder, given, now=now())

    typed = {"phone": phone, "email": email, "telegram": telegram}
    return _do(request, token, act, done="contact", field="contact", typed=typed)


@router.post("/my/{token}/forget")
def forget_contact(request: Request, token: str) -> Response:
    return _do(request, token, lambda session, holder: mine.forget_contact(session, holder), done="forgotten")


@router.post("/my/{token}/withdraw")
def withdraw(request: Request, token: str) -> Response:
    def act(session: Session, holder: Holder) -> None:
        mine.withdraw(session, service_of(request).area, holder, now=now())

    return _do(request, token, act, done="withdrawn")


# --- doing ------------------------------------------------------------------------------------------------------------


def _do(
    request: Request,
    token: str,
    act: Callable[[Session, Holder], Any],
    *,
    done: str,
    field: str = "",
    typed: dict[str, str] | None = None,
) -> Response:
    """Do something with a report as its holder, and show it again; `field` names the form that a mistake belongs to."""
    try:
        reporting.count(request, "my-done", most=DONE_PER_HOUR)
        with service_of(request).database.begin(REPORTER) as session:
            act(session, receipts.open_receipt(session, _keys(request), token))
    except NotTaken as error:
        return _page(request, token, status=422, open_part=field, errors={field: said(request, error)})
    except (BadFields, BadInput, Conflict, TooMany) as error:
        found = wrong_fields(request, error)
        wrong = {field if name in ("", "words") else name: words for name, words in found.items()}
        status = 429 if isinstance(error, TooMany) else 422
        answer = _page(request, token, status=status, open_part=field, errors=wrong, typed=typed)
        if isinstance(error, TooMany):
            answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    return _secret(to(f"/my/{receipts.read(token)}", done=done))


# --- showing ----------------------------------------------------------------------------------------------------------


def _door(
    request: Request, *, status: int = 200, errors: dict[str, str] | None = None, typed: dict[str, str] | None = None
) -> Response:
    return page(request, "my/door.html", status=status, path="/my", errors=errors or {}, typed=typed or {})


def _page(
    request: Request,
    token: str,
    *,
    status: int = 200,
    open_part: str = "",
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    report, published = _read(request, token)
    code, language = receipts.read(token), language_of(request)
    thanks = THANKS.get(request.query_params.get("done", "")) if not errors else None
    stops = statuses.OWN_WAY if report.audience == "public" else statuses.OWN_WAY[:2]
    shown_status = report.status if report.audience == "public" else "checking" if report.answered else report.status
    answer = page(
        request,
        "my/report.html",
        status=status,
        path=f"/my/{code}",
        report=report,
        published=published,
        token=code,
        written=receipts.written(code),
        address=f"{base_url(request)}/my/{code}",
        next=statuses.next_own(report, language),
        way=statuses.way(shown_status, stops, language) if shown_status in (*stops, *statuses.STANDS_AT) else [],
        said=[(one, statuses.title(one.status, language) if one.status else "") for one in report.said],
        thanks=language.gettext(thanks) if thanks else "",
        errors=errors or {},
        typed=typed or {},
        open_part=open_part,
        longest=rules.LONGEST_WORDS,
        **_titles(report, language),
    )
    return _secret(answer)


def _titles(report: Mine, language: Language) -> dict[str, Any]:
    return {"title": report.category[language.code], "state": statuses.title(report.status, language)}


def _read(request: Request, token: str) -> tuple[Mine, Shown | None]:
    """Return a report as its holder sees it, and as everybody does, where they do; raises NotFound."""
    service = service_of(request)
    with service.database.begin(REPORTER) as session:
        holder = receipts.open_receipt(session, _keys(request), token)
        report = mine.read(session, service.area, holder, now=now())
    public_id = report.public_id or report.into
    if public_id is None:
        return report, None
    with service.database.begin(PUBLIC) as session:
        return report, reports.shown(session, public_id)


def _keys(request: Request) -> Keys:
    return porter_of(request).keys


def _secret(answer: Response) -> Response:
    answer.headers.update(SECRET)
    return answer
