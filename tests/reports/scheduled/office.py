"""A centre's scheduled jobs under a test: its clock, its lease, and what came into the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.database.leases import Lease, Leases
from callcenter.database.transactions import Database
from callcenter.instants import as_us
from callcenter.outbox.store import MailStore
from callcenter.settings import PROJECT
from reports.scheduled.job import ScheduledJob
from reports.scheduled.runner import JobRunner

CENTRE = load(PROJECT / "centre.yaml")
WITH_RECIPIENTS = CENTRE.model_copy(
    update={"mail": CENTRE.mail.model_copy(update={"monthly_report": ("jefa@example.bo", "att@example.bo")})}
)


def at(text: str) -> int:
    """The instant of a time of the centre, microseconds UTC."""
    return as_us(datetime.fromisoformat(text).replace(tzinfo=CENTRE.zone))


@dataclass
class Office:
    """`now`: a time of the centre; each `process` is one that has just started."""

    database: Database
    now: str
    centre: Centre = WITH_RECIPIENTS
    lost: set[str] = field(default_factory=set)

    def clock(self) -> int:
        return at(self.now)

    async def process(self, jobs: Sequence[ScheduledJob], name: str = "one") -> JobRunner:
        lease = await Leases(self.database, "reports", self.clock, seconds=3600).take(name)

        async def those() -> Sequence[ScheduledJob]:
            return jobs

        def held() -> Lease | None:
            return None if name in self.lost else lease

        return JobRunner(self.database, self.centre, those, held, self.clock)

    async def look(self, *jobs: ScheduledJob) -> JobRunner:
        runner = await self.process(jobs)
        await runner.look()
        return runner

    async def keys(self) -> list[str]:
        """The mails of the outbox, in their order."""
        return [row.key for row in reversed(await MailStore(self.database, self.clock).latest(100))]
