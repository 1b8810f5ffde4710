"""The catalogue of camera models: a dozen generic ones are shipped, a council brings its own as CSV."""

from __future__ import annotations

import csv
from dataclasses import asdict, fields
from importlib import resources
from typing import Any

from layers.cameras.rules import Model, check_model

NUMBERS = {field.name for field in fields(Model)} - {"code", "name_uk", "name_en"}
WHOLE = {"h_px", "v_px"}


def read_model(row: dict[str, str]) -> Model:
    """Return a model from a CSV row; raises BadInput, or ValueError for what is no number."""
    values: dict[str, Any] = {name: row[name].strip() for name in ("code", "name_uk", "name_en")}
    for name in NUMBERS:
        number = float(row[name].replace(",", ".").replace(" ", "").replace("\u00a0", ""))
        values[name] = int(number) if name in WHOLE else number
    return check_model(Model(**values))


def shipped() -> list[dict[str, Any]]:
    """Return the rows of the generic models."""
    lines = (resources.files("layers") / "cameras" / "models.csv").read_text("utf-8").splitlines()
    return [{**asdict(read_model(row)), "position": at} for at, row in enumerate(csv.DictReader(lines))]
