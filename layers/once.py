"""What takes long to read is read once, also when many ask for it at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from threading import RLock
from typing import TypeVar, TypeVarTuple

Given = TypeVarTuple("Given")
Read = TypeVar("Read")


def read_once(read: Callable[[*Given], Read]) -> Callable[[*Given], Read]:
    """Keep what a function returns, like functools.cache; whoever asks while it is being read waits for that.

    With functools.cache each of them would read it too: forty threads that share one processor then take forty times
    as long, and nobody is answered meanwhile.
    """
    kept: dict[Hashable, Read] = {}
    lock = RLock()

    @wraps(read)
    def get(*given: *Given) -> Read:
        if given in kept:
            return kept[given]
        with lock:
            if given not in kept:
                kept[given] = read(*given)
            return kept[given]

    return get
