"""What must not be kept: a first short list, until the whole one comes."""

from __future__ import annotations

from dataclasses import dataclass

WORDS = {"military": ("танк", "блокпост"), "ordnance": ("міну", "снаряд")}


@dataclass(frozen=True)
class Concern:
    """One thing the text is about that must not be kept."""

    kind: str
    refuse: bool


def concerns(text: str) -> list[Concern]:
    folded = text.casefold()
    return [Concern(kind, refuse=True) for kind, words in WORDS.items() if any(word in folded for word in words)]
