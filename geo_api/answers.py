"""Public answers kept in memory: made once under one version of the data, compressed once, given many times.

Only what the public sees is ever kept here. Whoever has signed in is answered from the database.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from hashlib import blake2b

from layers.freshness import Freshness

OVERHEAD = 1000  # bytes of memory that an answer takes beyond its body
LIFETIME = 300.0  # seconds; names of categories and units carry no version

Headers = list[tuple[bytes, bytes]]
PUBLIC_HEADERS: Headers = [
    (b"cache-control", b"public, max-age=0, must-revalidate"),
    (b"vary", b"Accept-Encoding, Cookie"),
]
PRIVATE_HEADERS: Headers = [(b"cache-control", b"private, no-store"), (b"vary", b"Accept-Encoding, Cookie")]


@dataclass(frozen=True, slots=True)
class Form:
    """An answer as it goes over the wire, packed or plain: made once, sent many times."""

    body: bytes
    headers: Headers
    tag: bytes
    public_headers: Headers


@dataclass(slots=True)
class Answer:
    """A body, its media type, and what follows from it; without a body it is a 204."""

    body: bytes
    media: bytes
    headers: Headers = field(default_factory=list)
    version: Hashable = None
    made: float = field(default_factory=time.monotonic)
    _forms: dict[bool, Form] = field(default_factory=dict)

    def form(self, *, packed: bool) -> Form:
        """Return what is sent; packing at level 1 costs a millisecond, and only the first time."""
        found = self._forms.get(packed)
        if found is None:
            found = self._forms[packed] = self._made(packed=packed)
        return found

    def _made(self, *, packed: bool) -> Form:
        body, encoding = self.body, []
        # The entity's name is a hash of its bytes, so that equal answers of two processes are equal.
        tag = f'"{blake2b(body, digest_size=12).hexdigest()}{"-gzip" if packed else ""}"'.encode()
        if packed:
            squeeze = zlib.compressobj(1, zlib.DEFLATED, 31)
            body, encoding = squeeze.compress(body) + squeeze.flush(), [(b"content-encoding", b"gzip")]
        length = (b"content-length", b"%d" % len(body))
        headers = [*self.headers, (b"content-type", self.media), length, *encoding]
        return Form(body, headers, tag, [*PUBLIC_HEADERS, *headers, (b"etag", tag)])

    @property
    def weight(self) -> int:
        return OVERHEAD + len(self.body) * 3 // 2  # with its compressed form, which may come later


Make = Callable[[], Awaitable[Answer]]


class Answers:
    """The most recently used public answers, bounded by their bytes."""

    def __init__(self, freshness: Freshness, limit: int) -> None:
        self._freshness = freshness
        self._limit = limit
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._under_way: dict[Hashable, asyncio.Future[Answer]] = {}
        self.bytes = 0
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._kept)

    def kept(self, key: Hashable, version: Hashable) -> Answer | None:
        """Return the answer that is kept for `key`, if it was made under this version and that can be relied upon."""
        answer = self._kept.get(key)
        if answer is None or answer.version != version or not self._freshness.is_known:
            return None
        if time.monotonic() - answer.made > LIFETIME:
            return None
        self._kept.move_to_end(key)
        self.hits += 1
        return answer

    async def get(self, key: Hashable, version: Hashable, make: Make) -> Answer:
        """Return the kept answer or make it; those who ask for the same at the same time wait for one making."""
        while True:
            if answer := self.kept(key, version):
                return answer
            under_way = self._under_way.get((key, version))
            if under_way is None:
                return await self._lead(key, version, make)
            try:
                return await asyncio.shield(under_way)
            except asyncio.CancelledError:
                if not under_way.cancelled():
                    raise  # it is this asker who went away; had it been the maker, somebody else makes it

    async def _lead(self, key: Hashable, version: Hashable, make: Make) -> Answer:
        self.misses += 1
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._under_way[key, version] = future
        try:
            answer = await make()
        except BaseException as error:
            if isinstance(error, Exception):
                future.set_exception(error)
                future.exception()  # nobody else may be waiting: not a failure that was never looked at
            else:
                future.cancel()
            raise
        else:
            answer.version = version
            self._keep(key, answer)
            future.set_result(answer)
            return answer
        finally:
            del self._under_way[key, version]

    def _keep(self, key: Hashable, answer: Answer) -> None:
        old = self._kept.pop(key, None)
        self.bytes += answer.weight - (old.weight if old else 0)
        self._kept[key] = answer
        while self.bytes > self._limit and self._kept:
            self.bytes -= self._kept.popitem(last=False)[1].weight
