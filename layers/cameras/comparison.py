"""Two plans side by side: the rows of one table, each with what it is measured in and which way is better. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layers.cameras.demand import KINDS
from layers.cameras.optics import profile
from layers.layer import Title

MORE, LESS, NEITHER = 1, -1, 0


@dataclass(frozen=True)
class Line:
    """One figure of plans A and B. `form` is share, money, count, m2 or m; `better` says which way is better."""

    code: str
    title: Title
    form: str
    a: float | None
    b: float | None
    better: int = NEITHER

    @property
    def difference(self) -> float | None:
        return None if self.a is None or self.b is None else self.b - self.a


def compare(a: Mapping[str, Any], b: Mapping[str, Any], *, standard: str = "dori") -> list[Line]:
    """Return the lines of the comparison from the numbers of two plans, as planning.score made them."""
    lines = [
        Line("cost", Title("Вартість", "Cost"), "money", a["cost"], b["cost"], LESS),
        Line("yearly", Title("Щороку", "A year"), "money", a["yearly"], b["yearly"], LESS),
        Line("new", Title("Нових камер", "New cameras"), "count", a["new"], b["new"]),
    ]
    for at, level in enumerate(profile(standard).levels):
        for when, said in (("day", Title("удень", "by day")), ("night", Title("уночі", "at night"))):
            title = Title(f"{level.title.uk}, {said.uk}", f"{level.title.en}, {said.en}")
            pair = _at(a["levels"], at, when), _at(b["levels"], at, when)
            lines.append(Line(f"{level.code}-{when}", title, "share", *pair, MORE))
    for kind in KINDS.values():
        if kind.code in a["kinds"] or kind.code in b["kinds"]:
            which = next(i for i, each in enumerate(a["levels"]) if each["code"] == a["level"])
            pair = _at(a["kinds"].get(kind.code, []), which, "day"), _at(b["kinds"].get(kind.code, []), which, "day")
            lines.append(Line(kind.code, kind.title, "share", *pair, MORE))
    for code, title in (
        ("resident", Title("Мешканців біля домівок", "Residents by their homes")),
        ("problem", Title("Повідомлень у полі зору", "Reports in view")),
    ):
        lines.append(Line(f"n-{code}", title, "count", a["counts"].get(code), b["counts"].get(code), MORE))
    lines += [
        Line("uah_per_problem", Title("Гривень на одне повідомлення", "UAH a report in view"), "money",
             a["uah_per_problem"], b["uah_per_problem"], LESS),
        Line("stable", Title("Місць, що є в кожному майже найкращому плані", "Sites that every near-optimal plan has"),
             "count", a.get("stable"), b.get("stable")),
        Line("backup", Title("Видно двом камерам", "Seen by two cameras"), "share", a["backup"], b["backup"], MORE),
        Line("least_unit", Title("Найменша частка серед громад", "Least share of a unit"), "share",
             _least(a), _least(b), MORE),
        Line("private_m2", Title("Приватна земля в полі зору", "Private ground in view"), "m2",
             a["private_m2"], b["private_m2"], LESS),
        Line("facade_m", Title("Фасади домівок, де впізнати обличчя", "Homes' façades where a face is known"), "m",
             a["facade_m"], b["facade_m"], LESS),
        Line("gap", Title("До найкращого можливого, щонайбільше", "Short of the best possible, at most"), "share",
             a.get("gap"), b.get("gap"), LESS),
    ]  # fmt: skip
    return lines


def by_kind(a: Mapping[str, Any], b: Mapping[str, Any], *, standard: str = "dori") -> dict[Title, list[Line]]:
    """Return the lines of each kind of demand: its share seen by day at every level, and at night."""
    found = {}
    for kind in KINDS.values():
        one, other = a["kinds"].get(kind.code), b["kinds"].get(kind.code)
        if one is None and other is None:
            continue
        found[kind.title] = [
            Line(f"{kind.code}-{level.code}-{when}", level.title, "share", _at(one or [], at, when),
                 _at(other or [], at, when), MORE)
            for at, level in enumerate(profile(standard).levels)
            for when in ("day", "night")
        ]  # fmt: skip
    return found


def _at(levels: Any, at: int, when: str) -> float | None:
    return float(levels[at][when]) if at < len(levels) else None


def _least(numbers: Mapping[str, Any]) -> float | None:
    found = [unit["share"] for code, unit in numbers["units"].items() if code]
    return min(found) if found else None
