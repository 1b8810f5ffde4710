"""Photos: what somebody sent becomes a new, small, anonymous JPEG, or is refused; never kept as it came.

The file is taken apart (formats.py), only what its pixels need is decoded, and the pixels are copied into a new image:
no EXIF, XMP, ICC profile, comment, thumbnail, further frame or trailing byte has a way into the result. A moving
picture is refused, because one frame isn't what its sender saw; of a file with several stills (MPO, a phone's
"motion photo" or depth map) the first one is the photo, and the others are dropped.
"""

from __future__ import annotations

import ctypes
import io
import math
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TypeVar

from PIL import Image, ImageCms, ImageFilter
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from layers.errors import BadInput, TooMany
from layers.files import exif
from layers.files.formats import DAMAGED, Anatomy, Kind, dissect
from layers.files.rules import (
    LARGE_MEMORY,
    MAX_BOXES,
    MAX_PHOTO_BYTES,
    MAX_PHOTO_PIXELS,
    MAX_PHOTO_SIDE,
    PHOTO_MEMORY,
    PHOTO_PATIENCE_SECONDS,
    PHOTO_QUALITY,
    PHOTO_SIDE,
    PHOTOS_AT_ONCE,
    THUMBNAIL_SIDE,
)
from layers.text import N_

MEDIA_TYPE = "image/jpeg"
WHITE = (255, 255, 255)
Made = TypeVar("Made")

_DECODERS: dict[Kind, type[ImageFile]] = {"JPEG": JpegImageFile, "PNG": PngImageFile, "WEBP": WebPImageFile}
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PROFILE_SPACES = {"L": b"GRAY", "RGB": b"RGB ", "CMYK": b"CMYK"}

# What is left of a blurred region: one hue, and of each cell one of eight shades. A cell is at least two JPEG blocks
# long, and at most four lie across: less than a face or a number plate can be told from, whoever knows the method.
_BLOCK = 16
_CELLS = 4
_SHADES = [value // 32 * 32 + 16 for value in range(256)]


@dataclass(frozen=True)
class Picture:
    """A clean photo; `position` is the (longitude, latitude) that the file gave, which the photo no longer holds."""

    content: bytes
    media_type: str
    width: int
    height: int
    position: tuple[float, float] | None


@dataclass(frozen=True)
class Box:
    """A region of a photo as it is seen, in fractions of its width and height from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


def clean(content: bytes) -> Picture:
    """Return the photo as it may be kept; raises BadInput when that can't be made of it."""
    anatomy = _taken_apart(content)

    def make() -> Picture:
        image = _seen(anatomy, PHOTO_SIDE)
        return Picture(_written(image), MEDIA_TYPE, *image.size, exif.read(anatomy.exif).position)

    return _workshop.do(make, _memory(anatomy, PHOTO_SIDE))


def blur(content: bytes, boxes: Sequence[Box]) -> bytes:
    """Return a new clean photo in which nobody can tell any more what was in the boxes; raises BadInput."""
    if len(boxes) > MAX_BOXES:
        raise BadInput(
            N_("At most {most} parts of a photo are blurred at once. Save these, then mark the others."), most=MAX_BOXES
        )
    anatomy = _taken_apart(content)

    def make() -> bytes:
        image = _seen(anatomy, PHOTO_SIDE)
        for region in [_region(box, image.size) for box in boxes]:
            image.paste(_unrecognisable(image.crop(region)), region)
        return _written(image)

    return _workshop.do(make, _memory(anatomy, PHOTO_SIDE))


def thumbnail(content: bytes, side: int = THUMBNAIL_SIDE) -> bytes:
    """Return a small clean JPEG, at most `side` pixels long and wide; raises BadInput."""
    anatomy, side = _taken_apart(content), min(side, PHOTO_SIDE)
    return _workshop.do(lambda: _written(_seen(anatomy, side)), _memory(anatomy, side))


def _taken_apart(content: bytes) -> Anatomy:
    if not content:
        raise BadInput(N_("The photo arrived empty. Choose it again."))
    if len(content) > MAX_PHOTO_BYTES:
        raise BadInput(
            N_("The photo takes more than {most} MB. Make it smaller, or send a screenshot of it."),
            most=MAX_PHOTO_BYTES >> 20,
        )
    anatomy = dissect(content)
    width, height = anatomy.width, anatomy.height
    if not (width and height):
        raise BadInput(DAMAGED)
    too_large = max(width, height) > MAX_PHOTO_SIDE or width * height > MAX_PHOTO_PIXELS
    if too_large or _memory(anatomy, PHOTO_SIDE) > PHOTO_MEMORY:
        raise BadInput(
            N_("The photo is too large: {width} × {height} pixels. Make it smaller, or send a screenshot of it."),
            width=width,
            height=height,
        )
    return anatomy


def _memory(anatomy: Anatomy, side: int) -> int:
    """Return how many bytes making a picture of this side out of the file takes at its most hungry step."""
    scale = _scale(anatomy, side)
    across, down = math.ceil(anatomy.width / scale), math.ceil(anatomy.height / scale)
    width, height = _fitting((across, down), side)
    decoded, halfway, made = 4 * across * down, 4 * width * down, 4 * width * height
    decoding = anatomy.working + decoded
    flattening = anatomy.held + 2 * decoded if anatomy.layered else 0
    resizing = (0 if anatomy.layered else anatomy.held) + decoded + halfway + made
    writing = 4 * made
    return len(anatomy.pixels) + max(decoding, flattening, resizing, writing)


def _scale(anatomy: Anatomy, side: int) -> int:
    """Return by how much the picture is shrunk while it is decoded, which only JPEG allows.

    Where that alone comes within a sixteenth of the wanted side, as with a phone's 12 megapixels, nothing else is done
    to the pixels: a third of the time and a quarter of the memory.
    """
    most = max(anatomy.width, anatomy.height) / (side * 15 / 16) if anatomy.kind == "JPEG" else 1
    return next((scale for scale in (8, 4, 2) if most >= scale), 1)


def _fitting(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return the size that fits into a square of this side; what is smaller stays as it is."""
    shrink = min(1.0, side / max(size))
    return max(1, round(size[0] * shrink)), max(1, round(size[1] * shrink))


def _seen(anatomy: Anatomy, side: int) -> Image.Image:
    """Return the picture as a person sees it: opaque, in sRGB, upright, no larger than this side."""
    image = _opened(anatomy, side)
    if image is None:
        raise BadInput(DAMAGED)
    image = image.resize(_fitting(image.size, side), Image.Resampling.LANCZOS)
    image = _in_srgb(image, anatomy.profile)
    turn = _UPRIGHT.get(exif.read(anatomy.exif).orientation)
    return image if turn is None else image.transpose(turn)


def _opened(anatomy: Anatomy, side: int) -> Image.Image | None:
    """Return the opaque picture, or None when it is broken.

    Not an error with a cause: that would hold on to the half-decoded picture until somebody has shown it.
    """
    try:
        return _opaque(_decoded(anatomy, side))
    except Exception:  # decoders raise whatever comes to their mind
        return None


def _decoded(anatomy: Anatomy, side: int) -> Image.Image:
    image = _DECODERS[anatomy.kind](io.BytesIO(anatomy.pixels))
    if image.size != (anatomy.width, anatomy.height):
        raise ValueError("the decoder reads another size")
    if (scale := _scale(anatomy, side)) > 1:
        image.draft(None, (max(1, anatomy.width // scale), max(1, anatomy.height // scale)))
    image.load()
    return image


def _opaque(image: Image.Image) -> Image.Image:
    """Return the picture on white in 8 bits; what transparent pixels hid under their transparency is gone."""
    if image.mode == "I;16":  # Pillow's own conversion would cut off all but the darkest 256 shades
        return Image.frombytes("L", image.size, image.tobytes(), "raw", "L;16")
    if image.has_transparency_data:
        layer = image if image.mode == "RGBA" else image.convert("RGBA")
        ground = Image.new("RGB", image.size, WHITE)
        ground.paste(layer, mask=layer)
        return ground
    return image if image.mode in _PROFILE_SPACES else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Return the picture in sRGB; a profile that is broken or of another kind of picture counts as none."""
    if profile[16:20] == _PROFILE_SPACES[image.mode]:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image,
                own,
                ImageCms.createProfile("sRGB"),
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _written(image: Image.Image) -> bytes:
    """Return the pixels as a new JPEG, and nothing but the pixels."""
    fresh = Image.new("RGB", image.size)
    fresh.paste(image)
    # Into a file, though one of memory: only then does Pillow let other threads run while it encodes. Not progressive,
    # which takes more than twice as long for two per cent of the bytes.
    with _memory_file() as target:
        fresh.save(target, "JPEG", quality=PHOTO_QUALITY, optimize=True, subsampling="4:2:0")
        target.seek(0)
        return target.read()


def _memory_file() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("photo"), "w+b")  # noqa: PTH123 (a descriptor, closed by whoever asked)
    return tempfile.TemporaryFile()


def _region(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the pixels of a box, grown to whole JPEG blocks, into which its edges had bled."""
    sides = (box.left, box.top, box.right, box.bottom)
    left, top, right, bottom = (min(1.0, max(0.0, side)) for side in sides)
    if not (all(map(math.isfinite, sides)) and left < right and top < bottom):
        raise BadInput(N_("Mark the part to blur again: it has to lie within the photo."))
    width, height = size
    return (
        max(0, _BLOCK * math.floor((left * width - 2) / _BLOCK)),
        max(0, _BLOCK * math.floor((top * height - 2) / _BLOCK)),
        min(width, _BLOCK * math.ceil((right * width + 2) / _BLOCK)),
        min(height, _BLOCK * math.ceil((bottom * height + 2) / _BLOCK)),
    )


def _unrecognisable(part: Image.Image) -> Image.Image:
    """Return a few blurred blots in place of the part; made of coarse averages, so that nothing can be won back."""
    cell = max(2 * _BLOCK, math.ceil(max(part.size) / _CELLS))
    cells = math.ceil(part.width / cell), math.ceil(part.height / cell)
    shades, *hue = part.convert("YCbCr").split()
    blots = shades.resize(cells, Image.Resampling.BOX).point(_SHADES).resize(part.size, Image.Resampling.NEAREST)
    blurred = blots.filter(ImageFilter.GaussianBlur(cell / 3))
    tint = [band.resize((1, 1), Image.Resampling.BOX).resize(part.size) for band in hue]
    return Image.merge("YCbCr", [blurred, *tint]).convert("RGB")


class _Workshop:
    """Few photos at a time, and no more memory than is set aside for all of them: the others wait a little.

    The work is done in threads of its own: the C library keeps freed memory for each thread that ever decoded a photo,
    and a server has forty of them (measured: 1,400 MB after twenty large uploads, 300 MB this way).
    """

    def __init__(self, places: int, memory: int) -> None:
        self._places, self._memory = places, memory
        self._changed = threading.Condition()
        self._hands = ThreadPoolExecutor(places, "photo")

    def do(self, work: Callable[[], Made], memory: int) -> Made:
        """Return what the work makes; raises TooMany when there is no place and no memory for it."""
        with self._place(memory):
            try:
                return self._hands.submit(work).result()
            finally:
                if memory > LARGE_MEMORY:
                    _give_back()

    @contextmanager
    def _place(self, memory: int) -> Iterator[None]:
        with self._changed:
            free = self._changed.wait_for(lambda: self._places and self._memory >= memory, PHOTO_PATIENCE_SECONDS)
            if not free:
                raise TooMany(N_("Many photos are arriving right now. Try again in a few seconds."), retry_after=5)
            self._take(1, memory)
        try:
            yield
        finally:
            with self._changed:
                self._take(-1, -memory)
                self._changed.notify_all()

    def _take(self, places: int, memory: int) -> None:
        self._places -= places
        self._memory -= memory


def _give_back() -> None:
    """Return freed memory to the system, where the C library has a word for it (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


_workshop = _Workshop(PHOTOS_AT_ONCE, PHOTO_MEMORY)
