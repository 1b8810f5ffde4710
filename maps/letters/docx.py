"""DOCX from a template: the shipped one or the coordinator's own, which is looked through before it is kept.

A template is somebody's file: it is opened within limits, and its placeholders run in a sandbox that knows nothing but
the letter's own fields.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from layers.errors import BadInput
from layers.text import N_
from maps.language import Language, speak
from maps.letters import EXAMPLE, FIELDS, Letter

SHIPPED = Path(__file__).parent
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_PARTS = 500
PLACEHOLDER = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
TAGS = re.compile(r"<[^>]+>")
NOT_DOCX = N_("This is not a Word document (.docx). Save it as “Word document” and choose it again.")


def shipped(language: str) -> bytes:
    """Return the template that comes with this software."""
    return (SHIPPED / f"{language if language in ('uk', 'en') else 'uk'}.docx").read_bytes()


def write_docx(letter: Letter, language: Language, template: bytes | None = None) -> bytes:
    """Return the letter as DOCX; raises BadInput that names the placeholder which can't be filled."""
    return _filled(template or shipped(language.code), letter.fields(language))


def check_template(content: bytes) -> None:
    """Raise BadInput with what is wrong with a template: no DOCX, an unknown field, a placeholder left open."""
    from docxtpl import DocxTemplate

    _opened(content)
    template = DocxTemplate(io.BytesIO(content))
    try:
        named = template.get_undeclared_template_variables(_environment())
    except TemplateSyntaxError as error:
        raise _syntax(content, error) from error
    unknown = sorted(named - set(FIELDS))
    if unknown:
        raise BadInput(
            N_("The template names “{name}”, which a letter does not have. Known are: {known}."),
            name=unknown[0],
            known=", ".join(FIELDS),
        )
    for example in (EXAMPLE, replace(EXAMPLE, kind="letter", applicant=None)):
        _filled(content, example.fields(speak("uk")))


def _filled(content: bytes, fields: dict[str, Any]) -> bytes:
    from docxtpl import DocxTemplate

    _opened(content)
    template = DocxTemplate(io.BytesIO(content))
    try:
        template.render(fields, _environment(), autoescape=True)
    except TemplateSyntaxError as error:
        raise _syntax(content, error) from error
    except UndefinedError as error:
        raise BadInput(N_("A placeholder of the template can't be filled: {reason}"), reason=_said(error)) from error
    except SecurityError as error:
        raise BadInput(
            N_("The template asks for something that a letter may not do: {reason}"), reason=_said(error)
        ) from error
    except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise BadInput(N_("A placeholder of the template can't be filled: {reason}"), reason=_said(error)) from error
    written = io.BytesIO()
    template.save(written)
    return written.getvalue()


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def _opened(content: bytes) -> None:
    """Refuse what is no DOCX, or one that would unpack into far more than a letter is."""
    if len(content) > MOST_BYTES:
        raise BadInput(N_("Make the template smaller than {most} MB."), most=MOST_BYTES >> 20)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            unpacked = sum(part.file_size for part in parts)
            macros = any(name.lower().endswith((".bin", ".exe")) for name in names)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise BadInput(NOT_DOCX) from error
    if "word/document.xml" not in names or macros:
        raise BadInput(NOT_DOCX)
    if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS:
        raise BadInput(N_("The template is too large when unpacked. Take the pictures out of it."))


def _syntax(content: bytes, error: TemplateSyntaxError) -> BadInput:
    """Say which placeholder is meant: Word gives no lines, so the text around it is shown."""
    return BadInput(
        N_("A placeholder of the template is not right: {found}. {reason}"),
        found=_suspect(content) or "?",
        reason=_said(error),
    )


def _suspect(content: bytes) -> str:
    """Return the first placeholder that can't be read by itself."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = TAGS.sub("", archive.read("word/document.xml").decode("utf-8", "replace"))
    environment = _environment()
    for found in PLACEHOLDER.finditer(text):
        inner = found.group(0)
        if inner.startswith("{{"):
            try:
                environment.parse(re.sub(r"^\{\{[rp]? ", "{{ ", inner))
            except TemplateSyntaxError:
                return inner[:80]
    opened = re.search(r"\{[{%][^{}%]{0,60}", PLACEHOLDER.sub("", text))
    if opened:
        return opened.group(0)
    blocks = [found.group(0) for found in PLACEHOLDER.finditer(text) if found.group(0).startswith("{%")]
    return blocks[-1][:80] if blocks else ""


def _said(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
