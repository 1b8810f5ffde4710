"""The same or new: what whoever reports is shown of what is open nearby, and what becomes of «це воно»."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.area import Area
from layers.errors import Conflict
from layers.people.credentials import Keys
from layers.problems import actions, intake, nearby, receipts, rules, store
from layers.problems.intake import Contact, Receipt, Report
from layers.problems.nearby import Open
from layers.viewer import PUBLIC, Viewer, robot
from tests.layers.problems.conftest import IN_CITY, NOW, Bring, Move

TODAY = date(2026, 11, 23)
REPORTER = robot(rules.REPORTER)
Near = Callable[..., list[Open]]
SeeAs = Callable[[Viewer], Session]


@pytest.fixture
def near(placed: Session, see_as: SeeAs) -> Iterator[Near]:
    """Return a function that asks, as the public, what is open near a place in the city."""

    def ask(category: str = "lighting", at: tuple[float, float] | None = IN_CITY, **given: object) -> list[Open]:
        lon, lat = at or (None, None)
        session = see_as(PUBLIC)
        found = nearby.open_nearby(session, category=category, lon=lon, lat=lat, today=TODAY, **given)  # type: ignore[arg-type]
        see_as(robot("test"))
        return found

    return ask


def public_id(session: Session, problem: UUID) -> UUID:
    found = store.one(session, problem)
    assert found is not None
    return found.public_id


def test_a_confirmed_report_is_offered_with_what_the_public_may_read_of_it(
    bring: Bring, confirm: Callable[..., UUID], near: Near, placed: Session, photo: bytes
) -> None:
    problem = confirm(bring(photos=(photo,)))
    (shown,) = near(words="Не горить ліхтар")
    assert shown.id == public_id(placed, problem)
    assert (shown.body, shown.month, shown.supporters) == ("Не світить ліхтар біля ринку", date(2026, 11, 1), 1)
    assert (shown.category.uk, shown.status.en) == ("Освітлення", "Confirmed")
    assert len(shown.photos) == 1


def test_what_nobody_approved_is_never_offered(bring: Bring, near: Near) -> None:
    bring()
    assert near(words="Не світить ліхтар") == []


def test_the_answer_is_the_same_wherever_in_its_catchment_a_report_really_lies(
    bring: Bring, confirm: Callable[..., UUID], near: Near, placed: Session
) -> None:
    """Nobody can find an exact place by asking from many places: it has no part in the answer."""
    problem = confirm(bring())
    asked = [(36.001 + 0.0016 * step, 50.001 + 0.0013 * step) for step in range(12)]
    before = [near(at=at, words="Не світить ліхтар") for at in asked]
    placed.execute(
        text(
            "UPDATE problem_places SET geom = ST_SetSRID(ST_MakePoint(36.0191, 50.0007), 4326) WHERE problem_id = :id"
        ),
        {"id": problem},
    )
    assert [near(at=at, words="Не світить ліхтар") for at in asked] == before
    assert any(before)


STREETS = text("""
WITH list AS (
    INSERT INTO snap_lists (made_at, fingerprint, mark, homes, counts) VALUES (now(), 'f', 'm', 16, '{}')
    RETURNING version
)
INSERT INTO snap_points (version, kind, title_uk, title_en, region, units, buildings, geom, catchment)
SELECT version, 'street', name, name, 'H1', '{H1,C1}', 8, ST_SetSRID(ST_MakePoint(lon, 50.01), 4326),
       ST_Multi(ST_MakeEnvelope(west, 50.0, east, 50.02, 4326))
FROM list, (VALUES ('Західна', 36.005, 36.0, 36.01), ('Східна', 36.015, 36.01, 36.02)) v (name, lon, west, east)
""")


def test_a_report_on_the_next_street_is_offered_by_how_near_that_street_is(
    bring: Bring, confirm: Callable[..., UUID], near: Near, placed: Session
) -> None:
    """At 50° north a thousandth of a degree of longitude is 71.7 m; the limit of the two streets lies at 36.01."""
    placed.execute(STREETS)
    confirm(bring(at=(36.0099, 50.015)))
    assert [shown.place.uk for shown in near(at=(36.0115, 50.015), words="Не світить ліхтар")] == ["Західна"]
    assert near(at=(36.0134, 50.015), words="Не світить ліхтар") != []
    assert near(at=(36.0136, 50.015), words="Не світить ліхтар") == []


def test_a_category_may_say_how_far_to_look(
    bring: Bring, confirm: Callable[..., UUID], near: Near, placed: Session
) -> None:
    placed.execute(STREETS)
    confirm(bring("Зграя собак", "animals", at=(36.0099, 50.015)), "Зграя собак біля ринку")
    assert near("animals", at=(36.0136, 50.015), words="Зграя собак біля ринку") != []


def test_other_families_other_places_and_closed_reports_are_not_offered(
    bring: Bring, confirm: Callable[..., UUID], near: Near, move: Move, placed: Session
) -> None:
    problem = confirm(bring())
    assert near("fraud", words="Не світить ліхтар") == []
    assert near(at=(36.095, 50.095), words="Не світить ліхтар") == []
    assert near("drugs", words="Не світить ліхтар") == []
    move(problem, "checking", reason="mistake")
    assert near(words="Не світить ліхтар") == []


def test_words_alone_find_what_is_in_the_settlement_that_they_name(
    bring: Bring, confirm: Callable[..., UUID], near: Near
) -> None:
    confirm(bring())
    assert near(at=None, place_words="C1, біля ринку", words="не світить ліхтар")
    assert near(at=None, place_words="десь біля ринку", words="не світить ліхтар") == []


def join(session: Session, see_as: SeeAs, keys: Keys, area: Area, which: UUID, device: str, **given: object) -> Receipt:
    report = Report("lighting", **{"device": device, **given})  # type: ignore[arg-type]
    see_as(REPORTER)
    receipt = nearby.follow(session, keys, area, which, intake.prepare(report), key=f"follows {device}", now=NOW)
    see_as(robot("test"))
    return receipt


def test_whoever_says_it_is_the_same_is_one_supporter_with_a_receipt_and_no_number(
    bring: Bring, confirm: Callable[..., UUID], placed: Session, see_as: SeeAs, keys: Keys, area: Area
) -> None:
    problem = confirm(bring())
    which = public_id(placed, problem)
    first = join(placed, see_as, keys, area, which, "інший")
    again = join(placed, see_as, keys, area, which, "інший")
    assert (first.token, first.number) == (again.token, 0)
    assert store.one(placed, problem).supporters == 2  # type: ignore[union-attr]
    holder = receipts.open_receipt(placed, keys, first.token)
    assert holder.problem == problem
    assert not store.has_reported(placed, problem, holder.person)
    assert store.has_reported(placed, problem, receipts.person_of(keys, "пристрій"))


def test_what_a_supporter_adds_waits_at_the_desk(
    bring: Bring, confirm: Callable[..., UUID], placed: Session, see_as: SeeAs, keys: Keys, area: Area, photo: bytes
) -> None:
    problem = confirm(bring())
    which = public_id(placed, problem)
    given = {"words": "І сусідній теж", "photos": (photo,), "contact": Contact(phone="050 123 45 67")}
    join(placed, see_as, keys, area, which, "інший", **given)
    assert [m.body for m in store.messages_of(placed, problem) if m.audience == "desk"] == ["І сусідній теж"]
    assert [p.state for p in store.photos_of(placed, problem)] == ["waiting"]
    assert [c.phone for c in store.contacts_of(placed, problem)] == ["+380501234567"]
    public = placed.execute(text("SELECT body, photos, supporters FROM problems_public")).one()
    assert tuple(public) == ("Не світить ліхтар біля ринку", [], 2)


def test_nobody_joins_a_report_that_is_not_public(
    bring: Bring, placed: Session, see_as: SeeAs, keys: Keys, area: Area
) -> None:
    receipt = bring()
    with pytest.raises(Conflict):
        join(placed, see_as, keys, area, public_id(placed, receipt.problem), "інший")


def test_a_supporters_words_are_looked_through_like_any_others(
    bring: Bring, confirm: Callable[..., UUID], placed: Session, see_as: SeeAs, keys: Keys, area: Area
) -> None:
    which = public_id(placed, confirm(bring()))
    with pytest.raises(intake.NotTaken):
        join(placed, see_as, keys, area, which, "інший", words="Біля ліхтаря стоїть блокпост")
    assert actions.get(placed, store.by_public_id(placed, which).id).supporters == 1  # type: ignore[union-attr]
