"""Addresses of people in a text: e-mail, social networks, the flat in a house."""

from __future__ import annotations

import re
from collections.abc import Iterator

from layers.privacy.reading import Found, Kind

_AT_WORD = r"(?:\(\s*(?:at|собака|ат|@)\s*\)|\[\s*(?:at|собака|ат|@)\s*\]|\{at\}|(?<=[\s_])(?:собака|at|ат)(?=\s))"
_DOT_WORD = r"(?:\(\s*(?:dot|крапка|точка)\s*\)|\[\s*(?:dot|крапка|точка)\s*\]|(?<=\s)(?:dot|крапка|точка)(?=\s))"
EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{0,63}[^\W_]\s?@\s?[^\W_][\w-]*(?:\s?\.\s?[^\W_][\w-]*)*\s?\.\s?[^\W\d_]{2,}")
EMAIL_SAID = re.compile(
    rf"(?<![a-z0-9._%+-])[a-z0-9][a-z0-9._%+-]{{0,63}}\s{{0,3}}(?:@|{_AT_WORD})\s{{0,3}}[a-z0-9][a-z0-9-]{{0,60}}(?:\s{{0,3}}(?:\.|{_DOT_WORD})\s{{0,3}}[a-z0-9-]{{2,60}}){{1,5}}",
    re.IGNORECASE | re.ASCII,
)
PROFILE = re.compile(
    r"(?:https?://)?(?:www\.|m\.|uk-ua\.)?(?:t(?:elegram)?\.me|telegram\.dog|instagram\.com|instagr\.am|facebook\.com|fb\.(?:com|me)"
    r"|m\.me|vk\.com|ok\.ru|tiktok\.com|twitter\.com|x\.com|threads\.net|wa\.me|viber\.click|linkedin\.com/in|youtube\.com)"
    r"/[@\w.+?=&%/-]*[\w/]|(?:viber|tg|whatsapp)://[^\s<>«»\"]+",
    re.IGNORECASE,
)
HANDLE = re.compile(r"(?<![\w@./])@[^\W\d_][\w.]{1,31}(?<![.])")
NICKNAME = re.compile(
    r"(?<![^\W_])(?:тел[еі]г\w*|тґ|тг|інст\w*|инст\w*|фейсбу\w*|вайбер\w*|тікток\w*|нік\w{0,4}|нікнейм\w*|ник(?:нейм\w*)?|telegram|instagram|facebook|nick\w*)"
    r"\s*[:\-–—=]?\s*(?P<nick>[a-z][a-z0-9._]{3,31}(?<![.]))",
    re.IGNORECASE,
)
_FLAT_NUMBER = r"(?:№|N|#)?\s*\d{1,4}(?:\s?[-/]?\s?[а-яa-z](?![\w.]))?"
FLAT = re.compile(
    rf"(?<![^\W_])(?:кв(?:арт)?\.?|квартир(?:а|і|у|и|ою|е|ы|ой)|апартамент\w*|апарт\.?|кімн(?:\.|ат(?:а|і|у|и))|flat|apt\.?|apartment)"
    rf"\s*(?:номер\s*)?{_FLAT_NUMBER}(?![\d])(?!\s*(?:м2|м²|кв|метр))",
    re.IGNORECASE,
)
FLAT_ORDINAL = re.compile(
    r"(?<![\d.,/-])(?P<number>\d{1,4})\s?-?\s?(?P<ending>а|ої|ій|у|ою|та|тої|тій|ту|ша|шої|шій|га|гої|гій|я|ї|й|ва|мої)?\s"
    r"квартир(?P<case>а|у|ою|і|и|е|ы|ой)(?!\w)",
    re.IGNORECASE,
)

SURE: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("email", EMAIL),
    ("email", EMAIL_SAID),
    ("nickname", PROFILE),
    ("nickname", HANDLE),
)


def find(text: str) -> Iterator[Found]:
    """Yield e-mails, profiles, nicknames and flats of a cleaned text."""
    for kind, pattern in SURE:
        for match in pattern.finditer(text):
            yield *match.span(), kind, 1.0
    for match in NICKNAME.finditer(text):
        if re.search(r"[\d_.]", match["nick"]) or re.search(r"нік|ник|nick|:", match.group(), re.IGNORECASE):
            yield *match.span("nick"), "nickname", 0.7
    for match in FLAT.finditer(text):
        if not match.group().startswith("кВ"):  # kilovolts
            yield *match.span(), "flat", 1.0
    for match in FLAT_ORDINAL.finditer(text):
        if not _counted(match):
            yield *match.span(), "flat", 0.8


def _counted(match: re.Match[str]) -> bool:
    """Tell whether it is a number of flats: «22 квартири», not «з 45 квартири»."""
    number = match["number"]
    if match["ending"]:
        return False
    if number.endswith("1") and not number.endswith("11"):
        return match["case"] in "ау"
    few = number[-1] in "234" and number[-2:-1] != "1"
    return few and match["case"] in "иы"
