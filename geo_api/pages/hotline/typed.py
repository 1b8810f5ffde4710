"""What an operator typed: read from the form, and made into a report."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from uuid import UUID

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from geo_api.context import language_of, service_of
from layers.categories import store as categories
from layers.database.engine import Session
from layers.errors import BadFields, BadInput, NotAllowed
from layers.files.rules import MAX_PHOTO_BYTES
from layers.problems import rules
from layers.problems.intake import Contact, Report
from layers.text import N_
from layers.viewer import Viewer

SOURCES = ("phone", "message")
MOST_BYTES = rules.MOST_PHOTOS * MAX_PHOTO_BYTES + 1_000_000


@dataclass(frozen=True)
class Typed:
    """The form's fields as they came; names are those of the form."""

    kind: str = "problem"
    category: str = ""
    words: str = ""
    original: str = ""  # of a pasted message: what was said, before anybody edited it
    place_words: str = ""
    lon: str = ""
    lat: str = ""
    accuracy: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    telegram: str = ""
    on_behalf_of: str = ""
    anonymous: str = ""
    call_back: str = ""
    police_may: str = ""
    source: str = "phone"
    key: str = ""
    same: str = ""  # the report that the caller tells of
    photos: tuple[bytes, ...] = ()

    @property
    def point(self) -> tuple[float, float] | None:
        """Return longitude and latitude, if both are numbers on Earth."""
        lon, lat = _number(self.lon), _number(self.lat)
        if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 85:
            return None
        return lon, lat

    @property
    def contact(self) -> Contact:
        """Return how the caller can be reached; of an anonymous one nothing is kept."""
        if self.anonymous:
            return Contact()
        return Contact(
            name=self.name,
            phone=self.phone,
            email=self.email,
            telegram=self.telegram,
            call_back=bool(self.call_back),
            police_may=bool(self.police_may),
            on_behalf_of=self.on_behalf_of,
        )

    @property
    def joins(self) -> UUID:
        """Return the report that the caller tells of; raises BadInput."""
        try:
            return UUID(self.same)
        except ValueError as error:
            raise BadInput(N_("Choose a report from the list.")) from error


WORDS = tuple(field.name for field in fields(Typed) if field.name != "photos")


async def read(request: Request) -> Typed:
    """Read the form; raises HTTPException where it is longer than three photos are."""
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise HTTPException(411)
    if int(length) > MOST_BYTES:
        raise HTTPException(413)
    async with request.form(max_files=2 * rules.MOST_PHOTOS, max_fields=60) as form:
        given = {
            name: str(form.get(name, "")).replace("\0", "").replace("\r\n", "\n") for name in WORDS if name in form
        }
        files = [file for file in form.getlist("photos") if isinstance(file, UploadFile)]
        photos = [await file.read() for file in files]
        return Typed(**given, photos=tuple(photo for photo in photos if photo))


def report_of(request: Request, session: Session, typed: Typed) -> Report:
    """Return what was typed as a report; raises BadFields when no category was chosen."""
    about_police = typed.kind in ("thanks", "complaint")
    category = _of_police(session) if about_police else typed.category
    if not category:
        raise BadFields({"category": BadInput(N_("Choose what it is about."))})
    lon, lat = (None, None) if about_police else typed.point or (None, None)
    said = typed.original or typed.words
    return Report(
        category=category,
        words=said,
        edited=typed.words if typed.words.strip() != said.strip() else "",
        lon=lon,
        lat=lat,
        accuracy=_number(typed.accuracy),
        place_words=typed.place_words,
        photos=typed.photos,
        contact=typed.contact,
        source=typed.source if typed.source in SOURCES else "phone",
        kind=typed.kind,
        language=language_of(request).code,
        demo=service_of(request).settings.demo,
    )


def _of_police(session: Session) -> str:
    """Return the category of what is said about the work of the police."""
    return next((each.code for each in categories.reportable(session) if each.audience == "statistics"), "")


def desk(viewer: Viewer) -> Viewer:
    """Return the viewer if the hotline is their work; raises NotAllowed."""
    if viewer.role not in rules.DESK:
        raise NotAllowed(N_("This is for the coordinator and the hotline."))
    return viewer


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
