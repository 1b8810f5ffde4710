"""Given names and surnames in all their cases, and patronymics by rule.

The cases follow the declensions of the Ukrainian orthography of 2019; endings that Russian and mixed speech put on the
same names («Наталье», «з Леной») are added. More forms are made than the language has: they are for
recognising, not for writing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from layers.once import read_once
from layers.privacy.reading import listed

VOWELS = "аеєиіїоуюяы"
SOFTENED = {"г": "з", "к": "ц", "х": "с"}  # before -і: Ольга, Ользі
APOSTROPHES = re.compile("['’ʼ`´‘ʹ′]")

NOMINATIVE, GENITIVE, OTHER = 1, 2, 4


def key(word: str) -> str:
    """Return a word as the lists are looked up: small letters, no apostrophes, ё as е."""
    return APOSTROPHES.sub("", word.lower()).replace("ё", "е")


@dataclass(frozen=True)
class Names:
    """What is known of names: the cases of each form of given names and surnames, and the roots of patronymics."""

    given: dict[str, int]
    surnames: dict[str, int]
    roots: frozenset[str]
    namesakes: frozenset[str]
    nominatives: frozenset[str]


@read_once
def known() -> Names:
    """Return the lists, read once."""
    given: dict[str, int] = {}
    roots: set[str] = set()
    nominatives: set[str] = set()
    for section, name in _listed("given_names.txt"):
        nominative, _, genitive = name.rstrip("*").replace("*", "").partition("/")
        nominatives.add(nominative)
        forms = (
            _feminine(key(nominative)) if section.startswith("female") else _masculine(key(nominative), key(genitive))
        )
        for form, case in forms:
            given[form] = given.get(form, 0) | case
        if "*" in name:
            roots |= _roots(key(nominative))
    surnames: dict[str, int] = {}
    for _, name in _listed("surnames.txt"):
        for form, case in surname_forms(key(name)):
            surnames[form] = surnames.get(form, 0) | case
    namesakes = frozenset(key(name) for _, name in _listed("namesakes.txt"))
    return Names(given, surnames, frozenset(roots), namesakes, frozenset(nominatives))


def _listed(file: str) -> Iterator[tuple[str, str]]:
    section = ""
    for line in (resources.files("layers.privacy") / file).read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif not line.startswith("#"):
            for name in line.split():
                yield section, name


def _ends(stem: str, endings: str, case: int = OTHER) -> Iterator[tuple[str, int]]:
    for ending in endings.split():
        yield stem + ending, case


def _masculine(name: str, genitive: str = "") -> Iterator[tuple[str, int]]:
    yield name, NOMINATIVE
    stem, last = name[:-1], name[-1]
    if last in "аяы":
        yield from _feminine(name)
    elif last == "й":
        yield from _ends(stem, "я", GENITIVE)
        yield from _ends(stem, "ю єві еві єм ем ї е и")
    elif last == "ь":
        yield from _ends(stem, "я", GENITIVE)
        yield from _ends(stem, "ю еві єві ем ьом ьові і е ьє")
    elif last == "о":
        yield from _ends(stem, "а", GENITIVE)
        yield from _ends(stem, "у ові ом і е ю и")
    elif last not in VOWELS:
        stem = genitive[:-1] or name
        yield from _ends(stem, "а", GENITIVE)
        yield from _ends(stem, "у ові ом і е ови")
        if last in "рнл":
            yield from _ends(stem, "я", GENITIVE)
            yield from _ends(stem, "ю еві ем")
        if last in "жчшщ":
            yield from _ends(stem, "еві ем")
        if last == "г":
            yield from _ends(stem[:-1], "же")


def _feminine(name: str) -> Iterator[tuple[str, int]]:
    yield name, NOMINATIVE
    stem, last = name[:-1], name[-1]
    if last == "а":
        yield from _ends(stem, "и ы", GENITIVE)
        yield from _ends(stem, "і у ою о е ой ею єю ей")
        if stem[-1:] in SOFTENED:
            yield from _ends(stem[:-1] + SOFTENED[stem[-1]], "і")
    elif last == "я":
        yield from _ends(stem, "ї і и", GENITIVE)
        yield from _ends(stem, "ю єю ею є е ей ьою ьой ьо")
    elif last == "ь":
        yield from _ends(stem, "і и", GENITIVE)
        yield from _ends(stem, f"ю {stem[-1]}ю ью")
    elif last not in VOWELS:
        yield from _ends(name, "і и", GENITIVE)
        yield from _ends(name, "ю ю ью")


def surname_forms(name: str) -> Iterator[tuple[str, int]]:
    """Yield the forms of a surname of either gender and of a family's."""
    yield name, NOMINATIVE
    if re.search("(?:ий|ій|ый)$", name):
        yield from _ends(name[:-2], "ого ої ого", GENITIVE)
        yield from _ends(name[:-2], "ому им ім ій у ою а і их ими ая ой")
    elif re.search("(?:ов|ев|єв|ьов|йов|ін|їн|ин)$", name):
        yield from _ends(name, "а ої", GENITIVE)
        yield from _ends(name, "у ові им ым ом і ій ою ой и ы их е")
    elif name.endswith("ець"):
        stem = name[:-3] + ("ь" if name[-4] == "л" else "")
        yield from _ends(stem, "ця", GENITIVE)
        yield from _ends(stem, "цю цеві цем ці ців цям цями")
    else:
        yield from _masculine(name)
        yield from _fleeting(name)
        yield from _ends(name.rstrip("аяоьй"), "и і ів ам ями ами ях")


def _fleeting(name: str) -> Iterator[tuple[str, int]]:
    """Yield forms whose last о or е falls out or whose і turns: Мазурок, Мазурка; Кіт, Кота; Сокіл, Сокола."""
    end = re.fullmatch(r"(?P<stem>.*?)(?P<vowel>[оеєі])(?P<last>[бвгджзйклмнпрстфхцчшщ]ь?)", name)
    if not end or len(name) < 3:
        return
    last = end["last"].rstrip("ь")
    soft = end["last"].endswith("ь")
    for middle in {"", "о", "е", "ь"} - {end["vowel"]}:
        yield from _ends(end["stem"] + middle + last, "я" if soft else "а я", GENITIVE)
        yield from _ends(end["stem"] + middle + last, "ю еві ем і" if soft else "у ю ові еві ом ем і и ів")


# --- Patronymics ----------------------------------------------------------------------------------------------------

_MALE = "(?:а|у|еві|ем|ові|ом|і|ю|е|ів|ам|ами|и)?"
_FEMALE = "(?:а|и|і|у|ою|ой|о|е|ы)"
SURE_PATRONYMIC = re.compile(rf"(?P<root>.{{2,}}?)(?:[йьіи]?[оеє]вич{_MALE}|[іий]?[їі]вн{_FEMALE})")
LIKE_PATRONYMIC = re.compile(
    rf"(?P<root>.{{3,}}?)(?:[йьіи]?[оеєиі]?в?[иіы]ч{_MALE}|[йьіи]?[їіоеєйи]вн{_FEMALE}|[иі]?н?[иі]чн{_FEMALE}|[аоу]?[їй]?ч{_MALE}|на)"
)
SHORT_PATRONYMICS = listed(
    "палич палыч михалич санич саныч семенич адамич степанич федорич митрич кузьмич лукич ілліч фомич хомич"
)
SHORTENED = frozenset(word + ending for word in SHORT_PATRONYMICS for ending in ("", "а", "у", "ем", "еві"))


def _roots(name: str) -> set[str]:
    root = name.rstrip("аяоьй")
    return {root, root.rstrip("иіе"), name} | {"лев": {"льв"}, "яків": {"як"}}.get(name, set())


def is_patronymic(word: str) -> bool:
    """Tell whether a word (as `key` gives it) is a patronymic of a name on the list."""
    if word in SHORTENED:
        return True
    roots = known().roots
    for pattern in (SURE_PATRONYMIC, LIKE_PATRONYMIC):
        found = pattern.fullmatch(word)
        if found and {found["root"], found["root"].rstrip("иіеєйьї"), found["root"] + "і"} & roots:
            return not word.endswith("на") or pattern is SURE_PATRONYMIC or _feminine_end(word)
    return False


def _feminine_end(word: str) -> bool:
    return bool(re.search("(?:[іїоеєй]вна|[иі]чна)$", word))


# --- Surnames by their endings --------------------------------------------------------------------------------------

_HARD = "(?:а|у|ові|ом|и|ів|ам|ами|ах|е|і)?"
_ADJECTIVE = "(?:ий|ій|ого|ому|им|ім|а|ої|ій|у|ою|і|их|ими|ой|ая|ый)"
_POSSESSIVE = "(?:а|у|ові|им|ым|ом|ої|ій|ою|ой|і|и|ы|их|е)?"
# Almost nothing but surnames ends so.
SURE_SURNAME = re.compile(
    rf".{{2,}}(?:[еє]нк(?:о|а|у|ові|ом|ів|и|ам|ами|ах))|.{{2,}}(?:чук|щук){_HARD}|.{{3,}}(?:швілі|швили)"
    rf"|.{{2,}}[еє]нков{_POSSESSIVE}"
)
_SOFT = "(?:й|ї|я|ю|єм|єві|їв|ь|ем|еві|ів|і)"
_R = "(?:а|у|ові|ом|я|ю|ем|еві|і|и|ів)?"
# Surnames, but other words too: where a capital or a neighbour says so.
LIKELY_SURNAME = re.compile(
    rf".{{2,}}(?:[юу]к|[яа]к){_HARD}|.{{3,}}[иіе]к{_HARD}|.{{2,}}к(?:о|а|у|ові|ом|ів)|.{{2,}}[оеє]вич{_MALE}|.{{2,}}[иі]ч{_MALE}"
    rf"|.{{3,}}ян{_HARD}|.{{3,}}дзе|.{{3,}}(?:[оеєё]в|[йь]ов){_POSSESSIVE}|.{{3,}}[иії]н{_POSSESSIVE}|.{{2,}}(?:ець|ц(?:я|ю|ем|еві|ів))"
    rf"|.{{3,}}(?:заде|огли)|.{{2,}}(?:[сцз]ь?к){_ADJECTIVE}|.{{3,}}(?:ич|иш|аш|ух|ура|ач){_HARD}|.{{3,}}(?:ар|яр|ир){_R}"
    rf"|.{{2,}}(?:[ауоі]|ал|ел|іл|ан|ен){_SOFT}|.{{3,}}(?:ба|да|га|ха|ша|иця|ля)"
)
ADJECTIVE = re.compile(rf".{{2,}}[сцз]ь?к{_ADJECTIVE}")
# Strong enough for a capitalised word that no dictionary knows to be taken for a surname by itself.
LONE_SURNAME = re.compile(
    rf".{{2,}}(?:[юу]к|[яа]к){_HARD}|.{{3,}}(?:ик|ік){_HARD}|.{{2,}}к(?:о|ові|ом)|.{{2,}}[оеє]вич{_MALE}|.{{3,}}ян{_HARD}|.{{3,}}дзе"
    rf"|.{{3,}}(?:[оеєё]в|[йь]ов){_POSSESSIVE}|.{{3,}}шин{_POSSESSIVE}|.{{2,}}(?:ець|ц(?:я|ю|ем|еві))|.{{3,}}[иіа]ш{_HARD}"
    rf"|.{{3,}}(?:ар|яр|ир){_R}|.{{3,}}(?:ач|ич|ух){_HARD}|.{{2,}}[ау]{_SOFT}"
)
GENITIVE_SURNAME = re.compile(
    r".+(?:ка|ого|ої|ча|ша|ова|[еє]ва|іна|ина|їна|ця|ря|ря|ля|ня|да|на|та|ра|ла|ба|за|са|ха|га|ая|ія|и|і|ї)"
)


# --- Mistypes -------------------------------------------------------------------------------------------------------

SHORTEST_MISTYPED = 6


@read_once
def _shortened() -> dict[str, list[str]]:
    """Return the given names' forms under each word that one letter less makes of them."""
    shorter: dict[str, list[str]] = {}
    for form in known().given:
        if len(form) >= SHORTEST_MISTYPED - 1:
            for less in _one_less(form):
                shorter.setdefault(less, []).append(form)
    return shorter


def _one_less(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


def mistyped(word: str) -> bool:
    """Tell whether one slip (a letter more, less, another, two exchanged) made this of a given name."""
    if len(word) < SHORTEST_MISTYPED:
        return False
    shorter, given = _shortened(), known().given
    if word in shorter or any(less in given for less in _one_less(word)):
        return True
    return any(
        form[0] == word[0] and _one_slip(word, form) for less in _one_less(word) for form in shorter.get(less, ())
    )


def _one_slip(one: str, other: str) -> bool:
    differing = [place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    if len(one) != len(other):
        return abs(len(one) - len(other)) == 1
    if len(differing) == 2:
        first, second = differing
        return second == first + 1 and one[first] == other[second] and one[second] == other[first]
    return len(differing) == 1
