"""The coordinator's own templates of letters: what serves now, the shipped ones to begin with, a new one to keep."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from geo_api.pages.forms import now, page, porter_of, said, signed_in, to
from geo_api.pages.letters.fields import Form, letter_of, text_of, upload_of
from geo_api.pages.letters.journal import words_for
from layers.errors import BadInput, NotFound
from layers.initiative import store as initiative
from layers.layer import Title
from layers.letters import papers, rules, store
from layers.text import N_
from maps.letters import FIELDS
from maps.letters.docx import MEDIA_TYPE, MOST_BYTES, check_template, shipped

router = APIRouter(prefix="/desk/letters/templates", include_in_schema=False)

INSTITUTION_KINDS = {
    "police": Title("поліція", "police"),
    "administration": Title("військова адміністрація", "military administration"),
    "council": Title("рада та виконавчий комітет", "council"),
    "utility": Title("комунальне підприємство", "utility"),
    "energy": Title("енергетики", "electricity company"),
    "school_safety": Title("служба освітньої безпеки", "school safety service"),
    "other": Title("інші", "others"),
}


@router.get("")
def templates_page(request: Request) -> Response:
    return _show(request)


@router.post("")
async def keep(request: Request, form: Form) -> Response:
    viewer = signed_in(request)
    rules.must_keep(viewer)
    name, content = await upload_of(form, "template", MOST_BYTES)
    given = {field: text_of(form, field) for field in ("kind", "institution_kind", "language")}

    def act() -> Response:
        try:
            check_template(content)
            with porter_of(request).database.begin(viewer) as session:
                papers.keep_template(session, viewer, **given, name=name, content=content, now=now())
        except BadInput as error:
            return _show(request, said(request, error), given, status=422)
        return to("/desk/letters/templates", done="kept")

    return await run_in_threadpool(act)


@router.get("/{name}.docx")
def download(request: Request, name: str) -> Response:
    """Return a template: shipped-uk, shipped-en, or one of the coordinator's own by its id."""
    viewer = signed_in(request)
    rules.must_write(viewer)
    if name in ("shipped-uk", "shipped-en"):
        content, called = shipped(name[-2:]), f"{name}.docx"
    else:
        with porter_of(request).database.begin(viewer) as session:
            found = store.template(session, letter_of(name))
        if found is None:
            raise NotFound(N_("There is no such template any more."))
        content, called = found.content, f"template-{found.kind}-{found.language}.docx"
    headers = {"Content-Disposition": f'attachment; filename="{called}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


@router.post("/{name}/remove")
def remove(request: Request, name: str) -> Response:
    viewer = signed_in(request)
    with porter_of(request).database.begin(viewer) as session:
        papers.drop_template(session, viewer, letter_of(name))
    return to("/desk/letters/templates", done="removed")


def _show(request: Request, wrong: str = "", typed: dict[str, str] | None = None, *, status: int = 200) -> Response:
    viewer = signed_in(request)
    rules.must_write(viewer)
    with porter_of(request).database.begin(viewer) as session:
        own = store.templates(session)
        known = {row.kind for row in initiative.institutions(session)}
    return page(
        request,
        "letters/templates.html",
        status=status,
        path="/desk/letters/templates",
        own=own,
        institution_kinds={code: title for code, title in INSTITUTION_KINDS.items() if code in known},
        fields=FIELDS,
        wrong=wrong,
        typed=typed or {},
        done=request.query_params.get("done", ""),
        **words_for(viewer),
    )
