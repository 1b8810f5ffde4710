"""Read once, by whoever comes first."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from layers.once import read_once


def test_many_who_ask_at_the_same_moment_get_one_reading_for_each_argument() -> None:
    read = []

    @read_once
    def dictionary(language: str) -> list[str]:
        read.append(language)
        time.sleep(0.05)
        return [language]

    with ThreadPoolExecutor(16) as many:
        given = list(many.map(dictionary, ["uk", "en"] * 8))
    assert sorted(read) == ["en", "uk"]
    assert len({id(one) for one in given}) == 2


def test_a_reading_that_failed_is_tried_again() -> None:
    failures = iter([OSError("gone"), None])

    @read_once
    def dictionary() -> str:
        if failure := next(failures):
            raise failure
        return "words"

    with pytest.raises(OSError, match="gone"):
        dictionary()
    assert dictionary() == "words"
