"""Same or new: what is shown to somebody who is about to report a problem that may be open already."""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.lemmas import key
from layers.problems.duplicates import (
    LEAST,
    SHOWN,
    Asked,
    Candidate,
    radius,
    rank,
    similar_words,
    trigram_similarity,
)
from tests.layers.problems.evaluation import alone, measure, most_alike, nearest, new_reports, ours, read

HALVES = ("tuning", "heldout")
LAMP = Asked("lighting", "place", key("Біля аптеки не горить ліхтар"))


def lamp(words: str = "На розі коло аптеки темно, ліхтар не світить", **changed: object) -> Candidate:
    found = Candidate("lamp", "lighting", "place", 30.0, key(words), 10)
    return replace(found, **changed)  # type: ignore[arg-type]


# --- The labelled set -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("half", HALVES)
def test_the_original_is_among_the_three_shown_and_most_of_what_is_shown_is_it(half: str) -> None:
    """Recall: the new reports whose problem is open already and whose original is shown, of all such reports.

    Precision: the originals shown, of all that is shown to anybody, so that whatever is shown to somebody whose
    problem is new counts against it. Both are over all reports of a half; each has one original at most, and is ranked
    among all open reports of its neighbourhood.
    """
    quality = measure(new_reports(half), ours)
    assert quality.recall >= 0.9, quality
    assert quality.precision >= 0.6, quality


@pytest.mark.parametrize("half", HALVES)
def test_of_people_with_a_new_problem_most_are_not_asked_anything(half: str) -> None:
    news = [new for new in new_reports(half) if new.original is None]
    asked = sum(bool(ours(new)) for new in news)
    assert asked / len(news) <= 0.4, f"{asked} of {len(news)}"


def test_two_paraphrases_are_recognised_when_nothing_else_is_open() -> None:
    rows = [row for row in read("paraphrases.csv") if row["same"] == "same"]
    found = sum(alone(row, swapped=swapped) is not None for row in rows for swapped in (False, True))
    assert found / (2 * len(rows)) >= 0.9


def test_the_labelled_set_is_as_hard_as_it_claims() -> None:
    """At least 160 pairs, about as many new problems as old ones, hard ones, in neighbourhoods of 10 and more."""
    pairs = read("pairs.csv")
    labels = Counter((row["half"], row["same"]) for row in pairs)
    assert len(pairs) >= 160
    assert all(
        labels[half, "different"] / (labels[half, "same"] + labels[half, "different"]) >= 0.45 for half in HALVES
    )
    assert {"paraphrase", "surzhyk", "russian", "typos", "short", "no_text", "by_words", "english", "sibling"} <= {
        row["hard"] for row in pairs
    }
    different = {"other_problem", "other_place", "other_end", "later", "no_text", "short"}
    assert all(row["hard"] in different for row in pairs if row["same"] == "different")
    for half in HALVES:
        assert all(len(new.open) >= 10 for new in new_reports(half))
        assert all(each.age_days >= 0 for new in new_reports(half) for each in new.open)
    scenes = {half: {row["scene"] for row in pairs if row["half"] == half} for half in HALVES}
    assert scenes["tuning"].isdisjoint(scenes["heldout"])


def test_more_is_found_than_by_trigrams_and_less_is_shown_in_vain_than_by_distance() -> None:
    mine, by_distance, by_trigrams = (measure(new_reports("heldout"), way) for way in (ours, nearest, most_alike))
    assert mine.recall >= by_distance.recall
    assert mine.precision >= 1.5 * by_distance.precision
    assert mine.recall >= 1.2 * by_trigrams.recall


# --- Who is a candidate at all --------------------------------------------------------------------------------------


def test_only_reports_of_the_same_family_of_categories_are_compared() -> None:
    assert rank(LAMP, [lamp()])
    assert rank(LAMP, [lamp(family="transport")]) == []


def test_what_is_farther_than_the_radius_is_not_shown_however_alike() -> None:
    twin = lamp("Біля аптеки не горить ліхтар", distance_m=251.0)
    assert rank(LAMP, [twin]) == []
    assert [each.candidate for each in rank(LAMP, [twin], radius_m=radius(staff=True))] == [twin]


@pytest.mark.parametrize(
    ("staff", "override", "metres"),
    [
        (False, None, 250),
        (True, None, 1000),
        (False, 600, 600),
        (False, 100, 100),
        (True, 600, 1000),
        (True, 2000, 2000),
    ],
)
def test_a_category_may_have_a_radius_of_its_own(staff: bool, override: float | None, metres: float) -> None:
    assert radius(staff=staff, override_m=override) == metres


def test_a_report_without_a_point_is_ranked_by_its_words() -> None:
    found = rank(LAMP, [lamp(distance_m=None), lamp("Біля клубу валяються старі меблі", id="chairs", distance_m=None)])
    assert [each.candidate.id for each in found] == ["lamp"]


def test_no_more_than_three_are_shown_and_a_desk_may_see_all() -> None:
    many = [lamp(id=str(number), distance_m=float(number)) for number in range(9)]
    assert len(rank(LAMP, many)) == SHOWN
    assert [each.candidate.id for each in rank(LAMP, many, most=9, at_least=0, of_best=0)] == list("012345678")


def test_nothing_open_gives_nothing() -> None:
    assert rank(LAMP, []) == []


# --- What counts ----------------------------------------------------------------------------------------------------


def score(candidate: Candidate, asked: Asked = LAMP) -> float:
    return rank(asked, [candidate], at_least=0, of_best=0)[0].score


@pytest.mark.parametrize(
    ("likelier", "less"),
    [
        (lamp(distance_m=5.0), lamp(distance_m=120.0)),
        (lamp(), lamp("Котячий корм розсипали")),
        (lamp(), lamp(age_days=200)),
        (lamp(supporters=9), lamp()),
        (lamp(), lamp(category="shelter")),
        (lamp(), lamp("Біля аптеки завалився паркан")),
        (lamp("темно біля аптеки"), lamp("темно біля церкви")),
    ],
    ids=["nearer", "alike", "newer", "supported", "same category", "same thing", "same landmark"],
)
def test_likelier_is_what_is(likelier: Candidate, less: Candidate) -> None:
    assert score(likelier) > score(less)


def test_another_entrance_of_the_same_house_is_less_likely() -> None:
    asked = Asked("lighting", "place", key("Садова 7, другий під'їзд, не світить лампа"))
    assert score(lamp("Садова 7, під'їзд 2, темно"), asked) > score(lamp("Садова 7, четвертий під'їзд, темно"), asked)


def test_without_words_near_and_of_one_category_is_enough_to_ask() -> None:
    silent = Asked("lighting", "place", "")
    assert score(lamp(distance_m=10.0), silent) >= LEAST
    assert score(lamp(distance_m=200.0), silent) < LEAST
    assert score(lamp(distance_m=10.0, category="animals"), silent) < LEAST


def test_scores_lie_between_0_and_1_whatever_is_compared() -> None:
    strange = [lamp("", distance_m=None, age_days=-3), lamp("ьь ' № 12-а 😀", age_days=1e6, supporters=10**6)]
    for asked in (LAMP, Asked("lighting", "place", ""), Asked("lighting", "place", key("ьь"))):
        assert all(0 <= score(each, asked) <= 1 for each in strange)


# --- Words ----------------------------------------------------------------------------------------------------------


def test_words_are_alike_in_any_case_and_spelling() -> None:
    assert similar_words("На дорозі яма", "яма на дороге") > 0.6
    assert similar_words("Не світять лихтарі", "ліхтар не світить") > 0.4
    assert similar_words("яма на дорозі", "покусав собака") == 0
    assert similar_words("", "") == 0


def test_it_does_not_matter_which_of_two_texts_is_named_first() -> None:
    rows = read("paraphrases.csv")
    assert all(similar_words(row["first"], row["second"]) == similar_words(row["second"], row["first"]) for row in rows)


def test_trigrams_are_those_of_postgresql(session: Session) -> None:
    rows = read("paraphrases.csv")
    keys = [(key(row["first"]), key(row["second"])) for row in rows]
    for a, b in [*keys, ("підʼїзд", "подъезд"), ("", "яма"), ("яма", "яма")]:
        theirs = session.scalar(text("SELECT similarity(:a, :b)"), {"a": a, "b": b})
        assert trigram_similarity(a, b) == pytest.approx(theirs, abs=1e-6), (a, b)


# --- Speed ----------------------------------------------------------------------------------------------------------


def test_two_hundred_candidates_are_ranked_in_20_ms() -> None:
    keys = [each.key for half in HALVES for new in new_reports(half) for each in new.open]
    distinct = [each for each in dict.fromkeys(keys) if each]
    chance = random.Random(1)
    many = [
        Candidate(
            str(number), "road", "transport", chance.uniform(0, 250), " ".join(chance.sample(distinct, 2)), number
        )
        for number in range(200)
    ]
    took = []
    for each in distinct[:30]:
        start = time.thread_time()
        rank(Asked("road", "transport", each), many)
        took.append(time.thread_time() - start)
    assert statistics.median(took) <= 0.020
