"""The report of each month for the ATT: made on the 1st, and mailed to those whom the centre file names."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.outbox.mail import Attachment, Mail
from callcenter.spanish import month_name
from reports.periods.month import Month
from reports.scheduled.job import RunResult
from reports.scheduled.recurrence import Every, Recurrence

MONTHLY_REPORT = "att-month"
MONTHLY_AT = Recurrence(Every.MONTHLY, hour=6)
_TEXT = """Adjunto el informe de nivel de servicio para la ATT de {month}.

{figures}

{centre}
Este correo se envía solo el día 1 de cada mes.
"""


@dataclass(frozen=True, slots=True)
class MadeMonth:
    """A month's files, and its key figures as lines of text; nothing of a month without a report."""

    figures: tuple[str, ...] = ()
    files: tuple[Attachment, ...] = ()


MakeMonth = Callable[[Database, Centre, Month], Awaitable[MadeMonth]]


@dataclass(frozen=True, slots=True)
class MonthlyReport:
    """The job. `make`: closes the month and makes its files, if any; may be asked again for the same month."""

    make: MakeMonth
    name: str = MONTHLY_REPORT
    when: Recurrence = MONTHLY_AT
    since_us: int | None = None
    makes_up_all: bool = True

    async def run(self, database: Database, centre: Centre, due: datetime) -> RunResult:
        """See `ScheduledJob`. Without recipients the month is made, and nothing is mailed of one without a report."""
        last_day = due.date() - timedelta(days=1)
        month = Month(last_day.year, last_day.month)
        made = await self.make(database, centre, month)
        recipients = centre.mail.monthly_report
        if not recipients or not made.files:
            return RunResult()
        named = month_name(month.first_day)
        text = _TEXT.format(month=named, figures="\n".join(made.figures), centre=centre.about.name)
        return RunResult((Mail(f"{self.name}:{month}", recipients, f"Informe ATT de {named}", text, made.files),))
