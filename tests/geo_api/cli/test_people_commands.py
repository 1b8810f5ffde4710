"""`bezpeka people` against a real database, as a program reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geo_api.cli import main
from tests.geo_api.pages.conftest import SECRET

Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def run(
    database_url: str,
    owner_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Return a function that runs one command and gives its code, its JSON and what it complained of."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", owner_url)
    monkeypatch.setenv("BEZPEKA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEZPEKA_SECRET", SECRET)

    def people(*words: str) -> tuple[int, Any, str]:
        code = main(["people", *words, "--json", "--lang", "en"])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else None, said.err

    return people


def test_the_first_administrator_is_made_on_the_command_line(run: Run) -> None:
    assert run("list") == (0, [], "")
    code, made, _ = run("add", "First@Example.org", "--name", "Олена", "--role", "admin")
    assert code == 0
    assert made["link"].startswith("/welcome/")
    _, [person], _ = run("list")
    assert (person["email"], person["role"], person["state"]) == ("first@example.org", "admin", "invited")
    code, again, _ = run("reset", "first@example.org")
    assert code == 0
    assert again["link"] != made["link"]


def test_what_is_wrong_is_said_in_one_sentence(run: Run) -> None:
    for words, sentence in (
        (("add", "no address", "--name", "Н", "--role", "deputy"), "This is not an e-mail address"),
        (("add", "a@b.org", "--name", "Н", "--role", "chief"), "Choose one of the roles"),
        (("add", "a@b.org", "--name", "Н", "--role", "officer"), "Choose at least one unit"),
        (("add", "a@b.org", "--name", "Н", "--role", "officer", "--unit", "nowhere"), "no unit with the code nowhere"),
        (("disable", "nobody@example.org"), "no account with the e-mail nobody@example.org"),
    ):
        code, answer, complaint = run(*words)
        assert (code, answer) == (1, None)
        assert sentence in json.loads(complaint)["error"]


def test_a_disabled_account_is_listed_so(run: Run) -> None:
    run("add", "leaves@example.org", "--name", "Іде", "--role", "deputy")
    assert run("disable", "leaves@example.org")[0] == 0
    states = {person["email"]: person["state"] for person in run("list")[1]}
    assert states["leaves@example.org"] == "disabled"
    code, _, complaint = run("reset", "leaves@example.org")
    assert code == 1
    assert "Enable it first" in complaint
