"""Phones, bank cards, tax numbers, IBANs and passports in a text.

Sources: ITU-T E.164 and the Ukrainian numbering plan as `phonenumbers` knows them; ISO/IEC 7812-1 for cards (Luhn's
digit); the check digit of the РНОКПП (registration number of a taxpayer's card) with weights -1 5 7 9 4 6 10 5 7;
ISO 13616 for IBAN (mod 97). The eight digits of the ЄДРПОУ name a legal entity, so they are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import phonenumbers

from layers.privacy.digits import LOOK, LOOKS_LIKE, Group, Try, chains, tries
from layers.privacy.reading import TO_LATIN, Found

REGION = "UA"


def find(text: str) -> Iterator[Found]:
    """Yield every number of a person in a cleaned text; spans may overlap."""
    yield from ibans(text)
    yield from passports(text)
    yield from short_phones(text)
    for chain in chains(text):
        yield from _first_of(text, chain, 13, 19, _card)
        yield from _first_of(text, chain, 10, 10, _tax_number)
        yield from _first_of(text, chain, 9, 15, _phone)


def _first_of(
    text: str, chain: Sequence[Group], least: int, most: int, check: Callable[[Try], Found | None]
) -> Iterator[Found]:
    end = 0
    for begun_here in tries(text, chain, least, most):
        for candidate in begun_here:
            found = check(candidate) if candidate.start >= end else None
            if found:
                yield found
                end = candidate.end
                break


# --- Phones ---------------------------------------------------------------------------------------------------------

FREE = "0800"  # calls free of charge: an institution's
AFTER_DIGITS = re.compile(r"\d\W{0,3}$")
FEWEST_DIGITS = 6  # of a phone in which letters stand for others
# Codes of mobile networks and regions after the 0: for numbers with letters in them, which could be words.
CODES = re.compile(r"0(?:39|50|6[3678]|7\d|8[09]|9[1-9]|3[1-8]|4[1-8]|5[1-7]|6[1-9])")
SHORT = re.compile(
    r"(?<![\w.,:/-])(?:(?P<seven>[1-9]\d\d[-–—]\d\d[-–—]\d\d)|(?P<less>[1-9]\d?[-–—]\d\d[-–—]\d\d)"
    r"|(?P<told>[1-9]\d{4,6}))(?![\w/]|[.,:-]\d)"
)
PHONE_WORD = re.compile(
    r"(?:(?<!\w)(?:т|тел|моб|телефон\w*|дзвон\w*|звон\w*|номер\w*|phone|viber|вайбер\w*)\b)[^\d\n]{0,12}$"
)
DAY_MONTH = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\D(?:0[1-9]|1[0-2])\D\d\d")


def _phone(candidate: Try) -> Found | None:
    digits = candidate.digits
    plus = candidate.before(3).rstrip(" (").endswith("+")
    if sum(group.real for group in candidate.groups) < FEWEST_DIGITS:
        return None
    if not (_international(candidate, digits) if plus else _national(candidate, digits)):
        return None
    start = candidate.start
    while candidate.text[start - 1 : start] in {"+", "("}:
        start -= 1
    return start, candidate.end, "phone", 0.9 if candidate.disguised else 1.0


def _international(candidate: Try, digits: str) -> bool:
    """Tell whether what follows a + is a number; a mistyped one of a foreign plan is taken as far as it goes."""
    if digits.startswith("380"):
        return len(digits) == 12
    return _valid("+" + digits) or candidate.tight


def _national(candidate: Try, digits: str) -> bool:
    size = len(digits)
    if size == 9:  # «67 123 45 67», the zero left out
        alone = candidate.trimmed and not candidate.disguised and candidate.tight
        return alone and not AFTER_DIGITS.search(candidate.before(5)) and _valid("0" + digits)
    if size == 11 and digits[:2] in {"79", "89"}:
        return candidate.trimmed and candidate.tight
    for prefix, whole in (("00380", 14), ("380", 12), ("80", 11), ("0", 10)):
        if size == whole and digits.startswith(prefix):
            national = "0" + digits[len(prefix) :]
            if national.startswith(("00", FREE)) or _fraction(candidate):
                return False
            return not candidate.disguised or bool(CODES.match(national))
    return digits.startswith("00") and size >= 12 and candidate.tight and _valid("+" + digits[2:])


def _fraction(candidate: Try) -> bool:
    whole = candidate.groups[0].digits == "0" and candidate.text[candidate.groups[0].end] in ".,"
    return whole and len(candidate.groups) == 2


@lru_cache(maxsize=4096)
def _valid(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, REGION))
    except phonenumbers.NumberParseException:
        return False


def short_phones(text: str) -> Iterator[Found]:
    """Yield numbers of a town's own exchange: 712-34-56, and shorter ones where a word says that they are phones."""
    for match in SHORT.finditer(text):
        told = PHONE_WORD.search(text[max(0, match.start() - 30) : match.start()].lower())
        unlike_date = match["less"] and not DAY_MONTH.fullmatch(match["less"])
        if told or match["seven"] or unlike_date:
            yield *match.span(), "phone", 1.0 if told else 0.6


# --- Cards ----------------------------------------------------------------------------------------------------------

CARD_WORD = re.compile(r"карт|card|visa|приват|моно|рахун|счет|счёт")
CARGO_WORD = re.compile(r"ттн|накладн|трек|посилк|штрих|imei|замовлен")


def luhn(digits: str) -> bool:
    """Tell whether the last digit is the check digit of ISO/IEC 7812-1 (Luhn 1954)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _card(candidate: Try) -> Found | None:
    digits, sizes = candidate.digits, [len(group.digits) for group in candidate.groups]
    if not (len(digits) >= 13 and candidate.trimmed and candidate.tight) or len(set(digits)) == 1:
        return None
    before = candidate.before()
    if CARGO_WORD.search(before):
        return None
    years = all(re.fullmatch(r"(?:19|20)\d\d", group.digits) for group in candidate.groups)
    fours = sizes == [4, 4, 4, 4] and not years
    mistyped = len(digits) == 16 and (fours or CARD_WORD.search(before))
    if luhn(digits) and not years:
        return candidate.start, candidate.end, "card", 1.0 if len(digits) == 16 else 0.8
    return (candidate.start, candidate.end, "card", 0.6) if mistyped else None


# --- Tax numbers ----------------------------------------------------------------------------------------------------

TAX_WEIGHTS = (-1, 5, 7, 9, 4, 6, 10, 5, 7)
TAX_WORD = re.compile(
    r"(?:іпн|ипн|ipn|i?пн|рнокпп|р\.?н\.?о\.?к\.?п\.?п|инн|ідн|ідентиф\w*|ідент|идентиф\w*|індив\w*|податков\w*|налогов\w*|платник\w*"
    r"|(?<!\w)код\w{0,2})(?!\w)[^\d\n]{0,35}$"
)
NOT_TAX = re.compile(
    r"коатуу|катоттг|кадастр|штрих|артикул|замовлен|ттн|накладн|трек|посилк|лічильник|коду? домофон|особов\w+ рах"
)


def tax_number(digits: str) -> bool:
    """Tell whether ten digits end in the check digit of a РНОКПП: the weighted sum, modulo 11, modulo 10."""
    weighted = sum(weight * int(digit) for weight, digit in zip(TAX_WEIGHTS, digits, strict=False))
    return weighted % 11 % 10 == int(digits[9])


def _tax_number(candidate: Try) -> Found | None:
    digits = candidate.digits
    if not candidate.trimmed or len(set(digits)) == 1:
        return None
    before = candidate.before()
    if TAX_WORD.search(before) and not NOT_TAX.search(before):
        return candidate.start, candidate.end, "tax_number", 1.0 if tax_number(digits) else 0.7
    likely = tax_number(digits) and candidate.tight and candidate.even and not NOT_TAX.search(before)
    return (candidate.start, candidate.end, "tax_number", 0.7) if likely else None


# --- IBAN, passports ------------------------------------------------------------------------------------------------

_STEP = r"[\s\-–—.]{0,2}"
IBAN_UA = re.compile(rf"(?<![^\W_])U{_STEP}A{_STEP}[{LOOK}](?:{_STEP}[{LOOK}]){{26}}(?![0-9])", re.IGNORECASE)
IBAN_ANY = re.compile(r"(?<![^\W_])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![^\W_])")
PASSPORT_BOOK = re.compile(r"(?<![^\W_])[A-ZА-ЯІЇЄҐ]{2,3}[ -]?(?:№|N|#)?[ -]?\d{6}(?![\d])")
PASSPORT_TOLD = re.compile(
    r"(?:паспорт\w*|посвідченн\w*|удостоверени\w*|сері[яїю]\w*|id[- ]?карт\w*|айді)[^\d\n]{0,25}?"
    r"(?P<number>(?:[^\W\d_]{2}[ -]?(?:№|N|#|номер)?[ -]?\d{6}|\d{9}))(?!\d)",
    re.IGNORECASE,
)
REGISTER_NUMBER = re.compile(
    r"(?<!\d)(?:19|20)\d\d[01]\d[0-3]\d[-–—]\d{5}(?!\d)"
)  # УНЗР: date of birth and five digits


def iban(digits: str) -> bool:
    """Tell whether letters and digits without spaces are an IBAN (ISO 13616: the number modulo 97 is 1)."""
    turned = digits[4:] + digits[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def ibans(text: str) -> Iterator[Found]:
    """Yield accounts; one of Ukraine is known by its shape, so a mistyped one is found too."""
    latin = text.translate(TO_LATIN)
    for match in IBAN_UA.finditer(latin):
        typed = re.sub(r"[\s\-–—.]", "", text[match.start() + 1 : match.end()])[1:]
        digits = "".join(LOOKS_LIKE.get(letter, letter) for letter in typed)
        yield *match.span(), "iban", 1.0 if iban("UA" + digits) else 0.7
    for match in IBAN_ANY.finditer(latin):
        if iban(match.group().replace(" ", "")):
            yield *match.span(), "iban", 1.0


def passports(text: str) -> Iterator[Found]:
    """Yield passports (book: two letters and six digits; card: nine digits) and numbers of the register."""
    for match in PASSPORT_BOOK.finditer(text):
        yield *match.span(), "passport", 0.8
    for match in PASSPORT_TOLD.finditer(text):
        yield *match.span("number"), "passport", 1.0
    for match in REGISTER_NUMBER.finditer(text):
        yield *match.span(), "passport", 1.0
