"""What takes long to read is read once, also when many ask for it at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from threading import RLock
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Read = TypeVar("Read")


def read_once(read: Callable[Given, Read]) -> Callable[Given, Read]:
    """Keep what a function returns, like functools.cache; whoever asks while it is being read waits for that.

    With functools.cache each of them would read it too: forty threads that share one processor then take forty times
    as long, and nobody is answered meanwhile. For positional arguments.
    """
    kept: dict[Hashable, Read] = {}
    lock = RLock()

    @wraps(read)
    def get(*given: Given.args, **named: Given.kwargs) -> Read:
        if given in kept:
            return kept[given]
        with lock:
            if given not in kept:
                kept[given] = read(*given, **named)
            return kept[given]

    return get
