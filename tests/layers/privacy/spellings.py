"""Numbers of people that never lived, in the many ways in which residents type them; in square brackets."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.layers.privacy.labelled import Labelled, unbracketed


def words(text: str) -> list[str]:
    return text.split()


MOBILE = words("39 50 63 66 67 68 73 91 92 93 94 95 96 97 98 99")
REGIONAL = words("44 57 3822 48 56 5746 61 32 462 532")
SAMPLE = 600

# Sentences that hold a number: with and without a word that announces it, with punctuation, glued, with other numbers.
AROUND = (
    "Передзвоніть мені {}, будь ласка.",
    "{}",
    "тел.{}",
    "тел: {} Оля",
    "Мій номер {}. Чекаю до 18:00.",
    "яма біля будинку 12, питати за {}",
    "вже третій раз пишу ({}) і тиша",
    "З 01.09.2026 немає світла,{},дзвоніть",
    "він лишив це: «{}»\nі поїхав",
    "о 7 ранку прийшли, {} - це дані того чоловіка",
    "записано {} на стовпі 5",
    "{} або у вайбер",
)
SEPARATORS = ("", " ", "-", "  ", " - ", ".", "–", "\u00a0")
LOOK_ALIKE = {"0": "оОOo", "1": "lIіІ", "3": "зЗ", "6": "бb", "8": "В", "4": "ч", "5": "S", "9": "g"}


def sentence(rng: random.Random, typed: str) -> Labelled:
    return unbracketed(rng.choice(AROUND).format(typed))


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def grouped(rng: random.Random, number: str, *sizes: tuple[int, ...]) -> str:
    """Put one of the separators between groups of one of the sizes."""
    groups, start = [], 0
    for size in rng.choice(sizes):
        groups.append(number[start : start + size])
        start += size
    return rng.choice(SEPARATORS).join([*groups, number[start:]] if number[start:] else groups)


# --- Phones ---------------------------------------------------------------------------------------------------------


def phones(rng: random.Random) -> Iterator[str]:
    ways: tuple[Callable[[random.Random], str], ...] = (
        _national, _international, _bracketed, _disguised, _spaced, _regional, _boxed, _foreign, _said,
    )  # fmt: skip
    for number in range(SAMPLE):
        yield f"[{ways[number % len(ways)](rng)}]"


def _mobile(rng: random.Random) -> str:
    return "0" + rng.choice(MOBILE) + digits(rng, 7)


def _national(rng: random.Random) -> str:
    return grouped(rng, _mobile(rng), (3, 3, 2, 2), (3, 7), (10,), (3, 2, 2, 3), (3, 3, 4), (1, 2, 3, 2, 2), (4, 3, 3))


def _international(rng: random.Random) -> str:
    prefix = rng.choice(("+38", "38", "+3 8 ", "+38-", "8", "0038", "+ 38 "))
    return prefix + _national(rng)


def _bracketed(rng: random.Random) -> str:
    number, country = _mobile(rng), rng.choice(("", "+38", "+38 ", "8 ", "38"))
    return f"{country}({number[:3]}){rng.choice((' ', '', '-'))}{number[3:6]}{rng.choice(('-', ' ', ''))}{number[6:]}"


def _disguised(rng: random.Random) -> str:
    """Put letters for up to three of the digits, the first zero among them often."""
    number = list(_national(rng))
    places = [place for place, digit in enumerate(number) if digit in LOOK_ALIKE]
    chosen = {places[0]} | set(rng.sample(places, min(2, len(places))))
    return "".join(rng.choice(LOOK_ALIKE[digit]) if place in chosen else digit for place, digit in enumerate(number))


def _spaced(rng: random.Random) -> str:
    return rng.choice((" ", "-", ".", " . ", "_", "*")).join(_mobile(rng))


def _regional(rng: random.Random) -> str:
    code = rng.choice(REGIONAL)
    local = str(rng.randint(2, 7)) + digits(rng, 8 - len(code))
    return (
        f"0{code}{rng.choice((' ', '-', ' ('))}{local}".replace("(", "") if rng.random() < 0.5 else f"(0{code}) {local}"
    )


def _boxed(rng: random.Random) -> str:
    """Return keycaps, full-width digits or digits with an invisible character between."""
    number = _mobile(rng)
    return rng.choice(
        (
            "".join(digit + "\ufe0f\u20e3" for digit in number),
            "".join(chr(ord(digit) + 0xFEE0) for digit in number),
            "\u200b".join(number),
            "".join(chr(ord(digit) - ord("0") + 0x1D7CE) for digit in number),
        )
    )


def _foreign(rng: random.Random) -> str:
    return (
        rng.choice(("+48 512 {}", "+49 151 23{}", "+44 7400 {}", "+7 926 {}", "+1 202 555 01{}", "+420 601 {}")).format(
            digits(rng, 6)
        )
        if rng.random() < 0.4
        else _national(rng)
    )


TEENS = words(
    "десять одинадцять дванадцять тринадцять чотирнадцять п'ятнадцять шістнадцять сімнадцять вісімнадцять дев'ятнадцять"
)
UNITS = words("нуль один два три чотири п'ять шість сім вісім дев'ять")
TENS = words("- - двадцять тридцять сорок п'ятдесят шістдесят сімдесят вісімдесят дев'яносто")
HUNDREDS = words("- сто двісті триста чотириста п'ятсот шістсот сімсот вісімсот дев'ятсот")


def _said(rng: random.Random) -> str:
    """Say a phone as people dictate it: «нуль шістдесят сім, сто двадцять три ...»."""
    number = _mobile(rng)
    groups = (number[1:3], number[3:6], number[6:8], number[8:])
    return ", ".join(["нуль " + _group_said(groups[0]), *map(_group_said, groups[1:])]).replace("'", rng.choice("'ʼ’"))


def _group_said(group: str) -> str:
    words = []
    while group:
        if len(group) == 3 and group[0] != "0":
            words.append(HUNDREDS[int(group[0])])
            group = group[1:].lstrip("0")
        elif len(group) == 2 and group[0] == "1":
            words.append(TEENS[int(group[1])])
            group = ""
        elif len(group) == 2 and group[0] != "0":
            words.append(TENS[int(group[0])])
            group = group[1:].rstrip("0")
        else:
            words.append(UNITS[int(group[0])])
            group = group[1:]
    return " ".join(words)


# --- Cards, tax numbers, plates, accounts ---------------------------------------------------------------------------


def luhn_digit(number: str) -> str:
    """Return the check digit by Luhn's table of doubled digits."""
    table = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
    total = sum(table[int(digit)] if place % 2 == 0 else int(digit) for place, digit in enumerate(reversed(number)))
    return str(-total % 10)


def cards(rng: random.Random) -> Iterator[str]:
    for _ in range(SAMPLE):
        prefix, length = rng.choice(
            (("4149", 16), ("5168", 16), ("4", 16), ("53", 16), ("2200", 16), ("9804", 16), ("6762", 18))
        )
        body = prefix + digits(rng, length - 1 - len(prefix))
        number = body + luhn_digit(body)
        yield (
            "[" + grouped(rng, number, (4, 4, 4, 4), (16,), (8, 8), (4, 4, 4, 4), (4, 4, 4, 4), (6, 10), (4, 12)) + "]"
        )


def tax_digit(first: str) -> str:
    weights = -1, 5, 7, 9, 4, 6, 10, 5, 7
    total = sum(weight * int(digit) for weight, digit in zip(weights, first, strict=True))
    return str((total % 11) % 10)


def tax_numbers(rng: random.Random) -> Iterator[str]:
    for number in range(SAMPLE):
        first = str(rng.randint(10_000, 42_000)) + digits(rng, 4)
        whole = first + tax_digit(first)
        if number % 5 == 0:  # mistyped, but announced
            wrong = first + str((int(whole[-1]) + rng.randint(1, 9)) % 10)
            yield rng.choice(
                (
                    "ІПН [{}]",
                    "ІПН: [{}]",
                    "рнокпп [{}]",
                    "код [{}]",
                    "ідентифікаційний код [{}]",
                    "IПН - [{}]",
                    "инн [{}]",
                    "РНОКПП № [{}]",
                )
            ).format(wrong)
        else:
            yield "[" + grouped(rng, whole, (10,), (10,), (4, 3, 3), (5, 5), (3, 3, 4), (2, 8), (2, 2, 2, 2, 2)) + "]"


LATIN = str.maketrans("АВЕІКМНОРСТХ", "ABEIKMHOPCTX")
REGIONS = words(
    "АА АВ АС АЕ АН АМ АО АР АТ АІ ВА ВВ ВС ВЕ ВН ВІ ВК ВМ ВО АХ ВТ ВХ СА СВ СЕ КА КХ НА НН ХА ЕХ ІА ОО РЕ ТА"
)
SERIES = "АВЕІКМНОРСТХ"


def plates(rng: random.Random) -> Iterator[str]:
    for number in range(SAMPLE):
        region, series = rng.choice(REGIONS), rng.choice(SERIES) + rng.choice(SERIES)
        if number % 6 == 0:
            typed = rng.choice(("{}{} {}", "{}-{} {}", "{}-{}{}")).format(digits(rng, 3), digits(rng, 2), region)
        else:
            typed = grouped(rng, region + digits(rng, 4) + series, (2, 4, 2), (2, 4, 2), (8,))
        if rng.random() < 0.4:
            typed = typed.translate(LATIN)
        # In small letters with spaces «на 1500 не» is words: people then say that it is a plate.
        small = rng.random() < 0.35
        yield f"номер [{typed.lower()}]" if small else f"[{typed}]"


def ibans(rng: random.Random) -> Iterator[str]:
    for _ in range(200):
        account = rng.choice(("305299", "322001", "300335")) + digits(rng, 19)
        check = 98 - int(account + "301000") % 97
        number = f"UA{check:02d}{account}"
        spaced = " ".join(number[place : place + 4] for place in range(0, 29, 4))
        yield (
            "["
            + rng.choice((number, spaced, number.lower(), number.replace("A", "А", 1), spaced.replace(" ", "-")))
            + "]"
        )
