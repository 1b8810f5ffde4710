"""Numbers, coordinates and dates in the ways people write them."""

from __future__ import annotations

import math
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from ingestion.cells import Texts, moments, numbers, pairs

KYIV = ZoneInfo("Europe/Kyiv")


def texts(*values: str) -> Texts:
    return np.array(values, dtype=object)


@pytest.mark.parametrize(
    ("text", "utc", "precision"),
    [
        ("23.11.2026", "2026-11-22 22:00", "day"),
        ("23/11/2026", "2026-11-22 22:00", "day"),
        ("03.04.2026", "2026-04-02 21:00", "day"),  # the day comes first
        ("23.11.2026 14:05", "2026-11-23 12:05", "minute"),
        ("23.11.2026,  14:05", "2026-11-23 12:05", "minute"),
        ("1.2.2026 9:05", "2026-02-01 07:05", "minute"),
        ("2026-11-23", "2026-11-22 22:00", "day"),
        ("2026-11-23 14:05:59", "2026-11-23 12:05:59", "minute"),
        ("2026-11-23T14:05:00Z", "2026-11-23 14:05", "minute"),
        ("2026-11-23T14:05:00+02:00", "2026-11-23 12:05", "minute"),
        ("2026-11", "2026-10-31 22:00", "month"),
        ("11.2026", "2026-10-31 22:00", "month"),
        ("46349", "2026-11-22 22:00", "day"),  # Excel's day number
        ("46349.5", "2026-11-23 10:00", "minute"),
        ("25.10.2026 03:30", "2026-10-25 00:30", "minute"),  # comes twice: the first is meant
        ("29.03.2026 03:30", "2026-03-29 01:00", "minute"),  # never comes: the next moment
    ],
)
def test_dates_are_read_as_people_here_write_them(text: str, utc: str, precision: str) -> None:
    read = moments(texts(text), KYIV)
    assert read.at[0] == pd.Timestamp(utc, tz="UTC")
    assert read.precision[0] == precision


@pytest.mark.parametrize("text", ["31.02.2026", "11/23/2026", "29.02.2025", "13.2026", "учора", "", "12"])
def test_what_is_no_date_is_not_guessed(text: str) -> None:
    assert pd.isna(moments(texts(text), KYIV).at[0])


def test_a_column_may_mix_shapes(tmp_path: object) -> None:
    read = moments(texts("23.11.2026", "2026-11-24", "11.2026", "х", "46349"), KYIV)
    assert list(read.precision) == ["day", "day", "month", "", "day"]


def test_the_month_is_that_of_the_areas_clock_not_of_utc() -> None:
    read = moments(texts("01.05.2026 00:30"), KYIV)
    assert read.at[0] == pd.Timestamp("2026-04-30 21:30", tz="UTC")
    assert read.month[0] == np.datetime64("2026-05-01")


def test_a_source_of_months_is_never_more_precise() -> None:
    assert moments(texts("2018-04", "2018-04-07"), KYIV, finest="month").precision.tolist() == ["month", "month"]


def test_numbers_take_a_comma_or_a_point_and_nothing_else() -> None:
    read = numbers(texts("49,8352", "49.8352", "-0.1", "", "сорок", "inf", "1\u00a0000"))
    assert read[:3].tolist() == [49.8352, 49.8352, -0.1]
    assert [math.isnan(value) for value in read[3:]] == [True, True, True, False]


@pytest.mark.parametrize(
    "text", ["49.8, 36.7", "49.8,36.7", "49,8; 36,7", "49,8 36,7", "49,8, 36,7", "(49.8, 36.7)", "49.8\t36.7"]
)
def test_one_column_may_hold_both_coordinates(text: str) -> None:
    lat, lon = pairs(texts(text))
    assert (lat[0], lon[0]) == (49.8, 36.7)


@pytest.mark.parametrize("text", ["49.8", "49,8,36,7", "північ", "49.8, 36.7, 120"])
def test_a_pair_that_can_be_read_in_two_ways_is_not_read(text: str) -> None:
    assert np.isnan(pairs(texts(text))[0][0])
