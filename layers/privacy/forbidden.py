"""TEMP"""
from dataclasses import dataclass
@dataclass(frozen=True)
class Concern:
    kind: str
    refuse: bool
def concerns(text: str) -> list[Concern]:
    t=text.lower()
    for k,w in (("military",("танк","блокпост")),("ordnance",("міну",))):
        if any(x in t for x in w): return [Concern(k,True)]
    return []
