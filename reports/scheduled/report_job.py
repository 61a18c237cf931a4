"""A scheduled report as a job: made of the days that are over, and mailed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import Connection

from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import as_us
from callcenter.outbox.mail import Attachment, Mail, MailTooLarge
from callcenter.spanish import short_date
from reports.kinds.days import RelativePeriod, relative_days
from reports.scheduled.job import RunResult
from reports.scheduled.recurrence import Recurrence
from reports.scheduled.store import Scheduled, mailed, ran

MEDIA_TYPES = {
    "csv": "text/csv",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NO_LONGER_MAY = "quien lo programó ya no puede recibir informes: otra persona debe programarlo"
_TEXT = """Adjunto el informe «{report}» {days}.

{centre}
Lo programó {made_by}; se cambia o se quita en la página de informes.
"""


def _limits(asked: str) -> dict[str, object]:
    """What it is limited to, without its days."""
    return {name: value for name, value in json.loads(asked).items() if name != "period"}


class CannotBeMade(Exception):
    """A report that cannot be made as it is asked for, however often; says why, in Spanish."""


class MakeFile(Protocol):
    """Makes the file of a report of the catalogue."""

    async def __call__(self, kind: str, asked: str, form: str) -> bytes:
        """`asked`: JSON of `first_day` and `last_day` (ISO, both included), `lines`, `queues`, `agents`.

        Raises CannotBeMade, OperatorProblem.
        """


@dataclass(frozen=True, slots=True)
class ReportJob:
    """The job of one scheduled report. `clock`: microseconds, UTC."""

    scheduled: Scheduled
    make_file: MakeFile
    clock: Callable[[], int]
    makes_up_all: bool = False

    @property
    def name(self) -> str:
        """See `ScheduledJob`."""
        return f"report-{self.scheduled.id}"

    @property
    def when(self) -> Recurrence:
        """See `ScheduledJob`."""
        return self.scheduled.wanted.when

    @property
    def since_us(self) -> int | None:
        """See `ScheduledJob`: what was due before it was asked for is not."""
        return self.scheduled.changed_us

    async def run(self, _database: Database, centre: Centre, due: datetime) -> RunResult:
        """See `ScheduledJob`."""
        if not self.scheduled.may:
            return self._not_made(due, NO_LONGER_MAY)
        first, last = self._days(due)
        days = {"first_day": first.isoformat(), "last_day": last.isoformat()}
        asked = json.dumps({**_limits(self.scheduled.wanted.asked), **days})
        try:
            content = await self.make_file(self.scheduled.wanted.report, asked, self.scheduled.wanted.form)
            mail = self._mail(centre, due, content)
        except CannotBeMade as problem:
            return self._not_made(due, str(problem))
        except MailTooLarge:
            return self._not_made(due, "el archivo es demasiado grande para un correo: pida menos días u otra forma")
        return RunResult((mail,), lambda connection: self._noted(connection, due, asked))

    def _days(self, due: datetime) -> tuple[date, date]:
        """Of which days: those that were asked for, seen from the day on which it was due; else those that are over."""
        period = json.loads(self.scheduled.wanted.asked).get("period")
        if period is None:
            return self.when.days_before(due)
        return relative_days(RelativePeriod(period), due.date())

    def _mail(self, centre: Centre, due: datetime, content: bytes) -> Mail:
        wanted, (first, last) = self.scheduled.wanted, self._days(due)
        days = f"del {short_date(last)}" if first == last else f"del {short_date(first)} al {short_date(last)}"
        name = f"{wanted.report}-{first.isoformat()}.{wanted.form}"
        text = _TEXT.format(report=wanted.report, days=days, centre=centre.about.name, made_by=self.scheduled.made_by)
        attached = Attachment(name, MEDIA_TYPES[wanted.form], content)
        subject = f"Informe {wanted.report} {days}"
        return Mail(f"{self.name}:{as_us(due)}", wanted.recipients, subject, text, (attached,))

    def _not_made(self, due: datetime, problem: str) -> RunResult:
        return RunResult(within=lambda connection: ran(connection, self.scheduled, as_us(due), problem))

    def _noted(self, connection: Connection, due: datetime, asked: str) -> bool:
        if not ran(connection, self.scheduled, as_us(due), ""):
            return False
        mailed(connection, self.scheduled, asked, self.clock())
        return True
