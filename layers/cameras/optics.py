"""What a lens and a sensor make of distance: fields of view, pixel density, and how far each level reaches.

Pixel density is that of a plane at right angles to the view: H_px / (2 d tan(HFOV/2)). Levels: DORI as in
IEC 62676-4:2014, and the seven levels of IEC/EN 62676-4:2025. All distances in metres, all angles in degrees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.errors import BadInput
from layers.layer import Title
from layers.text import N_

TARGET_M = 1.5  # the height of what is to be seen: a person's face, a plate's upper edge
WIDEST_HFOV = 170.0  # beyond it a lens is no pinhole, and the formula says nothing


@dataclass(frozen=True)
class Level:
    """One level of a profile: at least so many pixels a metre."""

    code: str
    title: Title
    px_per_m: float


@dataclass(frozen=True)
class Profile:
    """A standard's levels, from the least to the most demanding."""

    code: str
    title: Title
    levels: tuple[Level, ...]

    def level(self, code: str) -> Level:
        """Return a level by its code; raises BadInput."""
        for each in self.levels:
            if each.code == code:
                return each
        known = ", ".join(each.code for each in self.levels)
        raise BadInput(N_("There is no level “{level}” in this profile. There are: {known}."), level=code, known=known)


PROFILES = {
    "dori": Profile(
        "dori",
        Title("DORI (IEC 62676-4:2014)", "DORI (IEC 62676-4:2014)"),
        (
            Level("detect", Title("Помітити людину", "Detect"), 25),
            Level("observe", Title("Розгледіти, що робить", "Observe"), 62.5),
            Level("recognise", Title("Упізнати знайому людину", "Recognise"), 125),
            Level("identify", Title("Установити особу", "Identify"), 250),
        ),
    ),
    "en62676": Profile(
        "en62676",
        Title("EN 62676-4:2025", "IEC/EN 62676-4:2025"),
        (
            Level("overview", Title("Загальний огляд", "Overview"), 20),
            Level("outline", Title("Обриси", "Outline"), 40),
            Level("discern", Title("Розрізнити", "Discern"), 80),
            Level("perceive", Title("Сприйняти", "Perceive"), 125),
            Level("characterise", Title("Описати", "Characterise"), 250),
            Level("validate", Title("Підтвердити", "Validate"), 500),
            Level("scrutinise", Title("Роздивитися", "Scrutinise"), 1500),
        ),
    ),
}  # fmt: skip


def profile(code: str) -> Profile:
    """Return a profile by its code; raises BadInput."""
    if code not in PROFILES:
        raise BadInput(
            N_("There is no profile “{profile}”. There are: {known}."), profile=code, known=", ".join(PROFILES)
        )
    return PROFILES[code]


def hfov(sensor_width_mm: float, focal_mm: float) -> float:
    """Return the horizontal field of view of a sensor behind a lens: 2 atan(w / 2f), in degrees; raises BadInput."""
    if not (sensor_width_mm > 0 and math.isfinite(sensor_width_mm)):
        raise BadInput(N_("A sensor's width must be more than 0 mm, not {value}."), value=sensor_width_mm)
    if not (focal_mm > 0 and math.isfinite(focal_mm)):
        raise BadInput(N_("A focal length must be more than 0 mm, not {value}."), value=focal_mm)
    return check_hfov(2 * math.degrees(math.atan(sensor_width_mm / (2 * focal_mm))))


def check_hfov(degrees: float) -> float:
    """Return the angle if a lens can have it; raises BadInput."""
    if not 0 < degrees <= WIDEST_HFOV:
        raise BadInput(
            N_("A horizontal field of view must be more than 0° and at most {most}°, not {value}."),
            most=int(WIDEST_HFOV), value=degrees,
        )  # fmt: skip
    return float(degrees)


def vfov(hfov_deg: float, h_px: int, v_px: int) -> float:
    """Return the vertical field of view, in degrees, of square pixels behind a pinhole."""
    return 2 * math.degrees(math.atan(math.tan(math.radians(hfov_deg) / 2) * v_px / h_px))


def px_per_m(h_px: ArrayLike, distance_m: ArrayLike, hfov_deg: ArrayLike) -> NDArray[np.float64]:
    """Return the pixel density at a distance, in pixels a metre; broadcasts."""
    width = 2 * np.asarray(distance_m, float) * np.tan(np.radians(np.asarray(hfov_deg, float)) / 2)
    return np.asarray(np.asarray(h_px, float) / width)


def reach(h_px: ArrayLike, hfov_deg: ArrayLike, density: ArrayLike) -> Any:
    """Return how far a density holds, in metres: H_px / (2 density tan(HFOV/2)); broadcasts."""
    half = np.tan(np.radians(np.asarray(hfov_deg, float)) / 2)
    return np.asarray(h_px, float) / (2 * np.asarray(density, float) * half)


def at_night(reach_m: ArrayLike, ir_range_m: ArrayLike) -> Any:
    """Return how far a level reaches in the dark: no further than the camera's own infrared; 0 for none."""
    return np.minimum(np.asarray(reach_m, float), np.asarray(ir_range_m, float))


def nearest(height_m: float, tilt_deg: float, vfov_deg: float, target_m: float = TARGET_M) -> float:
    """Return how near to the foot of the camera a target is still in the picture, in metres.

    `tilt_deg` is how far the axis looks below the horizon; the lower edge of the picture looks half a VFOV lower.
    """
    lower = tilt_deg + vfov_deg / 2
    return 0.0 if lower >= 90 else max(0.0, (height_m - target_m) / math.tan(math.radians(max(lower, 0.1))))


def farthest(height_m: float, tilt_deg: float, vfov_deg: float, target_m: float = TARGET_M) -> float:
    """Return how far a target is still in the picture, in metres: infinite when the upper edge sees the horizon."""
    upper = tilt_deg - vfov_deg / 2
    return math.inf if upper <= 0 else (height_m - target_m) / math.tan(math.radians(upper))
