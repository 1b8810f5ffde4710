"""Demonstration data: invented, believable, repeatable."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ingestion.demo import CATEGORIES, STATUSES, Anchor, incidents, load_demo_incidents
from layers.area import Area
from layers.units.actions import ensure_units

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOWN = Anchor(36.69, 49.836, 1800, 30)
VILLAGE = Anchor(36.9, 49.6, 250, 1)


def test_the_same_moment_and_seed_give_the_same_incidents() -> None:
    assert incidents([TOWN, VILLAGE], now=NOW, seed=7) == incidents([TOWN, VILLAGE], now=NOW, seed=7)
    assert incidents([TOWN, VILLAGE], now=NOW, seed=7) != incidents([TOWN, VILLAGE], now=NOW, seed=8)


def test_two_thousand_incidents_fill_twenty_four_months_and_none_is_in_the_future() -> None:
    made = incidents([TOWN, VILLAGE], now=NOW, seed=1)
    assert len(made) == 2000
    assert max(incident.at for incident in made) < NOW
    assert min(incident.at for incident in made) > NOW - timedelta(days=24 * 30.4 + 1)
    assert len({(incident.at.year, incident.at.month) for incident in made}) >= 24
    assert [incident.at for incident in made] == sorted(incident.at for incident in made)


def test_shares_of_categories_and_settlements_are_as_stated() -> None:
    made = incidents([TOWN, VILLAGE], now=NOW, seed=2)
    counted = Counter(incident.category for incident in made)
    assert set(counted) == set(CATEGORIES)
    assert counted["theft"] == pytest.approx(CATEGORIES["theft"][0] * 2000, rel=0.2)
    in_the_village = sum(abs(incident.lat - VILLAGE.lat) < 0.05 for incident in made)
    assert in_the_village == pytest.approx(2000 / 31, rel=0.4)
    assert {incident.status for incident in made} == set(STATUSES)


def test_incidents_gather_in_spots_instead_of_spreading_evenly() -> None:
    made = incidents([TOWN], now=NOW, seed=3)
    cells = Counter((incident.lon, incident.lat) for incident in made)
    busiest = sum(count for _, count in cells.most_common(len(cells) // 20))
    assert busiest / len(made) > 0.2  # the busiest twentieth of the places holds over a fifth of all


def test_an_area_without_settlements_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no settlement"):
        incidents([], now=NOW, seed=1)


def test_the_demo_lands_once_however_often_it_is_loaded(session: Session, area: Area) -> None:
    ensure_units(session, area)
    first = load_demo_incidents(session, area, now=NOW, seed=1)
    again = load_demo_incidents(session, area, now=NOW, seed=1)
    assert first.landed + len(first.outside) == 2000
    assert first.landed > 1950
    assert (again.landed, again.known) == (0, first.landed)
    assert session.scalar(text("SELECT count(*) FROM incidents_public WHERE demo")) == first.published


def test_the_demo_closes_the_territories_its_profile_names_and_invents_nothing_there(
    session: Session, area: Area
) -> None:
    ensure_units(session, area)
    load_demo_incidents(session, area, now=NOW, seed=1)
    closed = session.scalars(text("SELECT code FROM units WHERE security = 'active'")).all()
    assert tuple(closed) == area.demo_closed != ()
    inside = session.scalar(text("SELECT count(*) FROM incidents WHERE units && :closed"), {"closed": list(closed)})
    # A blur at the border may reach over it; nothing of that is published.
    assert inside < 20
    assert (
        session.scalar(text("SELECT count(*) FROM incidents_public WHERE units && :closed"), {"closed": list(closed)})
        == 0
    )
