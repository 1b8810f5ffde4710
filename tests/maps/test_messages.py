"""Everything that is said is said in Ukrainian too."""

from __future__ import annotations

import string
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    loader = SourceFileLoader("messages", str(ROOT / "scripts" / "messages"))
    spec = spec_from_loader("messages", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_every_message_has_a_ukrainian_translation(messages: ModuleType) -> None:
    assert messages.missing() == {}


def test_no_translation_is_of_a_message_that_nobody_says(messages: ModuleType) -> None:
    assert messages.dead() == []


def test_a_translation_fills_the_places_of_its_message(messages: ModuleType) -> None:
    for message, forms in messages.forms().items():
        wanted = places(message if isinstance(message, str) else message[1])
        for form in forms:
            assert places(form) <= wanted, message


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
