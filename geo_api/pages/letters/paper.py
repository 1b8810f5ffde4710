"""A letter as DOCX and PDF, and the scan of its answer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from geo_api.conditional import version_of
from geo_api.pages.forms import porter_of, signed_in, to
from geo_api.pages.letters.fields import Form, letter_of, text_of, upload_of
from geo_api.pages.letters.journal import reader
from geo_api.pages.letters.letter import again
from layers.database.engine import Session
from layers.errors import BezpekaError, NotFound
from layers.initiative import store as initiative
from layers.initiative.tables import Initiative
from layers.letters import actions, papers, rules, store
from layers.letters.tables import Letter
from layers.text import N_
from layers.viewer import Viewer
from maps import letters as paper
from maps.language import Language, speak
from maps.letters.docx import MEDIA_TYPE, write_docx

router = APIRouter(prefix="/desk/letters", include_in_schema=False)


@router.get("/{letter}/letter.docx")
def as_docx(request: Request, letter: str) -> Response:
    viewer = reader(request)
    with porter_of(request).database.begin(viewer) as session:
        found = _whole(session, viewer, letter)
        kind = actions.institution_of(session, found).kind
        own = store.template_for(session, found.kind, kind, found.language)
        shown, language = shown_of(session, found), speak(found.language)
    content = write_docx(shown, language, own.content if own else None)
    return _file(content, MEDIA_TYPE, f"letter-{found.number}-{found.year}.docx", attached=True)


@router.get("/{letter}/letter.pdf")
def as_pdf(request: Request, letter: str) -> Response:
    viewer = reader(request)
    with porter_of(request).database.begin(viewer) as session:
        found = _whole(session, viewer, letter)
        shown, language = shown_of(session, found), speak(found.language)
    content = paper.write_pdf(shown, language)
    return _file(content, "application/pdf", f"letter-{found.number}-{found.year}.pdf")


def _whole(session: Session, viewer: Viewer, letter: str) -> Letter:
    """Return a letter whose every part the viewer may see: an appeal names a person, so only the desk prints one."""
    found = actions.get(session, viewer, letter_of(letter))
    if found.kind == "appeal" and viewer.role not in rules.DESK:
        raise NotFound(N_("An appeal names a person: you have it on paper."))
    return found


def shown_of(session: Session, letter: Letter) -> paper.Letter:
    """Return everything that a letter shows."""
    organisation, to_whom = initiative.initiative(session), actions.institution_of(session, letter)
    uk = letter.language == "uk"
    language = speak(letter.language)
    appeal = store.appeal_of(session, letter.id) if letter.kind == "appeal" else None
    name = to_whom.name_uk if uk else to_whom.name_en
    return paper.Letter(
        kind=letter.kind,
        number=letter.out,
        day=letter.made_on,
        addressee=(to_whom.addressee if uk else "") or name,
        institution=name,
        institution_address=to_whom.address,
        institution_email=to_whom.email,
        subject=letter.subject,
        body=letter.body,
        request=letter.request,
        signatory=letter.signatory,
        signatory_position=letter.signatory_position,
        problems=_list(session, letter, language),
        applicant=paper.Applicant(
            appeal.name or "", appeal.residence or "", appeal.contact or "", appeal.substance or ""
        )
        if appeal and appeal.erased_at is None
        else None,
        # A deputy writes in their own name, not on the initiative's paper.
        **({} if letter.kind == "deputy" else _letterhead(organisation, uk)),
    )


def _letterhead(organisation: Initiative, uk: bool) -> dict[str, str]:
    return {
        "organisation": organisation.name_uk if uk else organisation.name_en,
        "organisation_address": organisation.address,
        "organisation_registration": organisation.registration,
        "organisation_phone": organisation.hotline,
        "organisation_email": organisation.email,
    }


def _list(session: Session, letter: Letter, language: Language) -> tuple[paper.Told, ...]:
    return tuple(
        paper.Told(
            n=item.position,
            category=(item.category_uk if letter.language == "uk" else item.category_en) or item.category,
            place=item.place,
            when=language.date(item.day) if item.day else language.month(item.month),
            words=item.words,
        )
        for item in store.items_of(session, letter.id)
    )


@router.get("/{letter}/scan")
def scan(request: Request, letter: str) -> Response:
    viewer = reader(request)
    with porter_of(request).database.begin(viewer) as session:
        stored = papers.scan_of(session, viewer, letter_of(letter))
    return _file(stored.content, stored.media_type, stored.name, attached=stored.media_type == "application/pdf")


@router.post("/{letter}/scan")
async def keep_scan(request: Request, letter: str, form: Form) -> Response:
    viewer, of = signed_in(request), letter_of(letter)
    _, content = await upload_of(form, "scan", rules.MOST_SCAN_BYTES)
    version = version_of(request, text_of(form, "version"))
    gone = bool(text_of(form, "remove"))

    def act() -> Response:
        try:
            with porter_of(request).database.begin(viewer) as session:
                if gone:
                    papers.drop_scan(session, viewer, of, version=version)
                else:
                    papers.keep_scan(session, viewer, of, content, version=version)
        except BezpekaError as error:
            return again(request, letter, error)
        return to(f"/desk/letters/{of}", done="unscanned" if gone else "scanned")

    return await run_in_threadpool(act)


def _file(content: bytes, media: str, name: str, *, attached: bool = False) -> Response:
    how = "attachment" if attached else "inline"
    headers = {
        "Content-Disposition": f'{how}; filename="{name}"',
        "Cache-Control": "private, no-store",
        "Vary": "Cookie",
    }
    return Response(content, media_type=media, headers=headers)
