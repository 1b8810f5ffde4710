"""Which answers are still true: the versions of what is served, followed in memory by every process.

Triggers bump a version for each parent tile (zoom 10) that a statement touched; an answer made under other versions is
never given again. While the database can't be asked nothing is known to be true, and nothing is answered from memory.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict

from layers.database.readers import Readers
from layers.errors import BezpekaError
from layers.viewer import PUBLIC

log = logging.getLogger(__name__)

PARENT_ZOOM = 10
EVERY = 0.5  # seconds between two looks
TRUSTED = 1.5  # seconds for which a look is believed: with an answer under way, two seconds to the last stale byte

VERSIONS = "SELECT layer, x, y, version FROM tile_versions"


class Freshness:
    """The versions as they were at the last look."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[str, int, int], int] = {}
        self._layers: dict[str, int] = {}
        self._looked = float("-inf")

    @property
    def is_known(self) -> bool:
        """Tell whether an answer kept in memory may be given at all."""
        return time.monotonic() - self._looked < TRUSTED

    def of_layer(self, layer: str) -> int:
        return self._layers.get(layer, 0)

    def of_tile(self, layer: str, z: int, x: int, y: int) -> int:
        """Return the version of a tile: its parent's, or below zoom 10 the whole layer's."""
        if z < PARENT_ZOOM:
            return self._layers.get(layer, 0)
        shift = z - PARENT_ZOOM
        return self._tiles.get((layer, x >> shift, y >> shift), 0)

    async def look(self, readers: Readers) -> None:
        """Read all versions; there is a row for each parent tile of each layer, some hundreds for an area."""
        began = time.monotonic()
        rows = await readers.ask(PUBLIC, VERSIONS)
        layers: defaultdict[str, int] = defaultdict(int)
        for layer, _, _, version in rows:
            layers[layer] += version
        self._tiles = {(layer, x, y): version for layer, x, y, version in rows}
        self._layers = layers
        self._looked = began

    async def follow(self, readers: Readers) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self.look(readers)
            except BezpekaError as error:
                log.warning("versions can't be read: %s", error)
            await asyncio.sleep(EVERY)
