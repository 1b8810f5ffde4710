"""What the desk calls things: codes of the database in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from layers.categories import store as categories
from layers.categories.tables import Category
from layers.database.engine import Session
from layers.initiative import store as initiative
from layers.initiative.tables import Institution
from layers.layer import Title
from layers.people.rules import ROLE_TITLES
from layers.privacy.rules import HROMADAS, SETTLEMENTS
from layers.problems.rules import BY_CODE, REFUSALS, SOURCES, TAKEN_OFF
from layers.text import N_
from layers.units.names import unit_names
from layers.viewer import Role
from maps.language import Language

# What the word lists flag for the moderator.
CONCERNS = {
    "military": Title("військові, блокпости, позиції", "the military, checkpoints, positions"),
    "ordnance": Title("вибухонебезпечний предмет", "something that may explode"),
    "shelling": Title("наслідки обстрілу", "effects of shelling"),
    "emergency": Title("екстрений випадок", "an emergency"),
    "domestic_violence": Title("домашнє насильство", "domestic violence"),
}
# Kinds of personal data: what is said to a screen reader, and in the list under the text.
PERSONAL = {
    "phone": Title("телефон", "phone"),
    "email": Title("e-mail", "e-mail"),
    "nickname": Title("адреса в мережі", "account on the net"),
    "card": Title("номер картки", "card number"),
    "iban": Title("номер рахунку", "account number"),
    "tax_number": Title("податковий номер", "tax number"),
    "passport": Title("номер паспорта", "passport number"),
    "plate": Title("номер авто", "number plate"),
    "flat": Title("квартира", "flat"),
    "name": Title("імʼя", "name"),
}
ROBOTS = {
    "reporter": Title("Автор повідомлення", "Whoever reported"),
    "clock": Title("Автоматично", "Automatically"),
}
EVENTS = {
    "received": N_("Received"),
    "edited": N_("Words or category changed"),
    "placed": N_("Put on the map or moved"),
    "photo_added": N_("Photo added"),
    "photo_approved": N_("Photo approved"),
    "photo_refused": N_("Photo kept off"),
    "photo_removed": N_("Photo removed for good"),
    "removed": N_("Removed for good"),
    "supports": N_("Somebody joined: the same problem"),
    "still_there": N_("Somebody says: still there"),
    "fixed": N_("Somebody says: fixed"),
    "not_fixed": N_("Somebody says: not fixed"),
    "lettered": N_("A letter was written about it"),
    "appealed": N_("Became a citizen's appeal, with consent"),
    "answer_published": N_("Answer published"),
    "answer_unpublished": N_("Answer taken back from the public"),
    "called_back": N_("Called back"),
}
# Told already by the message that they come with.
SILENT = frozenset({"answered", "added"})


@dataclass(frozen=True)
class Names:
    """The names of one area's categories, units and institutions, in one language."""

    language: Language
    categories: Mapping[str, Category]
    units: Mapping[str, str]
    systems: Mapping[str, str]  # the system of each unit
    institutions: Mapping[UUID, Institution]

    @classmethod
    def read(cls, session: Session, language: Language) -> Names:
        units = unit_names(session)
        return cls(
            language,
            {each.code: each for each in categories.all_of(session)},
            {each.code: each[language.code] for each in units},
            {each.code: each.system for each in units},
            {each.id: each for each in initiative.institutions(session)},
        )

    def title(self, titles: Mapping[str, Title], code: str) -> str:
        """Return the title of a code; one that is not known stands for itself."""
        return titles[code][self.language.code] if code in titles else code

    def category(self, code: str) -> str:
        found = self.categories.get(code)
        if found is None:
            return code
        if self.language.code == "uk":
            return found.problem_uk or found.title_uk
        return found.problem_en or found.title_en

    def unit(self, code: str | None) -> str:
        return self.units.get(code, code) if code else ""

    def institution(self, code: UUID | str | None) -> str:
        found = self.institutions.get(UUID(str(code))) if code else None
        if found is None:
            return ""
        return found.name_uk if self.language.code == "uk" else found.name_en

    def status(self, code: str) -> str:
        return BY_CODE[code].title[self.language.code] if code in BY_CODE else code

    def source(self, code: str) -> str:
        return self.title(SOURCES, code)

    def concern(self, code: str) -> str:
        return self.title(CONCERNS, code)

    def personal(self, code: str) -> str:
        return self.title(PERSONAL, code)

    def reason(self, code: str) -> str:
        return self.title({**REFUSALS, **TAKEN_OFF}, code)

    def role(self, role: str, name: str = "") -> str:
        if name in ROBOTS:
            return ROBOTS[name][self.language.code]
        known = {each.value for each in ROLE_TITLES}
        return ROLE_TITLES[Role(role)][self.language.code] if role in known else ""

    def own_units(self, codes: Iterable[str]) -> list[str]:
        """Return the names of a report's units, the smallest first."""
        known = [code for code in codes if code in self.units]
        order = {system: place for place, system in enumerate((SETTLEMENTS, "starosta_districts", HROMADAS))}
        known.sort(key=lambda code: (order.get(self.systems[code], len(order)), self.units[code]))
        return [self.units[code] for code in known]
