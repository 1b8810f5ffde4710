"""Pictures for demonstration reports: flat drawings that nobody takes for photos, before and after the work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

SIZE = (960, 720)
HORIZON = 430
DAY, NIGHT = "#cfe3ee", "#1d2a3a"
GRASS, DUSK = "#b9cf9c", "#2b3a35"
ROAD, KERB, LINE = "#8d9298", "#c9c4b8", "#f4f1ea"
WOOD, WALL, STEEL = "#a47a4f", "#d9cbb4", "#6a737c"
LIGHT, RED, SIGN = "#ffd873", "#c8553d", "#2d6ea3"

Scene = Callable[[ImageDraw.ImageDraw, bool], None]


def draw(category: str, *, mended: bool) -> bytes:
    """Return a JPEG of what a report of one of SCENES may be about, as it is or once it is mended."""
    dark = category in NIGHTS and not mended
    image = Image.new("RGB", SIZE, NIGHT if dark else DAY)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, HORIZON, *SIZE), fill=DUSK if dark else GRASS)
    SCENES[category](pen, mended)
    _stamp(pen)
    content = BytesIO()
    image.save(content, "JPEG", quality=80)
    return content.getvalue()


def _stamp(pen: ImageDraw.ImageDraw) -> None:
    """Say on the picture itself that it is drawn; the built-in font knows Latin letters alone."""
    pen.rectangle((0, 0, SIZE[0], 56), fill="#ffe9a8")
    pen.text((24, 10), "DEMO  ·  drawing, not a photo", fill="#3d3000", font=ImageFont.load_default(30))


def _street(pen: ImageDraw.ImageDraw) -> None:
    pen.polygon([(360, HORIZON), (600, HORIZON), (1020, 720), (-60, 720)], fill=ROAD)
    for top in range(HORIZON + 20, 720, 70):
        pen.polygon([(474, top), (486, top), (490, top + 34), (470, top + 34)], fill=LINE)


def _lamp(pen: ImageDraw.ImageDraw, mended: bool) -> None:
    _street(pen)
    if mended:
        pen.polygon([(690, 190), (540, 640), (840, 640)], fill="#f7ecc2")
    pen.rectangle((752, 160, 764, 620), fill=STEEL)
    pen.rectangle((676, 152, 764, 164), fill=STEEL)
    pen.ellipse((660, 156, 716, 196), fill=LIGHT if mended else "#3b4654", outline=STEEL, width=4)


def _pothole(pen: ImageDraw.ImageDraw, mended: bool) -> None:
    _street(pen)
    if mended:
        pen.polygon([(380, 560), (600, 545), (640, 660), (350, 670)], fill="#70757b")
    else:
        pen.ellipse((360, 550, 620, 660), fill="#4f4a44", outline="#3a3631", width=8)
        pen.ellipse((420, 585, 570, 640), fill="#7fa3b5")


def _crossing(pen: ImageDraw.ImageDraw, mended: bool) -> None:
    _street(pen)
    for left in range(150, 820, 90):
        pen.polygon(
            [(left, 600), (left + 46, 600), (left + 50, 670), (left - 4, 670)], fill=LINE if mended else "#9a9da1"
        )
    pen.rectangle((812, 300, 822, 600), fill=STEEL)
    pen.rectangle((772, 220, 862, 310), fill=SIGN)
    pen.polygon([(817, 234), (852, 296), (782, 296)], fill=LINE)


def _swing(pen: ImageDraw.ImageDraw, mended: bool) -> None:
    pen.line([(300, 620), (380, 240), (460, 620)], fill=RED, width=14)
    pen.line([(640, 620), (700, 240), (780, 620)], fill=RED, width=14)
    pen.line([(380, 240), (700, 240)], fill=RED, width=14)
    pen.line([(480, 240), (480, 510)], fill=STEEL, width=5)
    pen.line([(600, 240), (600, 510) if mended else (560, 420)], fill=STEEL, width=5)
    if mended:
        pen.rectangle((464, 510, 616, 530), fill=WOOD)
    else:
        pen.polygon([(474, 508), (490, 520), (560, 640), (540, 640)], fill=WOOD)


def _house(pen: ImageDraw.ImageDraw, mended: bool) -> None:
    pen.rectangle((240, 300, 720, 620), fill=WALL)
    roof = (
        [(200, 310), (480, 130), (760, 310)] if mended else [(200, 310), (390, 190), (450, 300), (560, 190), (760, 310)]
    )
    pen.polygon(roof, fill="#8c5a48")
    for left in (290, 590):
        pen.rectangle((left, 380, left + 90, 470), fill=WOOD if mended else "#2b2a27")
    pen.rectangle((440, 430, 530, 620), fill=WOOD if mended else "#2b2a27")


def _shelter(pen: ImageDraw.ImageDraw, mended: bool) -> None:
    pen.rectangle((260, 260, 700, 640), fill="#b9b2a4")
    pen.rectangle((400, 360, 560, 640), fill="#3f4a52" if not mended else LIGHT)
    pen.rectangle((330, 280, 630, 340), fill=SIGN)
    pen.text((380, 290), "SHELTER", fill=LINE, font=ImageFont.load_default(40))
    if not mended:
        pen.rectangle((390, 470, 570, 490), fill=STEEL)
        pen.rectangle((466, 460, 494, 510), fill=STEEL)


def _dog(pen: ImageDraw.ImageDraw, mended: bool) -> None:
    pen.ellipse((360, 420, 620, 560), fill=WOOD)
    pen.ellipse((570, 350, 680, 460), fill=WOOD)
    pen.polygon([(590, 370), (606, 310), (636, 360)], fill="#7c5a38")
    for left in (390, 440, 540, 590):
        pen.rectangle((left, 540, left + 22, 640), fill="#8a6643")
    pen.line([(366, 470), (310, 400)], fill=WOOD, width=16)
    if mended:
        pen.rectangle((570, 440, 660, 458), fill=RED)


NIGHTS = frozenset({"lighting"})
SCENES: Mapping[str, Scene] = {
    "lighting": _lamp,
    "road": _pothole,
    "traffic": _crossing,
    "damage": _swing,
    "abandoned": _house,
    "shelter": _shelter,
    "animals": _dog,
    "school": _crossing,
}
