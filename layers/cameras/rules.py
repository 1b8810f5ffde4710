"""What a camera and a site may be, who may know where they stand, and which state follows which. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from layers.cameras import optics
from layers.errors import BadInput, NotAllowed
from layers.layer import Title
from layers.text import N_
from layers.viewer import KEEPERS, POLICE, Role, Viewer

PLANNERS = KEEPERS
# Who is shown exact sites by their role; deputies besides, when the coordinator has named them.
INSIDERS = POLICE | KEEPERS

MOUNT_TITLES: dict[str, Title] = {
    "wall": Title("стіна", "wall"),
    "pole": Title("опора", "pole"),
    "lamp": Title("ліхтар", "lamp"),
    "roof": Title("дах", "roof"),
}
STATES: dict[str, Title] = {
    "existing": Title("уже стоїть", "existing"),
    "proposed": Title("запропонована", "proposed"),
    "approved": Title("погоджена", "approved"),
    "rejected": Title("відхилена", "rejected"),
    "built": Title("встановлена", "built"),
}
STANDING = frozenset({"existing", "built"})  # locked in every plan
PLAN_KINDS: dict[str, Title] = {
    "ours": Title("складено тут", "made here"),
    "vendor": Title("план постачальника", "vendor's plan"),
    "variant": Title("варіант", "variant"),
}
OWNER_KINDS: dict[str, Title] = {
    "council": Title("рада", "council"),
    "police": Title("поліція", "police"),
    "business": Title("бізнес", "business"),
    "condominium": Title("ОСББ", "condominium"),
    "other": Title("інше", "other"),
}
STANCES: dict[str, Title] = {
    "for": Title("за", "for"),
    "against": Title("проти", "against"),
    "abstain": Title("утримуюся", "abstain"),
}
DECISION_FORMS: dict[str, Title] = {
    "session": Title("рішення сесії", "decision of the council's session"),
    "executive": Title("рішення виконкому", "decision of the executive committee"),
    "military": Title(
        "розпорядження начальника військової адміністрації", "order of the head of the military administration"
    ),
}
OUTCOMES: dict[str, Title] = {
    "approved": Title("погоджено", "approved"),
    "rejected": Title("відхилено", "rejected"),
    "returned": Title("на доопрацювання", "sent back to be reworked"),
}
LONGEST_WORDS, LONGEST_NAME = 2000, 120
MOST_PHOTOS = 3  # of one place
LOWEST_M, HIGHEST_M, USUAL_HEIGHT_M = 2.0, 60.0, 5.0
UNKNOWN_MODEL = "existing"
ALL_ROUND = 360.0  # a dome, or a camera whose direction nobody knows
SECTOR = 90.0  # a dome's picture is made of such parts


@dataclass(frozen=True)
class Model:
    """A camera that can be bought: its sensor, its lens from wide to long, infrared, and prices in UAH."""

    code: str
    name_uk: str
    name_en: str
    h_px: int
    v_px: int
    sensor_width_mm: float
    focal_min_mm: float
    focal_max_mm: float
    ir_range_m: float
    price_uah: float
    yearly_uah: float

    @property
    def widest(self) -> float:
        """Return the widest HFOV, in degrees."""
        return optics.hfov(self.sensor_width_mm, self.focal_min_mm)

    @property
    def narrowest(self) -> float:
        return optics.hfov(self.sensor_width_mm, self.focal_max_mm)


def check_model(model: Model) -> Model:
    """Return the model if it can exist; raises BadInput that names what can't be."""
    if not model.code.strip():
        raise BadInput(N_("A model needs a code."))
    for value in (model.h_px, model.v_px):
        if not 100 <= value <= 20_000:
            raise BadInput(N_("A resolution must be 100 to 20000 pixels a side, not {value}."), value=value)
    optics.hfov(model.sensor_width_mm, model.focal_min_mm)
    optics.hfov(model.sensor_width_mm, model.focal_max_mm)
    if model.focal_max_mm < model.focal_min_mm:
        raise BadInput(N_("The longest focal length must not be below the shortest."))
    for figure in (model.ir_range_m, model.price_uah, model.yearly_uah):
        if not (figure >= 0 and math.isfinite(figure)):
            raise BadInput(N_("Prices and the infrared range must not be negative: {value}."), value=figure)
    return model


@dataclass(frozen=True)
class Camera:
    """One camera on its site, in metres of the area's CRS. `tilt` None: its upper edge looks at the horizon."""

    x: float
    y: float
    height: float
    bearing: float
    hfov: float
    h_px: int
    v_px: int
    ir_m: float
    model: str = UNKNOWN_MODEL
    mount: str = "pole"
    tilt: float | None = None
    price: float = 0.0
    yearly: float = 0.0
    locked: bool = False
    off: bool = False
    joined: bool = True
    ref: str = ""

    @property
    def density_at_1_m(self) -> float:
        """Return the px/m at one metre; a dome's are those of one of its sectors."""
        part = SECTOR if self.hfov >= ALL_ROUND else self.hfov
        return float(optics.px_per_m(self.h_px, 1.0, part))

    @property
    def reach_limits(self) -> tuple[float, float]:
        """Return from how near to how far a target is in the picture at all, in metres."""
        part = SECTOR if self.hfov >= ALL_ROUND else self.hfov
        vertical = optics.vfov(part, self.h_px, self.v_px)
        tilt = vertical / 2 if self.tilt is None else self.tilt
        return optics.nearest(self.height, tilt, vertical), optics.farthest(self.height, tilt, vertical)


def check_site(*, mount: str, height: float, bearing: float | None, tilt: float | None, hfov: float | None) -> None:
    """Raise BadInput, in one sentence, for a site that can't be."""
    if mount not in MOUNT_TITLES:
        raise BadInput(
            N_("A camera hangs on one of: {known}; not on “{mount}”."), mount=mount, known=", ".join(MOUNT_TITLES)
        )
    if not LOWEST_M <= height <= HIGHEST_M:
        raise BadInput(N_("A camera hangs {low} to {high} m high, not {value} m."),
                       low=int(LOWEST_M), high=int(HIGHEST_M), value=height)  # fmt: skip
    if bearing is not None and not 0 <= bearing < 360:
        raise BadInput(N_("A bearing is 0 to 359.9° clockwise from north, not {value}."), value=bearing)
    if tilt is not None and not 0 <= tilt <= 90:
        raise BadInput(N_("A tilt is 0 to 90° below the horizon, not {value}."), value=tilt)
    if hfov is not None and hfov != ALL_ROUND:
        optics.check_hfov(hfov)


def title_of(title: str) -> str:
    """Return the title of a plan in one line; raises BadInput for none, or one that is too long."""
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_NAME:
        raise BadInput(N_("A plan needs a title."))
    return title


def must_plan(viewer: Viewer) -> None:
    if viewer.role not in PLANNERS:
        raise NotAllowed(N_("Camera plans are made by the coordinator."))


def is_insider(viewer: Viewer) -> bool:
    """Tell whether the role alone opens exact sites; a deputy must be named besides."""
    return viewer.role in INSIDERS | {Role.ROBOT}
