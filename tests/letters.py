"""A town with reports, and letters about them, committed: for what asks over HTTP and for the browser."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from layers.area import Area
from layers.database.engine import Database
from layers.letters import actions
from layers.letters.checks import Applicant, Draft, Following
from layers.people.credentials import Keys
from layers.privacy.actions import ensure_snap_points
from layers.problems import actions as problems
from layers.problems import intake
from layers.problems.actions import Step
from layers.problems.intake import Contact, Report
from layers.viewer import PUBLIC, Viewer, robot
from tests import town

KEYS = Keys("a secret of thirty-two characters at least")
IN_CITY = (36.005, 50.015)
APPLICANT = Applicant(
    "Приклад Олена Вигадана", "м. Вигадане, вул. Небувала, 7", "Прошу відновити освітлення.", "050 000 00 00", "phone"
)
TYPED = "Слова, яких ніхто не бачив"


def build(database: Database, area: Area, *, reports: int, now: datetime) -> list[UUID]:
    """Commit the town and so many confirmed reports of lamps; return their ids."""
    with database.begin(robot("test")) as session:
        town.build(session)
        ensure_snap_points(session, area, now=now)
        session.execute(
            text(
                "UPDATE initiative SET name_uk = 'ГО «Безпечне Вигадане»', name_en = 'NGO Safe Vyhadane', "
                "hotline = '050 000 00 00', address = 'вул. Небувала, 1', signatory = 'Олена Приклад', "
                "signatory_position = 'Голова правління', registration = 'ЄДРПОУ 00000000'"
            )
        )
    return [confirmed(database, area, f"{TYPED} {n}", now=now) for n in range(reports)]


def confirmed(database: Database, area: Area, words: str, *, now: datetime) -> UUID:
    """Report as a resident, approve and confirm as the desk."""
    contact = Contact(name="Таємний Автор", phone="0501234567")
    report = Report(
        "lighting", words, *IN_CITY, device=words, contact=contact, place_words="навпроти аптеки, біля зупинки"
    )
    with database.begin(PUBLIC) as session:
        made = intake.submit(session, PUBLIC, KEYS, area, intake.prepare(report), key=words, now=now)
    desk = robot("desk")
    with database.begin(desk) as session:
        approved = "Не світить ліхтар біля ринку"
        problems.edit(session, desk, area, made.problem, words=approved, category="lighting", version=1)
        found = problems.get(session, made.problem)
        problems.move(session, desk, area, found.id, "confirmed", Step(), version=found.version, now=now)
    return made.problem


def journal(
    database: Database,
    area: Area,
    viewer: Viewer,
    reports: Sequence[UUID],
    *,
    letters: int,
    now: datetime,
    first: int = 0,
) -> list[UUID]:
    """Commit so many letters, in every state and with every mark, written day by day before `now`."""
    with database.begin(viewer) as session:
        institutions = list(session.scalars(text("SELECT id FROM institutions ORDER BY position")))
    return [
        _letter(database, area, viewer, reports[n % len(reports)], institutions[n % len(institutions)], n, now=now)
        for n in range(first, letters)
    ]


def _letter(
    database: Database, area: Area, viewer: Viewer, report: UUID, institution: UUID, n: int, *, now: datetime
) -> UUID:
    then = now - timedelta(days=60 - n % 60)
    kind = "appeal" if n % 7 == 5 else "letter"
    subject = "Про відновлення освітлення на вулиці Небувалій біля зупинки громадського транспорту"
    draft = Draft(kind, institution, f"{subject}, {n}", "Просимо.", "Дякуємо.", "Олена Приклад", "Голова правління")
    with database.begin(viewer) as session:
        of = APPLICANT if kind == "appeal" else None
        letter = actions.write(session, viewer, area, draft, [report], applicant=of, key=f"j{n}", now=then)
    day, today = then.astimezone(area.timezone).date(), now.astimezone(area.timezone).date()

    def later(days: int) -> date:
        return min(day + timedelta(days=days), today)

    stages: dict[int, dict[str, object]] = {
        1: {"sent_on": day},
        2: {"sent_on": day, "incoming_number": f"{n}/01-18", "registered_on": day, "executor": "Вигаданий О. О."},
        3: {"sent_on": day, "registered_on": day, "answered_on": later(5), "outcome": "done", "answer": "Замінено."},
        4: {"sent_on": day, "registered_on": day, "answered_on": later(50), "outcome": "explained"},
    }
    if n % 5:
        with database.begin(viewer) as session:
            actions.save(
                session,
                viewer,
                area,
                letter,
                draft,
                Following(**stages[n % 5]),
                version=1,
                now=now,  # type: ignore[arg-type]
            )
    elif n % 10 == 0 and n:
        with database.begin(viewer) as session:
            actions.cancel(session, viewer, area, letter, version=1, now=now)
    return letter


def public_id_of(database: Database, report: UUID) -> UUID:
    with database.begin(robot("test")) as session:
        return problems.get(session, report).public_id
