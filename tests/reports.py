"""Reports of the made-up town, committed through the one door, some of them published: for tests of what answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from uuid import UUID

from PIL import Image
from sqlalchemy import text

from layers.area import Area
from layers.database.engine import Database, Session
from layers.files.images import Box
from layers.people.credentials import Keys
from layers.privacy.actions import ensure_snap_points
from layers.problems import actions, intake, store
from layers.problems.actions import Step
from layers.problems.intake import Contact, Receipt, Report
from layers.viewer import PUBLIC, robot
from tests import town
from tests.database import viewer
from tests.leaks import Secrets

SECRET = "a secret of thirty-two characters at least"
COORDINATOR = viewer("coordinator")
# What must never be seen of a published report, and of one that nobody has approved.
TYPED = "Сусід із пʼятого будинку все бачив"
PHONE = "0501112233"
EMAIL = "pryklad@example.org"
NAME = "Вигадана Особа"
NOTE = "Нотатка лише для столу"
HIDDEN = "Ще не перевірене повідомлення"
DOOR = (36.0053217, 50.0147913)
OTHER_DOOR = (36.0712345, 50.0734567)
CORNER = Box(0.0, 0.0, 0.2, 0.2)  # of each photo is blurred before it is approved


@dataclass
class Desk:
    """Whoever fills a database with reports, as residents and as the coordinator."""

    database: Database
    area: Area
    keys: Keys

    def build(self, now: datetime) -> None:
        with self.database.begin(robot("test")) as session:
            town.build(session)
            ensure_snap_points(session, self.area, now=now)

    def bring(self, key: str, *, now: datetime, at: tuple[float, float] = DOOR, **given: object) -> Receipt:
        """Report as a resident would, with contacts, words and whatever else is `given`."""
        contact = Contact(NAME, PHONE, EMAIL)
        values = {"category": "lighting", "words": TYPED, "device": key, "contact": contact, **given}
        report = Report(lon=at[0], lat=at[1], **values)  # type: ignore[arg-type]
        prepared = intake.prepare(report)
        with self.database.begin(PUBLIC) as session:
            return intake.submit(session, PUBLIC, self.keys, self.area, prepared, key=key, now=now)

    def publish(self, problem: UUID, words: str, *, now: datetime) -> UUID:
        """Approve words and photos and confirm a report; return its public id."""
        with self.database.begin(COORDINATOR) as session:
            found = actions.get(session, problem)
            actions.edit(
                session, COORDINATOR, self.area, problem, words=words, category=found.category, version=found.version
            )
            for photo in store.photos_of(session, problem):
                actions.judge_photo(session, COORDINATOR, photo.id, approve=True, boxes=(CORNER,))
        self.move(problem, "confirmed", now=now)
        return self.public_id(problem)

    def move(self, problem: UUID, after: str, *, now: datetime, **step: object) -> None:
        with self.database.begin(COORDINATOR) as session:
            version = actions.get(session, problem).version
            with_it = Step(**step)  # type: ignore[arg-type]
            actions.move(session, COORDINATOR, self.area, problem, after, with_it, version=version, now=now)

    def answer(self, problem: UUID, words: str, *, now: datetime, publish: bool = True) -> None:
        with self.database.begin(COORDINATOR) as session:
            actions.answer(
                session, COORDINATOR, self.area, problem, words=words, signed="О. Приклад, координаторка",
                publish=publish, now=now,
            )  # fmt: skip

    def note(self, problem: UUID, words: str, *, now: datetime) -> None:
        with self.database.begin(COORDINATOR) as session:
            actions.note(session, COORDINATOR, self.area, problem, words=words, now=now)

    def public_id(self, problem: UUID) -> UUID:
        with self.database.begin(COORDINATOR) as session:
            return actions.get(session, problem).public_id

    def institution(self, code: str) -> UUID:
        with self.database.begin(COORDINATOR) as session:
            return session.scalar(text("SELECT id FROM institutions WHERE code = :code"), {"code": code})


def secrets_of(session: Session, *moments: str) -> Secrets:
    """Return all that no public answer may hold: typed words, contacts, doors, numbers, receipts' ids, minutes."""
    inner = session.scalars(text("SELECT id::text FROM problems")).all()
    numbers = session.scalars(text("SELECT number::text FROM problems")).all()
    waiting = session.scalars(
        text("SELECT public_id::text FROM problems p WHERE NOT EXISTS "
             "(SELECT FROM problems_public s WHERE s.id = p.public_id)")
    ).all()  # fmt: skip
    kept = session.scalars(text("SELECT file_id::text FROM problem_photos WHERE file_id IS NOT NULL")).all()
    # A number of four digits may be a part of another one: it is looked for as people write it.
    said = {f"№ {number}" for number in numbers} | {f"№ {number}" for number in numbers}
    words = {TYPED, PHONE, f"+38{PHONE}", EMAIL, NAME, NOTE, HIDDEN, *inner, *waiting, *kept, *said, *moments}
    return Secrets(frozenset(words), (DOOR, OTHER_DOOR))


def photo() -> bytes:
    """Return a small JPEG with a gradient in it."""
    content = BytesIO()
    Image.linear_gradient("L").convert("RGB").save(content, "JPEG")
    return content.getvalue()
