"""Coming in: the link, the password, the code; and everything that must not open."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count

import pytest

from layers.errors import BadFields, NotAllowed, NotFound, TooMany, Unavailable
from layers.people import actions, door, rules
from layers.people.credentials import Hasher, Keys
from layers.people.door import Porter
from layers.people.rules import Particulars
from layers.viewer import Role
from tests.layers.people.conftest import NOW, PASSWORD, ROBOT, Member

LATER = NOW + timedelta(minutes=5)
Join = Callable[..., Member]
_visitors = count()


def come(porter: Porter, email: str, code: str, now: datetime, password: str = PASSWORD, address: str = "") -> str:
    address = address or f"visitor {next(_visitors)}"
    return door.sign_in(porter, email=email, password=password, code=code, address=address, now=now)


def test_a_link_sets_the_password_enrols_the_phone_and_opens_a_session(join: Join) -> None:
    olena = join("olena@example.org", "officer", "UA63140170000078140")
    assert olena.viewer.role is Role.OFFICER
    assert olena.viewer.units == {"UA63140170000078140"}
    assert len(set(olena.recovery_codes)) == 8


def test_a_link_opens_once_and_for_a_day(porter: Porter) -> None:
    with porter.database.begin(ROBOT) as session:
        given = Particulars("once@example.org", "Іван", "deputy")
        invited = actions.add(session, ROBOT, porter.keys, given, idempotency_key="once", now=NOW)
    assert door.guest(porter, invited.token, NOW + timedelta(hours=23, minutes=59)).email == "once@example.org"
    with pytest.raises(NotFound):
        door.guest(porter, invited.token, NOW + timedelta(hours=24))
    with pytest.raises(NotFound):
        door.guest(porter, invited.token[:-1], NOW)
    member = Member(None, "", porter.keys.first_totp_secret(invited.token), "", [])  # type: ignore[arg-type]
    door.set_up(porter, token=invited.token, password=PASSWORD, code=member.code(NOW), now=NOW)
    with pytest.raises(NotFound):
        door.set_up(porter, token=invited.token, password=PASSWORD, code=member.code(NOW), now=NOW)


def test_a_refused_set_up_says_what_is_wrong_by_field_and_keeps_the_link(porter: Porter) -> None:
    with porter.database.begin(ROBOT) as session:
        given = Particulars("fields@example.org", "Іван", "deputy")
        invited = actions.add(session, ROBOT, porter.keys, given, idempotency_key="fields", now=NOW)
    with pytest.raises(BadFields) as refused:
        door.set_up(porter, token=invited.token, password="short", code="000000", now=NOW)
    assert set(refused.value.fields) == {"password", "code"}
    assert door.guest(porter, invited.token, NOW)


def test_password_and_code_let_in(porter: Porter, join: Join) -> None:
    member = join("in@example.org", "coordinator")
    token = come(porter, " IN@Example.org ", member.code(LATER), LATER)
    assert door.viewer_for_token(porter.database, token, LATER) == member.viewer


def test_a_code_works_once_even_when_two_use_it_at_the_same_moment(porter: Porter, join: Join) -> None:
    member = join("race@example.org", "coordinator")
    code, start = member.code(LATER), threading.Barrier(2)

    def attempt(_: int) -> bool:
        start.wait()
        try:
            come(porter, member.email, code, LATER)
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == [False, True]
    with pytest.raises(NotAllowed):
        come(porter, member.email, code, LATER + timedelta(seconds=20))


def test_the_code_of_the_enrolment_does_not_sign_in_again(porter: Porter, join: Join) -> None:
    member = join("enrol@example.org", "coordinator")
    with pytest.raises(NotAllowed):
        come(porter, member.email, member.code(NOW), NOW)


def test_whatever_is_wrong_the_answer_is_one(porter: Porter, join: Join) -> None:
    member = join("same@example.org", "coordinator")
    said = []
    for email, password, code in (
        (member.email, "not the password", member.code(LATER)),
        (member.email, PASSWORD, "000000"),
        ("nobody@example.org", PASSWORD, member.code(LATER)),
        ("", "", ""),
    ):
        with pytest.raises(NotAllowed) as refused:
            come(porter, email, code, LATER, password)
        said.append(str(refused.value))
    assert len(set(said)) == 1


def test_an_unknown_account_costs_the_same_hash_as_a_known_one(
    porter: Porter, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = join("time@example.org", "coordinator")
    checked: list[str] = []
    porter.hasher.matches(None, "the first visitor makes the hash of nobody")
    inner = porter.hasher._argon2

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            checked.append(kept.rsplit("$", 2)[0])
            return inner.verify(kept, password)

    monkeypatch.setattr(porter.hasher, "_argon2", Counting())
    for email in (member.email, "nobody@example.org"):
        with pytest.raises(NotAllowed):
            come(porter, email, "000000", LATER, "not the password")
    assert len(checked) == 2
    assert checked[0] == checked[1]


def test_a_recovery_code_opens_once_in_place_of_the_phone(porter: Porter, join: Join) -> None:
    member = join("paper@example.org", "coordinator")
    code = member.recovery_codes[3].upper().replace("-", " ")
    assert come(porter, member.email, code, LATER)
    with pytest.raises(NotAllowed):
        come(porter, member.email, code, LATER)
    other = join("other-paper@example.org", "coordinator")
    with pytest.raises(NotAllowed):
        come(porter, other.email, member.recovery_codes[4], LATER)


def test_too_many_attempts_at_one_account_wait_and_success_begins_anew(porter: Porter, join: Join) -> None:
    member = join("guessed@example.org", "coordinator")
    for _ in range(rules.ATTEMPTS_OF_ACCOUNT):
        with pytest.raises(NotAllowed):
            come(porter, member.email, "000000", LATER)
    with pytest.raises(TooMany) as refused:
        come(porter, member.email, member.code(LATER), LATER)
    assert 0 < refused.value.retry_after <= 900
    after = LATER + rules.ATTEMPTS_PER
    for _ in range(2 * rules.ATTEMPTS_OF_ACCOUNT):
        after += timedelta(seconds=30)
        assert come(porter, member.email, member.code(after), after)


def test_an_unknown_account_is_limited_like_a_known_one(porter: Porter) -> None:
    for _ in range(rules.ATTEMPTS_OF_ACCOUNT):
        with pytest.raises(NotAllowed):
            come(porter, "ghost@example.org", "000000", LATER)
    with pytest.raises(TooMany):
        come(porter, "ghost@example.org", "000000", LATER)


def test_too_many_attempts_from_one_address_wait_whatever_the_account(porter: Porter) -> None:
    for number in range(rules.ATTEMPTS_OF_ADDRESS):
        with pytest.raises(NotAllowed):
            come(porter, f"guess{number}@example.org", "000000", LATER, address="one office")
    with pytest.raises(TooMany):
        come(porter, "guess@example.org", "000000", LATER, address="one office")


@pytest.mark.parametrize(
    ("after", "alive"),
    [(timedelta(hours=11, minutes=59), True), (timedelta(hours=12), False), (timedelta(days=8), False)],
)
def test_a_session_that_nobody_uses_ends_after_twelve_hours(
    porter: Porter, join: Join, after: timedelta, alive: bool
) -> None:
    member = join(f"idle{after.total_seconds():.0f}@example.org", "deputy")
    assert (door.viewer_for_token(porter.database, member.token, NOW + after) is not None) is alive


def test_a_session_in_use_ends_after_seven_days(porter: Porter, join: Join) -> None:
    member = join("week@example.org", "deputy")
    for hours in range(0, 7 * 24, 8):
        assert door.viewer_for_token(porter.database, member.token, NOW + timedelta(hours=hours)), hours
    assert door.viewer_for_token(porter.database, member.token, NOW + timedelta(days=7)) is None


def test_sign_out_ends_this_session_and_everywhere_ends_all(porter: Porter, join: Join) -> None:
    member = join("out@example.org", "deputy")
    second = come(porter, member.email, member.code(LATER), LATER)
    door.sign_out(porter.database, member.viewer, second)
    assert door.viewer_for_token(porter.database, second, LATER) is None
    assert door.viewer_for_token(porter.database, member.token, LATER) == member.viewer
    door.sign_out_everywhere(porter.database, member.viewer)
    assert door.viewer_for_token(porter.database, member.token, LATER) is None


def test_a_changed_password_ends_the_other_sessions_and_the_old_one_opens_no_more(porter: Porter, join: Join) -> None:
    member = join("change@example.org", "deputy")
    other = come(porter, member.email, member.code(LATER), LATER)
    then = LATER + timedelta(minutes=5)
    change = {"current": PASSWORD, "new": "нові чотири слова поспіль", "session_token": member.token}
    with pytest.raises(BadFields) as refused:
        door.change_password(porter, member.viewer, code="", now=then, **{**change, "current": "x", "new": "short"})
    assert set(refused.value.fields) == {"current", "new"}
    with pytest.raises(BadFields) as refused:
        door.change_password(porter, member.viewer, code="000000", now=then, **change)
    assert set(refused.value.fields) == {"code"}
    door.change_password(porter, member.viewer, code=member.code(then), now=then, **change)
    assert door.viewer_for_token(porter.database, other, then) is None
    assert door.viewer_for_token(porter.database, member.token, then) == member.viewer
    then += timedelta(minutes=5)
    with pytest.raises(NotAllowed):
        come(porter, member.email, member.code(then), then)
    assert come(porter, member.email, member.code(then), then, "нові чотири слова поспіль")


def test_new_recovery_codes_replace_the_old(porter: Porter, join: Join) -> None:
    member = join("codes@example.org", "deputy")
    fresh = door.renew_recovery_codes(porter, member.viewer, code=member.code(LATER), now=LATER)
    assert not set(fresh) & set(member.recovery_codes)
    with pytest.raises(NotAllowed):
        come(porter, member.email, member.recovery_codes[0], LATER)
    assert come(porter, member.email, fresh[0], LATER)


def test_with_another_secret_nobody_is_let_in_and_it_is_said_why(porter: Porter, join: Join) -> None:
    member = join("secret@example.org", "deputy")
    changed = Porter(porter.database, Keys("another secret, thirty-two characters"), porter.hasher)
    with pytest.raises(Unavailable):
        come(changed, member.email, member.code(LATER), LATER)


def test_hashing_is_bounded_and_says_so_when_too_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.people.credentials.PATIENCE_SECONDS", 0.05)
    entered, leave = threading.Barrier(3), threading.Event()

    class Slow:
        def hash(self, password: str) -> str:
            return "hash"

        def verify(self, kept: str, password: str) -> bool:
            entered.wait()
            return leave.wait()

    hasher = Hasher(Slow())  # type: ignore[arg-type]
    with ThreadPoolExecutor(2) as pool:
        busy = [pool.submit(hasher.matches, "kept", "password") for _ in range(2)]
        entered.wait()
        with pytest.raises(TooMany):
            hasher.hash("one too many")
        leave.set()
        assert all(done.result() for done in busy)


def test_the_demo_lets_in_by_role_and_gives_its_account_no_password(porter: Porter) -> None:
    units = frozenset({"u1"})
    token = door.demo_sign_in(porter.database, Role.OFFICER, "Демо", units, NOW)
    viewer = door.viewer_for_token(porter.database, token, NOW)
    assert viewer is not None
    assert (viewer.role, viewer.units) == (Role.OFFICER, units)
    again = door.demo_sign_in(porter.database, Role.OFFICER, "Демо", units, NOW)
    assert door.viewer_for_token(porter.database, again, NOW) == viewer
    with pytest.raises(NotAllowed):
        come(porter, "officer@demo.invalid", "000000", NOW)
