"""The two facts of a photo's EXIF that are of use: which way is up, and where it was taken.

Read here and not by Pillow, whose reader copies the value of every entry: 65,535 entries that all point at the same
20 MB would be a bomb. This one follows the values of four entries and no others.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import NamedTuple

_ORIENTATION, _GPS = 0x0112, 0x8825
_LAT_REF, _LAT, _LON_REF, _LON = 1, 2, 3, 4
_SHORT, _LONG, _RATIONAL = 3, 4, 5


class Facts(NamedTuple):
    """`orientation` is EXIF's 1 to 8; `position` is (longitude, latitude) in degrees."""

    orientation: int = 1
    position: tuple[float, float] | None = None


class _Entry(NamedTuple):
    kind: int
    many: int
    value: bytes  # four bytes: the value itself, or where it is


def read(exif: bytes) -> Facts:
    """Return what an EXIF block says; what can't be read counts as not said."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return Facts()
    facts = Facts()
    with suppress(struct.error, ZeroDivisionError):  # a broken position leaves the orientation
        first = _directory(exif, order, *struct.unpack_from(f"{order}I", exif, 4))
        facts = Facts(_orientation(first, order))
        facts = facts._replace(position=_position(exif, first, order))
    return facts


def _directory(exif: bytes, order: str, offset: int) -> dict[int, _Entry]:
    """Return the entries of a directory that are of use; the first of a kind counts."""
    found: dict[int, _Entry] = {}
    (entries,) = struct.unpack_from(f"{order}H", exif, offset)
    for place in range(offset + 2, min(offset + 2 + 12 * entries, len(exif) - 11), 12):
        tag, kind, many, value = struct.unpack_from(f"{order}HHI4s", exif, place)
        found.setdefault(tag, _Entry(kind, many, value))
    return found


def _orientation(entries: dict[int, _Entry], order: str) -> int:
    entry = entries.get(_ORIENTATION)
    if entry is None or entry.kind != _SHORT:
        return 1
    (turn,) = struct.unpack_from(f"{order}H", entry.value)
    return int(turn) if 1 <= turn <= 8 else 1


def _position(exif: bytes, entries: dict[int, _Entry], order: str) -> tuple[float, float] | None:
    pointer = entries.get(_GPS)
    if pointer is None or pointer.kind != _LONG:
        return None
    gps = _directory(exif, order, *struct.unpack(f"{order}I", pointer.value))
    lon = _degrees(exif, order, gps.get(_LON), gps.get(_LON_REF), {b"E": 1, b"W": -1})
    lat = _degrees(exif, order, gps.get(_LAT), gps.get(_LAT_REF), {b"N": 1, b"S": -1})
    # Phones without a fix write zeroes.
    if lon is None or lat is None or (lon, lat) == (0, 0) or abs(lon) > 180 or abs(lat) > 90:
        return None
    return lon, lat


def _degrees(
    exif: bytes, order: str, entry: _Entry | None, ref: _Entry | None, signs: dict[bytes, int]
) -> float | None:
    """Return an angle written as up to three fractions: degrees, minutes, seconds."""
    if entry is None or ref is None or entry.kind != _RATIONAL or not 1 <= entry.many <= 3:
        return None
    sign = signs.get(ref.value[:1].upper())
    if sign is None:
        return None
    (offset,) = struct.unpack(f"{order}I", entry.value)
    numbers = struct.unpack_from(f"{order}{2 * entry.many}I", exif, offset)
    parts = (above / below / 60**power for power, (above, below) in enumerate(zip(*[iter(numbers)] * 2, strict=True)))
    return sign * round(float(sum(parts)), 7)
