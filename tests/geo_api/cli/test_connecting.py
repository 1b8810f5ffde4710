"""`bezpeka api-keys` and `bezpeka export poster`: what whoever has the machine does for other programs and on paper."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo_api.cli import main
from layers.api_keys import actions
from layers.database.engine import Database
from layers.errors import NotAllowed
from layers.viewer import robot
from tests.database import viewer


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, database_url: str, owner_url: str, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", owner_url)
    monkeypatch.setenv("BEZPEKA_HOME", str(tmp_path))


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, object, str]:
    code = main([*words, "--json", "--lang", "en"])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else None, err


def test_a_key_is_shown_once_lets_in_until_it_is_disabled_and_is_listed_without_itself(
    capsys: pytest.CaptureFixture[str], database: Database
) -> None:
    code, made, _ = run(capsys, "api-keys", "add", "Застосунок", "--per-hour", "7")
    assert (code, made["label"], made["per_hour"]) == (0, "Застосунок", 7)  # type: ignore[index]
    secret = made["api_key"]  # type: ignore[index]
    with database.begin(robot("test")) as session:
        assert actions.admit(session, secret).label == "Застосунок"
    listed = run(capsys, "api-keys", "list")[1]
    assert [key["label"] for key in listed] == ["Застосунок"]  # type: ignore[union-attr]
    assert secret not in json.dumps(listed)
    assert run(capsys, "api-keys", "disable", "Застосунок")[0] == 0
    with database.begin(robot("test")) as session, pytest.raises(NotAllowed):
        actions.admit(session, secret)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("disable", "Ніхто"), "There is no key"),
        (("add", " "), "whose key"),
        (("add", "Нуль", "--per-hour", "0"), "from 1 to"),
    ],
)
def test_what_can_not_be_done_is_said_in_a_sentence(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    code, _, err = run(capsys, "api-keys", *words)
    assert code == 1
    assert said in json.loads(err)["error"]


def test_two_keys_have_two_labels(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "api-keys", "add", "Двійник")[0] == 0
    assert "already" in run(capsys, "api-keys", "add", " Двійник ")[2]


def test_only_the_administrator_keeps_keys_and_nobody_else_sees_them(database: Database) -> None:
    from datetime import UTC, datetime

    from layers.api_keys import store

    with database.begin(robot("test")) as session:
        actions.add(session, robot("test"), "Чужий", now=datetime.now(UTC))
    for role in ("coordinator", "operator", "deputy"):
        someone = viewer(role)
        with database.begin(someone) as session:
            assert store.all_of(session) == []
            with pytest.raises(NotAllowed):
                actions.add(session, someone, "Ще один", now=datetime.now(UTC))
    with database.begin(viewer("admin")) as session:
        assert "Чужий" in {key.label for key in store.all_of(session)}


def test_a_poster_needs_an_address_that_phones_can_reach(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "poster.pdf"
    code, _, err = run(capsys, "export", "poster", "-o", str(file))
    assert (code, "BEZPEKA_PUBLIC_URL" in err) == (1, True)
    monkeypatch.setenv("BEZPEKA_PUBLIC_URL", "https://map.example.org")
    code, answer, _ = run(capsys, "export", "poster", "--unit", "UA63140010000049419", "-o", str(file))
    assert code == 0, answer
    assert file.read_bytes().startswith(b"%PDF-")
    assert run(capsys, "export", "poster", "--unit", "nowhere", "-o", str(tmp_path / "x.pdf"))[0] == 1
    assert not (tmp_path / "x.pdf").exists()
