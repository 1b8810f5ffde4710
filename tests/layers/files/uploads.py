"""Uploads that somebody careless or hostile might send as a photo, all made here; nothing is a real picture.

`REFUSED` maps a name to a maker and the sentence it has to be refused with, `CLEAN` to a maker of what has to be
accepted and come out clean. Wherever something is hidden in a file, it contains SECRET.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from functools import cache

from PIL import Image, ImageCms, PngImagePlugin

from layers.files.formats import DAMAGED, HEIC, MOVING, NOT_A_PHOTO

SECRET = b"secret-of-a-fictional-person"
SCRIPT = b"<script>alert('" + SECRET + b"')</script>"
EMPTY, HEAVY, LARGE = "The photo arrived empty.", "The photo takes more than", "The photo is too large"
LON, LAT = 36.6875, 49.8325

GPS, ORIENTATION, MAKE, COMMENT = 0x8825, 0x0112, 0x010F, 0x9286


@cache
def photo(width: int = 320, height: int = 240) -> Image.Image:
    """Return something like a photo: slow changes of three colours, some noise."""
    slow = [Image.linear_gradient("L").rotate(turn).resize((width, height)) for turn in (0, 90, 180)]
    noise = Image.frombytes("RGB", (64, 48), random.Random(3).randbytes(64 * 48 * 3)).resize((width, height))
    return Image.blend(Image.merge("RGB", slow), noise, 0.3)


def saved(image: Image.Image, kind: str = "JPEG", **how: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **how)
    return target.getvalue()


def jpeg(**how: object) -> bytes:
    return saved(photo(), "JPEG", **how)


def png(**how: object) -> bytes:
    return saved(photo(), "PNG", **how)


def webp(**how: object) -> bytes:
    return saved(photo(), "WEBP", **how)


def exif(orientation: int = 1, ref: str = "N", degrees: tuple[object, ...] = (49, 49, 57)) -> Image.Exif:
    """Return EXIF with a place in it, 49.8325 north and 36.6875 east unless told otherwise."""
    said = Image.Exif()
    said[ORIENTATION] = orientation
    said[MAKE] = SECRET.decode()
    said.get_ifd(GPS).update({1: ref, 2: degrees, 3: "E", 4: (36.0, 41.0, 15.0)})
    return said


# Pieces of files, put together by hand.


def segment(code: int, body: bytes) -> bytes:
    return bytes((0xFF, code)) + struct.pack(">H", len(body) + 2) + body


def after_start(file: bytes, extra: bytes) -> bytes:
    return file[:2] + extra + file[2:]


def before(code: int, file: bytes, extra: bytes) -> bytes:
    at = file.index(bytes((0xFF, code)))
    return file[:at] + extra + file[at:]


def without(code: int, file: bytes) -> bytes:
    """Return a JPEG without its segments of a code."""
    kept, at = file[:2], 2
    while file[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(file[at + 2 : at + 4], "big")
        kept += b"" if file[at + 1] == code else file[at:end]
        at = end
    return kept + file[at:]


def resized_on_paper(file: bytes, width: int, height: int, code: int = 0xC0) -> bytes:
    """Return a JPEG that declares another size than it has."""
    at = file.index(bytes((0xFF, code))) + 5
    return file[:at] + struct.pack(">HH", height, width) + file[at + 4 :]


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def header(width: int, height: int, bits: int = 8, colours: int = 2, interlaced: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, interlaced))


def png_of(*chunks: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IEND", b"")


def zeroes(count: int) -> bytes:
    """Return as many zeroes as zlib packs them, in no time: one packed megabyte is said again and again."""
    packing = zlib.compressobj(9, wbits=-15)
    megabyte = packing.compress(bytes(1 << 20)) + packing.flush(zlib.Z_FULL_FLUSH)
    rest = packing.compress(bytes(count & 0xFFFFF)) + packing.flush()
    return b"\x78\xda" + megabyte * (count >> 20) + rest + struct.pack(">I", count % 65521 << 16 | 1)


def plain_png(width: int, height: int, bits: int = 8, colours: int = 2) -> bytes:
    row = 1 + (width * bits * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colours] + 7) // 8
    palette = chunk(b"PLTE", bytes(range(6))) if colours == 3 else b""
    return png_of(header(width, height, bits, colours), palette, chunk(b"IDAT", zeroes(row * height)))


def extended_png(*chunks: bytes) -> bytes:
    """Return a good PNG with more chunks behind its header."""
    good = png()
    return good[:33] + b"".join(chunks) + good[33:]


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(n + struct.pack("<I", len(b)) + b + b"\0" * (len(b) % 2) for n, b in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def lossless_webp(width: int, height: int) -> bytes:
    return riff((b"VP8L", b"\x2f" + struct.pack("<I", width - 1 | height - 1 << 14) + bytes(64)))


def archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("index.html", SCRIPT)
    return target.getvalue()


def profile(colorants: Iterable[tuple[float, float, float]], gamma: float = 2.2) -> bytes:
    """Return an ICC profile of a display whose red, green and blue have these XYZ values (D50)."""

    def fixed(*numbers: float) -> bytes:
        return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)

    tags = {
        name: b"XYZ \0\0\0\0" + fixed(*xyz) for name, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants, strict=True)
    }
    tags[b"wtpt"] = b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249)
    curve = b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(gamma * 256), 0)
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    tags[b"cprt"] = b"text\0\0\0\0" + SECRET + b"\0" * 4
    tags[b"desc"] = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"wide\0" + bytes(78 + 1)
    table, data, offset = b"", b"", 128 + 4 + 12 * len(tags)
    for name, body in tags.items():
        table += name + struct.pack(">II", offset + len(data), len(body))
        data += body + b"\0" * (-len(body) % 4)
    size = offset + len(data)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ") + bytes(12) + b"acsp"
    head += bytes(128 - len(head) - 60) + fixed(0.9642, 1.0, 0.8249)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


P3 = ((0.5151, 0.2412, -0.0011), (0.2919, 0.6922, 0.0419), (0.1572, 0.0666, 0.7841))


# Whole uploads that take more than a line.


def _still_moving(kind: str) -> bytes:
    frames = [photo(), photo().rotate(90), photo().rotate(180)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def _mpo() -> bytes:
    return saved(photo(), "MPO", save_all=True, append_images=[Image.new("RGB", (320, 240), "red")])


def _texts() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SECRET.decode())
    notes.add_text("Author", SECRET.decode(), zip=True)
    notes.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{SECRET.decode()}</x:xmpmeta>")
    return png(pnginfo=notes)


def _entries_that_share_one_value() -> bytes:
    """EXIF of 65,535 entries that all point at the same megabytes: a bomb to whoever copies each."""
    count = 0xFFFF
    size = 4_000_000
    entries = b"".join(struct.pack("<HHII", tag, 7, size, 16 + 12 * count) for tag in range(count))
    block = b"II*\0" + struct.pack("<IH", 8, count) + entries + bytes(size)
    parts = [block[at : at + 65_000] for at in range(0, len(block), 65_000)]
    return after_start(jpeg(), b"".join(segment(0xE1, b"Exif\0\0" + part) for part in parts))


def _directory_that_points_at_itself() -> bytes:
    entry = struct.pack("<HHII", GPS, 4, 1, 8)
    return after_start(
        jpeg(), segment(0xE1, b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 8))
    )


def _scans(count: int) -> bytes:
    """A progressive JPEG that sends its last refinement over and over: a second of work for each kilobyte."""
    good = saved(Image.new("RGB", (4000, 3000), (90, 120, 150)), progressive=True)
    last = good[good.rindex(b"\xff\xda") : -2]
    return good[:-2] + last * count + b"\xff\xd9"


def _hidden_by_transparency() -> bytes:
    image = photo().convert("RGBA")
    image.putalpha(0)
    return saved(image, "PNG")


def _cut(file: bytes, kind: str) -> dict[str, tuple[Callable[[], bytes], str]]:
    """Return the file cut off at many places, down to its very last bytes."""
    places = [16, 40, 100, len(file) // 8, len(file) // 4, len(file) // 2, len(file) - 60, len(file) - 3, len(file) - 1]
    return {f"{kind} cut at byte {place}": ((lambda place=place: file[:place]), DAMAGED) for place in places}


def _flip(file: bytes, at: int) -> bytes:
    return file[:at] + bytes((file[at] ^ 0xFF,)) + file[at + 1 :]


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", EMPTY),
    "one byte": (lambda: b"\xff", NOT_A_PHOTO),
    "half a magic number": (lambda: b"\xff\xd8", NOT_A_PHOTO),
    "text": (lambda: b"This is a photo, believe me.", NOT_A_PHOTO),
    "SVG with a script": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>", NOT_A_PHOTO),
    "HTML": (lambda: b"<!doctype html>" + SCRIPT, NOT_A_PHOTO),
    "ZIP": (archive, NOT_A_PHOTO),
    "PDF": (lambda: b"%PDF-1.7\n1 0 obj<</JS(app.alert(1))>>endobj\n%%EOF", NOT_A_PHOTO),
    "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run", NOT_A_PHOTO),
    "HEIC": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), HEIC),
    "AVIF": (lambda: saved(photo(), "AVIF"), NOT_A_PHOTO),
    "TIFF": (lambda: saved(photo(), "TIFF"), NOT_A_PHOTO),
    "BMP": (lambda: saved(photo(), "BMP"), NOT_A_PHOTO),
    "ICO with a PNG in it": (lambda: saved(photo(), "ICO"), NOT_A_PHOTO),
    "JPEG 2000": (lambda: saved(photo(), "JPEG2000"), NOT_A_PHOTO),
    "PPM": (lambda: saved(photo(), "PPM"), NOT_A_PHOTO),
    "TGA": (lambda: saved(photo(), "TGA"), NOT_A_PHOTO),
    "GIF": (lambda: saved(photo(), "GIF"), NOT_A_PHOTO),
    "moving GIF": (lambda: _still_moving("GIF"), NOT_A_PHOTO),
    "HTML before a JPEG": (lambda: SCRIPT + jpeg(), NOT_A_PHOTO),
    "moving PNG": (lambda: _still_moving("PNG"), MOVING),
    "moving WebP": (lambda: _still_moving("WEBP"), MOVING),
    "PHP that begins like a JPEG": (lambda: b"\xff\xd8\xff<?php system($_GET['c']); ?>", DAMAGED),
    "noise that begins like a JPEG": (lambda: b"\xff\xd8\xff" + random.Random(5).randbytes(5000), DAMAGED),
    "noise that begins like a PNG": (lambda: png()[:8] + random.Random(6).randbytes(5000), DAMAGED),
    "noise that begins like a WebP": (lambda: riff((b"VP8 ", random.Random(7).randbytes(5000))), DAMAGED),
    # too much of something
    "30,000 x 1 PNG": (lambda: plain_png(30_000, 1), LARGE),
    "1 x 30,000 PNG": (lambda: plain_png(1, 30_000), LARGE),
    "30,000 x 1 JPEG": (lambda: saved(Image.new("RGB", (30_000, 1))), LARGE),
    "1 x 30,000 JPEG": (lambda: saved(Image.new("RGB", (1, 30_000))), LARGE),
    "20,000 x 20,000 PNG of one bit": (lambda: plain_png(20_000, 20_000, 1, 0), LARGE),
    "16,000 x 16,000 PNG": (lambda: plain_png(16_000, 16_000), LARGE),
    "PNG of exapixels": (lambda: png_of(header(2**31 - 1, 2**31 - 1), chunk(b"IDAT", zeroes(99))), LARGE),
    "JPEG of 4 gigapixels": (lambda: resized_on_paper(jpeg(), 65_500, 65_500), LARGE),
    "WebP of 268 megapixels": (lambda: lossless_webp(16_384, 16_384), LARGE),
    "WebP of more than a decoder's memory": (lambda: lossless_webp(5000, 4000), LARGE),
    "PNG with transparency of more than the memory": (lambda: plain_png(7000, 7000, 8, 6), LARGE),
    "progressive JPEG of more than the memory": (
        lambda: resized_on_paper(jpeg(progressive=True, subsampling=0), 8192, 6144, 0xC2),
        LARGE,
    ),
    "26 MB": (lambda: jpeg() + bytes(26 << 20), HEAVY),
    "JPEG of 300 scans": (lambda: _scans(300), DAMAGED),
    "JPEG of 100,000 empty segments": (lambda: after_start(jpeg(), segment(0xFE, b"") * 100_000), DAMAGED),
    "PNG of 100,000 empty chunks": (lambda: extended_png(chunk(b"teXt", b"") * 100_000), DAMAGED),
    "WebP of 100,000 empty chunks": (lambda: riff(*[(b"teXt", b"")] * 100_000), DAMAGED),
    # broken
    "PNG of no size": (lambda: png_of(header(0, 0), chunk(b"IDAT", zeroes(9))), DAMAGED),
    "JPEG of no height": (lambda: resized_on_paper(jpeg(), 320, 0), DAMAGED),
    "PNG without pixels": (lambda: png_of(header(320, 240)), DAMAGED),
    "PNG of 40 megapixels that breaks in its last rows": (
        lambda: png_of(header(8000, 5000), chunk(b"IDAT", zeroes(24_001 * 5000)[:-500] + b"?" * 500)),
        DAMAGED,
    ),
    "PNG without a header": (lambda: png_of(chunk(b"IDAT", zeroes(1000))), DAMAGED),
    "PNG whose pixels end in a row": (lambda: png_of(header(320, 240), chunk(b"IDAT", zeroes(1000))), DAMAGED),
    "PNG with noise for pixels": (
        lambda: png_of(header(9, 9), chunk(b"IDAT", random.Random(8).randbytes(99))),
        DAMAGED,
    ),
    "PNG with one bit of its pixels turned": (lambda: _flip(png(), 3000), DAMAGED),
    "PNG with a wrong checksum of its header": (lambda: _flip(png(), 30), DAMAGED),
    "PNG with a chunk longer than the file": (lambda: png()[:33] + b"\x7f\xff\xff\xff" + png()[37:], DAMAGED),
    "PNG of a kind that doesn't exist": (lambda: png_of(header(9, 9, 5, 7), chunk(b"IDAT", zeroes(999))), DAMAGED),
    "PNG without its palette": (lambda: png_of(header(9, 9, 8, 3), chunk(b"IDAT", zeroes(90))), DAMAGED),
    "JPEG without quantization tables": (lambda: without(0xDB, jpeg()), DAMAGED),
    "JPEG without a frame": (lambda: without(0xC0, jpeg()), DAMAGED),
    "JPEG with two frames": (lambda: before(0xC0, jpeg(), jpeg()[jpeg().index(b"\xff\xc0") :][:19]), DAMAGED),
    "JPEG that starts twice": (lambda: after_start(jpeg(), b"\xff\xd8"), DAMAGED),
    "JPEG with a segment longer than the file": (lambda: after_start(jpeg(), b"\xff\xe3\xff\xff")[:9000], DAMAGED),
    "JPEG with sampling factors of nothing": (lambda: _flip_sampling(0x00), DAMAGED),
    "JPEG of no components": (lambda: _components(0), DAMAGED),
    "JPEG of five components": (lambda: _components(5), DAMAGED),
    "arithmetic JPEG": (lambda: jpeg().replace(b"\xff\xc0", b"\xff\xc9", 1), NOT_A_PHOTO),
    "lossless JPEG": (lambda: jpeg().replace(b"\xff\xc0", b"\xff\xc3", 1), NOT_A_PHOTO),
    "JPEG of 12 bits": (lambda: jpeg().replace(b"\xff\xc0\0\x11\x08", b"\xff\xc1\0\x11\x0c", 1), DAMAGED),
    "WebP with two pictures": (lambda: riff((b"VP8 ", webp()[20:]), (b"VP8L", lossless_webp(9, 9)[20:])), DAMAGED),
    "WebP without a picture": (lambda: riff((b"EXIF", SECRET)), DAMAGED),
    **_cut(jpeg(), "JPEG"),
    **_cut(jpeg(progressive=True), "progressive JPEG"),
    **_cut(png(), "PNG"),
    **_cut(webp(), "WebP"),
    **_cut(webp(lossless=True), "lossless WebP"),
}


def _flip_sampling(value: int) -> bytes:
    good = jpeg()
    at = good.index(b"\xff\xc0") + 11
    return good[:at] + bytes((value,)) + good[at + 1 :]


def _components(count: int) -> bytes:
    frame = struct.pack(">BHHB", 8, 240, 320, count) + b"".join(bytes((n, 0x11, 0)) for n in range(count))
    return without(0xC0, jpeg())[:2] + segment(0xC0, frame) + without(0xC0, jpeg())[2:]


CLEAN: dict[str, Callable[[], bytes]] = {
    # who, where, when, with what
    "JPEG with GPS": lambda: jpeg(exif=exif()),
    "PNG with GPS": lambda: png(exif=exif()),
    "WebP with GPS": lambda: webp(exif=exif()),
    "JPEG with big-endian EXIF": lambda: jpeg(exif=_big_endian()),
    "JPEG with a script in EXIF": lambda: jpeg(exif=_script_in_exif()),
    "JPEG with XMP": lambda: jpeg(xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"),
    "WebP with XMP": lambda: webp(xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"),
    "JPEG with a colour profile": lambda: jpeg(icc_profile=profile(P3)),
    "PNG with a colour profile": lambda: png(icc_profile=profile(P3)),
    "WebP with a colour profile": lambda: webp(icc_profile=profile(P3)),
    "JPEG with a comment": lambda: jpeg(comment=SECRET),
    "JPEG with IPTC": lambda: after_start(jpeg(), segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0" + SECRET)),
    "JPEG with a thumbnail in JFIF": lambda: after_start(
        without(0xE0, jpeg()), segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1" + bytes((3, 3)) + SECRET[:27])
    ),
    "JPEG with a segment of every kind": lambda: after_start(
        jpeg(), b"".join(segment(code, SECRET) for code in (*range(0xE1, 0xF0), *range(0xF0, 0xFF)))
    ),
    "JPEG with a comment between its scans": lambda: _comment_between_scans(),
    "PNG with texts": _texts,
    "PNG with private chunks": lambda: extended_png(chunk(b"caBX", SECRET), chunk(b"prVt", SECRET)),
    "PNG with text behind its pixels": lambda: png_of(png()[8:-12], chunk(b"tEXt", b"Comment\0" + SECRET)),
    # further pictures and polyglots
    "MPO": _mpo,
    "JPEG and a film (motion photo)": lambda: jpeg() + b"\0\0\0\x18ftypmp42" + SECRET * 1000,
    "JPEG and a JPEG": lambda: jpeg() + jpeg(comment=SECRET),
    "JPEG and a ZIP": lambda: jpeg() + archive(),
    "JPEG and HTML": lambda: jpeg() + SCRIPT,
    "JPEG that is JavaScript as well": lambda: after_start(
        jpeg(), segment(0xFE, b"*/=1;alert('" + SECRET + b"');/*") + segment(0xE0, b"/*" + SECRET)
    ),
    "PNG and a ZIP": lambda: png() + archive(),
    "WebP and HTML": lambda: webp() + SCRIPT,
    "WebP of more chunks than one": lambda: riff((b"XXXX", SECRET), (b"VP8 ", webp()[20:]), (b"YYYY", SCRIPT)),
    # bombs beside the pixels
    "PNG with a zTXt bomb": lambda: extended_png(chunk(b"zTXt", b"Comment\0\0" + zeroes(200 << 20))),
    "PNG with an iTXt bomb": lambda: extended_png(chunk(b"iTXt", b"Comment\0\1\0\0\0" + zeroes(200 << 20))),
    "PNG with an iCCP bomb": lambda: extended_png(chunk(b"iCCP", b"sRGB\0\0" + zeroes(200 << 20))),
    "PNG with 64 texts of a megabyte": lambda: extended_png(*[chunk(b"zTXt", b"Comment\0\0" + zeroes(1 << 20))] * 64),
    "PNG with less rows than it declares": lambda: png_of(header(320, 240), chunk(b"IDAT", zeroes(961 * 99))),
    "PNG with pixels beyond its last row": lambda: png_of(header(9, 9), chunk(b"IDAT", zeroes(200 << 20))),
    "JPEG with EXIF entries that share one value": _entries_that_share_one_value,
    "JPEG with an EXIF directory that points at itself": _directory_that_points_at_itself,
    "JPEG with EXIF of noise": lambda: after_start(
        jpeg(), segment(0xE1, b"Exif\0\0II*\0" + random.Random(9).randbytes(999))
    ),
    "JPEG with EXIF cut off": lambda: after_start(jpeg(), segment(0xE1, exif().tobytes()[:60])),
    "WebP with a lying canvas": lambda: riff((b"VP8X", bytes(4) + b"\xff" * 6), (b"VP8 ", webp()[20:])),
    # as large as is taken
    "JPEG of 50 megapixels": lambda: saved(Image.new("RGB", (8192, 6144), "green")),
    "progressive JPEG of 50 megapixels": lambda: saved(Image.new("RGB", (8192, 6144), "green"), progressive=True),
    "PNG of 40 megapixels": lambda: plain_png(8000, 5000),
    "PNG of 24 megapixels in 16 bits of grey": lambda: plain_png(6000, 4000, 16, 0),
    "16 bits with transparency": lambda: plain_png(600, 400, 16, 6),
    "PNG with transparency of 24 megapixels": lambda: plain_png(6000, 4000, 8, 6),
    "PNG of 30 megapixels with a palette": lambda: plain_png(6000, 5000, 8, 3),
    "WebP of 12 megapixels": lambda: saved(Image.new("RGB", (4000, 3000), "green"), "WEBP", method=0),
    "WebP of 12 megapixels with transparency": lambda: saved(
        Image.new("RGBA", (4000, 3000), (9, 99, 9, 99)), "WEBP", lossless=True, method=0
    ),
    "JPEG of 32 scans": lambda: _scans(22),
    "16,384 x 1 PNG": lambda: plain_png(16_384, 1),
    "1 x 16,384 JPEG": lambda: saved(Image.new("RGB", (1, 16_384))),
    # kinds of pixels
    "CMYK": lambda: saved(photo().convert("CMYK")),
    "CMYK with a broken profile": lambda: saved(photo().convert("CMYK"), icc_profile=_broken(b"CMYK")),
    "CMYK with a profile of RGB": lambda: saved(photo().convert("CMYK"), icc_profile=profile(P3)),
    "RGB with a broken profile": lambda: jpeg(icc_profile=_broken(b"RGB ")),
    "RGB with noise for a profile": lambda: jpeg(icc_profile=random.Random(4).randbytes(2000)),
    "RGB with a profile of no colours": lambda: jpeg(icc_profile=profile([(0, 0, 0)] * 3)),
    "grey": lambda: saved(photo().convert("L")),
    "grey with transparency": lambda: saved(photo().convert("LA"), "PNG"),
    "palette with transparency": lambda: saved(photo().quantize(64), "PNG", transparency=bytes(range(64))),
    "one bit": lambda: saved(photo().convert("1"), "PNG"),
    "one bit with transparency": lambda: saved(photo().convert("1"), "PNG", transparency=1),
    "16 bits of grey": lambda: saved(photo().convert("I;16"), "PNG"),
    "interlaced": lambda: png_of(header(1, 1, 8, 2, 1), chunk(b"IDAT", zlib.compress(bytes(4)))),
    "all transparent": _hidden_by_transparency,
    "JPEG with restart markers": lambda: jpeg(restart_marker_rows=1),
    "JPEG with fill bytes and junk": lambda: before(0xDB, before(0xC0, jpeg(), b"\xff\xff\xff"), SECRET),
    "JPEG without Huffman tables, as in films": lambda: without(0xC4, jpeg()),
    "JPEG without JFIF": lambda: without(0xE0, jpeg()),
    "JPEG in RGB": lambda: jpeg(keep_rgb=True),
    "1 x 1": lambda: saved(Image.new("RGB", (1, 1))),
}


def _big_endian() -> Image.Exif:
    said = exif()
    said.endian = ">"
    return said


def _script_in_exif() -> Image.Exif:
    said = exif()
    said[MAKE] = SCRIPT.decode()
    said.get_ifd(0x8769)[COMMENT] = b"ASCII\0\0\0" + SCRIPT
    return said


def _broken(space: bytes) -> bytes:
    """Return a profile that is right up to its table, and noise from there."""
    good = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return good[:16] + space + good[20:140] + random.Random(2).randbytes(len(good) - 140)


def _comment_between_scans() -> bytes:
    good = jpeg(progressive=True)
    second = good.index(b"\xff\xda", good.index(b"\xff\xda") + 2)
    return good[:second] + segment(0xFE, SCRIPT) + segment(0xE1, b"Exif\0\0" + SECRET) + good[second:]
