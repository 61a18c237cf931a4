"""Does the jobs that are due, one after the other, as long as this process holds the lease.

It is woken each minute; what is due follows from the clock and from the runs that are done, so that what was slept
through is made up, and what was done is not done again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from callcenter.centre.model import Centre
from callcenter.database.leases import Lease
from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime, as_us
from callcenter.operator_problem import OperatorProblem
from callcenter.outbox.mail import pause_us
from callcenter.wake_up import woken_in_time
from reports.scheduled import runs
from reports.scheduled.job import ScheduledJob

log = logging.getLogger(__name__)

Jobs = Callable[[], Awaitable[Sequence[ScheduledJob]]]
_LONGEST_PROBLEM = 200


@dataclass
class _Failing:
    """A job whose last try failed: it is tried again as mails are, so that others go on."""

    problem: str
    tries: int = 0
    not_before_us: int = 0


@dataclass
class JobRunner:
    """The jobs of a centre. `jobs`: those that there are now; `clock`: microseconds, UTC."""

    database: Database
    centre: Centre
    jobs: Jobs
    lease: Callable[[], Lease | None]
    clock: Callable[[], int]
    _failing: dict[str, _Failing] = field(default_factory=dict)

    @property
    def problem(self) -> str:
        """What an operator should know; empty: nothing."""
        return next((f"{name} cannot be made: {each.problem}" for name, each in self._failing.items()), "")

    async def run(self) -> None:
        """For as long as the service lives."""
        due = asyncio.Event()
        due.set()
        with woken_in_time(due, self.centre.zone, second="0"):
            while True:
                await due.wait()
                due.clear()
                try:
                    await self.look()
                except DatabaseProblem as problem:
                    log.warning("scheduled reports wait for the database: %s", problem)

    async def look(self) -> None:
        """Do what is due now. Raises DatabaseProblem."""
        jobs = await self.jobs()
        self._failing = {each.name: self._failing[each.name] for each in jobs if each.name in self._failing}
        for job in jobs:
            for due in await self._due(job):
                if not await self._do(job, due):
                    break

    async def _due(self, job: ScheduledJob) -> tuple[datetime, ...]:
        now_us, failing = self.clock(), self._failing.get(job.name)
        if failing is not None and now_us < failing.not_before_us:
            return ()
        done_us = await self.database.read(lambda connection: runs.last_done_us(connection, job.name))
        known = [each for each in (done_us, job.since_us) if each is not None]
        after = as_datetime(max(known), self.centre.zone) if known else None
        missed = job.when.due_since(after, as_datetime(now_us, self.centre.zone))
        return missed if job.makes_up_all else missed[-1:]

    async def _do(self, job: ScheduledJob, due: datetime) -> bool:
        """Whether it is done, so that the next one may follow."""
        lease = self.lease()
        if lease is None:
            return False
        try:
            made = await job.run(self.database, self.centre, due)
            now_us = self.clock()
            is_done = await self.database.write(
                lambda connection: runs.finish(connection, job.name, as_us(due), made, lease, now_us)
            )
        except OperatorProblem as problem:
            log.error("%s, due %s, cannot be made and is tried again: %s", job.name, due.isoformat(), problem)
            return self._fails(job, str(problem))
        except Exception as defect:  # whatever is wrong with one report, the others are made
            log.exception("%s, due %s, fails and is tried again", job.name, due.isoformat())
            return self._fails(job, f"{type(defect).__name__}, see its log")
        self._failing.pop(job.name, None)
        if is_done:
            log.info("%s, due %s, is done", job.name, due.isoformat())
        return is_done

    def _fails(self, job: ScheduledJob, problem: str) -> bool:
        in_one_line = "".join(each if each.isprintable() else " " for each in problem)[:_LONGEST_PROBLEM]
        failing = self._failing.setdefault(job.name, _Failing(in_one_line))
        failing.problem, failing.tries = in_one_line, failing.tries + 1
        failing.not_before_us = self.clock() + pause_us(failing.tries)
        return False
