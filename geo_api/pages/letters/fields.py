"""What the forms of letters send, read into the shapes that layers/letters takes."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from layers.errors import BadFields, BadInput, NotFound
from layers.letters.actions import NO_SUCH
from layers.letters.checks import Applicant, Draft, Following
from layers.letters.rules import DEFAULT_DAYS
from layers.text import N_

DATES = ("sent_on", "registered_on", "extended_on", "answered_on")


async def _form(request: Request) -> FormData:
    return await request.form()


Form = Annotated[FormData, Depends(_form)]


def text_of(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.replace("\r\n", "\n").replace("\0", "") if isinstance(value, str) else ""


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def letter_of(text: str) -> UUID:
    """Return a letter's id as the address says it; raises NotFound."""
    found = uuid_of(text)
    if found is None:
        raise NotFound(NO_SUCH)
    return found


def draft_of(form: FormData) -> Draft:
    days = text_of(form, "answer_days").strip()
    return Draft(
        kind=text_of(form, "kind"),
        institution=uuid_of(text_of(form, "institution")),
        subject=text_of(form, "subject"),
        body=text_of(form, "body"),
        request=text_of(form, "request"),
        signatory=text_of(form, "signatory"),
        signatory_position=text_of(form, "signatory_position"),
        language=text_of(form, "language") or "uk",
        answer_days=int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0 if days else DEFAULT_DAYS,
    )


def applicant_of(form: FormData) -> Applicant:
    return Applicant(**{field.name: text_of(form, field.name) for field in fields(Applicant)})


def following_of(form: FormData) -> Following:
    """Return what became of a letter; raises BadFields for what is no date."""
    dates: dict[str, date | None] = {}
    wrong: dict[str, BadInput] = {}
    for name in DATES:
        written = text_of(form, name).strip()
        try:
            dates[name] = date.fromisoformat(written) if written else None
        except ValueError:
            wrong[name] = BadInput(N_("Write the day like 2026-11-23."))
    if wrong:
        raise BadFields(wrong)
    return Following(
        sent_on=dates["sent_on"],
        incoming_number=text_of(form, "incoming_number"),
        registered_on=dates["registered_on"],
        executor=text_of(form, "executor"),
        term=text_of(form, "term"),
        extended_on=dates["extended_on"],
        answered_on=dates["answered_on"],
        outcome=text_of(form, "outcome"),
        answer=text_of(form, "answer"),
    )


async def upload_of(form: FormData, name: str, most: int) -> tuple[str, bytes]:
    """Return the name and content of an uploaded file, no more of it than one byte over what is allowed."""
    given = form.get(name)
    if not isinstance(given, UploadFile):
        return "", b""
    return given.filename or "", await given.read(most + 1)
