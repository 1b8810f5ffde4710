"""Demonstration reports: openly fictional, in every status, brought in through the one door and moved as people would.

Texts stand in demo_problems.csv; places are scattered around the area's real settlements; names are «Приклад»,
numbers of phones begin with 050 000.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from uuid import UUID

import numpy as np
from numpy.random import Generator

from ingestion import demo_photos
from ingestion.demo import Anchor, anchors, scatter
from layers.area import Area
from layers.database.engine import Session
from layers.errors import BadInput
from layers.initiative.store import institutions
from layers.people.credentials import Keys
from layers.problems import actions, intake, rules, store
from layers.problems.actions import Step
from layers.problems.intake import Contact, Report
from layers.problems.receipts import person_of
from layers.text import N_
from layers.units.store import all_units
from layers.viewer import robot

CLERK = robot("demo")  # plays the desk and whoever answers
# Where reports end, how many of them, and how many days ago they were made.
FATES: Mapping[str, tuple[int, float, float]] = {
    "received": (9, 0, 2),
    "checking": (7, 0, 4),
    "needs_info": (4, 2, 12),
    "refused": (6, 3, 150),
    "withdrawn": (3, 5, 120),
    "confirmed": (15, 1, 8),
    "forwarded": (16, 3, 18),
    "in_work": (14, 6, 40),
    "done": (6, 10, 40),
    "closed": (29, 20, 230),
    "reopened": (2, 60, 120),
    "merged": (6, 2, 40),
}
# The steps that lead there, after the desk has looked at it.
WAYS: Mapping[str, tuple[str, ...]] = {
    "needs_info": ("needs_info",),
    "refused": ("refused",),
    "merged": ("merged",),
    "confirmed": ("confirmed",),
    "forwarded": ("confirmed", "forwarded"),
    "in_work": ("confirmed", "forwarded", "in_work"),
    **dict.fromkeys(("done", "closed", "reopened"), ("confirmed", "forwarded", "in_work", "done")),
}
SIGNED = {
    "police": "Андрій Приклад, дільничний офіцер поліції",
    "school_safety": "Марина Приклад, офіцерка служби освітньої безпеки",
    "energy": "Петро Зразок, майстер району електромереж",
    "utility": "Оксана Приклад, інженерка комунального підприємства",
    "council": "Ірина Зразок, головна спеціалістка виконкому",
    "administration": "Олег Приклад, відділ цивільного захисту",
}
DONE = "Роботу виконано. Перевірте, будь ласка, і підтвердьте."
CHECKED = (
    "Дякуємо! Перевірили: справді так. Передаємо тим, хто за це відповідає.",
    "Дякуємо, що написали. Повідомлення перевірено й показано на карті.",
    "Дякуємо! Про це вже питали й сусіди. Передаємо далі й напишемо, коли буде відповідь.",
)
COORDINATOR = "Наталія Приклад, координаторка"
UNCLEAR = "Уточніть, будь ласка, біля якого саме будинку чи зупинки це видно."
PHOTOS, CALLS, SUPPORTED = 0.5, 0.35, 0.5  # shares of reports


@dataclass(frozen=True)
class Told:
    """What somebody tells, and what is answered to it; `done` is empty where nothing came of it yet."""

    category: str
    words: str
    place: str
    answer: str
    done: str


@dataclass
class _Stage:
    """The demonstration while it is being made."""

    session: Session
    area: Area
    keys: Keys
    now: datetime
    random: Generator
    anchors: Sequence[Anchor]
    kinds: Mapping[UUID, str]  # of institutions
    open: dict[str, UUID] = field(default_factory=dict)  # the last open public report of each category
    asked: dict[UUID, str] = field(default_factory=dict)  # who answers for each
    versions: dict[UUID, int] = field(default_factory=dict)

    def chance(self, share: float) -> bool:
        return bool(self.random.random() < share)


def load_demo_problems(session: Session, area: Area, keys: Keys, *, now: datetime, seed: int) -> int:
    """Invent reports in the caller's transaction, as a robot, and return how many; places need snap points.

    Raises BadInput in an area that has no settlements to invent around.
    """
    found = anchors(all_units(session))
    if not found:
        raise BadInput(N_("Demonstration data need an area with settlements; this profile has none."))
    kinds = {each.id: each.kind for each in institutions(session)}
    stage = _Stage(session, area, keys, now, np.random.default_rng(seed), found, kinds)
    made = 0
    for made, (told, fate) in enumerate(_programme(stage.random), start=1):
        _play(stage, made, told, fate)
    return made


@cache
def told() -> tuple[Told, ...]:
    """Return everything that is told."""
    content = (resources.files("ingestion") / "demo_problems.csv").read_text("utf-8")
    return tuple(Told(**row) for row in csv.DictReader(io.StringIO(content)))


def _programme(random: Generator) -> Iterator[tuple[Told, str]]:
    """Pair what is told with where it ends; what is for the police or statistics ends before the public."""
    public = [one for one in told() if one.answer]
    quiet = [one for one in told() if not one.answer]
    yield from (
        (one, fate) for one, fate in zip(quiet, ("received", "forwarded", "confirmed", "checking"), strict=True)
    )
    for fate, (count, _, _) in FATES.items():
        fitting = [one for one in public if one.done or fate not in ("done", "closed", "reopened")]
        chosen = random.permutation(len(fitting))
        yield from ((fitting[int(chosen[nth % len(chosen)])], fate) for nth in range(count))


def _play(stage: _Stage, nth: int, told: Told, fate: str) -> None:
    """Bring one report in and lead it to where it ends."""
    _, youngest, oldest = FATES[fate]
    began = _by_day(stage, stage.now - timedelta(days=float(stage.random.uniform(youngest, oldest)), hours=1))
    problem = _report(stage, nth, told, began)
    if fate == "withdrawn":
        actions.withdraw(stage.session, stage.area, problem, now=began + timedelta(hours=5))
        return
    if fate == "checking":
        _move(stage, problem, "checking", Step(), began + timedelta(hours=2))
        return
    way = WAYS.get(fate, ())
    ends = stage.now - timedelta(hours=1) if fate == "done" else began + 0.9 * (stage.now - began)
    looked = min(began + timedelta(hours=2 + float(stage.random.exponential(26))), began + 0.7 * (ends - began))
    for place, after in enumerate(way):
        _step(stage, problem, told, after, looked + (ends - looked) * place / max(1, len(way) - 1))
    if fate in ("closed", "reopened"):
        _confirm(stage, problem, nth, reopen=fate == "reopened", since=ends)


def _by_day(stage: _Stage, moment: datetime) -> datetime:
    """Return a moment of the same day at which people report: between seven in the morning and ten at night."""
    hour = stage.random.integers(7, 22)
    local = moment.astimezone(stage.area.timezone).replace(hour=int(hour))
    return min(local, stage.now - timedelta(hours=1))


def _report(stage: _Stage, nth: int, told: Told, began: datetime) -> UUID:
    lon, lat = _place(stage)
    drawn = told.category in demo_photos.SCENES and stage.chance(PHOTOS)
    photos = (demo_photos.draw(told.category, mended=False),) if drawn else ()
    contact = (
        Contact(name="Ірина Приклад", phone=f"050 000 {nth:04d}", call_back=nth % 5 == 0)
        if stage.chance(CALLS)
        else Contact()
    )
    report = Report(
        told.category, told.words, lon, lat, place_words=told.place, photos=photos, contact=contact,
        device=f"demo-{nth}", source="demo", reported_at=began, demo=True,
        kind="problem" if told.category != "police_work" else "thanks" if "Дякую" in told.words else "complaint",
    )  # fmt: skip
    prepared = intake.prepare(report)
    return intake.submit(stage.session, CLERK, stage.keys, stage.area, prepared, key=f"demo-{nth}", now=began).problem


def _place(stage: _Stage) -> tuple[float, float]:
    """Return a place near a settlement, more often in the large ones; its centre where that lands outside the area."""
    weights = np.array([anchor.weight for anchor in stage.anchors]) ** 0.7
    anchor = stage.anchors[int(stage.random.choice(len(weights), p=weights / weights.sum()))]
    lon, lat = scatter(stage.random, anchor.lon, anchor.lat, anchor.reach / 1.5)
    return (lon, lat) if store.units_at(stage.session, lon, lat) else (anchor.lon, anchor.lat)


def _step(stage: _Stage, problem: UUID, told: Told, after: str, when: datetime) -> None:
    """Make one step as the desk or whoever answers would."""
    if after == "confirmed":
        _approve(stage, problem, told)
        checked = Step(words=str(stage.random.choice(CHECKED)), publish=True, signed=COORDINATOR)
        _move(stage, problem, after, checked, when)
        _support(stage, problem, when)
        stage.open[told.category] = problem
    elif after == "forwarded":
        chosen = actions.suggested_institution(stage.session, actions.get(stage.session, problem))
        _move(stage, problem, after, Step(institution=chosen), when)
        stage.asked[problem] = SIGNED[stage.kinds[chosen]] if chosen else ""
    elif after == "merged":
        into = stage.open.get(told.category)
        if into:
            _move(stage, problem, after, Step(into=into), when)
    elif after == "needs_info":
        _move(stage, problem, after, Step(words=UNCLEAR, signed=COORDINATOR), when)
    elif after == "refused":
        reasons = [reason for reason in rules.REFUSALS if reason != "sensitive"]
        _move(stage, problem, after, Step(reason=str(stage.random.choice(reasons))), when)
    else:
        words = told.answer if after == "in_work" else told.done or DONE
        if after == "done":
            _show_work(stage, problem, told, when)
        _move(stage, problem, after, Step(words=words, publish=True, signed=stage.asked[problem]), when)


def _approve(stage: _Stage, problem: UUID, told: Told) -> None:
    version = stage.versions.get(problem, 1)
    stage.versions[problem] = actions.edit(
        stage.session, CLERK, stage.area, problem, words=told.words, category=told.category, version=version
    )
    for photo in store.photos_of(stage.session, problem):
        actions.judge_photo(stage.session, CLERK, photo.id, approve=True, checked=rules.PHOTO_CHECKS)


def _show_work(stage: _Stage, problem: UUID, told: Told, when: datetime) -> None:
    """Add a picture of the place after the work where there is one of it before."""
    if store.photos_of(stage.session, problem):
        content = demo_photos.draw(told.category, mended=True)
        photo = actions.add_photo(stage.session, problem, content, shows="after", now=when)
        actions.judge_photo(stage.session, CLERK, photo, approve=True, checked=rules.PHOTO_CHECKS)


def _support(stage: _Stage, problem: UUID, when: datetime) -> None:
    people = min(9, int(stage.random.exponential(2.5))) if stage.chance(SUPPORTED) else 0
    for nth in range(people):
        store.say(stage.session, problem, _person(stage, problem, nth), "supports", when)
    if people:
        store.count_supporters(stage.session, problem)


def _confirm(stage: _Stage, problem: UUID, nth: int, *, reopen: bool, since: datetime) -> None:
    """Let the reporter say that it is done, and where it is to be opened again two neighbours that it isn't."""
    closed = since + timedelta(hours=3)
    reporter = person_of(stage.keys, f"demo-{nth}")
    actions.say(stage.session, stage.area, problem, reporter, "fixed", now=closed)
    for neighbour in range(rules.REOPENED_BY if reopen else 0):
        person = _person(stage, problem, 100 + neighbour)
        actions.say(
            stage.session, stage.area, problem, person, "still_there", now=closed + timedelta(hours=neighbour + 1)
        )


def _person(stage: _Stage, problem: UUID, nth: int) -> bytes:
    return person_of(stage.keys, f"demo-neighbour-{problem}-{nth}")


def _move(stage: _Stage, problem: UUID, after: str, step: Step, when: datetime) -> None:
    version = stage.versions.get(problem, 1)
    stage.versions[problem] = actions.move(
        stage.session, CLERK, stage.area, problem, after, step, version=version, now=when
    )
