"""The memory of public answers: one making for many askers, bounded, and nothing given that may be untrue."""

from __future__ import annotations

import asyncio

import pytest

from geo_api.answers import OVERHEAD, Answer, Answers
from geo_api.wire import has_already, takes_gzip
from layers.errors import Unavailable


class Known:
    is_known = True


def _answers(limit: int = 10**6) -> Answers:
    return Answers(Known(), limit)  # type: ignore[arg-type]


def test_many_who_ask_at_once_wait_for_one_making():
    made = []

    async def make() -> Answer:
        made.append(1)
        await asyncio.sleep(0.01)
        return Answer(b"tile", b"x")

    async def ask():
        answers = _answers()
        return await asyncio.gather(*(answers.get("key", 1, make) for _ in range(20)))

    assert {answer.body for answer in asyncio.run(ask())} == {b"tile"}
    assert len(made) == 1


def test_a_failure_is_told_to_all_who_wait_and_the_next_one_tries_again():
    tries = []

    async def make() -> Answer:
        tries.append(1)
        await asyncio.sleep(0.01)
        if len(tries) == 1:
            raise Unavailable("not now")
        return Answer(b"tile", b"x")

    async def ask():
        answers = _answers()
        first = await asyncio.gather(*(answers.get("key", 1, make) for _ in range(3)), return_exceptions=True)
        return first, await answers.get("key", 1, make)

    failed, made = asyncio.run(ask())
    assert all(isinstance(each, Unavailable) for each in failed)
    assert made.body == b"tile"


def test_when_the_maker_goes_away_somebody_else_makes_it():
    async def make() -> Answer:
        await asyncio.sleep(0.05)
        return Answer(b"tile", b"x")

    async def ask():
        answers = _answers()
        maker = asyncio.create_task(answers.get("key", 1, make))
        await asyncio.sleep(0.01)
        waiting = asyncio.create_task(answers.get("key", 1, make))
        await asyncio.sleep(0.01)
        maker.cancel()
        return await waiting

    assert asyncio.run(ask()).body == b"tile"


def test_another_version_is_made_anew_and_nothing_is_kept_while_versions_are_unknown():
    made = []

    async def make() -> Answer:
        made.append(1)
        return Answer(b"tile", b"x")

    async def ask():
        answers = _answers()
        for version in (1, 1, 2, 2):
            await answers.get("key", version, make)
        answers._freshness.is_known = False
        await answers.get("key", 2, make)

    asyncio.run(ask())
    assert len(made) == 3


def test_memory_is_bounded_and_what_was_used_last_stays():
    async def ask():
        answers = _answers(limit=3 * OVERHEAD)
        for key in ("a", "b", "a", "c", "d"):
            await answers.get(key, 1, lambda: _some())
        return [key for key in "abcd" if answers.kept(key, 1)], answers.bytes

    async def _some() -> Answer:
        return Answer(b"", b"x")

    kept, size = asyncio.run(ask())
    assert kept == ["a", "c", "d"]
    assert size <= 3 * OVERHEAD


@pytest.mark.parametrize(("said", "takes"), [
    (b"gzip", True), (b"br, gzip;q=0.5", True), (b"*", True), (b"identity", False), (b"", False),
    (b"gzip;q=0", False), (b"gzip; q=0.0", False), (b"gzipped", False),
])  # fmt: skip
def test_gzip_is_for_those_who_take_it(said, takes):
    assert takes_gzip([(b"accept-encoding", said)]) is takes


def test_a_tag_is_recognised_in_every_way_of_naming_it():
    assert has_already([(b"if-none-match", b'"a", W/"b"')], b'"b"')
    assert has_already([(b"if-none-match", b"*")], b'"b"')
    assert not has_already([(b"if-none-match", b'"bb"')], b'"b"')
    assert not has_already([], b'"b"')
