"""The public words and the category; personal data hidden by one press; what everybody will see, before they do."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from geo_api.conditional import etag_of, version_of
from geo_api.context import language_of, service_of
from geo_api.errors import status_of
from geo_api.pages.desk import ground, said
from geo_api.pages.desk.queue import private
from geo_api.pages.desk.report import find
from geo_api.pages.desk.state import standing_of, worker
from geo_api.pages.desk.steps import UNSIGNED, Change, check, go_on
from geo_api.pages.desk.titles import Names
from geo_api.pages.forms import now, page, porter_of, to, wrong_fields
from geo_api.telling import News, tell
from layers.database.engine import Session
from layers.errors import BadFields, BezpekaError, Conflict
from layers.privacy import personal
from layers.problems import actions, answers, rules, store
from layers.problems.actions import Step
from layers.problems.tables import Problem
from layers.text import N_
from layers.viewer import Viewer
from maps.wording import marked

router = APIRouter(prefix="/desk", include_in_schema=False)

Typed = Annotated[str, Form()]
Next = Annotated[str, Form(alias="next")]
LOOKED = N_("Say that you looked: these words seem to name a person.")


@router.post("/{ref}/words")
def words(
    request: Request, ref: str, words: Typed = "", category: Typed = "", then: Typed = "", version: Typed = "",
    seen: Typed = "", following: Next = "",
) -> Response:  # fmt: skip
    """Keep the words; `then` says what was pressed: save, mask, or preview."""
    typed = {"words": words, "category": category, "seen": seen, "next": following}
    asked = version_of(request, version)

    def act(session: Session, viewer: Viewer, found: Problem) -> str:
        area, clean = service_of(request).area, words.replace("\r\n", "\n")
        spans = said.look(session, clean) if then == "mask" else []
        actions.edit(
            session, viewer, area, found.id, words=personal.mask(clean, spans), category=category, version=asked
        )
        if then == "mask":
            return "masked" if spans else "clear"
        return "saved"

    return Change(request, ref, "words", typed).make(act, _to_preview if then == "preview" else None)


def _to_preview(request: Request, number: int, _done: str, following: str) -> Response:
    return to(f"/desk/{number}/preview{standing_of(request).query(next=following)}")


@router.get("/{ref}/preview")
def preview_page(request: Request, ref: str) -> Response:
    return _preview(request, ref, {})


@router.post("/{ref}/preview")
def publish(
    request: Request, ref: str, words: Typed = "", signed: Typed = "", looked: Typed = "", version: Typed = "",
    following: Next = "",
) -> Response:  # fmt: skip
    """Confirm what the preview showed; with personal data left in it only after a second look."""
    viewer = worker(request)
    asked = version_of(request, version)
    typed = {"words": words, "signed": signed, "looked": looked}
    try:
        with porter_of(request).database.begin(viewer) as session:
            found = find(session, ref)
            number = found.number
            check(bool(looked) or not said.look(session, found.body), "looked", LOOKED)
            check(not words.strip() or bool(signed.strip()), "signed", UNSIGNED)
            told = answers.authors(session, viewer, porter_of(request).keys, found.id)
            step = Step(words=words, signed=signed)
            area = service_of(request).area
            actions.move(session, viewer, area, found.id, "confirmed", step, version=asked, now=now())
            tell(request, session, told, News("confirmed", words=words, signed=signed))
    except (BadFields, Conflict) as error:
        return _preview(request, ref, typed, error)
    return go_on(request, number, "confirmed", following)


def _preview(request: Request, ref: str, typed: dict[str, str], error: BezpekaError | None = None) -> Response:
    viewer = worker(request)
    rules.must_moderate(viewer)
    with porter_of(request).database.begin(viewer) as session:
        found = find(session, ref)
        view = _public_view(session, request, viewer, found)
    answer = page(
        request,
        "desk/preview.html",
        status=status_of(error) if error else 200,
        path=f"/desk/{found.number}/preview",
        typed=typed,
        errors=wrong_fields(request, error) if error else {},
        here=standing_of(request).query(),
        following=request.query_params.get("next", ""),
        **view,
    )
    answer.headers["ETag"] = etag_of(found.version)
    return private(answer)


def _public_view(session: Session, request: Request, viewer: Viewer, found: Problem) -> dict[str, Any]:
    """Return what will be in the public row of a report, from the columns that the row is made of."""
    names = Names.read(session, language_of(request))
    spans = said.look(session, found.body)
    photos = store.photos_of(session, found.id)
    return {
        "report": found,
        "names": names,
        "symbol": names.categories[found.category].symbol,
        "spot": ground.read_spot(session, found, names),
        "units": names.own_units(found.public_units),
        "pieces": marked(found.body, spans),
        "left": said.kinds(spans, names),
        "shown_photos": [photo for photo in photos if photo.state == "approved" and photo.public_file_id],
        "waiting": sum(photo.state == "waiting" for photo in photos),
        "told_many": len(answers.authors(session, viewer, porter_of(request).keys, found.id)),
        "mails": bool(service_of(request).settings.smtp_host and service_of(request).settings.public_url),
        "may": any(step.after == "confirmed" for step in _from(viewer, found)),
        "signature": answers.last_signature(session, viewer),
    }


def _from(viewer: Viewer, found: Problem) -> list[rules.Transition]:
    before = "checking" if found.status == "received" else found.status
    return rules.steps_from(viewer, before)
