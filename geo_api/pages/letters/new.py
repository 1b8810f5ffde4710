"""GET /desk/letters/new: a letter about the reports that the address names, in one of three tracks.

A report on the map stays one by default; with consent it becomes a citizen's appeal; of a crime only 102 takes a
statement, and this page says so and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from geo_api.conditional import key_of, new_key
from geo_api.context import language_of, service_of
from geo_api.pages.forms import now, page, porter_of, signed_in, to, wrong_fields
from geo_api.pages.letters.fields import Form, applicant_of, draft_of, uuid_of
from geo_api.pages.letters.journal import institutions_of, words_for
from layers.database.engine import Session
from layers.errors import BadFields
from layers.initiative import store as initiative
from layers.letters import actions, items, rules, store
from layers.letters.checks import Applicant, Draft
from layers.letters.items import Item
from layers.problems.actions import suggested_institution
from layers.problems.store import one as one_problem
from layers.viewer import Role, Viewer
from maps.language import speak
from maps.letters import wording

router = APIRouter(prefix="/desk/letters", include_in_schema=False)


@router.get("/new")
def new_page(request: Request) -> Response:
    viewer = signed_in(request)
    rules.must_write(viewer)
    about = _named(request.query_params.getlist("problem") + request.query_params.getlist("public"))
    kind = request.query_params.get("kind", "")
    kind = kind if kind in rules.kinds_of(viewer) else rules.kinds_of(viewer)[0]
    language = "en" if request.query_params.get("language") == "en" else "uk"
    with porter_of(request).database.begin(viewer) as session:
        if not about and viewer.role is not Role.DEPUTY:
            return _picker(request, session, viewer)
        told = items.gather(session, viewer, service_of(request).area, about, language=language)
        draft = _first_draft(session, viewer, kind, language, told)
        return _form_page(request, session, viewer, draft, told, Applicant(), new_key())


@router.get("/crime")
def crime_page(request: Request) -> Response:
    """Say who takes a statement about a crime. Nothing is kept here: neither that somebody asked, nor about what."""
    viewer = signed_in(request)
    rules.must_write(viewer)
    with porter_of(request).database.begin(viewer) as session:
        helplines = [line for line in initiative.helplines(session) if line.code in ("police", "emergency")]
    return page(request, "letters/crime.html", helplines=helplines, **words_for(viewer))


@router.post("")
def write(request: Request, form: Form) -> Response:
    viewer = signed_in(request)
    rules.must_write(viewer)
    draft, applicant = draft_of(form), applicant_of(form)
    about = _named([text for text in form.getlist("about") if isinstance(text, str)])
    key = key_of(request, str(form.get("key", "")))
    area = service_of(request).area
    try:
        with porter_of(request).database.begin(viewer) as session:
            of = applicant if draft.kind == "appeal" else None
            letter = actions.write(session, viewer, area, draft, about, applicant=of, key=key, now=now())
    except BadFields as error:
        with porter_of(request).database.begin(viewer) as session:
            told = items.gather(session, viewer, area, about, language=draft.language)
            return _form_page(request, session, viewer, draft, told, applicant, key, error)
    return to(f"/desk/letters/{letter}", done="written")


def _named(texts: Sequence[str]) -> list[UUID]:
    """Return the ids that an address or a form names, each once."""
    found = [uuid_of(text) for text in texts]
    return [one for one in dict.fromkeys(found) if one is not None]


def _first_draft(session: Session, viewer: Viewer, kind: str, language: str, told: Sequence[Item]) -> Draft:
    """Return the letter as it could go out: whom the routing table names, the usual words, whoever signs."""
    spoken = speak(language)
    organisation = initiative.initiative(session)
    deputy = kind == "deputy"
    return Draft(
        kind=kind,
        institution=_usual_addressee(session, told),
        subject=wording.subject([item.title(language) for item in told], spoken),
        body=wording.opening(kind, spoken),
        request=wording.closing(kind, spoken),
        signatory=store.account_name(session, viewer.account) if deputy else organisation.signatory,
        signatory_position=rules.KINDS_SIGNED[language] if deputy else organisation.signatory_position,
        language=language,
        # One letter is answered as a whole: it has the days of whichever report has most.
        answer_days=max((item.answer_days for item in told), default=rules.DEFAULT_DAYS),
    )


def _usual_addressee(session: Session, told: Sequence[Item]) -> UUID | None:
    for item in told:
        found = one_problem(session, item.problem) if item.problem else None
        named = item.institution or (suggested_institution(session, found) if found else None)
        if named:
            return named
    return None


def _form_page(
    request: Request,
    session: Session,
    viewer: Viewer,
    draft: Draft,
    told: Sequence[Item],
    applicant: Applicant,
    key: str,
    error: BadFields | None = None,
) -> Response:
    language = language_of(request).code
    values: dict[str, Any] = {
        "draft": draft,
        "told": told,
        "titles": {item.public_id: item.title(language) for item in told},
        "about": [item.public_id if viewer.role is Role.DEPUTY else item.problem for item in told],
        "ids": [("public" if viewer.role is Role.DEPUTY else "problem", item) for item in told],
        "applicant": applicant,
        "institutions": institutions_of(session),
        "key": key,
        "errors": wrong_fields(request, error) if error else {},
        "early": [item.number for item in told if item.status and item.status not in rules.ABOUT],
    }
    status = 422 if error else 200
    return page(request, "letters/new.html", status=status, path="/desk/letters/new", **values, **words_for(viewer))


def _picker(request: Request, session: Session, viewer: Viewer) -> Response:
    """Return the reports that wait for a letter, to choose from."""
    waiting = store.waiting(session, most=200)
    return page(request, "letters/pick.html", waiting=waiting, **words_for(viewer))
