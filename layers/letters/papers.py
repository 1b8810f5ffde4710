"""What lies beside a letter: the scan of its answer, and the coordinator's own templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from layers import history, versions
from layers.errors import BadFields, BadInput, Conflict, NotFound
from layers.files import actions as files
from layers.files.images import clean
from layers.initiative import store as initiative
from layers.letters import rules, store
from layers.letters.actions import TABLE, get, held
from layers.text import N_
from layers.viewer import Viewer


def keep_scan(session: Session, viewer: Viewer, letter: UUID, content: bytes, *, version: int) -> int:
    """Keep the scan of the answer, a PDF or a photo; an earlier one goes. Returns the letter's new version.

    The scan of a citizen's appeal names a person: it is for the desk alone.
    """
    found = held(session, viewer, letter, version)
    media, body = _scanned(content)
    audience = "desk" if found.kind == "appeal" else "staff"
    name = f"answer-{found.number}-{found.year}.{'pdf' if media == 'application/pdf' else 'jpg'}"
    if found.scan_id:
        files.drop(session, found.scan_id, why="replaced")
    scan = files.keep(session, name=name, media_type=media, content=body, audience=audience)
    new_version = versions.save(session, TABLE, letter, version, {"scan_id": scan})
    _note(session, letter, "scanned", {"file": str(scan)})
    return new_version


def drop_scan(session: Session, viewer: Viewer, letter: UUID, *, version: int) -> int:
    found = held(session, viewer, letter, version)
    if found.scan_id is None:
        raise Conflict(N_("There is no scan any more."))
    new_version = versions.save(session, TABLE, letter, version, {})
    files.drop(session, found.scan_id, why="removed")
    _note(session, letter, "scan_removed", {})
    return new_version


def _scanned(content: bytes) -> tuple[str, bytes]:
    """Return the kind and bytes to keep: a PDF as it is, a picture only as a new one (without place and device)."""
    if len(content) > rules.MOST_SCAN_BYTES:
        raise BadFields(
            {"scan": BadInput(N_("Make the scan smaller than {most} MB."), most=rules.MOST_SCAN_BYTES >> 20)}
        )
    if content.startswith(b"%PDF-"):
        return "application/pdf", content
    try:
        picture = clean(content)
    except BadInput as error:
        raise BadFields({"scan": BadInput(N_("A scan is a PDF or a photo. {reason}"), reason=error)}) from error
    return picture.media_type, picture.content


def scan_of(session: Session, viewer: Viewer, letter: UUID) -> files.Stored:
    """Return the scan to whoever may see the letter."""
    found = get(session, viewer, letter)
    if found.scan_id is None:
        raise NotFound(N_("There is no scan yet."))
    return files.fetch(session, found.scan_id)


def keep_template(
    session: Session, viewer: Viewer, *, kind: str, institution_kind: str, language: str, name: str, content: bytes,
    now: datetime,
) -> None:  # fmt: skip
    """Keep the coordinator's own template, already looked through, in place of the one before."""
    rules.must_keep(viewer)
    known = {row.kind for row in initiative.institutions(session)}
    if kind not in rules.KINDS or language not in ("uk", "en") or institution_kind not in {"", *known}:
        raise BadInput(N_("Choose for which letters the template is."))
    values = {"id": uuid4(), "kind": kind, "institution_kind": institution_kind or None, "language": language}
    store.keep_template(session, {**values, "name": name[:200], "content": content, "made_at": now})
    codes = {"kind": kind, "for": institution_kind, "language": language}
    history.record(
        session, audience="staff", subject="letter_template", subject_id=kind, event="template_kept", codes=codes
    )


def drop_template(session: Session, viewer: Viewer, template: UUID) -> None:
    """Go back to the shipped template."""
    rules.must_keep(viewer)
    if not store.drop_template(session, template):
        raise NotFound(N_("There is no such template any more."))
    history.record(
        session, audience="staff", subject="letter_template", subject_id=str(template), event="template_dropped"
    )


def _note(session: Session, letter: UUID, event: str, codes: Mapping[str, Any]) -> None:
    history.record(session, audience="staff", subject="letter", subject_id=str(letter), event=event, codes=dict(codes))
