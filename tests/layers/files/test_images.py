"""Photos: whatever is sent is refused with a reason or comes out clean, and looks right; what is blurred is gone."""

from __future__ import annotations

import io
import json
import math
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import IFDRational

from layers.errors import BadInput, TooMany
from layers.files import images
from layers.files.formats import DAMAGED
from layers.files.images import Box, blur, clean, thumbnail
from layers.files.rules import MAX_BOXES, PHOTO_SIDE
from tests.layers.files import receiving, uploads
from tests.layers.files.uploads import CLEAN, LAT, LON, REFUSED, SECRET, exif, jpeg, photo, saved

ROOT = Path(__file__).parents[3]
HUNGRY = [
    "progressive JPEG of 50 megapixels",
    "PNG of 40 megapixels",
    "PNG with transparency of 24 megapixels",
    "WebP of 12 megapixels",
    "WebP of 12 megapixels with transparency",
]
Pixels = NDArray[np.int16]
Outcomes = dict[str, dict[str, object]]


def segments(content: bytes) -> list[tuple[int, bytes]]:
    """Read a JPEG byte by byte: code and body of every segment; fails when anything stands outside of them."""
    assert content[:2] == b"\xff\xd8"
    found, at = [], 2
    while content[at : at + 2] != b"\xff\xd9":
        assert content[at] == 0xFF
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        found.append((content[at + 1], content[at + 4 : end]))
        at = end
        if found[-1][0] == 0xDA:
            while content[at] != 0xFF or content[at + 1] in (0, *range(0xD0, 0xD8)):
                at += 1
    assert at + 2 == len(content), "bytes after the end"
    return found


def assert_clean(content: bytes) -> None:
    """The file is a JPEG of pixels: a bare JFIF header, tables, one frame, scans; nothing of where it came from."""
    found = segments(content)
    assert {code for code, _ in found} <= {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDA, 0xDD}
    assert [body for code, body in found if code == 0xE0] == [b"JFIF\0\1\1\0\0\1\0\1\0\0"]
    assert SECRET not in content
    seen = Image.open(io.BytesIO(content))
    seen.load()
    assert seen.format == "JPEG"
    assert seen.mode == "RGB"
    assert max(seen.size) <= PHOTO_SIDE
    assert not seen.getexif()
    assert not seen.getexif().get_ifd(uploads.GPS)
    assert set(seen.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


def pixels(content: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(np.int16)


def difference(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one - other).mean())


# Sixty hostile uploads and more, received in a process of their own.


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def received(folder: Path) -> Outcomes:
    names = [*REFUSED, *CLEAN]
    made = [make for make, _ in REFUSED.values()] + list(CLEAN.values())
    for number, make in enumerate(made):
        (folder / f"{number:03}.upload").write_bytes(make())
    return {names[int(str(outcome["name"]))]: outcome for outcome in run_receiving(folder)}


def run_receiving(folder: Path, *how: str) -> list[dict[str, object]]:
    command = [sys.executable, receiving.__file__, str(folder), *how]
    ran = subprocess.run(command, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True, timeout=300)
    assert ran.returncode == 0
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_there_are_sixty_hostile_uploads_and_more() -> None:
    assert len(REFUSED) >= 60
    assert len(CLEAN) >= 60


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_photo_is_refused_with_a_reason(received: Outcomes, name: str) -> None:
    assert str(received[name].get("refused")).startswith(REFUSED[name][1])


@pytest.mark.parametrize("name", CLEAN)
def test_what_is_a_photo_comes_out_clean(received: Outcomes, folder: Path, name: str) -> None:
    assert received[name].get("refused") is None
    assert received[name]["type"] == "image/jpeg"
    content = (folder / f"{received[name]['name']}.clean").read_bytes()
    assert_clean(content)
    assert received[name]["size"] == list(Image.open(io.BytesIO(content)).size)


def test_no_upload_takes_half_a_gigabyte(received: Outcomes) -> None:
    assert max(int(str(outcome["peak"])) for outcome in received.values()) < 400 << 20


def test_no_upload_keeps_a_processor_busy(received: Outcomes) -> None:
    slow = {name: outcome["seconds"] for name, outcome in received.items() if float(str(outcome["seconds"])) > 3}
    assert slow == {}


def test_the_hungriest_uploads_at_once_do_not_take_half_a_gigabyte(tmp_path: Path) -> None:
    hungry = [CLEAN[name] for name in HUNGRY]
    broken = [REFUSED["PNG of 40 megapixels that breaks in its last rows"][0]] * 2
    for number, make in enumerate([*hungry, *broken]):
        (tmp_path / f"{number:03}.upload").write_bytes(make())
    outcomes = run_receiving(tmp_path, "--at-once")
    assert [outcome.get("refused") for outcome in outcomes] == [None] * len(hungry) + [DAMAGED] * 2
    assert max(int(str(outcome["peak"])) for outcome in outcomes) < 400 << 20


def test_twelve_megapixels_take_less_than_a_second(tmp_path: Path) -> None:
    (tmp_path / "0.upload").write_bytes(saved(photo(4032, 3024), quality=95, exif=exif(6)))
    (tmp_path / "1.upload").write_bytes(saved(photo(4032, 3024), quality=95, progressive=True))
    assert [outcome["seconds"] for outcome in run_receiving(tmp_path) if float(str(outcome["seconds"])) > 1] == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_cut_off_anywhere_is_refused_or_clean(kind: str) -> None:
    whole = saved(photo(80, 60), kind, exif=exif())
    for end in range(0, len(whole), 37):
        try:
            picture = clean(whole[:end])
        except BadInput:
            continue
        assert_clean(picture.content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_with_any_byte_broken_is_refused_or_clean(kind: str) -> None:
    whole = bytearray(saved(photo(80, 60), kind, exif=exif(), icc_profile=uploads.profile(uploads.P3)))
    for at in range(0, len(whole), 11):
        broken = whole.copy()
        broken[at] ^= 0x5A
        try:
            picture = clean(bytes(broken))
        except BadInput:
            continue
        assert_clean(picture.content)


@pytest.mark.parametrize("seed", range(6))
def test_a_photo_mangled_in_any_way_is_refused_or_clean(seed: int) -> None:
    chance = random.Random(seed)
    small = photo(48, 36)
    for whole in (saved(small, exif=exif()), saved(small, progressive=True), saved(small, "PNG"), saved(small, "WEBP")):
        for _ in range(60):
            try:
                picture = clean(mangled(whole, chance))
            except BadInput:
                continue
            assert_clean(picture.content)


def mangled(whole: bytes, chance: random.Random) -> bytes:
    """Return the file with some bytes changed, lost or added, most of them in its first segments."""
    for _ in range(chance.choice((1, 2, 9))):
        at = chance.randrange(min(len(whole), chance.choice((60, 700, len(whole)))))
        lost, added = chance.choice(((1, 1), (1, 1), (3, 0), (0, 3)))
        whole = (
            whole[:at] + chance.choice((b"\0\0\0", b"\xff\xff\xff", chance.randbytes(3)))[:added] + whole[at + lost :]
        )
    return whole


# Where it was taken, and which way is up.


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("endian", ["<", ">"])
def test_the_position_is_told_but_not_kept(kind: str, endian: str) -> None:
    said = exif()
    said.endian = endian
    picture = clean(saved(photo(), kind, exif=said))
    assert picture.position == pytest.approx((LON, LAT), abs=1e-6)
    assert_clean(picture.content)


def test_a_southern_position_is_negative() -> None:
    assert clean(jpeg(exif=exif(ref="S"))).position == pytest.approx((LON, -LAT), abs=1e-6)


@pytest.mark.parametrize(
    ("ref", "degrees"),
    [
        ("N", (49.0, 49.0, IFDRational(0, 0))),
        ("N", (91.0, 0.0, 0.0)),
        ("?", (49.0, 49.0, 57.0)),
        ("", (49.0, 49.0, 57.0)),
    ],
)
def test_a_position_that_cannot_be_is_none(ref: str, degrees: tuple[float, ...]) -> None:
    picture = clean(saved(photo(80, 60), exif=exif(6, ref, degrees)))
    assert picture.position is None
    assert (picture.width, picture.height) == (60, 80)


def test_zeroes_are_what_a_phone_without_a_fix_writes() -> None:
    said = exif()
    said.get_ifd(uploads.GPS).update({2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)})
    assert clean(jpeg(exif=said)).position is None


def test_without_exif_there_is_no_position() -> None:
    assert clean(jpeg()).position is None


# By EXIF 2.32: which sides of what is seen the first row and the first column of what is stored are.
SIDES = ["top left", "top right", "bottom right", "bottom left", "left top", "right top", "right bottom", "left bottom"]


def stored_as(seen: Pixels, orientation: int) -> Pixels:
    """Lay out a picture in rows and columns as a camera held in this way does."""
    first_row, first_column = SIDES[orientation - 1].split()
    turned = seen if first_row in ("top", "bottom") else seen.swapaxes(0, 1)
    down = -1 if first_row in ("bottom", "right") else 1
    across = -1 if first_column in ("bottom", "right") else 1
    return turned[::down, ::across]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_whichever_way_the_phone_was_held(kind: str, orientation: int) -> None:
    seen = np.zeros((64, 96, 3), np.int16)
    seen[:32, :48], seen[:32, 48:], seen[32:, :48] = (200, 30, 30), (30, 200, 30), (30, 30, 200)
    stored = Image.fromarray(stored_as(seen, orientation).astype(np.uint8))
    picture = clean(saved(stored, kind, exif=exif(orientation), quality=95, lossless=True))
    assert (picture.width, picture.height) == (96, 64)
    assert difference(pixels(picture.content), seen) < 3


@pytest.mark.parametrize("orientation", [0, 9, 65_535])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation: int) -> None:
    picture = clean(saved(photo(80, 60), exif=exif(orientation)))
    assert (picture.width, picture.height) == (80, 60)


# Size and colours.


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((2048, 1000), (2048, 1000)),
        ((2049, 1000), (2048, 1000)),
        ((3000, 1500), (2048, 1024)),
        ((4032, 3024), (2016, 1512)),  # halved while it is decoded, which is near enough
        ((1000, 5000), (410, 2048)),
        ((16_384, 3000), (2048, 375)),
    ],
)
def test_a_photo_is_at_most_2048_pixels_long(size: tuple[int, int], kept: tuple[int, int]) -> None:
    picture = clean(saved(Image.new("RGB", size, "teal")))
    assert (picture.width, picture.height) == kept


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_looks_as_it_did(kind: str) -> None:
    large = photo(2500, 1900)
    picture = clean(saved(large, kind, quality=95, compress_level=1))
    expected = large.resize((picture.width, picture.height), Image.Resampling.LANCZOS)
    assert difference(pixels(picture.content), np.asarray(expected).astype(np.int16)) < 2


def test_wide_colours_are_the_same_colours_in_srgb() -> None:
    wide = np.array([180, 100, 60])
    to_xyz = np.array(uploads.P3).T
    from_xyz = np.linalg.inv(np.array([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]]))
    linear = from_xyz @ to_xyz @ (wide / 255) ** 2.2
    expected = 255 * np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    assert np.abs(expected - wide).max() > 10
    picture = clean(saved(Image.new("RGB", (64, 64), tuple(wide)), "PNG", icc_profile=uploads.profile(uploads.P3)))
    assert np.abs(pixels(picture.content)[32, 32] - expected).max() < 4


def test_what_transparency_hid_is_gone() -> None:
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    ImageDraw.Draw(image).text((4, 20), "hidden", fill=(255, 0, 0, 0))
    assert pixels(clean(saved(image, "PNG")).content).min() > 250


def test_half_transparent_is_half_white() -> None:
    picture = clean(saved(Image.new("RGBA", (64, 64), (0, 0, 0, 128)), "WEBP", lossless=True))
    assert np.abs(pixels(picture.content) - 127).max() < 4


def test_sixteen_bits_keep_all_their_shades() -> None:
    ramp = np.linspace(0, 65_535, 256).astype(np.uint16)[None, :].repeat(64, 0)
    shades = pixels(clean(saved(Image.fromarray(ramp), "PNG")).content)[32, :, 0]
    assert np.abs(shades - np.arange(256)).max() < 4


def test_a_palette_keeps_its_colours() -> None:
    image = Image.new("P", (64, 64), 1)
    image.putpalette([0, 0, 0, 40, 90, 160])
    assert np.abs(pixels(clean(saved(image, "PNG")).content) - [40, 90, 160]).max() < 4


@pytest.mark.parametrize("profile", [None, uploads.profile(uploads.P3), b"acsp" * 99])
def test_four_inks_become_the_colours_they_print(profile: bytes | None) -> None:
    cyan = saved(Image.new("CMYK", (64, 64), (255, 0, 0, 0)), quality=95, icc_profile=profile)
    assert np.abs(pixels(clean(cyan).content) - [0, 255, 255]).max() < 4


def test_of_several_stills_the_first_is_the_photo() -> None:
    first, second = Image.new("RGB", (64, 64), "green"), Image.new("RGB", (64, 64), "red")
    picture = clean(saved(first, "MPO", save_all=True, append_images=[second]))
    assert np.abs(pixels(picture.content) - [0, 128, 0]).max() < 4


def test_the_noisiest_picture_can_be_written() -> None:
    noise = np.random.default_rng(1).integers(0, 2, (1500, 1500, 3), dtype=np.uint8) * 255
    assert_clean(clean(saved(Image.fromarray(noise), "PNG")).content)


# Blurring.


def board(phase: int, size: int = 192) -> Pixels:
    """A chequered board with fields of two pixels; its negative has the same average everywhere."""
    rows, columns = np.indices((size, size)) // 2
    return ((rows + columns + phase) % 2 * 200 + 25).astype(np.int16)[:, :, None].repeat(3, 2)


def with_board(phase: int) -> bytes:
    image = photo(480, 384).copy()
    image.paste(Image.fromarray(board(phase).astype(np.uint8)), (96, 96))
    return saved(image, "PNG")


INSIDE = Box(98 / 480, 98 / 384, 286 / 480, 286 / 384)


def test_of_two_pictures_in_a_box_nobody_can_tell_which_it_was() -> None:
    assert clean(with_board(0)).content != clean(with_board(1)).content
    assert blur(with_board(0), [INSIDE]) == blur(with_board(1), [INSIDE])


def test_nothing_but_slow_changes_is_left_in_a_box() -> None:
    before, after = (pixels(content)[104:280, 104:280] for content in (with_board(0), blur(with_board(0), [INSIDE])))
    steepest = np.abs(np.diff(after, axis=0)).max(), np.abs(np.diff(after, axis=1)).max()
    assert np.abs(np.diff(before, axis=0)).max() == 200
    assert max(steepest) < 12


def test_a_number_plate_is_not_told_from_another() -> None:
    def plate(text: str) -> bytes:
        image = photo(640, 480).copy()
        draw = ImageDraw.Draw(image)
        draw.rectangle((200, 200, 420, 260), fill="white")
        draw.text((215, 205), text, fill="black", font_size=44)
        return blur(saved(image), [Box(200 / 640, 200 / 480, 421 / 640, 261 / 480)])

    # The letters O and I are in no plate of Ukraine.
    one, other = pixels(plate("OI0000OI")), pixels(plate("IO1111IO"))
    assert difference(one[200:260, 200:420], other[200:260, 200:420]) < 24
    shades = {int(shade) // 32 for shade in one[216:244:4, 216:404:4].ravel()}
    assert len(shades) <= 4


def test_around_a_box_nothing_changes() -> None:
    before, after = pixels(clean(with_board(0)).content), pixels(blur(with_board(0), [INSIDE]))
    outside = np.ones(before.shape[:2], bool)
    outside[96 - 2 : 288 + 2, 96 - 2 : 288 + 2] = False
    assert np.abs(before[outside] - after[outside]).max() == 0
    assert difference(before[~outside], after[~outside]) > 50


def test_blurring_a_kept_photo_makes_a_new_clean_one() -> None:
    kept = clean(jpeg(exif=exif(6))).content
    blurred = blur(kept, [Box(0, 0, 0.5, 0.5), Box(0.9, 0.9, 1, 1)])
    assert blurred != kept
    assert_clean(blurred)
    assert pixels(blurred).shape == pixels(kept).shape


def test_a_box_lies_where_it_is_seen() -> None:
    image = photo(320, 240).copy()
    image.paste("black", (0, 0, 160, 240))
    turned = image.transpose(Image.Transpose.ROTATE_90)  # upright again by orientation 6
    content = blur(saved(turned, quality=95, exif=exif(6)), [Box(0.25, 0, 0.75, 1)])
    row = pixels(content)[120, :, 0]
    assert row[:60].max() < 12
    assert row[110:150].max() > 12


@pytest.mark.parametrize(
    "box",
    [
        Box(0.5, 0.5, 0.5, 0.9),
        Box(0.9, 0.1, 0.1, 0.9),
        Box(1.2, 0.1, 1.4, 0.9),
        Box(0.1, -0.9, 0.9, -0.1),
        Box(0.1, 0.1, math.nan, 0.9),
        Box(-math.inf, 0.1, 0.9, 0.9),
    ],
)
def test_a_box_beside_the_photo_is_refused(box: Box) -> None:
    with pytest.raises(BadInput, match="within the photo"):
        blur(jpeg(), [box])


def test_a_box_drawn_beyond_the_edge_ends_there() -> None:
    assert blur(jpeg(), [Box(-0.2, -0.2, 1.2, 1.2)]) == blur(jpeg(), [Box(0, 0, 1, 1)])


def test_the_smallest_box_hides_what_is_under_it() -> None:
    image = Image.new("RGB", (101, 77), "white")
    image.putpixel((100, 76), (0, 0, 0))
    assert pixels(blur(saved(image, "PNG"), [Box(0.999, 0.999, 1, 1)]))[76, 100].min() > 200


def test_boxes_are_counted() -> None:
    with pytest.raises(BadInput, match="At most 50 parts"):
        blur(jpeg(), [INSIDE] * (MAX_BOXES + 1))


@pytest.mark.parametrize("make", [blur, thumbnail])
def test_what_is_no_photo_is_not_blurred_or_made_small(make: Callable[..., bytes]) -> None:
    with pytest.raises(BadInput):
        make(b"<svg/>", [INSIDE]) if make is blur else make(b"<svg/>")


# Small pictures.


@pytest.mark.parametrize(
    ("size", "kept"), [((2048, 1536), (480, 360)), ((600, 1200), (240, 480)), ((300, 200), (300, 200))]
)
def test_a_small_picture_fits_its_square_and_is_clean(size: tuple[int, int], kept: tuple[int, int]) -> None:
    small = thumbnail(saved(photo(*size), exif=exif()))
    assert_clean(small)
    assert pixels(small).shape == (kept[1], kept[0], 3)


def test_a_small_picture_is_never_larger_than_a_photo() -> None:
    assert max(pixels(thumbnail(saved(photo(2500, 1900)), side=9000)).shape) == PHOTO_SIDE


# How many at a time.


@pytest.fixture
def workshop(monkeypatch: pytest.MonkeyPatch) -> images._Workshop:
    monkeypatch.setattr(images, "PHOTO_PATIENCE_SECONDS", 0.05)
    return images._Workshop(2, 1000)


@pytest.mark.parametrize(("working", "coming"), [([1, 1], 1), ([600], 500)])
def test_whoever_finds_no_place_is_asked_to_come_back(
    workshop: images._Workshop, working: list[int], coming: int
) -> None:
    done = threading.Event()
    at_work = [threading.Thread(target=workshop.do, args=(done.wait, memory)) for memory in working]
    for somebody in at_work:
        somebody.start()
    with pytest.raises(TooMany) as refusal:
        workshop.do(lambda: None, coming)
    assert refusal.value.retry_after == 5
    done.set()
    for somebody in at_work:
        somebody.join()


def test_who_waits_goes_on_when_a_place_comes_free(workshop: images._Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "PHOTO_PATIENCE_SECONDS", 10)
    order: list[str] = []
    first_may_end = threading.Event()

    def first() -> None:
        assert first_may_end.wait(5)
        order.append("first")

    threads = [
        threading.Thread(target=workshop.do, args=(first, 900)),
        threading.Thread(target=workshop.do, args=(lambda: order.append("second"), 800)),
    ]
    for thread in threads:
        thread.start()
        thread.join(0.1)
    assert order == []
    first_may_end.set()
    for thread in threads:
        thread.join()
    assert order == ["first", "second"]


def test_a_place_is_free_again_after_a_photo_that_was_refused(workshop: images._Workshop) -> None:
    def refuse() -> None:
        raise BadInput("no")

    for _ in range(5):
        with pytest.raises(BadInput):
            workshop.do(refuse, 1000)
    assert workshop.do(lambda: "done", 1000) == "done"
