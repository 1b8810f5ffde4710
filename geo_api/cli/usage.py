"""What Typer itself says, in the reader's language: the headings of help, and what was typed wrong."""

from __future__ import annotations

import re
from typing import Any

from typer._click.core import Context
from typer._click.exceptions import MissingParameter, NoSuchOption
from typer._click.exceptions import NoArgsIsHelpError as NoArguments
from typer._click.exceptions import UsageError as Misuse
from typer._click.formatting import HelpFormatter

from layers.text import N_
from maps.language import Language

__all__ = ["Misuse", "NoArguments", "NoValue", "sentence", "translate"]

HELP = N_("Help: {command} --help")
PERHAPS = N_("Perhaps: {names}.")
EVERYWHERE = N_("With any command: --home DIR, --area FILE, --demo, --lang uk|en, --json.")
HEADINGS = {
    "ARGUMENTS_PANEL_TITLE": N_("Arguments"),
    "OPTIONS_PANEL_TITLE": N_("Options"),
    "COMMANDS_PANEL_TITLE": N_("Commands"),
    "DEFAULT_STRING": N_("[default: {}]"),
    "REQUIRED_LONG_STRING": N_("[required]"),
}


class NoValue(Misuse):
    """An option that needs a value stood last."""

    def __init__(self, option: str) -> None:
        super().__init__(option)
        self.option = option


def sentence(error: Misuse, language: Language) -> str:
    """Say what was typed wrong and where help is."""
    command = error.ctx.command_path if error.ctx else "bezpeka"
    return f"{_what(error, language)} {language.gettext(HELP, command=command)}"


def _what(error: Misuse, language: Language) -> str:
    said: str
    # "No such command 'laod'. Did you mean 'load', 'layer'?"
    typed, *similar = re.findall(r"'([^']+)'", str(error.message)) or [""]
    if str(error.message).startswith("No such command"):
        said = language.gettext(N_("There is no command {name}."), name=typed)
        return f"{said} {language.gettext(PERHAPS, names=', '.join(similar))}" if similar else said
    if isinstance(error, NoValue):
        said = language.gettext(N_("The option {option} needs a value."), option=error.option)
    elif isinstance(error, NoSuchOption):
        said = language.gettext(N_("There is no option {option}."), option=error.option_name)
    elif isinstance(error, MissingParameter) and error.param:
        said = language.gettext(N_("{name} is missing."), name=error.param.get_error_hint().strip("'"))
    else:
        said = language.gettext(N_("The command can't be read: {reason}"), reason=error.format_message())
    return said


def translate(command: Any, language: Language) -> None:
    """Put the library's own words into the reader's language: headings, and the help option of each command."""

    class Formatter(HelpFormatter):
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            _translate_headings(language)
            super().write_usage(prog, args, prefix or language.gettext(N_("Usage: ")))

    Context.formatter_class = Formatter
    _translate_help(command, language)


def _translate_headings(language: Language) -> None:
    from typer import rich_utils  # a sixth of a second that only help is worth

    for name, message in HEADINGS.items():
        setattr(rich_utils, name, language.gettext(message))


def _translate_help(command: Any, language: Language) -> None:
    command.epilog = language.gettext(EVERYWHERE)
    option = command.get_help_option(Context(command))
    if option is not None:
        option.help = language.gettext(N_("Show this help and exit."))
    for inner in getattr(command, "commands", {}).values():
        _translate_help(inner, language)
