"""Values of rows as file formats know them, and what a file says about itself."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import shapely

from maps.language import Language
from maps.rows import Caption, Rows, Shapes, sources

DIGITS = 6  # of a degree: 0.1 m


def rounded(shapes: Shapes) -> Shapes:
    return np.asarray(shapely.transform(shapes, lambda degrees: np.round(degrees, DIGITS)), dtype=object)


def plain(value: Any) -> Any:
    """Return a value that JSON and the file formats know."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(part) for part in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def text(value: Any) -> str:
    """Return a plain value as one text; the parts of a list are told apart by semicolons."""
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def metadata(rows: Rows, caption: Caption, language: Language) -> dict[str, Any]:
    """Return what a file says about itself."""
    return {
        "title": caption.title,
        "layer": rows.layer,
        "source": sources([rows], language),
        "licence": rows.licence,
        "date": caption.day,
        "period": caption.period,
        "filters": caption.filters,
        "count": len(rows),
        "demo": caption.demo,
        "approximate": bool(rows.true("approximate").any()),
        "notes": caption.notes([rows], language),
        "link": caption.link,
        "columns": [f"{column.name}: {column.title[language.code]}" for column in rows.columns],
        "language": language.code,
    }
