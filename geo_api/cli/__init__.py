"""The command line `bezpeka`: a module a command word, built after the language is known, as Typer fixes help early."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import typer

from geo_api.cli import usage
from geo_api.cli.terminal import Terminal
from geo_api.settings import read_settings
from layers.errors import BezpekaError
from maps.language import Language, speak

# The word a person types -> the module that registers it: `register(app, terminal)`.
COMMANDS = {
    "up": "up",
    "worker": "up",
    "db": "db",
    "migrate": "db",
    "people": "people",
    "load": "load",
    "area": "area",
    "export": "export",
    "problems": "problems",
    "cameras": "cameras",
    "api-keys": "api_keys",
    "backup": "backup",
    "restore": "backup",
}


@dataclass
class Line:
    """One command line: the options that any command takes, wherever they stood, and the words that remain."""

    given: dict[str, Any] = field(default_factory=dict)
    json: bool = False
    words: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 refused or failed (one sentence says why), 2 misused."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    language = speak(_language(words))
    as_json = "--json" in words
    try:
        line = _read(words)
        terminal = Terminal(read_settings(**line.given), language, line.json)
        return _run(terminal, line.words)
    except BezpekaError as error:
        _complain(_sentence(error, language), as_json=as_json)
        return 1
    except usage.NoArguments:
        return 2  # the help was shown
    except usage.Misuse as error:
        _complain(usage.sentence(error, language), as_json=as_json)
        return 2
    except (KeyboardInterrupt, typer.Abort):
        return 1
    except BrokenPipeError:
        # Whoever read our output (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def build(terminal: Terminal, words: Sequence[str] = ()) -> typer.Typer:
    """Return the command line in the terminal's language: of all commands, or only of the one that `words` begins.

    A module that registers commands does without `from __future__ import annotations`: Typer evaluates annotations
    late, outside the function whose `_` translates them.
    """
    _ = terminal.gettext
    app = typer.Typer(
        name="bezpeka",
        help=_("The map and memory of a community-policing initiative."),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(lambda: None)
    wanted = [COMMANDS[words[0]]] if words and words[0] in COMMANDS else dict.fromkeys(COMMANDS.values())
    for module in wanted:
        import_module(f"geo_api.cli.{module}").register(app, terminal)
    return app


def _run(terminal: Terminal, words: list[str]) -> int:
    level = terminal.settings.log_level.upper()
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    command = typer.main.get_command(build(terminal, words))
    usage.translate(command, terminal.language)
    code = command(words, prog_name="bezpeka", standalone_mode=False)
    return code if isinstance(code, int) else 0


def _read(words: list[str]) -> Line:
    line = Line()
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if word == "--":
            line.words += [word, *rest]
        elif name in ("--home", "--area", "--lang"):
            line.given[name[2:]] = value if equals else next(rest, None)
            if not line.given[name[2:]]:
                raise usage.NoValue(name)
        elif word == "--demo":
            line.given["demo"] = True
        elif word == "--json":
            line.json = True
        else:
            line.words.append(word)
    return line


def _language(words: list[str]) -> str:
    """Return the language: chosen, or the locale's; a locale that says nothing (C) is answered in Ukrainian."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--lang" or word.startswith("--lang="):
            return word.partition("=")[2] or following
    names = ("BEZPEKA_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    locale = next(filter(None, map(os.environ.get, names)), "C").partition(".")[0]
    return "uk" if locale.startswith("uk") or locale in ("C", "POSIX") else "en"


def _sentence(error: BezpekaError, language: Language) -> str:
    values = {n: _sentence(v, language) if isinstance(v, BezpekaError) else v for n, v in error.values.items()}
    return language.gettext(error.message).format(**values)


def _complain(sentence: str, *, as_json: bool) -> None:
    sys.stderr.write((json.dumps({"error": sentence}, ensure_ascii=False) if as_json else sentence) + "\n")
