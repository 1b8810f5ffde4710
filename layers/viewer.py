"""Who is looking: the role, the account and the territory under which every read and write is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """The roles of the initiative; `robot` is a named job of the system itself."""

    RESIDENT = "resident"
    OPERATOR = "operator"
    COORDINATOR = "coordinator"
    DEPUTY = "deputy"
    STAROSTA = "starosta"
    EXECUTOR = "executor"
    OFFICER = "officer"
    POLICE_LEAD = "police_lead"
    ADMIN = "admin"
    ROBOT = "robot"


PEOPLE = frozenset(Role) - {Role.ROBOT}
STAFF = PEOPLE - {Role.RESIDENT}
POLICE = frozenset({Role.OFFICER, Role.POLICE_LEAD})
# Who is shown exact places and minutes of incidents; an officer only in their own territory.
EXACT = POLICE | {Role.COORDINATOR, Role.ADMIN, Role.ROBOT}
# Who keeps the facts of the area: categories, institutions, numbers to call.
KEEPERS = frozenset({Role.COORDINATOR, Role.ADMIN, Role.ROBOT})
# Roles whose work is one territory: without any unit such an account sees nothing restricted.
TERRITORIAL = frozenset({Role.OFFICER, Role.STAROSTA})


@dataclass(frozen=True)
class Viewer:
    """One reader or writer. `units` are codes of units; empty means no limit, but nothing for a territorial role."""

    role: Role
    account: UUID | None = None
    units: frozenset[str] = frozenset()
    name: str = ""

    @property
    def scope(self) -> str:
        """Return what two viewers share when they must be given the same answers: a part of every cache key."""
        return f"{self.role}:{','.join(sorted(self.units))}"

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF


PUBLIC = Viewer(Role.RESIDENT)


def robot(name: str) -> Viewer:
    """Return the viewer of a job that the system does by itself, named in the history."""
    return Viewer(Role.ROBOT, name=name)
