"""The command line: its language, its answers to people and programs, and what it says to a mistake."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from geo_api.cli import build, main
from geo_api.cli.terminal import Terminal
from geo_api.home import find_home
from geo_api.settings import environment_of, read_settings
from layers.errors import BadInput, Conflict
from maps.language import speak

ROOT = Path(__file__).parents[3]
MONACO = ROOT / "tests" / "areas" / "monaco.toml"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "BEZPEKA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BEZPEKA_HOME", str(tmp_path / "home"))


def _commands(command: Any, path: str = "bezpeka") -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, f"{path} {name}")


# --- language


@pytest.mark.parametrize(
    ("environment", "arguments", "word"),
    [
        ({}, [], "Команди"),
        ({"LANG": "C.UTF-8"}, [], "Команди"),
        ({"LANG": "uk_UA.UTF-8"}, [], "Команди"),
        ({"LANG": "de_DE.UTF-8"}, [], "Commands"),
        ({"LANG": "uk_UA.UTF-8", "LC_ALL": "en_GB.UTF-8"}, [], "Commands"),
        ({"LANG": "uk_UA.UTF-8", "BEZPEKA_LANG": "en"}, [], "Commands"),
        ({"LANG": "en_GB.UTF-8"}, ["--lang", "uk"], "Команди"),
        ({"LANG": "uk_UA.UTF-8"}, ["--lang=en"], "Commands"),
    ],
)
def test_it_speaks_the_language_of_the_option_then_of_the_locale(
    environment: dict[str, str],
    arguments: list[str],
    word: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(["--help", *arguments]) == 0
    assert word in capsys.readouterr().out


def test_every_command_and_option_is_explained_in_both_languages() -> None:
    helps: dict[str, dict[str, str]] = {}
    for code in ("uk", "en"):
        terminal = Terminal(read_settings(), speak(code))
        for path, command in _commands(typer.main.get_command(build(terminal))):
            helps.setdefault(path, {})[code] = command.help or ""
            for option in command.params:
                if not getattr(option, "hidden", False):
                    helps.setdefault(f"{path} {option.name}", {})[code] = option.help or ""
    assert len(helps) > 30
    assert [where for where, said in helps.items() if not re.search("[а-яіїєґ]", said["uk"])] == []
    assert [where for where, said in helps.items() if not re.search("[a-z]", said["en"])] == []


# --- mistakes


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["laod"], "There is no command laod. Perhaps: load. Help: bezpeka --help\n"),
        (["db", "status", "--bar"], "There is no option --bar. Help: bezpeka db status --help\n"),
        (["load", "osm"], "FILE_OR_DIR is missing. Help: bezpeka load osm --help\n"),
        (["db", "status", "--home"], "The option --home needs a value. Help: bezpeka --help\n"),
    ],
)
def test_a_misused_command_is_a_sentence_and_exit_code_2(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--lang=en"] if words[-1] != "--home" else ["--lang=en", *words]) == 2
    assert capsys.readouterr().err == said


def test_a_mistake_is_said_in_ukrainian_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "status", "--area", "nowhere.toml"]) == 1
    assert re.fullmatch(r"Профілю території \S*nowhere\.toml немає\..*\n", capsys.readouterr().err)


def test_a_mistake_is_json_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "db", "status", "--area", "nowhere.toml", "--lang", "en"]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert json.loads(output.err)["error"].startswith("There is no area profile")


def test_no_words_show_the_help_and_count_as_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "en"]) == 2
    output = capsys.readouterr()
    assert "Usage: bezpeka" in output.out
    assert output.err == ""


# --- answers


def test_the_options_that_hold_everywhere_may_stand_anywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = []
    for words in (
        ["--json", "--home", str(tmp_path), "db", "status"],
        ["db", "status", f"--home={tmp_path}", "--json"],
    ):
        assert main(words) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1]
    assert answers[0]["home"] == str(tmp_path)
    assert not answers[0]["running"]


def test_asking_how_it_is_makes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "not-there"
    assert main(["db", "status", "--home", str(home), "--lang", "en"]) == 0
    assert main(["db", "stop", "--home", str(home), "--lang", "en"]) == 0
    assert main(["db", "url", "--home", str(home)]) == 0
    assert capsys.readouterr().out.endswith(f"?host={str(home / 'cluster').replace('/', '%2F')}&port=5432\n")
    assert not home.exists()


def test_the_private_database_is_not_touched_when_another_is_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://bezpeka_app@db.example/bezpeka")
    assert main(["db", "start", "--lang", "en"]) == 1
    assert "names a database elsewhere" in capsys.readouterr().err
    assert main(["db", "url"]) == 0
    assert capsys.readouterr().out == "postgresql://bezpeka_app@db.example/bezpeka\n"


# --- settings and home


def test_a_wrong_setting_is_named_and_a_secret_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEZPEKA_PORT", "many")
    with pytest.raises(BadInput, match="BEZPEKA_PORT is wrong"):
        read_settings()
    monkeypatch.delenv("BEZPEKA_PORT")
    monkeypatch.setenv("BEZPEKA_SECRET", "too-short")
    with pytest.raises(BadInput, match="BEZPEKA_SECRET") as caught:
        read_settings()
    assert "too-short" not in str(caught.value)


def test_the_command_line_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEZPEKA_PORT", "1234")
    assert read_settings().port == 1234
    assert read_settings(port=0).port == 0
    assert read_settings(port=None).port == 1234


def test_a_child_process_is_given_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    given = read_settings(demo=True, smtp_password="s3cret", database_url="postgresql://x", area=MONACO)
    for name, value in environment_of(given).items():
        monkeypatch.setenv(name, value)
    assert read_settings() == given


def test_a_home_remembers_its_area_and_refuses_another(tmp_path: Path) -> None:
    from geo_api.home import claim

    home = tmp_path / "home"
    claim(find_home(read_settings(home=home, area=MONACO, demo=True)))
    again = find_home(read_settings(home=home))
    assert (again.area.id, again.demo) == ("monaco", True)
    with pytest.raises(Conflict, match=r"holds monaco \(demo\); it can't take chuhuiv"):
        find_home(read_settings(home=home, area=ROOT / "data" / "area.toml"))


def test_each_area_and_its_demonstration_have_a_home_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BEZPEKA_HOME")
    homes = [
        find_home(read_settings(area=area, demo=demo)).path
        for area in (None, MONACO)
        for demo in (False, True)
    ]  # fmt: skip
    assert [home.name for home in homes] == ["chuhuiv", "chuhuiv-demo", "monaco", "monaco-demo"]
    assert {home.parent.name for home in homes} == {"bezpeka"}


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    home = find_home(read_settings(home=tmp_path / "home"))
    key = home.secret(read_settings())
    assert len(key) >= 32
    assert home.secret(read_settings()) == key
    assert (home.path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert home.secret(read_settings(secret="k" * 40)) == "k" * 40
    assert [file.name for file in home.path.iterdir()] == ["secret.key"]
