"""Reports, with each thing that could name a person or a door in a table of its own; and what is public of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import REAL, BigInteger, Computed, Date, ForeignKey, Identity, LargeBinary, Sequence, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from layers.database.base import Base
from layers.geometry import MERCATOR, WGS84

NUMBERS = Sequence("problem_numbers", start=1001)
MOMENT = TIMESTAMP(timezone=True)
CODES = ARRAY(Text)


def _of_problem(*, primary_key: bool = False) -> Any:
    return mapped_column(Uuid, ForeignKey("problems.id", ondelete="CASCADE"), primary_key=primary_key)


class ProblemStatus(Base):
    """What a status is called, whether the public sees reports in it, and whether something is still to be done."""

    __tablename__ = "problem_statuses"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    title_uk: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    public: Mapped[bool]
    is_open: Mapped[bool]
    position: Mapped[int]


class Problem(Base):
    """One report as the desk keeps it; `number` is for its reporter and staff, `public_id` for everybody."""

    __tablename__ = "problems"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, NUMBERS, server_default=NUMBERS.next_value(), unique=True)
    public_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    kind: Mapped[str] = mapped_column(Text, default="problem")
    audience: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text, ForeignKey("categories.code", onupdate="CASCADE"))
    status: Mapped[str] = mapped_column(Text, ForeignKey("problem_statuses.code"), default="received")
    language: Mapped[str] = mapped_column(Text, default="uk")
    reported_at: Mapped[datetime] = mapped_column(MOMENT)
    month: Mapped[date] = mapped_column(Date)
    status_at: Mapped[datetime] = mapped_column(MOMENT)
    status_month: Mapped[date] = mapped_column(Date)
    body: Mapped[str] = mapped_column(Text, default="")
    units: Mapped[list[str]] = mapped_column(CODES, default=list)
    hromada: Mapped[str | None] = mapped_column(Text)
    unit_2017: Mapped[str | None] = mapped_column(Text)
    settlement: Mapped[str | None] = mapped_column(Text)
    snap_id: Mapped[int | None] = mapped_column(BigInteger)
    public_geom: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", WGS84, spatial_index=False))
    public_precision: Mapped[str | None] = mapped_column(Text)
    public_units: Mapped[list[str]] = mapped_column(CODES, default=list)
    supporters: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime | None] = mapped_column(MOMENT)
    answered_at: Mapped[datetime | None] = mapped_column(MOMENT)
    asked_at: Mapped[datetime | None] = mapped_column(MOMENT)
    closed_at: Mapped[datetime | None] = mapped_column(MOMENT)
    reopened: Mapped[int] = mapped_column(default=0)
    refused_why: Mapped[str | None] = mapped_column(Text)
    merged_into: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("problems.id"))
    institution_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("institutions.id"))
    forwarded_at: Mapped[datetime | None] = mapped_column(MOMENT)
    published: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)
    contact_erased_at: Mapped[datetime | None] = mapped_column(MOMENT)
    anonymised_at: Mapped[datetime | None] = mapped_column(MOMENT)
    version: Mapped[int] = mapped_column(default=1)


class ProblemPlace(Base):
    """The exact place: a point, words, or both."""

    __tablename__ = "problem_places"

    problem_id: Mapped[UUID] = _of_problem(primary_key=True)
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", WGS84, spatial_index=False))
    geom_3857: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", MERCATOR), Computed(f"ST_Transform(geom, {MERCATOR})", persisted=True)
    )
    words: Mapped[str | None] = mapped_column(Text)
    accuracy_m: Mapped[float | None] = mapped_column(REAL)


class ProblemContact(Base):
    """Whoever wants an answer; erased 365 days after closing. Without `police_may` the police don't see it."""

    __tablename__ = "problem_contacts"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    problem_id: Mapped[UUID] = _of_problem()
    name: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    telegram: Mapped[str | None] = mapped_column(Text)
    call_back: Mapped[bool] = mapped_column(default=False)
    called_back_at: Mapped[datetime | None] = mapped_column(MOMENT)
    police_may: Mapped[bool] = mapped_column(default=False)
    on_behalf_of: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(MOMENT)
    person: Mapped[bytes | None] = mapped_column(LargeBinary)  # whose it is, as in ProblemPerson


class ProblemWords(Base):
    """What was typed, for the desk alone. `key` are its lemmas, `approved_key` those of what was approved."""

    __tablename__ = "problem_words"

    problem_id: Mapped[UUID] = _of_problem(primary_key=True)
    original: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text, default="")
    approved_key: Mapped[str] = mapped_column(Text, default="")
    concerns: Mapped[list[str]] = mapped_column(CODES, default=list)


class ProblemPhoto(Base):
    """A photo; `file_id` is for the desk, `public_file_id` the copy that a coordinator approved."""

    __tablename__ = "problem_photos"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    problem_id: Mapped[UUID] = _of_problem()
    file_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("files.id", ondelete="SET NULL"))
    public_file_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("files.id", ondelete="SET NULL"))
    shows: Mapped[str] = mapped_column(Text, default="before")
    state: Mapped[str] = mapped_column(Text, default="waiting")
    position: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(MOMENT)


class ProblemReceipt(Base):
    """A receipt's keyed hash; whose it is; and the hash of its short spoken form."""

    __tablename__ = "problem_receipts"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    problem_id: Mapped[UUID] = _of_problem()
    person: Mapped[bytes] = mapped_column(LargeBinary)
    spoken: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(MOMENT)


class ProblemPerson(Base):
    """One person, by a keyed hash, says one thing of one report once."""

    __tablename__ = "problem_people"

    problem_id: Mapped[UUID] = _of_problem(primary_key=True)
    person: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    says: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(MOMENT)


class ProblemMessage(Base):
    """What is said about a report; the public reads `approved` of those whose audience it is."""

    __tablename__ = "problem_messages"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    nth: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    problem_id: Mapped[UUID] = _of_problem()
    at: Mapped[datetime] = mapped_column(MOMENT)
    month: Mapped[date] = mapped_column(Date)
    said_by: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(Text)
    to_status: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    approved: Mapped[str | None] = mapped_column(Text)
    signed: Mapped[str] = mapped_column(Text, default="")
    account: Mapped[UUID | None] = mapped_column(Uuid, server_default=text("bezpeka_account()"))
    erased_at: Mapped[datetime | None] = mapped_column(MOMENT)


class PublicProblem(Base):
    """For everybody: a random id, a month, a snap point, approved words and photos."""

    __tablename__ = "problems_public"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    category: Mapped[str] = mapped_column(Text)
    symbol: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    month: Mapped[date] = mapped_column(Date)
    updated_month: Mapped[date] = mapped_column(Date)
    location_precision: Mapped[str] = mapped_column(Text)
    units: Mapped[list[str]] = mapped_column(CODES)
    hromada: Mapped[str | None] = mapped_column(Text)
    unit_2017: Mapped[str | None] = mapped_column(Text)
    supporters: Mapped[int]
    reopened: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    photos: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    institution: Mapped[UUID | None] = mapped_column(Uuid)
    demo: Mapped[bool]
    snap_id: Mapped[int | None] = mapped_column(BigInteger)
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", WGS84, spatial_index=False))
    geom_3857: Mapped[WKBElement] = mapped_column(
        Geometry("POINT", MERCATOR), Computed(f"ST_Transform(geom, {MERCATOR})", persisted=True)
    )


class ProblemArea(Base):
    """The ground in which a published report lies: a street's or public place's catchment; a row a report."""

    __tablename__ = "problem_areas"

    id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("problems_public.id", ondelete="CASCADE"), primary_key=True)
    category: Mapped[str] = mapped_column(Text)
    symbol: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    month: Mapped[date] = mapped_column(Date)
    location_precision: Mapped[str] = mapped_column(Text)
    units: Mapped[list[str]] = mapped_column(CODES)
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", WGS84, spatial_index=False))
    geom_3857: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", MERCATOR), Computed(f"ST_Transform(geom, {MERCATOR})", persisted=True)
    )


class PublicStep(Base):
    """One line of a published report's history: a step, an approved answer, by month."""

    __tablename__ = "problem_steps_public"

    problem: Mapped[UUID] = mapped_column(Uuid, ForeignKey("problems_public.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(Date)
    status: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    signed: Mapped[str] = mapped_column(Text)
