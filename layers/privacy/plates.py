"""Number plates of vehicles in a text.

ДСТУ 4278 (2006 and later editions): two letters of the region, four digits, two of the series, the letters being those
that Cyrillic and Latin share (А В Е І К М Н О Р С Т Х), so people type either script. Before it: five digits and two
letters («12345 АА», «123-45 АА»); a letter, four digits and two letters. Military and diplomatic plates are not sought.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from layers.privacy.reading import TO_LATIN, Found, listed

SHARED = "ABEIKMHOPCTX"
_DIGIT = "[0-9OoОоQЗзIl|Бб]"
_STEP = r"[\s\-‐-―−._·•*/]{0,3}"
_LETTER, _SHARED = "[A-Z0]", f"[{SHARED}]"
MODERN = re.compile(
    rf"(?P<region>{_LETTER}{{2}}){_STEP}(?P<digits>{_DIGIT}{{2}}{_STEP}{_DIGIT}{{2}}){_STEP}(?P<series>{_LETTER}{{2}})"
)
FIVE = re.compile(rf"(?P<digits>(?<!\d)(?<!\d[.,])\d{{3}}{_STEP}\d{{2}}){_STEP}(?P<series>{_SHARED}{{2}})")
SOVIET = re.compile(rf"(?P<region>[A-Z]){_STEP}(?P<digits>\d{{2}}{_STEP}\d{{2}}){_STEP}(?P<series>{_SHARED}{{2}})")
RUSSIAN = re.compile(rf"(?P<region>{_SHARED})(?P<digits>\d{{3}})(?P<series>{_SHARED}{{2}})(?:{_STEP}\d{{2,3}})?")
# «номер», «номерний знак», «держномер», «д/н»: what follows is a plate whatever its country.
PLATE_WORD = re.compile(
    r"(?:номер\w*|номерн\w+ знак\w*|держ\w*|д/н\w?|днз|г/н|гос\w*|бляха\w*|plate)[\s:№\"«(]*$", re.IGNORECASE
)
TOLD = re.compile(r"(?<![^\W_])[A-ZА-ЯІЇЄ]{1,3}[ -]?\d{3,4}(?:[ -]?[A-ZА-ЯІЇЄ]{1,3})?(?![^\W_])")
UNITS = listed("км кв см мм кг хв квт")
SHORT_WORDS = listed("та на не ні то те от во со ко ом ма кт ас вт мв")
FUNCTION_WORDS = listed("на не ні та то те от ст во ви ті ми ах ох ну км кв см мм хв")


def find(text: str) -> Iterator[Found]:
    """Yield the plates in a cleaned text."""
    latin = text.translate(TO_LATIN)
    upper = latin.upper() if len(latin.upper()) == len(latin) else latin
    for pattern, likely in ((MODERN, _modern), (FIVE, _five), (SOVIET, _shouted), (RUSSIAN, _shouted)):
        for match in pattern.finditer(upper):
            if _apart(text, match.start(), match.end()) and likely(match, text):
                yield *match.span(), "plate", 1.0
    for match in TOLD.finditer(text):
        if PLATE_WORD.search(text[max(0, match.start() - 25) : match.start()]):
            yield *match.span(), "plate", 0.8


def _apart(text: str, start: int, end: int) -> bool:
    """Tell whether no letter or digit of the same kind stands beside («номерАХ1234ВСстоїть» is written, too)."""
    typed = text[start:end]
    for beside in (text[start - 1 : start], text[end : end + 1]):
        if beside.isdigit() or (beside.isalpha() and not (beside.islower() and typed.isupper())):
            return False
    return True


def _modern(match: re.Match[str], text: str) -> bool:
    region, series = match["region"], match["series"]
    typed = text[slice(*match.span("region"))], text[slice(*match.span("series"))]
    if "00" in {region, series} or sum(letter.isdigit() for letter in match["digits"]) < 2:
        return False
    spaced = not match.group().isalnum()
    in_words = spaced and not set(match.group()) & set("-.–—_")
    shared = not set(region + series) - set(SHARED + "0")
    if "".join(typed).isupper():
        return shared or not _cyrillic_word("".join(typed))
    words = sum(letters.lower() in FUNCTION_WORDS for letters in typed)
    if in_words and (words == 2 or (words and _round(match["digits"]))) and not _told(match, text):
        return False  # «на 1500 не вистачає»
    return shared or (not spaced and not _cyrillic_word("".join(typed)))


def _told(match: re.Match[str], text: str) -> bool:
    return PLATE_WORD.search(text[max(0, match.start() - 25) : match.start()]) is not None


def _cyrillic_word(letters: str) -> bool:
    """Tell whether letters that no plate has are among these: «50 тисяч 2024 рік»."""
    return any(
        letter.isalpha() and letter.translate(TO_LATIN) not in SHARED + "DFGJLNQRSUVWYZУ" for letter in letters.upper()
    )


def _round(digits: str) -> bool:
    """Tell whether digits are a year or a sum rather than a plate's."""
    return digits.startswith(("19", "20")) or digits.endswith("00")


def _five(match: re.Match[str], text: str) -> bool:
    series = text[slice(*match.span("series"))]
    return _told(match, text) or not (
        series.lower() in UNITS or (series.lower() in SHORT_WORDS and not series.isupper())
    )


def _shouted(match: re.Match[str], text: str) -> bool:
    return _told(match, text) or text[slice(*match.span("series"))].isupper()
