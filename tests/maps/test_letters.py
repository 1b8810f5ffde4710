"""Letters on paper, read back: DOCX by python-docx, PDF by pdftotext, and templates that can't be used."""

from __future__ import annotations

import io
import subprocess
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from docx import Document

from layers.errors import BadInput
from maps.language import speak
from maps.letters import Applicant, Letter, Told, write_pdf
from maps.letters.docx import MOST_BYTES, check_template, shipped, write_docx

UK = speak("uk")
LETTER = Letter(
    kind="letter",
    number="12/2026",
    day=date(2026, 11, 23),
    addressee="Керівникові району електромереж",
    institution="Вигадані електромережі",
    subject="Про освітлення <&> {{ number }}",
    organisation="ГО «Безпечне Вигадане»",
    body="Перший абзац.\n\nДругий абзац.",
    request="Просимо відповісти.",
    signatory="Олена Приклад",
    signatory_position="Голова правління",
    problems=tuple(
        Told(n, "Освітлення", f"біля ринку, {n}", "23 листопада 2026 р.", "Не світить ліхтар") for n in range(1, 31)
    ),
)
APPEAL = replace(LETTER, kind="appeal", applicant=Applicant("Приклад О. В.", "м. Вигадане", "050 000 00 00", "Прошу."))


def words(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)


def pages(content: bytes) -> list[str]:
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return read.stdout.decode().rstrip("\f").split("\f")


def template(*lines: str) -> bytes:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


@pytest.mark.parametrize("language", ["uk", "en"])
def test_the_shipped_templates_fill_in_every_kind(language: str) -> None:
    check_template(shipped(language))
    for one in (LETTER, APPEAL, replace(LETTER, kind="deputy", organisation="")):
        assert "12/2026" in words(write_docx(one, speak(language)))


def test_a_docx_says_what_was_typed_as_it_was_typed() -> None:
    told = words(write_docx(LETTER, UK))
    assert "Вих. № 12/2026 від 23 листопада 2026 р." in told
    assert "Про освітлення <&> {{ number }}" in told  # no markup, and no placeholder of a template
    assert told.index("Перший абзац.") < told.index("1. Освітлення") < told.index("Просимо відповісти.")
    assert "30. Освітлення" in told
    assert "біля ринку, 30" in told


def test_a_pdf_has_the_number_on_each_numbered_page_and_all_reports() -> None:
    read = pages(write_pdf(LETTER, UK))
    assert len(read) > 1
    for n, page in enumerate(read, 1):
        assert "Вих. № 12/2026 від 23 листопада 2026 р." in page
        assert f"{n} / {len(read)}" in page
    whole = "".join(read)
    assert all(f"{n}." in whole and f"біля ринку, {n}" in whole for n in range(1, 31))
    assert "Про освітлення <&> {{ number }}" in whole


def test_a_pdf_is_a4_with_room_for_a_hole_punch() -> None:
    content = write_pdf(LETTER, UK)
    said = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True).stdout.decode()
    assert "A4" in said
    box = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True)
    left = min(float(part.split('"')[0]) for part in box.stdout.decode().split('xMin="')[1:])
    assert left >= 25 / 25.4 * 72


def test_only_an_appeal_names_whose_it_is() -> None:
    for one, named in ((LETTER, False), (APPEAL, True)):
        assert ("Приклад О. В." in words(write_docx(one, UK))) is named
        assert ("Приклад О. В." in "".join(pages(write_pdf(one, UK)))) is named


def test_the_coordinators_own_template_is_used() -> None:
    own = template("Наш бланк {{ number }}", "{%p for problem in problems %}", "— {{ problem.place }}", "{%p endfor %}")
    check_template(own)
    assert words(write_docx(LETTER, UK, own)).startswith("Наш бланк 12/2026\n— біля ринку, 1\n— біля ринку, 2")


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        (["{{ nubmer }}"], "nubmer"),
        (["{%p for problem in problems %}", "{{ problem.plase }}", "{%p endfor %}"], "plase"),
        (["{{ number | uper }}"], "uper"),
        (["{{ number + }}"], "{{ number + }}"),
        (["{{ applicant.name }}"], "name"),  # a plain letter has no applicant
        (["{%p for problem in problems %}", "{{ problem.n }}"], "{%p for problem in problems %}"),
        (["{{ number.__class__.__mro__ }}"], "__class__"),
    ],
)
def test_a_bad_template_is_refused_naming_the_placeholder(lines: list[str], named: str) -> None:
    with pytest.raises(BadInput) as wrong:
        check_template(template(*lines))
    assert named in str(wrong.value)


def bomb() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (60 * 1024 * 1024))
    return written.getvalue()


@pytest.mark.parametrize(
    "content", [b"", b"not a zip", b"PK\x03\x04 cut off", b"x" * (MOST_BYTES + 1), pytest.param(bomb(), id="bomb")]
)
def test_what_is_no_word_document_or_unpacks_into_too_much_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        check_template(content)
