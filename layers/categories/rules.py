"""What a category may be."""

from __future__ import annotations

from collections.abc import Mapping

from layers.layer import Title

# What becomes of a report of a category.
AUDIENCES: Mapping[str, Title] = {
    "public": Title("На карту, коли координатор перевірить", "On the map, once the coordinator has checked it"),
    "police": Title("Лише поліції й координаторові, на карту ніколи", "Police and coordinator only, never on the map"),
    "statistics": Title("Лише до статистики, поліція не бачить", "Statistics only, the police do not see it"),
}
# Reports of one family are compared when one looks for the same.
FAMILIES: Mapping[str, Title] = {
    "place": Title("Місця й благоустрій", "Places and upkeep"),
    "transport": Title("Рух транспорту", "Traffic"),
    "order": Title("Громадський порядок", "Public order"),
    "property": Title("Майно", "Property"),
    "violence": Title("Насильство", "Violence"),
    "police": Title("Робота поліції", "Work of the police"),
    "other": Title("Інше", "Other"),
}
BOUNDS: Mapping[str, tuple[float, float]] = {"answer_days": (1, 365), "severity": (0.1, 10), "radius_m": (10, 5000)}
LONGEST_TITLE = 80
LONGEST_HINT = 200
LONGEST_WORDS = 2000
