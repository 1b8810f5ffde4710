from datetime import date

import pytest

from layers.errors import BadInput
from layers.query import Query, parse_query


def test_no_words_ask_for_everything():
    assert parse_query([]) == Query()


def test_lists_may_be_repeated_or_joined_by_commas_and_their_order_does_not_matter():
    joined = parse_query([("category", "theft,arson"), ("unit", "UA1")])
    repeated = parse_query([("category", "arson"), ("category", "theft"), ("category", "arson"), ("unit", "UA1")])
    assert joined == repeated
    assert joined.category == ("arson", "theft")


def test_a_month_means_its_first_day_in_from_and_its_last_in_to():
    query = parse_query([("from", "2024-02"), ("to", "2024-02")])
    assert (query.since, query.until) == (date(2024, 2, 1), date(2024, 2, 29))
    assert parse_query([("to", "2026-12")]).until == date(2026, 12, 31)


def test_a_cursor_is_kept_whole():
    assert parse_query([("cursor", "2026-11-01 00:00:00+00~a,b")]).cursor == "2026-11-01 00:00:00+00~a,b"


@pytest.mark.parametrize(
    "words",
    [
        [("colour", "red")],
        [("from", "yesterday")],
        [("from", "20261123")],
        [("to", "2026-13")],
        [("to", "9999-12-31")],
        [("bbox", "1,2,3")],
        [("bbox", "3,2,1,4")],
        [("bbox", "nan,0,1,1")],
        [("bbox", "-200,0,1,1")],
        [("limit", "0")],
        [("limit", "1001")],
        [("limit", "²")],
        [("limit", "-5")],
        [("lang", "fr")],
        [("unit", "UA\0")],
    ],
)
def test_a_word_that_makes_no_sense_is_refused(words):
    with pytest.raises(BadInput):
        parse_query(words)


def test_an_unknown_word_is_named_with_the_known_ones():
    with pytest.raises(BadInput, match=r"“colour”.+category, status, from, to, unit, bbox, limit, cursor, lang"):
        parse_query([("colour", "red")])
