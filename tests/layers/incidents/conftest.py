"""Records of the made-up town, brought in through the one door."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy.orm import Session

from layers.area import Area
from layers.incidents.actions import COLUMNS, Counts, Landing, Source
from tests import town

SOURCE = Source("test", "Тестове джерело")
Record = tuple[float, float, str]  # lon, lat, location_precision
Bring = Callable[..., Counts]


@pytest.fixture
def area(tmp_path: Path) -> Area:
    return town.profile(tmp_path)


@pytest.fixture
def bring(session: Session, area: Area) -> Bring:
    """Return a function that lands records given as (lon, lat, location_precision)."""
    town.build(session)

    def land(*records: Record, category: str = "theft", source: Source = SOURCE) -> Counts:
        landing = Landing(session, area, source)
        landing.add(frame(records, category))
        return landing.finish()

    return land


def frame(records: tuple[Record, ...], category: str = "theft") -> pd.DataFrame:
    count = len(records)
    at = np.datetime64("2026-05-17T14:05", "us")
    columns = {
        "row": range(2, count + 2),
        "digest": pd.Series([blake2b(repr(r).encode(), digest_size=16).digest() for r in records], dtype=object),
        "nth": [records[: place + 1].count(record) for place, record in enumerate(records)],
        "at": [at] * count,
        "month": [np.datetime64("2026-05-01")] * count,
        "time_precision": "minute",
        "category": category,
        "category_label": "Крадіжка",
        "status": "registered",
        "place": "",
        "lon": [lon for lon, _, _ in records],
        "lat": [lat for _, lat, _ in records],
        "location_precision": pd.Series([None if np.isnan(r[0]) else r[2] for r in records], dtype=object),
    }
    return pd.DataFrame(columns, columns=list(COLUMNS))
