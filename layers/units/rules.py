"""What is allowed of units, and where a check of their limits fails."""

from __future__ import annotations

from enum import StrEnum

from layers.viewer import Role

AREA = "area"  # the system of one unit that is the outline of the whole area

OVERLAP_KM2 = 0.1  # two units of one system may share no more
AREA_SHARE = 0.02  # a unit's measured area may differ from the known one by no more of it
GAP_SHARE = 0.0005  # units that fill their parent may leave or exceed no more of it: 2.4 km² of 4,807
OUTSIDE_SHARE = 0.02  # a unit may reach out of its parent by no more of its own area


class Security(StrEnum):
    """Hostilities on a unit's territory; nothing of a territory of active ones is published."""

    NONE = "none"
    POSSIBLE = "possible"
    ACTIVE = "active"


# Any status may follow any other: the situation decides, not a procedure. A reason is always asked for.
MAY_SET_SECURITY = frozenset({Role.COORDINATOR, Role.POLICE_LEAD, Role.ADMIN})
MAY_LOAD_LIMITS = frozenset({Role.COORDINATOR, Role.ADMIN, Role.ROBOT})
