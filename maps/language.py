"""How the house speaks: translations, plurals, numbers, dates and the order of the alphabet, in Ukrainian and English.

Messages are written in English in the code and templates; the files of `locale/uk/` hold the Ukrainian, one a theme.
The catalogue is read from them when first needed, so there is nothing to build after a translation is edited.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from layers.once import read_once

LOCALES = Path(__file__).parent / "locale"
LANGUAGES = ("uk", "en")
DEFAULT = "uk"

_ALPHABET = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
_ORDER = {letter: index for index, letter in enumerate(_ALPHABET)}
_APOSTROPHES = str.maketrans("", "", "'’ʼ`")
NARROW_SPACE = "\u202f"


@dataclass(frozen=True)
class Language:
    """One language: its words and its habits of writing numbers and dates."""

    code: str
    name: str
    locale: Locale
    words: NullTranslations

    def gettext(self, message: str, **values: object) -> str:
        """Translate a message, then fill its {named} places."""
        said = self.words.gettext(message) if message else ""
        return said.format(**values) if values else said

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """Translate a message that depends on a number; {n} in it is that number, written as people write it."""
        return self.words.ngettext(one, many, n).format(n=self.number(n), **values)

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with narrow spaces (English: commas) between thousands and at most `digits` decimals."""
        pattern = "#,##0" + ("." + "#" * digits if digits else "")
        return format_decimal(value, format=pattern, locale=self.locale).replace("\u00a0", NARROW_SPACE)

    def date(self, day: dt.date) -> str:
        """Write a day in full: «23 листопада 2026 р.», "23 November 2026"."""
        return format_date(day, "d MMMM y 'р'." if self.code == "uk" else "d MMMM y", locale=self.locale)

    def month(self, day: dt.date, *, short: bool = False) -> str:
        """Write a month: «листопад 2026 р.», or short «лист. 2026»."""
        if short:
            return format_skeleton("yMMM", day, locale=self.locale).removesuffix("р.").rstrip()
        return format_date(day, "LLLL y 'р'." if self.code == "uk" else "LLLL y", locale=self.locale)

    def time(self, moment: dt.datetime) -> str:
        """Write a day and a 24-hour time: «23 листопада 2026 р., 14:05»."""
        return f"{self.date(moment)}, {moment:%H:%M}"

    def sorted(self, texts: Iterable[str]) -> list[str]:
        return sorted(texts, key=sort_key)


def sort_key(text: str) -> tuple[tuple[int, int], ...]:
    """Return the key that puts texts in the order of the Ukrainian alphabet; apostrophes and case don't count."""
    letters = text.casefold().translate(_APOSTROPHES)
    return tuple((1, _ORDER[c]) if c in _ORDER else (0 if ord(c) < ord("а") else 2, ord(c)) for c in letters)


def _read(code: str) -> NullTranslations:
    themes = sorted((LOCALES / code).glob("*.po"))
    if not themes:
        return NullTranslations()  # English: the messages themselves
    catalogue = Catalog(locale=code)
    for path in themes:
        with path.open("rb") as source:
            for message in read_po(source, locale=code):
                catalogue[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


@read_once
def speak(code: str) -> Language:
    """Return a language by its code; an unknown one is answered in Ukrainian."""
    known = code if code in LANGUAGES else DEFAULT
    return Language(known, {"uk": "Українська", "en": "English"}[known], Locale(known), _read(known))
