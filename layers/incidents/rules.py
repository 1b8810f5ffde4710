"""What a record can be: how precise, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layers.layer import Title
from layers.text import fold

TIME_PRECISIONS = ("minute", "day", "month")
LOCATION_PRECISIONS = ("exact", "snapped", "street", "settlement")

# How precise a shown place is, as people read it.
PRECISION_TITLES: Mapping[str, Title] = {
    "exact": Title("точне місце", "exact place"),
    "snapped": Title("зміщене місце, так надало джерело", "moved by the source to a nearby point"),
    "street": Title("вулиця", "street"),
    "settlement": Title("населений пункт", "settlement"),
    "hromada": Title("центр громади", "centre of the hromada"),
    "cell": Title("квадрат 1 км", "1 km square"),
}


@dataclass(frozen=True)
class Status:
    """What became of a record, and the words by which files say so."""

    code: str
    title: Title
    aliases: tuple[str, ...] = ()

    def row(self, position: int) -> dict[str, Any]:
        aliases = [fold(alias) for alias in self.aliases]
        words = {"title_uk": self.title.uk, "title_en": self.title.en}
        return {"code": self.code, **words, "aliases": aliases, "position": position}


UNKNOWN = "unknown"
STATUSES = (
    Status(
        "registered",
        Title("Зареєстровано", "Registered"),
        ("нове", "нова", "зареєстрована", "зареєстрований", "відкрито", "open", "new", "reported"),
    ),
    Status(
        "under_investigation",
        Title("Триває розслідування", "Under investigation"),
        ("розслідується", "в роботі", "розглядається", "слідство триває", "досудове розслідування", "in progress"),
    ),
    Status(
        "in_court",
        Title("У суді", "In court"),
        ("передано до суду", "направлено до суду", "скеровано до суду", "обвинувальний акт", "court"),
    ),
    Status(
        "resolved",
        Title("Порушника встановлено", "Offender dealt with"),
        ("розкрито", "вирішено", "розглянуто", "притягнуто", "складено протокол", "solved", "closed by arrest", "done"),
    ),
    Status(
        "closed_no_suspect",
        Title("Закрито, порушника не встановлено", "Closed, no suspect identified"),
        ("не розкрито", "зупинено", "особу не встановлено", "unsolved"),
    ),
    Status(
        "closed",
        Title("Закрито з іншої причини", "Closed otherwise"),
        ("закрито", "відмовлено", "відмова", "closed"),
    ),
    Status(UNKNOWN, Title("Невідомо", "Unknown"), ("немає даних", "н/д", "n/a")),
)
