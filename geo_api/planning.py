"""The worker's place for camera plans: makes one, scores a vendor's, saves a variant; minutes long, told and cancelled.

Choosing is pure and happens between transactions, each under the rights of whoever asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from geo_api.settings import area_of
from layers.area import Area
from layers.text import N_
from layers.viewer import robot

if TYPE_CHECKING:
    from geo_api.settings import Settings
    from layers.database.engine import Database
    from layers.queue import Job, Progress

KIND = "camera_plan"
READING, COUNTING = N_("Reading the town"), N_("Counting")


class Planner:
    """What is ordered stands in the job's arguments: `what` is plan, vendor or variant."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def area(self) -> Area:
        return area_of(self.settings)

    def __call__(self, database: Database, job: Job, progress: Progress) -> Mapping[str, Any]:
        """Do what a job orders; the result names the plan."""
        progress(0, 100, READING)
        work = {"plan": self._plan, "vendor": self._vendor, "variant": self._variant}[job.arguments["what"]]
        return {"plan": work(database, job, progress)}

    def _plan(self, database: Database, job: Job, progress: Progress) -> int:
        from layers.cameras import actions
        from layers.cameras.planning import Settings

        asked, settings = job.arguments, Settings.of(job.arguments["settings"])
        with database.begin(job.viewer) as session:
            gathered = actions.gather(
                session, job.viewer, self.area, settings, now=datetime.now(UTC), unit=asked["unit"],
                places=asked.get("places"),
            )  # fmt: skip
        planned = actions.choose(gathered, settings, lambda share, stage: progress(round(95 * share), 100, stage))
        progress(96, 100, COUNTING)
        with database.begin(job.viewer) as session:
            plan = actions.save(session, job.viewer, self.area, gathered, settings, planned, title=asked["title"])
            return plan.number

    def _vendor(self, database: Database, job: Job, progress: Progress) -> int:
        from layers.cameras import actions
        from layers.cameras.planning import Settings

        asked, settings = job.arguments, Settings.of(job.arguments["settings"])
        with database.begin(job.viewer) as session:
            gathered = actions.gather(session, job.viewer, self.area, settings, now=datetime.now(UTC))
            progress(40, 100, COUNTING)
            plan = actions.save_vendor(
                session,
                job.viewer,
                self.area,
                gathered,
                settings,
                asked["sites"],
                title=asked["title"],
                rejects=asked["rejects"],
            )
            return plan.number

    def _variant(self, database: Database, job: Job, progress: Progress) -> int:
        from layers.cameras import actions

        asked = job.arguments
        with database.begin(job.viewer) as session:
            plan = actions.plan(session, job.viewer, asked["plan"])
        with database.begin(robot("worker")) as session:
            gathered, tried = actions.ready(session, self.area, plan, now=datetime.now(UTC))
        progress(40, 100, COUNTING)
        moves = {int(at): tried.turned(int(at), **changes) for at, changes in asked["moves"].items()}
        with database.begin(job.viewer) as session:
            variant = actions.save_variant(
                session, job.viewer, self.area, plan, gathered, tried, moves, title=asked["title"]
            )
            return variant.number
