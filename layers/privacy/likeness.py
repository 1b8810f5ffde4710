"""How much a word looks like a given name, a patronymic or a surname."""

from __future__ import annotations

import re
from functools import lru_cache

from layers.privacy.forms import LIKELY_SURNAME, SURE_PATRONYMIC, SURE_SURNAME, is_patronymic, known, mistyped
from layers.privacy.words import common, lemma, lexicons

# Endings of mistyped verbs and adjectives, which no dictionary has: «кажеть», «пяний».
NO_NAME_END = re.compile(r"(?:[аяиіоеуює]т[ьи]?|[аяиіуо]в|[аяиіуо]л[аиоі]|с[яь]|[єе]|[иы]й)$")


@lru_cache(maxsize=20_000)
def given(word: str) -> int:
    """Return 2 for a given name that is no other word, 1 for one that is, 0 for none."""
    parts = word.split("-")
    if len(parts) > 1:
        return min(given(part) for part in parts)
    if word not in known().given:
        return 0
    return 1 if word in lexicons()["words"] or common(word) else 2


@lru_cache(maxsize=20_000)
def surname(word: str) -> int:
    """Return 3 for a surname that is no other word, 2 for one on the list, 1 for a surname's ending, 0 for neither."""
    parts = word.split("-")
    if len(parts) > 1:
        return max(surname(part) for part in parts)
    if SURE_SURNAME.fullmatch(word) and not common(word):
        return 3
    if word in known().surnames:
        return 2
    return 1 if LIKELY_SURNAME.fullmatch(word) and not common(word) else 0


@lru_cache(maxsize=20_000)
def patronymic(word: str) -> int:
    """Return 2 for a patronymic of a known name, 1 for what has the ending of one, 0 for none."""
    if is_patronymic(word) and not common(word):
        return 2
    return 1 if SURE_PATRONYMIC.fullmatch(word) and not common(word) else 0


@lru_cache(maxsize=20_000)
def slip(word: str) -> bool:
    """Tell whether a word that nobody knows is a given name mistyped."""
    return lemma(word) is None and mistyped(word)


def unheard_of(word: str) -> bool:
    """Tell whether no dictionary has a word that could be somebody's surname."""
    return len(word) > 3 and lemma(word) is None and not NO_NAME_END.search(word)


def surely(word: str) -> bool:
    """Tell whether a word is a name and nothing else."""
    return given(word) == 2 or surname(word) == 3 or bool(patronymic(word))
