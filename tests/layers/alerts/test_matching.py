"""Who is told of what: by place, category, status, new or changed, on public facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.alerts import actions
from layers.alerts.actions import Wish
from layers.area import Area
from layers.errors import BadFields
from layers.people.credentials import Keys
from tests.layers.alerts.conftest import NOW, Letters, Subscribe, deliver, put_back, take_off
from tests.layers.problems.conftest import IN_VILLAGE, Bring, Move

AROUND_CITY = "36.0 50.0, 36.02 50.0, 36.02 50.02, 36.0 50.02"
ELSEWHERE = "36.15 50.05, 36.18 50.05, 36.18 50.08"
ROAD = ["Road and crossing Confirmed new"]
NEW = ["Street lighting Confirmed new"]

Confirm = Callable[..., UUID]


def test_a_hromada_a_polygon_around_it_and_the_whole_area_are_told(
    bring: Bring, confirm: Confirm, subscribe: Subscribe, letters: Letters
) -> None:
    subscribe("all")
    subscribe("hromada", units=("H1",))
    subscribe("drawn", drawn=AROUND_CITY)
    subscribe("village", units=("V1",))
    subscribe("far", drawn=ELSEWHERE)
    subscribe("either", units=("V1",), drawn=AROUND_CITY)
    confirm(bring())
    assert letters() == dict.fromkeys(["all", "hromada", "drawn", "either"], NEW)


def test_a_report_is_matched_where_the_public_sees_it(
    bring: Bring, confirm: Confirm, subscribe: Subscribe, letters: Letters
) -> None:
    """Of a village without houses on the map the hromada's centre is public, and nothing finer gives it away."""
    subscribe("at-the-door", drawn="36.064 50.070, 36.066 50.070, 36.066 50.072, 36.064 50.072")
    subscribe("village", units=("V1",))
    subscribe("centre", drawn="36.049 50.049, 36.051 50.049, 36.051 50.051, 36.049 50.051")
    confirm(bring(at=IN_VILLAGE))
    assert letters() == {"centre": NEW}


STREET = text("""
INSERT INTO streets (id, name_uk, name_en, kind, key_uk, key_en, point, geom)
SELECT :id, 'вулиця Перша', 'First Street', 'street', 'перша', 'first', ST_PointOnSurface(line), ST_Multi(line)
FROM (SELECT ST_GeomFromText(:line, 4326) AS line) drawn
""")


def street_of(session: Session, line: str, street: str = "s1") -> None:
    session.execute(STREET, {"id": street, "line": f"LINESTRING({line})"})


def show_at(session: Session, problem: UUID, lon: float, lat: float, reach: float) -> None:
    """Show a report at a street's snap point with a square catchment."""
    snap = session.scalar(
        text(
            "INSERT INTO snap_points (version, kind, title_uk, title_en, region, units, buildings, geom, catchment) "
            "SELECT max(version), 'street', 'вулиця Перша', 'First Street', 'H1', '{H1}', 8, p.geom, "
            "ST_Multi(ST_Expand(p.geom, :reach)) "
            "FROM snap_lists, (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS geom) p "
            "GROUP BY p.geom RETURNING id"
        ),
        {"lon": lon, "lat": lat, "reach": reach},
    )
    session.execute(
        text(
            "UPDATE problems SET snap_id = :snap, public_precision = 'street', "
            "public_geom = (SELECT geom FROM snap_points WHERE id = :snap) WHERE id = :id"
        ),
        {"snap": snap, "id": problem},
    )


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        ("36.000 50.0150, 36.010 50.0150", True),  # through the point
        ("36.000 50.0152, 36.010 50.0152", True),  # 22 m beside it, and beside the catchment
        ("36.0041 50.0140, 36.0041 50.0160", False),  # 64 m west of it, and of the catchment
        ("36.000 50.0160, 36.010 50.0160", False),  # 111 m north
    ],
)
def test_a_street_is_told_of_what_is_shown_on_it(
    placed: Session, bring: Bring, confirm: Confirm, subscribe: Subscribe, letters: Letters, line: str, is_told: bool
) -> None:
    street_of(placed, line)
    subscribe("neighbour", street="s1")
    problem = confirm(bring())
    show_at(placed, problem, 36.005, 50.015, 0.0001)
    assert letters() == ({"neighbour": NEW} if is_told else {})


def test_a_street_and_a_polygon_are_told_of_a_catchment_that_they_share(
    placed: Session, bring: Bring, confirm: Confirm, subscribe: Subscribe, letters: Letters
) -> None:
    street_of(placed, "36.000 50.0156, 36.010 50.0156")  # 67 m from the point, within its catchment
    street_of(placed, "36.0058 50.0157, 36.0058 50.0200", "s2")  # touches it with 11 m
    subscribe("along", street="s1")
    subscribe("touching", street="s2")
    subscribe("corner", drawn="36.0055 50.0155, 36.0075 50.0155, 36.0075 50.0165")
    problem = confirm(bring())
    show_at(placed, problem, 36.005, 50.015, 0.0008)
    assert letters() == {"along": NEW, "corner": NEW}


def test_a_street_is_told_still_after_the_map_was_loaded_anew(
    placed: Session, bring: Bring, confirm: Confirm, subscribe: Subscribe, letters: Letters
) -> None:
    street_of(placed, "36.000 50.0150, 36.010 50.0150")
    subscribe("neighbour", street="s1")
    placed.execute(text("DELETE FROM streets"))
    problem = confirm(bring())
    show_at(placed, problem, 36.005, 50.015, 0.0001)
    assert letters() == {"neighbour": NEW}


def institution(session: Session) -> UUID:
    found: UUID | None = session.scalar(text("SELECT id FROM institutions ORDER BY position LIMIT 1"))
    assert found is not None
    return found


def test_categories_and_statuses_narrow(
    placed: Session, bring: Bring, confirm: Confirm, move: Move, subscribe: Subscribe, letters: Letters
) -> None:
    subscribe("lamps", categories=("lighting",))
    subscribe("roads", categories=("road",))
    subscribe("finished", statuses=("done", "closed"))
    problem = confirm(bring())
    assert letters() == {"lamps": NEW}
    move(problem, "forwarded", institution=institution(placed))
    assert letters() == {"lamps": ["Street lighting Forwarded updated"]}
    move(problem, "in_work")
    move(problem, "done", words="Лампу замінено")
    done = ["Street lighting Done, waiting for your confirmation updated"]
    assert letters() == {"lamps": done, "finished": done}


def test_new_or_changed_or_both(
    placed: Session, bring: Bring, confirm: Confirm, move: Move, subscribe: Subscribe, letters: Letters
) -> None:
    subscribe("new", changes="new")
    subscribe("changed", changes="updated")
    subscribe("both", changes="both")
    problem = confirm(bring())
    assert letters() == {"new": NEW, "both": NEW}
    move(problem, "forwarded", institution=institution(placed))
    changed = ["Street lighting Forwarded updated"]
    assert letters() == {"changed": changed, "both": changed}


def test_a_public_answer_is_a_change_and_more_support_or_erased_words_are_not(
    placed: Session, bring: Bring, confirm: Confirm, subscribe: Subscribe, letters: Letters
) -> None:
    subscribe("neighbour")
    problem = confirm(bring())
    assert letters() == {"neighbour": NEW}
    placed.execute(text("UPDATE problems SET supporters = 5, body = 'Не світить' WHERE id = :id"), {"id": problem})
    assert letters() == {}
    placed.execute(
        text(
            "INSERT INTO problem_messages (id, problem_id, at, month, said_by, audience, body, approved, signed) "
            "VALUES (gen_random_uuid(), :id, now(), '2026-11-01', 'desk', 'public', 'Буде', 'Буде', 'Олена Приклад')"
        ),
        {"id": problem},
    )
    assert letters() == {"neighbour": ["Street lighting Confirmed updated"]}
    placed.execute(text("UPDATE problem_messages SET erased_at = now() WHERE problem_id = :id"), {"id": problem})
    assert letters() == {}


def test_what_is_not_public_is_told_to_nobody(
    placed: Session, bring: Bring, confirm: Confirm, subscribe: Subscribe, letters: Letters
) -> None:
    subscribe("neighbour")
    bring()
    bring("Торгують біля ліцею", "drugs")
    assert letters() == {}
    closed = confirm(bring("Ще один ліхтар"))
    placed.execute(text("UPDATE units SET security = 'active' WHERE code = 'H1'"))
    assert letters() == {}
    assert placed.scalar(text("SELECT published FROM problems WHERE id = :id"), {"id": closed})


def test_what_is_withdrawn_before_it_is_sent_is_not_told_and_told_once_when_it_comes_back(
    placed: Session, bring: Bring, confirm: Confirm, subscribe: Subscribe, letters: Letters
) -> None:
    subscribe("weekly", pace="weekly")
    subscribe("instant")
    problem = confirm(bring())
    monday = NOW + timedelta(days=7)
    assert letters() == {"instant": NEW}
    deliver(placed)
    take_off(placed, problem)
    assert letters(monday) == {}
    put_back(placed, problem)
    assert letters(monday + timedelta(minutes=1)) == {"weekly": NEW}
    assert letters(monday + timedelta(days=7)) == {}


def test_a_letter_that_waits_for_the_mail_server_is_taken_back_when_its_report_is_withdrawn(
    placed: Session, bring: Bring, confirm: Confirm, subscribe: Subscribe, letters: Letters
) -> None:
    subscribe("neighbour", pace="daily")
    staying, leaving = confirm(bring()), confirm(bring("Яма", "road"), "Яма на дорозі")
    letters()
    assert letters(NOW + timedelta(days=1)) == {"neighbour": [*ROAD, *NEW]}
    waiting = text("SELECT problems FROM alert_letters")
    assert [len(row) for row in placed.scalars(waiting)] == [2]
    take_off(placed, leaving)
    assert letters(NOW + timedelta(days=1, minutes=1)) == {"neighbour": NEW}
    public = placed.scalar(text("SELECT public_id FROM problems WHERE id = :id"), {"id": staying})
    assert list(placed.scalars(waiting)) == [[public]]
    assert placed.scalar(text("SELECT count(*) FROM outbox")) == 1


def test_a_letter_has_thirty_reports_and_says_how_many_more(
    placed: Session, bring: Bring, confirm: Confirm, subscribe: Subscribe, area: Area, keys: Keys
) -> None:
    subscribe("neighbour")
    for n in range(32):
        placed.execute(
            text("INSERT INTO alert_pending SELECT a.id, :problem, true, now() - interval '1 year' FROM alerts a"),
            {"problem": public_id(placed, confirm(bring(f"Не світить ліхтар {n}", key=f"{n}", device=f"{n}")))},
        )
    digest = actions.take(placed, keys, area, now=NOW)
    assert digest is not None
    assert (len(digest.items), digest.more, len(digest.told)) == (30, 2, 32)


def public_id(session: Session, problem: UUID) -> UUID:
    found: UUID | None = session.scalar(text("SELECT public_id FROM problems WHERE id = :id"), {"id": problem})
    assert found is not None
    return found


def test_who_has_not_confirmed_is_told_nothing_and_who_confirms_later_only_what_comes_then(
    placed: Session, bring: Bring, confirm: Confirm, subscribe: Subscribe, letters: Letters
) -> None:
    subscribe("silent", confirmed=False)
    confirm(bring())
    assert letters() == {}
    subscribe("late")
    assert letters() == {}
    confirm(bring("Ще один", key="2"), "Ще один ліхтар")
    assert letters() == {"late": NEW}


WRONG: tuple[tuple[dict[str, object], str], ...] = (
    ({"email": "nobody"}, "email"),
    ({"drawn": "36.0 50.0, 36.1 50.1"}, "drawn"),
    ({"drawn": "36.0 50.0, 36.1 50.1, 36.1 50.0, 36.0 50.1"}, "drawn"),  # crosses itself
    ({"drawn": "37.0 50.0, 37.1 50.1, 37.1 50.0"}, "drawn"),  # outside
    ({"drawn": "35.0 49.0, 38.0 49.0, 38.0 52.0, 35.0 52.0"}, "drawn"),  # larger than the area
    ({"drawn": ", ".join(f"36.0{n:03} 50.0{n * n:06}" for n in range(101))}, "drawn"),
    ({"drawn": "36 nan, 36.1 50, 36.1 50.1"}, "drawn"),
    ({"drawn": "тут"}, "drawn"),
    ({"street": "s9"}, "street"),
    ({"units": ("H9",)}, ""),
    ({"categories": ("drugs",)}, ""),
    ({"statuses": ("received",)}, ""),
    ({"pace": "hourly"}, ""),
)


def test_what_cannot_be_wanted_is_refused_at_its_field(placed: Session, area: Area, keys: Keys) -> None:
    for wanted, field in WRONG:
        wish = Wish(**{"email": "a@example.org", **wanted})  # type: ignore[arg-type]
        with pytest.raises(BadFields) as refused:
            actions.subscribe(placed, keys, area, wish, key="k", now=NOW)
        assert list(refused.value.fields) == [field], wanted
