"""What is allowed: the statuses of a report, the transitions between them as a literal table, limits and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from layers.errors import Conflict, NotAllowed
from layers.history import Audience
from layers.layer import Title
from layers.text import N_
from layers.viewer import POLICE, Role, Viewer

DESK = frozenset({Role.COORDINATOR, Role.OPERATOR, Role.ADMIN, Role.ROBOT})
MODERATORS = frozenset({Role.COORDINATOR, Role.ADMIN, Role.ROBOT})
WORKERS = MODERATORS | POLICE | {Role.EXECUTOR, Role.STAROSTA, Role.OPERATOR}
# The reporter, who holds a receipt and no account: their changes are made by a robot of that name.
REPORTER = "reporter"
# The clock: changes that nobody asked for, made by a robot of that name.
CLOCK = "clock"


@dataclass(frozen=True)
class Status:
    """One status: `public` reports are on the map, `open` ones wait for somebody."""

    code: str
    title: Title
    public: bool = False
    open: bool = True

    def row(self, position: int) -> dict[str, Any]:
        words = {"title_uk": self.title.uk, "title_en": self.title.en}
        return {"code": self.code, **words, "public": self.public, "is_open": self.open, "position": position}


STATUSES = (
    Status("received", Title("Отримано", "Received")),
    Status("checking", Title("На перевірці", "Being checked")),
    Status("needs_info", Title("Потрібне уточнення", "More information needed")),
    Status("merged", Title("Обʼєднано", "Merged"), open=False),
    Status("refused", Title("Не прийнято", "Not accepted"), open=False),
    Status("confirmed", Title("Підтверджено", "Confirmed"), public=True),
    Status("forwarded", Title("Передано", "Forwarded"), public=True),
    Status("in_work", Title("У роботі", "In work"), public=True),
    Status("done", Title("Виконано, чекаємо вашого підтвердження", "Done, waiting for your confirmation"), public=True),
    Status("closed", Title("Закрито", "Closed"), public=True, open=False),
    Status("reopened", Title("Відкрито повторно", "Reopened"), public=True),
    Status("withdrawn", Title("Відкликано", "Withdrawn"), open=False),
)
BY_CODE = {status.code: status for status in STATUSES}
PUBLIC = frozenset(status.code for status in STATUSES if status.public)
OPEN = frozenset(status.code for status in STATUSES if status.open)


@dataclass(frozen=True)
class Transition:
    """One step that may be made: by which roles, by the reporter (with the receipt), and what must come with it.

    `needs` are of: reason (a code), words (a text for the reporter), institution, into (another report), approval
    (words and photos looked at, and a place).
    """

    before: str
    after: str
    roles: frozenset[Role] = frozenset()
    reporter: bool = False
    needs: frozenset[str] = frozenset()


def _steps(before: str, after: str, roles: frozenset[Role], *needs: str, reporter: bool = False) -> list[Transition]:
    return [Transition(one, after, roles, reporter, frozenset(needs)) for one in before.split()]


TRANSITIONS: tuple[Transition, ...] = (
    *_steps("received", "checking", DESK),
    *_steps("checking", "needs_info", DESK, "words"),
    *_steps("needs_info", "checking", DESK, reporter=True),
    *_steps("checking needs_info", "refused", MODERATORS, "reason"),
    *_steps("checking needs_info", "confirmed", MODERATORS, "approval"),
    *_steps("checking needs_info confirmed forwarded in_work reopened", "merged", DESK, "into"),
    *_steps("refused merged", "checking", MODERATORS),  # undo, and split
    *_steps("confirmed forwarded in_work done reopened closed", "checking", MODERATORS, "reason"),  # off the map
    *_steps("confirmed reopened in_work forwarded", "forwarded", DESK, "institution"),
    *_steps("forwarded reopened", "in_work", WORKERS),
    *_steps("forwarded in_work", "done", WORKERS, "words"),
    *_steps("done", "in_work", WORKERS, reporter=True),
    *_steps("done", "closed", frozenset(), reporter=True),  # or the clock, after 14 days of silence
    *_steps("closed", "reopened", MODERATORS, "reason"),  # or two people who say "still there"
    *_steps("received checking needs_info confirmed forwarded in_work done reopened", "withdrawn", frozenset(),
            reporter=True),
)  # fmt: skip
_TABLE = {(step.before, step.after): step for step in TRANSITIONS}
# What the clock may do without anybody: close after silence, reopen when people say so.
BY_CLOCK = frozenset({("done", "closed"), ("closed", "reopened")})

# Who reads the history of reports that are not for the map.
HISTORY: dict[str, Audience] = {"police": "police", "statistics": "desk"}

REFUSALS: dict[str, Title] = {
    "not_ours": Title("Це поза межами нашої території", "It is outside our area"),
    "not_a_problem": Title("Це не про безпеку в громаді", "It is not about safety in the community"),
    "emergency": Title("Це екстрений випадок: телефонуйте 102 або 112", "It is an emergency: call 102 or 112"),
    "crime_report": Title(
        "Це заява про злочин: її приймає лише поліція, 102", "It is a crime report: only the police take it, 102"
    ),
    "personal": Title(
        "У тексті відомості про людей, без них він незрозумілий", "It is about named persons and means nothing without"
    ),
    "insult": Title("Образи або погрози", "Insults or threats"),
    "advert": Title("Реклама або спроба", "Advertising or a test"),
    "unclear": Title("Не вдалося зрозуміти чи уточнити", "It could not be understood or clarified"),
    "sensitive": Title(
        "Такого ми не зберігаємо: ідеться про військових, поліцію або обстріл",
        "We do not keep this: it is about the military, the police or shelling",
    ),
    "other": Title("Інша причина", "Another reason"),
}
TAKEN_OFF: dict[str, Title] = {
    "mistake": Title("Опубліковано помилково", "Published by mistake"),
    "new_facts": Title("Зʼявилися нові відомості", "New facts came up"),
    "asked": Title("На прохання автора", "At the author's request"),
    "danger": Title("Публікація може комусь зашкодити", "Being public may hurt somebody"),
    "not_solved": Title("Проблема лишилася", "The problem is still there"),
}

# How reports come in.
SOURCES: dict[str, Title] = {
    "web": Title("з сайту", "from the site"),
    "phone": Title("з гарячої лінії", "by phone"),
    "message": Title("з месенджера", "from a messenger"),
    "open311": Title("з іншої програми", "from another program"),
    "staff": Title("записали працівники", "written down by staff"),
    "event": Title("із зустрічі", "from a meeting"),
    "demo": Title("демонстрація", "demonstration"),
}
# What a public photo must not show: whoever approves one says of each that it isn't there, or blurs it.
PHOTO_CHECKS: dict[str, Title] = {
    "military": Title("військових", "soldiers"),
    "equipment": Title("військової техніки", "military equipment"),
    "checkpoints": Title("блокпостів, позицій, постів поліції чи ТЦК", "checkpoints, positions, police or draft posts"),
    "shelling": Title("наслідків обстрілу", "effects of shelling"),
    "faces": Title("облич", "faces"),
    "plates": Title("номерів авто", "number plates"),
}

SILENCE = timedelta(days=14)  # after "is it done?" was asked
REOPENED_WITHIN = timedelta(days=60)
REOPENED_BY = 2  # different people who say "still there"
CONTACTS_KEPT = timedelta(days=365)  # after the report was closed
WORDS_KEPT = timedelta(days=5 * 365 + 1)
FIRST_ANSWER_DAYS = 3  # working days: the desk's own target
MOST_PHOTOS = 3
LONGEST_WORDS = 2000
SHORTEST_WORDS = 3
LONGEST_PLACE = 300


def transition(before: str, after: str) -> Transition:
    """Return the step; raises Conflict when there is none."""
    step = _TABLE.get((before, after))
    if step is None:
        raise Conflict(
            N_("A report that is “{before}” can't become “{after}”. Look at it again: somebody may have changed it."),
            before=before,
            after=after,
        )
    return step


def may(viewer: Viewer, step: Transition) -> bool:
    """Tell whether this viewer may make the step; `reporter` and `clock` are robots by those names."""
    if viewer.role is Role.ROBOT and viewer.name == REPORTER:
        return step.reporter
    if viewer.role is Role.ROBOT and viewer.name == CLOCK:
        return (step.before, step.after) in BY_CLOCK
    return viewer.role in step.roles


def must_may(viewer: Viewer, step: Transition) -> None:
    if not may(viewer, step):
        raise NotAllowed(N_("Your role may not make this step."))


def steps_from(viewer: Viewer, status: str) -> list[Transition]:
    """Return the steps that this viewer may make from a status, in the table's order."""
    return [step for step in TRANSITIONS if step.before == status and may(viewer, step)]


def must_be_desk(viewer: Viewer) -> None:
    if viewer.role not in DESK:
        raise NotAllowed(N_("This is for the coordinator and the hotline."))


def must_moderate(viewer: Viewer) -> None:
    if viewer.role not in MODERATORS:
        raise NotAllowed(N_("Only the coordinator may do this."))
