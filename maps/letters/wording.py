"""What a letter says before anybody changes it, in the letter's own language."""

from __future__ import annotations

from collections.abc import Sequence

from layers.text import N_
from maps.language import Language

SUBJECT = N_("On: {categories}")
OPENING = {
    "letter": N_(
        "Residents told us of the safety problems listed below. We checked each report. Please look into them and "
        "take measures within your powers."
    ),
    "appeal": N_(
        "We pass on, with the applicant's consent, a citizen's appeal whose subject lies within your powers "
        "(art. 7 of the Law of Ukraine “On Citizens' Appeals”)."
    ),
    "deputy": N_(
        "Residents of the hromada reported the safety problems listed below. Under art. 13 of the Law of Ukraine "
        "“On the Status of Deputies of Local Councils” I ask you to look into them and take measures."
    ),
}
CLOSING = {
    "letter": N_(
        "Please tell us in writing the incoming number, the date of registration and who handles this letter, and "
        "afterwards what was done about each item."
    ),
    "appeal": N_(
        "Please consider the appeal within the time that art. 20 of the Law sets, answer the applicant, and send us "
        "a copy. Please tell us the incoming number and the date of registration."
    ),
    "deputy": N_(
        "Please answer me in writing within ten days, or, if the matter needs further study, tell me so and answer "
        "within a month."
    ),
}


def subject(categories: Sequence[str], language: Language) -> str:
    """Return a subject that names the categories, each once."""
    named = [name[:1].lower() + name[1:] for name in dict.fromkeys(categories)]
    return language.gettext(SUBJECT, categories=", ".join(named[:3])) if named else ""


def opening(kind: str, language: Language) -> str:
    return language.gettext(OPENING[kind])


def closing(kind: str, language: Language) -> str:
    return language.gettext(CLOSING[kind])
