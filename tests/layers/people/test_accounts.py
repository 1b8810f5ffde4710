"""Keeping accounts: who may, what is refused, and how at once it works."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from layers import history
from layers.errors import BadFields, BezpekaError, Conflict, KeyReused, NotAllowed, NotFound, Stale
from layers.people import actions, door, rules, store
from layers.people.door import Porter
from layers.people.rules import Particulars, check, check_password
from layers.viewer import PEOPLE, PUBLIC, Role, Viewer
from tests.layers.people.conftest import NOW, ROBOT, Member

LATER = NOW + timedelta(minutes=5)
Join = Callable[..., Member]
DEPUTY = Particulars("deputy@example.org", "Марія", "deputy")


def add(porter: Porter, viewer: Viewer, given: Particulars, key: str = "") -> actions.Invitation:
    with porter.database.begin(viewer) as session:
        return actions.add(session, viewer, porter.keys, given, idempotency_key=key or str(uuid4()), now=NOW)


def version_of(porter: Porter, viewer: Viewer) -> int:
    assert viewer.account is not None
    with porter.database.begin(ROBOT) as session:
        return actions.one(session, viewer.account).version


@pytest.mark.parametrize("role", sorted(PEOPLE - {Role.ADMIN}))
def test_only_an_administrator_keeps_accounts(porter: Porter, join: Join, role: Role) -> None:
    target = join(f"target-of-{role}@example.org", "deputy").viewer.account
    assert target is not None
    viewer = PUBLIC if role is Role.RESIDENT else Viewer(role, account=uuid4(), units=frozenset({"u1"}))
    attempts: list[Callable[[object], object]] = [
        lambda s: actions.listed(s, viewer),
        lambda s: actions.find(s, viewer, "x@example.org"),
        lambda s: actions.add(s, viewer, porter.keys, DEPUTY, idempotency_key="k", now=NOW),
        lambda s: actions.change(s, viewer, target, DEPUTY, version=1),
        lambda s: actions.disable(s, viewer, target, version=1, now=NOW),
        lambda s: actions.enable(s, viewer, target, version=1),
        lambda s: actions.reset(s, viewer, porter.keys, target, version=1, now=NOW),
    ]
    for attempt in attempts:
        with porter.database.begin(viewer) as session, pytest.raises(NotAllowed):
            attempt(session)


def test_an_administrator_adds_people_who_are_listed_by_name(porter: Porter, join: Join) -> None:
    admin = join("lister@example.org", "admin").viewer
    for number, name in enumerate(("Ївга", "Ганна", "Ґалина", "Зоя")):
        add(porter, admin, Particulars(f"by-name{number}@example.org", name, "deputy"))
    with porter.database.begin(admin) as session:
        names = [p.name for p in actions.listed(session, admin) if p.email and p.email.startswith("by-name")]
        [found] = [p for p in actions.listed(session, admin) if p.email == "by-name1@example.org"]
    assert names == ["Ганна", "Ґалина", "Зоя", "Ївга"]
    assert (found.set_up, found.seen_at, found.version) == (False, None, 1)


def test_the_same_submission_gives_the_same_account_and_link(porter: Porter, join: Join) -> None:
    admin = join("twice@example.org", "admin").viewer
    given = Particulars("once-only@example.org", "Марія", "deputy")
    first = add(porter, admin, given, "key-1")
    again = add(porter, admin, given, "key-1")
    assert (again.account, again.token) == (first.account, first.token)
    assert (first.repeated, again.repeated) == (False, True)
    with pytest.raises(KeyReused):
        add(porter, admin, Particulars("another@example.org", "Марія", "deputy"), "key-1")
    with pytest.raises(BadFields) as refused:
        add(porter, admin, given, "key-2")
    assert set(refused.value.fields) == {"email"}


def test_of_two_equal_submissions_at_once_one_account_comes(porter: Porter, join: Join) -> None:
    admin = join("at-once@example.org", "admin").viewer
    given, start = Particulars("born-once@example.org", "Марія", "deputy"), threading.Barrier(4)

    def submit(_: int) -> actions.Invitation:
        start.wait()
        return add(porter, admin, given, "key-at-once")

    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(submit, range(4)))
    assert len({one.token for one in came}) == 1
    assert sorted(one.repeated for one in came) == [False, True, True, True]


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (Particulars("no address", "Марія", "deputy"), {"email"}),
        (Particulars("a@b", "Марія", "deputy"), {"email"}),
        (Particulars("a@b.org", "  ", "deputy"), {"name"}),
        (Particulars("a@b.org", "М" * 101, "deputy"), {"name"}),
        (Particulars("a@b.org", "Марія", "resident"), {"role"}),
        (Particulars("a@b.org", "Марія", "robot"), {"role"}),
        (Particulars("a@b.org", "Марія", "officer"), {"units"}),
        (Particulars("", "", "starosta"), {"email", "name", "units"}),
    ],
)
def test_bad_particulars_are_refused_field_by_field(given: Particulars, fields: set[str]) -> None:
    with pytest.raises(BadFields) as refused:
        check(given)
    assert set(refused.value.fields) == fields


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("коротке", False),
        ("olena@example.org", False),
        ("xx olena@example.org xx", False),
        ("Password1234", False),
        ("Слава Україні", True),
        ("СлаваУкраїні", False),
        ("aaaaaaaaaaaaab", False),
        ("три слова поспіль", True),
        ("correcthorsebattery", True),
        ("x" * 201, False),
    ],
)
def test_a_password_is_long_and_not_guessed_first(password: str, good: bool) -> None:
    assert (check_password(password, "olena@example.org") is None) is good


def test_every_common_password_is_long_enough_to_be_needed() -> None:
    listed = rules.common_passwords()
    assert len(listed) > 80
    assert [word for word in listed if len(word) < rules.SHORTEST_PASSWORD] == []


def test_another_role_or_territory_ends_the_sessions_at_once_and_another_name_does_not(
    porter: Porter, join: Join
) -> None:
    admin = join("changer@example.org", "admin").viewer
    member = join("officer@example.org", "officer", "u1")
    account = member.viewer.account
    assert account is not None

    def change(given: Particulars, version: int) -> int:
        with porter.database.begin(admin) as session:
            return actions.change(session, admin, account, given, version=version)

    assert change(Particulars(member.email, "Інше імʼя", "officer", frozenset({"u1"})), 1) == 2
    assert door.viewer_for_token(porter.database, member.token, LATER) == member.viewer
    assert change(Particulars(member.email, "Інше імʼя", "officer", frozenset({"u1", "u2"})), 2) == 3
    assert door.viewer_for_token(porter.database, member.token, LATER) is None
    token = door.sign_in(
        porter, email=member.email, password="три слова поспіль", code=member.code(LATER), address="x", now=LATER
    )
    changed = door.viewer_for_token(porter.database, token, LATER)
    assert changed is not None
    assert changed.units == {"u1", "u2"}


def test_a_change_from_a_stale_version_is_refused(porter: Porter, join: Join) -> None:
    admin = join("stale@example.org", "admin").viewer
    account = join("staled@example.org", "deputy").viewer.account
    assert account is not None
    with porter.database.begin(admin) as session:
        actions.change(session, admin, account, DEPUTY, version=1)
    with porter.database.begin(admin) as session, pytest.raises(Stale):
        actions.change(session, admin, account, DEPUTY, version=1)
    with porter.database.begin(admin) as session, pytest.raises(NotFound):
        actions.disable(session, admin, uuid4(), version=1, now=NOW)


def test_a_disabled_account_is_out_at_once_and_its_link_opens_nothing(porter: Porter, join: Join) -> None:
    admin = join("closer@example.org", "admin").viewer
    member = join("closed@example.org", "deputy")
    account = member.viewer.account
    assert account is not None
    with porter.database.begin(admin) as session:
        version = actions.disable(session, admin, account, version=1, now=NOW)
    assert door.viewer_for_token(porter.database, member.token, NOW) is None
    with pytest.raises(NotAllowed):
        door.sign_in(
            porter, email=member.email, password="три слова поспіль", code=member.code(LATER), address="y", now=LATER
        )
    with porter.database.begin(admin) as session:
        actions.enable(session, admin, account, version=version)
    assert door.viewer_for_token(porter.database, member.token, NOW) is None
    assert door.sign_in(
        porter, email=member.email, password="три слова поспіль", code=member.code(LATER), address="y", now=LATER
    )
    invited = add(porter, admin, Particulars("never-came@example.org", "Іван", "deputy"))
    with porter.database.begin(admin) as session:
        actions.disable(session, admin, invited.account, version=1, now=NOW)
    with pytest.raises(NotFound):
        door.guest(porter, invited.token, NOW)


def test_a_reset_takes_everything_away_at_once_and_gives_a_new_link(porter: Porter, join: Join) -> None:
    admin = join("resetter@example.org", "admin").viewer
    member = join("reset@example.org", "deputy")
    assert member.viewer.account is not None
    with porter.database.begin(admin) as session:
        invited = actions.reset(session, admin, porter.keys, member.viewer.account, version=1, now=NOW)
    assert door.viewer_for_token(porter.database, member.token, NOW) is None
    for code in (member.code(LATER), member.recovery_codes[0]):
        with pytest.raises(NotAllowed):
            door.sign_in(porter, email=member.email, password="три слова поспіль", code=code, address="z", now=LATER)
    assert door.guest(porter, invited.token, NOW).email == member.email
    assert porter.keys.first_totp_secret(invited.token) != member.secret


def test_the_last_administrator_can_be_neither_disabled_nor_demoted(porter: Porter, join: Join, owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        connection.execute("UPDATE accounts SET disabled_at = now() WHERE role = 'admin'")
    last = join("last@example.org", "admin").viewer
    account = last.account
    assert account is not None
    add(porter, last, Particulars("not-yet@example.org", "Ще не", "admin"))
    attempts: list[Callable[[object], object]] = [
        lambda s: actions.disable(s, last, account, version=1, now=NOW),
        lambda s: actions.change(s, last, account, Particulars("last@example.org", "О", "deputy"), version=1),
    ]
    for attempt in attempts:
        with porter.database.begin(last) as session, pytest.raises(Conflict):
            attempt(session)
    with porter.database.begin(last) as session, pytest.raises(NotAllowed):
        actions.reset(session, last, porter.keys, account, version=1, now=NOW)
    second = join("second@example.org", "admin").viewer
    with porter.database.begin(second) as session:
        actions.disable(session, second, account, version=1, now=NOW)


def test_of_two_last_administrators_who_disable_each_other_at_once_one_stays(
    porter: Porter, join: Join, owner_url: str
) -> None:
    with psycopg.connect(owner_url) as connection:
        connection.execute("UPDATE accounts SET disabled_at = now() WHERE role = 'admin'")
    pair = [join(f"duel{n}@example.org", "admin").viewer for n in range(2)]
    start = threading.Barrier(2)

    def shoot(mine: int) -> bool:
        other = pair[1 - mine].account
        assert other is not None
        start.wait()
        try:
            with porter.database.begin(pair[mine]) as session:
                actions.disable(session, pair[mine], other, version=1, now=NOW)
        except BezpekaError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(shoot, range(2))) == [False, True]


def test_history_holds_codes_only_and_is_for_administrators(porter: Porter, join: Join) -> None:
    admin = join("historian@example.org", "admin").viewer
    member = join("remembered@example.org", "officer", "u1")
    account = str(member.viewer.account)
    with porter.database.begin(admin) as session:
        lines = history.of(session, "account", account)
    assert [line["event"] for line in lines] == ["account_added", "account_set_up"]
    assert "remembered" not in str(lines)
    assert "Олена" not in str(lines)
    with porter.database.begin(Viewer(Role.COORDINATOR, account=uuid4())) as session:
        assert history.of(session, "account", account) == []


def test_a_long_disabled_person_is_forgotten_and_the_id_stays(porter: Porter, join: Join) -> None:
    admin = join("forgetter@example.org", "admin").viewer
    member = join("forgotten@example.org", "deputy")
    account = member.viewer.account
    assert account is not None
    with porter.database.begin(admin) as session:
        actions.disable(session, admin, account, version=1, now=NOW)
    for days, there in ((89, True), (91, False)):
        with porter.database.begin(ROBOT) as session:
            actions.forget(session, NOW + timedelta(days=days))
            assert (store.account_with(session, member.email) is not None) is there
    with porter.database.begin(admin) as session:
        assert history.of(session, "account", str(account))[-1]["event"] == "account_erased"
    add(porter, admin, Particulars(member.email, "Хтось інший", "deputy"))
