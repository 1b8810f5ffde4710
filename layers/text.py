"""Words: marking messages for translation, folding text for search, and Latin letters for Ukrainian names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

# ' ’ ` and ʼ are typed for one letter of the Ukrainian alphabet; PostgreSQL's parser splits on the first two.
APOSTROPHE = "ʼ"
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʹ′"), APOSTROPHE)

EMAIL = re.compile(r"[^@\s<>\"(),:;\\\[\]]+@[^@\s.]+(\.[^@\s.]+)+")


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for "translate later")
    """Mark a message for translation where it is written; the edge translates it where it is shown."""
    return message


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802
    """Mark a message that depends on a number, like N_; `ngettext(*pair, n)` says it."""
    return one, many


def fold(text: str) -> str:
    """Return the text as it is searched: NFC, lower case, one apostrophe, single spaces."""
    composed = unicodedata.normalize("NFC", text).translate(_APOSTROPHES).casefold()
    return " ".join(composed.split())


def bare(name: str) -> str:
    """Return a name without the note in brackets that tells namesakes apart in lists."""
    return name.partition(" (")[0] or name


_LETTERS = dict(
    zip(
        "абвгґдезиіклмнопрстуфхцчшщжєїйюяыэё",
        "a b v h g d e z y i k l m n o p r s t u f kh ts ch sh shch zh ie i i iu ia y e e".split(),  # noqa: SIM905 (read it under the row above)
        strict=True,
    )
) | {"ь": "", "ъ": ""}
_AT_WORD_START = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}


def transliterate(text: str) -> str:
    """Return Ukrainian words in Latin letters by Resolution 55 of the Cabinet of Ministers of 27 January 2010.

    Letters that Ukrainian lacks (ы, э, ё, ъ) come in foreign names and are written by their nearest; whatever is not
    Cyrillic stays as it is.
    """
    source = unicodedata.normalize("NFC", text)
    return "".join(_latin(source, index) for index in range(len(source)))


def _latin(text: str, index: int) -> str:
    letter = text[index]
    small = letter.lower().translate(_APOSTROPHES)
    before, after = text[index - 1 : index] if index else "", text[index + 1 : index + 2]
    if small == APOSTROPHE:
        return "" if before.lower() in _LETTERS and after.lower() in _LETTERS else letter
    if small not in _LETTERS:
        return letter
    starts_word = not (before.isalpha() or before.translate(_APOSTROPHES) == APOSTROPHE)
    latin = _AT_WORD_START.get(small, _LETTERS[small]) if starts_word else _LETTERS[small]
    if small == "г" and before.lower() == "з":
        latin = "gh"
    if letter == small:
        return latin
    shouted = after.isupper() or (not after.isalpha() and before.isupper())
    return latin.upper() if shouted else latin.capitalize()


def code_of(words: str, taken: Collection[str]) -> str:
    """Return a code made of words (“Street lighting” is street_lighting), numbered when it is taken already."""
    plain = "_".join(re.findall("[a-z0-9]+", transliterate(fold(words))))[:40].strip("_") or "other"
    plain = plain if plain[0].isalpha() else f"n{plain}"
    numbered = (plain, *(f"{plain}_{n}" for n in range(2, len(taken) + 3)))
    return next(code for code in numbered if code not in taken)


# Letters that no XML document may hold, escaped or not.
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def for_xml(text: str) -> str:
    """Return the text without what XML can't say: whoever types it doesn't see it either."""
    return _UNSPEAKABLE.sub("", text)
