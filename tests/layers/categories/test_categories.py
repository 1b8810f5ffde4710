"""The shipped categories: drawn by known symbols, told apart by their words, editable by keepers only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.categories.actions import meanings, plain, shipped, shipped_problems
from layers.viewer import PUBLIC, Viewer
from maps.styles import STYLES
from tests.database import viewer

RENAME = text("UPDATE categories SET title_en = 'Larceny' WHERE code = 'theft'")


def test_every_category_is_drawn_by_a_symbol_of_the_one_symbology() -> None:
    known = {symbol.name for symbol in STYLES["incidents"].symbols}
    assert {row["symbol"] for row in shipped()} <= known


def test_no_word_means_two_categories() -> None:
    words = Counter(
        word
        for row in shipped()
        for word in {plain(row["code"]), plain(row["title_uk"]), plain(row["title_en"]), *row["aliases"]}
    )
    assert [word for word, times in words.items() if times > 1] == []


def test_words_are_compared_without_case_dots_and_kinds_of_apostrophe() -> None:
    assert plain("Ст. 185") == "ст 185"
    assert plain("насильство в сім'ї") == plain("НАСИЛЬСТВО  В СІМʼЇ")


def test_the_database_holds_the_shipped_set_and_knows_its_words(session: Session) -> None:
    codes = session.scalars(text("SELECT code FROM categories ORDER BY position")).all()
    known = [row["code"] for row in shipped()]
    assert list(codes) == known + [row["code"] for row in shipped_problems() if row["code"] not in known]
    assert meanings(session)["вандалізм"] == "damage"


def test_everybody_reads_categories_and_a_coordinator_edits_them(
    session: Session, see_as: Callable[[Viewer], Session]
) -> None:
    see_as(PUBLIC)
    assert session.execute(RENAME).rowcount == 0  # type: ignore[attr-defined]
    assert session.scalar(text("SELECT count(*) FROM categories")) > len(shipped())
    see_as(viewer("coordinator"))
    assert session.execute(RENAME).rowcount == 1  # type: ignore[attr-defined]
