"""Latin letters for Ukrainian names: the examples are those of Resolution 55 itself, and names of the area."""

from __future__ import annotations

import pytest

from layers.text import transliterate

RESOLUTION = {
    "Алушта": "Alushta",
    "Гадяч": "Hadiach",
    "Ґалаґан": "Galagan",
    "Єнакієве": "Yenakiieve",
    "Згорани": "Zghorany",
    "Розгон": "Rozghon",
    "Їжакевич": "Yizhakevych",
    "Кадиївка": "Kadyivka",
    "Марʼїне": "Marine",
    "Йосипівка": "Yosypivka",
    "Стрий": "Stryi",
    "Щербухи": "Shcherbukhy",
    "Юрій": "Yurii",
    "Корюківка": "Koriukivka",
    "Яготин": "Yahotyn",
    "Костянтин": "Kostiantyn",
    "Знам'янка": "Znamianka",
    "Феодосія": "Feodosiia",
    "Чугуїв": "Chuhuiv",
    "Нова Гнилиця": "Nova Hnylytsia",
    "Івано-Яблунське": "Ivano-Yablunske",
    "АЗС «ЩО»": "AZS «SHCHO»",
}


@pytest.mark.parametrize(("ukrainian", "latin"), RESOLUTION.items())
def test_names_are_written_as_the_resolution_says(ukrainian: str, latin: str) -> None:
    assert transliterate(ukrainian) == latin


def test_what_is_already_latin_stays() -> None:
    assert transliterate("Rue Grimaldi 5, L'Hermitage") == "Rue Grimaldi 5, L'Hermitage"
