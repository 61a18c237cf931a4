"""The scheduled reports as the interface sees them, kept where the process that mails them looks."""

import json
from collections.abc import Callable, Sequence

from agent_api.reports.scheduled_reports import HowOften, NewScheduledReport, NoScheduledReport, ScheduledReport
from callcenter.database.transactions import Database
from reports.export.files import request_in
from reports.export.order import ExportForm
from reports.kinds.request import BadRequest, ReportRequest
from reports.scheduled.recurrence import Every, Recurrence
from reports.scheduled.store import BadSchedule, Scheduled, ScheduledReports, WantedByMail

# Before anybody comes: what was counted in the night is complete.
MAILED_AT_HOUR = 6


class MailedReports:
    """A `ScheduledReportStore`. `clock`: microseconds, UTC."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._kept = ScheduledReports(database, clock)

    async def listed(self) -> Sequence[ScheduledReport]:
        """All of them, the oldest first."""
        return [_shown(each) for each in await self._kept.all()]

    async def add(self, new: NewScheduledReport, by: str) -> int:
        """Its number. Raises BadRequest."""
        return await self._kept.add(_wanted(new), by)

    async def change(self, number: int, wanted: NewScheduledReport, by: str) -> None:
        """Make it so. Raises NoScheduledReport, BadRequest."""
        if not await self._kept.change(number, _wanted(wanted), by, enabled=wanted.enabled):
            raise NoScheduledReport

    async def remove(self, number: int, by: str) -> None:
        """It goes out no more. Raises NoScheduledReport."""
        if not await self._kept.remove(number, by):
            raise NoScheduledReport


def _wanted(new: NewScheduledReport) -> WantedByMail:
    asked = new.request.model_dump_json(exclude_defaults=True)
    when = Recurrence(Every(new.how_often.value), MAILED_AT_HOUR)
    try:
        return WantedByMail(new.report, asked, when, new.form.value, new.recipients)
    except BadSchedule as error:
        raise BadRequest(str(error)) from error


def _shown(kept: Scheduled) -> ScheduledReport:
    wanted = kept.wanted
    try:
        request = request_in(json.loads(wanted.asked))
    except BadRequest:
        request = ReportRequest()
    how_often, form = HowOften(wanted.when.every.value), ExportForm(wanted.form)
    what = NewScheduledReport(wanted.report, request, how_often, form, wanted.recipients, kept.enabled)
    return ScheduledReport(kept.id, kept.made_by, what, kept.last_run_us, kept.last_problem)
