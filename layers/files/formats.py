"""What a photo file says of itself before anything is decoded, and the few parts of it that a decoder needs.

A decoder never sees the rest: no metadata, comments, thumbnails, further frames or bytes after the end, so nothing
hidden there can reach it. Sizes come from here as well, so that a bomb is refused before memory is taken for it.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from layers.errors import BadInput
from layers.text import N_

Kind = Literal["JPEG", "PNG", "WEBP"]

NOT_A_PHOTO = N_("This file is not a JPEG, PNG or WebP photo. Choose another one.")
HEIC = N_("This photo is in HEIC format, which is not taken here. Save it as JPEG, or send a screenshot of it.")
DAMAGED = N_("The photo is damaged or didn't arrive whole. Choose it again, or another one.")
MOVING = N_("This is a moving picture. Send a still photo.")

# Each is far above what cameras and editors write, and far below what would keep a processor busy.
MAX_PARTS = 50_000
MAX_SCANS = 32
MAX_PROFILE = 1024 * 1024

_PNG = b"\x89PNG\r\n\x1a\n"
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


@dataclass(frozen=True)
class Anatomy:
    """A photo file taken apart. `pixels` is the same picture as a file with nothing else in it."""

    kind: Kind
    width: int
    height: int
    pixels: bytes
    layered: bool = False  # a palette, transparency or 16 bits: a second copy of the pixels is made on the way
    working: int = 0  # bytes that the decoder takes besides the finished pixels
    held: int = 0  # those of them that stay as long as its picture
    exif: bytes = b""
    profile: bytes = b""  # ICC


def dissect(content: bytes) -> Anatomy:
    """Take a photo file apart; its name and the type claimed for it don't count. Raises BadInput."""
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return _jpeg(content)
        if content.startswith(_PNG):
            return _png(content)
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _webp(content)
    except (struct.error, IndexError, ZeroDivisionError) as error:
        raise BadInput(DAMAGED) from error
    raise BadInput(HEIC if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS else NOT_A_PHOTO)


# JPEG: segments of FF, a code, a length. After a start of scan come entropy-coded bytes up to the next code.

_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")  # not a stuffed zero, a restart or a fill byte
_BASELINE, _EXTENDED, _PROGRESSIVE = 0xC0, 0xC1, 0xC2
_TEM, _DHT, _SOI, _EOI, _SOS, _DQT, _DRI = 0x01, 0xC4, 0xD8, 0xD9, 0xDA, 0xDB, 0xDD
_FRAMES = {_BASELINE, _EXTENDED, _PROGRESSIVE}
_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}  # lossless, hierarchical, arithmetic
_NEEDED = _FRAMES | {_DHT, _DQT, _DRI, _SOS}
_JFIF, _EXIF, _ICC, _ADOBE = (0xE0, b"JFIF\0"), (0xE1, b"Exif\0\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe")


def _jpeg(content: bytes) -> Anatomy:
    kept: list[bytes | memoryview] = [b"\xff\xd8"]
    frames: list[tuple[int, bytes]] = []
    scans, profile, exif = [], [], []
    for code, body, whole in _segments(content):
        if code in _OTHER_FRAMES:
            raise BadInput(NOT_A_PHOTO)
        if code in _FRAMES:
            frames.append((code, body))
        elif code == _SOS:
            scans.append(body)
        elif _is(_EXIF, code, body):
            exif.append(body[6:])
        elif _is(_ICC, code, body):
            profile.append(body[12:])
        if code in _NEEDED or _tells_colours(code, body):
            kept.append(whole)
    kept.append(b"\xff\xd9")
    if len(frames) != 1 or not 0 < len(scans) <= MAX_SCANS:
        raise BadInput(DAMAGED)
    code, frame = frames[0]
    _, height, width, components = struct.unpack_from(">BHHB", frame)
    in_parts = code == _PROGRESSIVE or scans[0][0] != components
    return Anatomy(
        kind="JPEG",
        width=width,
        height=height,
        pixels=b"".join(kept),
        working=_coefficients(frame) if in_parts else 0,
        exif=exif[0] if exif else b"",
        profile=_no_longer_than_any(b"".join(part[2:] for part in sorted(profile))),
    )


def _segments(content: bytes) -> Iterator[tuple[int, bytes, memoryview]]:
    """Yield code, body and the whole of each segment, its scan included, up to the end of the first picture.

    Raises BadInput where that end is missing.
    """
    view, found = memoryview(content), _MARKER.search(content, 2)
    for _ in range(MAX_PARTS):
        if found is None or found[1][0] == _SOI:
            break
        code, start = found[1][0], found.start()
        if code == _EOI:
            return
        length = 0 if code == _TEM else int.from_bytes(content[start + 2 : start + 4], "big")
        end = start + 2 + length
        found = _MARKER.search(content, end)
        after = found.start() if found and code == _SOS else end
        yield code, content[start + 4 : end], view[start:after]
    raise BadInput(DAMAGED)


def _is(what: tuple[int, bytes], code: int, body: bytes) -> bool:
    return code == what[0] and body.startswith(what[1])


def _tells_colours(code: int, body: bytes) -> bool:
    """Tell whether a decoder takes from it if the pixels are RGB, YCbCr, CMYK or YCCK."""
    return _is(_JFIF, code, body) or _is(_ADOBE, code, body)


def _coefficients(frame: bytes) -> int:
    """Return the bytes that a decoder needs to gather a picture sent in several scans."""
    _, height, width, components = struct.unpack_from(">BHHB", frame)
    samplings = [divmod(frame[7 + 3 * n], 16) for n in range(components)]
    most = max((across for across, _ in samplings), default=1) * max((down for _, down in samplings), default=1)
    return int(sum(2 * width * height * across * down / most for across, down in samplings))


def _no_longer_than_any(profile: bytes) -> bytes:
    return profile if len(profile) <= MAX_PROFILE else b""


# PNG: chunks of a length, a name, data and a checksum.

_NEEDED_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")


def _png(content: bytes) -> Anatomy:
    chunks: dict[bytes, bytes] = {}
    data = []
    for name, body, checksum in _chunks(content):
        if name in _NEEDED_CHUNKS and zlib.crc32(body, zlib.crc32(name)) != checksum:
            raise BadInput(DAMAGED)
        if name == b"acTL":
            raise BadInput(MOVING)
        if name == b"IDAT":
            data.append(body)
        elif name in _NEEDED_CHUNKS or name in (b"eXIf", b"iCCP"):
            chunks.setdefault(name, bytes(body))
    width, height, bits, colours = struct.unpack_from(">IIBB", chunks.get(b"IHDR", b""))
    if bits == 16:
        chunks.pop(b"tRNS", None)  # its key has 16 bits, the pixels as Pillow reads them have eight
    kept = {name: [memoryview(chunks[name])] for name in (b"IHDR", b"PLTE", b"tRNS") if name in chunks}
    return Anatomy(
        kind="PNG",
        width=width,
        height=height,
        pixels=_png_of(kept | {b"IDAT": data, b"IEND": []}),
        layered=bits == 16 or colours in (3, 4, 6) or b"tRNS" in chunks,
        exif=chunks.get(b"eXIf", b""),
        profile=_inflated(chunks.get(b"iCCP", b"").partition(b"\0")[2][1:]),
    )


def _chunks(content: bytes) -> Iterator[tuple[bytes, memoryview, int]]:
    """Yield name, data and checksum of each chunk before the end; raises BadInput where that is missing."""
    place, view = len(_PNG), memoryview(content)
    for _ in range(MAX_PARTS):
        length, name = struct.unpack_from(">I4s", content, place)
        end = place + 8 + length
        (checksum,) = struct.unpack_from(">I", content, end)
        if name == b"IEND":
            return
        yield name, view[place + 8 : end], checksum
        place = end + 4
    raise BadInput(DAMAGED)


def _png_of(chunks: dict[bytes, list[memoryview]]) -> bytes:
    parts: list[bytes | memoryview] = [_PNG]
    for name, bodies in chunks.items():
        checksum = zlib.crc32(name)
        for body in bodies:
            checksum = zlib.crc32(body, checksum)
        parts += [struct.pack(">I", sum(map(len, bodies))), name, *bodies, struct.pack(">I", checksum)]
    return b"".join(parts)


def _inflated(packed: bytes) -> bytes:
    """Return a packed colour profile, or nothing where it is broken or swells beyond any profile."""
    unpacking = zlib.decompressobj()
    try:
        profile = unpacking.decompress(packed, MAX_PROFILE)
    except zlib.error:
        return b""
    return profile if unpacking.eof else b""


# WebP: RIFF chunks, padded to even length. A picture is one VP8L, or one VP8 with or without an ALPH before it.

_WEBP_WORKING, _WEBP_HELD = 14, 8  # bytes a pixel, measured: Pillow decodes through two canvases and a copy


def _webp(content: bytes) -> Anatomy:
    chunks: dict[bytes, memoryview] = {}
    for name, body in _riff(content):
        if name in (b"ANIM", b"ANMF"):
            raise BadInput(MOVING)
        chunks.setdefault(name, body)
    if (b"VP8L" in chunks) == (b"VP8 " in chunks):
        raise BadInput(DAMAGED)
    if b"VP8L" in chunks:
        width, height = _lossless_size(chunks[b"VP8L"])
        kept = {b"VP8L": chunks[b"VP8L"]}
    else:
        width, height = _lossy_size(chunks[b"VP8 "])
        kept = {name: chunks[name] for name in (b"ALPH", b"VP8 ") if name in chunks}
    if b"ALPH" in kept:
        sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        kept = {b"VP8X": memoryview(b"\x10\0\0\0" + sides)} | kept
    return Anatomy(
        kind="WEBP",
        width=width,
        height=height,
        pixels=_webp_of(kept),
        layered=b"VP8 " not in kept or b"ALPH" in kept,
        working=_WEBP_WORKING * width * height,
        held=_WEBP_HELD * width * height,
        exif=bytes(chunks.get(b"EXIF", b"")).removeprefix(b"Exif\0\0"),
        profile=_no_longer_than_any(bytes(chunks.get(b"ICCP", b""))),
    )


def _riff(content: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Yield name and data of each chunk within the declared length; raises BadInput where that isn't there."""
    place, end, view = 12, 8 + int.from_bytes(content[4:8], "little"), memoryview(content)
    if end > len(content):
        raise BadInput(DAMAGED)
    for _ in range(MAX_PARTS):
        if place + 8 > end:
            return
        name, length = struct.unpack_from("<4sI", content, place)
        if place + 8 + length > end:
            break
        yield name, view[place + 8 : place + 8 + length]
        place += 8 + length + length % 2
    raise BadInput(DAMAGED)


def _webp_of(chunks: dict[bytes, memoryview]) -> bytes:
    parts: list[bytes | memoryview] = [b"WEBP"]
    for name, body in chunks.items():
        parts += [name, struct.pack("<I", len(body)), body, b"\0" * (len(body) % 2)]
    return b"".join([b"RIFF", struct.pack("<I", sum(map(len, parts))), *parts])


def _lossless_size(body: memoryview) -> tuple[int, int]:
    if body[0] != 0x2F:
        raise BadInput(DAMAGED)
    (bits,) = struct.unpack_from("<I", body, 1)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _lossy_size(body: memoryview) -> tuple[int, int]:
    if bytes(body[3:6]) != b"\x9d\x01\x2a":
        raise BadInput(DAMAGED)
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF
