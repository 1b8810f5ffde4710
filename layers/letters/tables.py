"""Letters, what each is about, whose appeal one is, the last numbers given, and the coordinator's own templates."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Computed, Date, ForeignKey, LargeBinary, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from layers.database.base import Base

MOMENT = TIMESTAMP(timezone=True)
ACCOUNT = text("bezpeka_account()")


class Letter(Base):
    """One letter; `series` is None for the initiative's own numbers, or the deputy's account."""

    __tablename__ = "letters"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    series: Mapped[UUID | None] = mapped_column(Uuid)
    year: Mapped[int]
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    institution_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("institutions.id"))
    made_on: Mapped[date] = mapped_column(Date)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text, default="")
    request: Mapped[str] = mapped_column(Text, default="")
    signatory: Mapped[str] = mapped_column(Text, default="")
    signatory_position: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[UUID | None] = mapped_column(Uuid, server_default=ACCOUNT)
    sent_on: Mapped[date | None] = mapped_column(Date)
    answer_days: Mapped[int]
    term: Mapped[str] = mapped_column(Text, default="")
    incoming_number: Mapped[str] = mapped_column(Text, default="")
    registered_on: Mapped[date | None] = mapped_column(Date)
    executor: Mapped[str] = mapped_column(Text, default="")
    extended_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    answered_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    scan_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("files.id", ondelete="SET NULL"))
    cancelled_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Text, Computed("''", persisted=True))
    made_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    @property
    def out(self) -> str:
        """Return «Вих. №» as it is written and spoken: 12/2026."""
        return f"{self.number}/{self.year}"


class LetterNumber(Base):
    """The last number given in a series and year; `series` is '' for the initiative."""

    __tablename__ = "letter_numbers"

    series: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class LetterProblem(Base):
    """One report as a letter tells of it; `day` is None where only the month is public."""

    __tablename__ = "letter_problems"

    letter_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True)
    public_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("problems.public_id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int]
    category: Mapped[str] = mapped_column(Text)
    month: Mapped[date] = mapped_column(Date)
    day: Mapped[date | None] = mapped_column(Date)
    place: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[str] = mapped_column(Text, default="")


class LetterAppeal(Base):
    """Whose appeal a letter is, and how they agreed to it; erased when its time is over."""

    __tablename__ = "letter_appeals"

    letter_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str | None] = mapped_column(Text)
    residence: Mapped[str | None] = mapped_column(Text)
    contact: Mapped[str | None] = mapped_column(Text)
    substance: Mapped[str | None] = mapped_column(Text)
    received_on: Mapped[date] = mapped_column(Date)
    forward_by: Mapped[date] = mapped_column(Date)
    consent_how: Mapped[str] = mapped_column(Text)
    consent_at: Mapped[datetime] = mapped_column(MOMENT)
    consent_account: Mapped[UUID | None] = mapped_column(Uuid, server_default=ACCOUNT)
    erased_at: Mapped[datetime | None] = mapped_column(MOMENT)


class LetterTemplate(Base):
    """The coordinator's own DOCX for a kind of letter and, if set, a kind of institution."""

    __tablename__ = "letter_templates"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    institution_kind: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
