"""Categories as rows."""

from __future__ import annotations

from sqlalchemy import Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from layers.database.base import Base


class Category(Base):
    """A kind of incident; with `problem_uk` residents can choose it for a report, under that name.

    `audience` says what becomes of such a report: public, police (never on the map), statistics (numbers only).
    `answer_days` are working days to an answer; `radius_m` is how far apart two reports may still be one problem;
    `words` are how people speak of it, by which a pasted message is told.
    """

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    title_uk: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    symbol: Mapped[str] = mapped_column(Text)
    family: Mapped[str] = mapped_column(Text)
    harm: Mapped[float | None]
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    position: Mapped[int] = mapped_column(default=0)
    problem_uk: Mapped[str | None] = mapped_column(Text)
    problem_en: Mapped[str | None] = mapped_column(Text)
    hint_uk: Mapped[str] = mapped_column(Text, server_default="")
    hint_en: Mapped[str] = mapped_column(Text, server_default="")
    audience: Mapped[str] = mapped_column(Text, server_default="public")
    answer_days: Mapped[int] = mapped_column(server_default=text("10"))
    severity: Mapped[float] = mapped_column(server_default=text("1"))
    radius_m: Mapped[int | None]
    problem_position: Mapped[int] = mapped_column(server_default=text("0"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    words: Mapped[str] = mapped_column(Text, server_default="")
    version: Mapped[int] = mapped_column(server_default=text("1"))
