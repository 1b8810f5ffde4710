"""Camera plans in the database: what is made, who may read and propose, what is said and decided of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import numpy as np
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from layers.area import Area
from layers.cameras import actions, gathering, planning, reviews, store
from layers.cameras.planning import Settings
from layers.database.engine import Database
from layers.errors import BadFields, BadInput, NotAllowed
from layers.viewer import PUBLIC, Role, Viewer, robot
from tests import cameras
from tests.cameras import BARRACKS, COORDINATOR, NOW, QUICK, ROBOT, STREET, WEST

NAMED, UNNAMED = Viewer(Role.DEPUTY, uuid4()), Viewer(Role.DEPUTY, uuid4())
OFFICER = Viewer(Role.OFFICER, uuid4(), frozenset({"C1"}))
INSIDERS = (OFFICER, Viewer(Role.POLICE_LEAD, uuid4()), Viewer(Role.ADMIN, uuid4()), NAMED)
OTHERS = (PUBLIC, UNNAMED, Viewer(Role.OPERATOR, uuid4()), Viewer(Role.STAROSTA, uuid4(), frozenset({"C1"})),
          Viewer(Role.EXECUTOR, uuid4()))  # fmt: skip
EXACT = ("camera_sites", "camera_plans", "camera_plan_sites", "camera_comments", "camera_positions",
         "camera_decisions", "camera_copies", "camera_zones", "camera_photos")  # fmt: skip


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return cameras.area_of(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def street(database: Database) -> Database:
    with database.begin(ROBOT) as session:
        cameras.lay(session)
        actions.name_deputy(session, ROBOT, NAMED.account or uuid4(), named=True)
    return database


@pytest.fixture(scope="module")
def made(street: Database, here: Area) -> int:
    return cameras.plan(street, here)


def test_a_plan_has_as_many_new_cameras_as_asked_beside_the_one_that_stands(
    street: Database, here: Area, made: int
) -> None:
    rows = cameras.sites(street, made, here)
    assert [row.locked for row in rows] == [True, False, False, False]
    assert rows[0].ref == "bank"
    assert rows[0].bearing is None


def test_a_plan_says_how_near_to_the_best_it_is_and_what_each_camera_adds(
    street: Database, here: Area, made: int
) -> None:
    with street.begin(ROBOT) as session:
        plan = store.plan_by(session, made)
        assert plan is not None
        assert plan.numbers["optimal"] or 0 <= plan.numbers["gap"] < 0.05
        assert 0 < plan.numbers["share"] <= 1
        assert plan.numbers["night_share"] <= plan.numbers["share"]
    adds = [row.adds for row in cameras.sites(street, made, here) if not row.locked]
    assert adds == sorted(adds, reverse=True)
    assert all(value > 0 for value in adds)


def test_a_door_is_watched_from_a_step_before_its_wall(street: Database, here: Area) -> None:
    lon, lat = WEST + 0.0002, STREET + 0.00012  # in the middle of the first northern house's front
    with street.begin(ROBOT) as session:
        cameras.place(session, "door", "entrance", lon, lat)
        town = gathering.gather(session, here, QUICK, now=NOW)
        [(x, y)] = store.metres(session, [(lon, lat)], here.metric_srid)
        session.rollback()
    [door] = town.ground.demand.xy[town.ground.demand.of("entrance")]
    assert np.hypot(door[0] - x, door[1] - y) == pytest.approx(0.3, abs=0.01)
    assert not len(town.ground.walls.tree.query(shapely.Point(door), predicate="intersects"))


def test_no_camera_is_proposed_within_a_hundred_metres_of_anything_military(
    street: Database, here: Area, made: int
) -> None:
    for row in cameras.sites(street, made, here):
        with street.begin(ROBOT) as session:
            [(x, y)] = store.metres(session, [BARRACKS], here.metric_srid)
        assert row.locked or np.hypot(row.x - x, row.y - y) > 100


def test_no_camera_is_proposed_in_a_zone_that_the_coordinator_drew(street: Database, here: Area) -> None:
    west, east = WEST, WEST + 0.0035
    corners = [(west, STREET - 0.001), (east, STREET - 0.001), (east, STREET + 0.001), (west, STREET + 0.001)]
    with street.begin(COORDINATOR) as session:
        reviews.add_zone(
            session, COORDINATOR, title="Двір школи", corners=corners, within=shapely.box(36, 50, 36.2, 50.1)
        )
    try:
        rows = cameras.sites(street, cameras.plan(street, here, title="Без західної частини"), here)
        assert all(row.locked or row.lon > east for row in rows)
    finally:
        with street.begin(COORDINATOR) as session:
            [(zone, _title, _shape)] = store.zones(session)
            reviews.drop_zone(session, COORDINATOR, zone)


def test_what_a_round_table_gives_no_weight_is_not_planned_for(street: Database, here: Area) -> None:
    none = dict.fromkeys(("crossing", "school", "resident"), 0.0)
    with pytest.raises(BadInput, match="demand is empty"):
        cameras.plan(street, here, replace(QUICK, weights=none))


def test_a_budget_below_one_camera_is_said_and_nothing_is_saved(street: Database, here: Area) -> None:
    with street.begin(ROBOT) as session:
        before = len(store.plans(session))
    with pytest.raises(BadInput, match="below the price of one camera"):
        cameras.plan(street, here, Settings(budget=500.0, seconds=1))
    with street.begin(ROBOT) as session:
        assert len(store.plans(session)) == before


def test_a_plan_within_a_budget_costs_no_more(street: Database, here: Area) -> None:
    number = cameras.plan(street, here, Settings(budget=50_000.0, models=("fixed-4mp", "vari-8mp"), seconds=2))
    with street.begin(ROBOT) as session:
        plan = store.plan_by(session, number)
        assert plan is not None
        assert 0 < plan.numbers["cost"] <= 50_000


def test_joining_a_private_camera_stands_beside_the_best_new_one(street: Database, here: Area, made: int) -> None:
    bank = cameras.sites(street, made, here)[0]
    with street.begin(ROBOT) as session:
        plan = store.plan_by(session, made)
        assert plan is not None
        joining = plan.numbers["joining"]
    assert list(joining["private"]) == [str(bank.id)]
    assert joining["new"]["adds"] >= joining["private"][str(bank.id)] > 0


@pytest.mark.parametrize("who", OTHERS, ids=lambda who: who.role.value)
def test_nobody_but_insiders_reads_a_row_of_exact_plans(street: Database, made: int, who: Viewer) -> None:
    with street.begin(who) as session:
        assert {table: session.scalar(text(f"SELECT count(*) FROM {table}")) for table in EXACT} == dict.fromkeys(
            EXACT, 0
        )
        with pytest.raises(NotAllowed):
            actions.plan(session, who, made)


@pytest.mark.parametrize("who", INSIDERS, ids=lambda who: who.role.value)
def test_the_police_the_keepers_and_named_deputies_read_a_plan(street: Database, made: int, who: Viewer) -> None:
    with street.begin(who) as session:
        assert actions.plan(session, who, made).number == made


def test_a_deputy_who_is_no_longer_named_reads_nothing(street: Database, made: int) -> None:
    left = Viewer(Role.DEPUTY, uuid4())
    assert left.account is not None
    for named in (True, False):
        with street.begin(COORDINATOR) as session:
            actions.name_deputy(session, COORDINATOR, left.account, named=named)
    with street.begin(left) as session, pytest.raises(NotAllowed):
        actions.plan(session, left, made)


def test_everybody_reads_counts_and_shares_of_a_published_plan_and_no_place(street: Database, made: int) -> None:
    with street.begin(COORDINATOR) as session:
        actions.publish(session, COORDINATOR, made)
    with street.begin(PUBLIC) as session:
        rows = [row for row in store.public_plans(session) if row.number == made]
        columns = session.execute(text("SELECT * FROM camera_plan_units LIMIT 1")).keys()
    assert [(row.unit, row.cameras) for row in rows] == [("H1", 4)]
    assert set(columns) == {"plan_id", "unit", "title", "number", "cameras", "share"}


def test_no_column_of_the_model_could_hold_an_address_or_a_password(street: Database) -> None:
    with street.begin(ROBOT) as session:
        names = session.scalars(
            text("SELECT column_name FROM information_schema.columns WHERE table_name LIKE 'camera%'")
        )
        found = " ".join(names)
    assert not any(
        word in found for word in ("ip", "address", "host", "port", "url", "login", "user", "pass", "secret")
    )


def test_an_insider_may_save_a_variant_and_a_stranger_may_not(street: Database, here: Area, made: int) -> None:
    moves = {"moves": {"1": {"bearing": 10.0}}, "plan": made, "what": "variant"}
    number = cameras.plan(street, here, viewer=NAMED, title="Інакше", **moves)
    with street.begin(NAMED) as session:
        variant = actions.plan(session, NAMED, number)
        parent = actions.plan(session, NAMED, made)
        assert (variant.kind, variant.parent) == ("variant", parent.id)
    before, after = cameras.sites(street, made, here), cameras.sites(street, number, here)
    assert after[1].bearing == 10
    assert [row.id for row in after[2:]] == [row.id for row in before[2:]]
    assert after[1].id != before[1].id
    with pytest.raises(NotAllowed):
        cameras.plan(street, here, viewer=UNNAMED, **moves)


def test_a_deputy_can_neither_make_a_plan_of_ours_nor_an_existing_camera(street: Database, here: Area) -> None:
    with pytest.raises(NotAllowed):
        cameras.plan(street, here, viewer=NAMED)
    insert = text(
        "INSERT INTO camera_sites (id, mount, height_m, model, state, geom)"
        " VALUES (gen_random_uuid(), 'pole', 5, 'existing', 'existing', ST_SetSRID(ST_Point(36, 50), 4326))"
    )
    with pytest.raises(ProgrammingError), street.begin(NAMED) as session:
        session.execute(insert)


def test_what_a_trial_says_is_what_a_whole_new_count_says(street: Database, here: Area, made: int) -> None:
    with street.begin(robot("trial")) as session:
        plan = store.plan_by(session, made)
        assert plan is not None
        gathered, tried = actions.ready(session, here, plan, now=NOW)
    for bearing in (0.0, 90.0, 200.0):
        moved = tried.turned(2, bearing=bearing, x=tried.cameras[2].x + 1)
        quick = tried.score(2, moved)
        whole = planning.score(
            gathered.town.ground, [moved if at == 2 else one for at, one in enumerate(tried.cameras)], tried.settings
        )
        assert quick["share"] == pytest.approx(whole["share"])
        assert quick["night_share"] == pytest.approx(whole["night_share"])
        assert quick["private_m2"] == pytest.approx(whole["private_m2"])
        assert quick["counts"]["crossing"] == whole["counts"]["crossing"]


def test_a_trial_refuses_what_stands_already_what_lies_in_a_zone_and_a_bearing_of_400(
    street: Database, here: Area, made: int
) -> None:
    with street.begin(robot("trial")) as session:
        plan = store.plan_by(session, made)
        assert plan is not None
        _gathered, tried = actions.ready(session, here, plan, now=NOW)
        [(x, y)] = store.metres(session, [BARRACKS], here.metric_srid)
    for at, changes, said in (
        (0, {"bearing": 10.0}, "stands already"),
        (1, {"bearing": 400.0}, "0 to 359"),
        (1, {"height": -3.0}, "hangs 2 to 60 m"),
        (1, {"x": x, "y": y}, "closed to cameras"),
    ):
        with pytest.raises(BadInput, match=said):
            tried.turned(at, **changes)


def test_the_latest_position_of_a_deputy_counts_and_the_first_is_kept(street: Database, made: int) -> None:
    for stance, reason in (("for", ""), ("against", "Дорого")):
        with street.begin(NAMED) as session:
            reviews.take_position(session, NAMED, made, signed="О. Коваль", stance=stance, reason=reason)
    with street.begin(NAMED) as session:
        plan = actions.plan(session, NAMED, made)
        assert [one.stance for one in reviews.standing(session, plan.id)] == ["against"]
        assert len(store.positions(session, plan.id)) == 2
        with pytest.raises(ProgrammingError):
            session.execute(text("DELETE FROM camera_positions"))


def test_whoever_is_against_says_why_and_the_police_take_no_position(street: Database, made: int) -> None:
    with street.begin(NAMED) as session, pytest.raises(BadFields) as wrong:
        reviews.take_position(session, NAMED, made, signed=" ", stance="against", reason="")
    assert set(wrong.value.fields) == {"signed", "reason"}
    with street.begin(OFFICER) as session, pytest.raises(NotAllowed):
        reviews.take_position(session, OFFICER, made, signed="І. Литвин", stance="for", reason="")


def test_a_decision_changes_the_state_of_proposed_sites_and_of_no_other(street: Database, here: Area) -> None:
    number = cameras.plan(street, here, title="На сесію")
    told = {"form": "session", "decision": "12/3", "outcome": "approved", "today": date(2026, 11, 1)}
    with street.begin(COORDINATOR) as session:
        reviews.decide(session, COORDINATOR, number, day=date(2026, 10, 30), **told)
        with pytest.raises(BadFields):
            reviews.decide(session, COORDINATOR, number, day=date(2026, 11, 2), **told)
    assert [row.state for row in cameras.sites(street, number, here)] == ["existing", *["approved"] * 3]


def test_every_copy_has_a_number_of_its_own_and_a_reader(street: Database, made: int) -> None:
    with street.begin(NAMED) as session:
        one, other = (reviews.copy(session, NAMED, made, reader="О. Коваль", form="pdf-a4") for _ in range(2))
        assert other == one + 1
        plan = actions.plan(session, NAMED, made)
        assert [copy.reader for copy in store.copies(session, plan.id)][:2] == ["О. Коваль"] * 2


def test_reports_are_drawn_in_the_middle_of_a_cell_for_whoever_reads_the_plan(street: Database, made: int) -> None:
    with street.begin(NAMED) as session:
        plan = actions.plan(session, NAMED, made)
        drawn = store.drawing(session, plan.id)
    assert len(drawn["views"]) == 4
    assert len(drawn["views"][1]["day"]) == 4  # one a level of DORI
    points = drawn["points"]
    assert len(points["lon"]) == len(points["day"]) == len(points["night"]) > 0
    assert all(night <= day for day, night in zip(points["day"], points["night"], strict=True))


def test_a_site_is_described_by_one_who_saw_its_last_version(street: Database, here: Area, made: int) -> None:
    bank: UUID = cameras.sites(street, made, here)[0].id
    given = {"owner_kind": "business", "owner": "Банк", "place": "Площа", "server": "у банку",
             "access_rule": "Регламент", "storage_days": 30, "ups_hours": 4.0, "maintained_on": None,
             "joined": True, "switched_off": False}  # fmt: skip
    with street.begin(COORDINATOR) as session:
        version = session.scalar(text("SELECT version FROM camera_sites WHERE id = :id"), {"id": bank})
        reviews.describe(session, COORDINATOR, bank, given, version=version)
        with pytest.raises(BadFields):
            reviews.describe(session, COORDINATOR, bank, {**given, "storage_days": -1}, version=version + 1)
    number = cameras.plan(street, here, title="Після приєднання")
    with street.begin(ROBOT) as session:
        plan = store.plan_by(session, number)
        assert plan is not None
        assert plan.numbers["joining"]["private"] == {}


def test_cameras_of_a_councils_list_stand_in_every_plan_and_a_known_number_is_brought_up_to_date(
    street: Database, here: Area
) -> None:
    site = {"lon": WEST + 0.0021, "lat": STREET, "mount": "pole", "height_m": 5.0, "bearing": 0.0, "ref": "Р-1"}
    for bearing in (0.0, 90.0):
        with street.begin(COORDINATOR) as session:
            assert actions.add_standing(session, COORDINATOR, here, [{**site, "bearing": bearing}]) == 1
    rows = cameras.sites(street, cameras.plan(street, here, title="З переліком"), here)
    assert [(row.ref, row.bearing) for row in rows if row.locked and row.ref != "bank"] == [("Р-1", 90.0)]
    with street.begin(COORDINATOR) as session, pytest.raises(BadInput, match="outside the area"):
        actions.add_standing(session, COORDINATOR, here, [{**site, "lon": 20.0}])


def test_a_councils_own_list_gives_the_only_places(street: Database, here: Area) -> None:
    places = [{"lon": WEST + x, "lat": STREET, "mount": "pole", "height_m": 6.0} for x in (0.0010, 0.0024)]
    rows = cameras.sites(street, cameras.plan(street, here, replace(QUICK, count=2), title="Свої", places=places), here)
    assert {round(row.lon, 5) for row in rows if not row.locked} <= {round(one["lon"], 5) for one in places}
    closed = [{"lon": BARRACKS[0], "lat": BARRACKS[1], "mount": "pole", "height_m": 6.0}]
    with pytest.raises(BadInput, match="closed to cameras"):
        cameras.plan(street, here, title="На казармі", places=closed)


def test_a_site_that_was_rejected_is_not_proposed_again(street: Database, here: Area) -> None:
    first = cameras.plan(street, here, title="Спершу")
    with street.begin(COORDINATOR) as session:
        reviews.decide(session, COORDINATOR, first, form="session", decision="1", day=date(2026, 10, 1),
                       outcome="rejected", today=date(2026, 11, 1))  # fmt: skip
    second = cameras.plan(street, here, title="Потім")
    before, after = (cameras.sites(street, number, here) for number in (first, second))
    for old in before:
        for new in after:
            if not (old.locked or new.locked):
                assert np.hypot(old.x - new.x, old.y - new.y) >= 10
