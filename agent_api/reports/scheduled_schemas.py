"""Requests and answers about reports that go out by mail."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from agent_api.reports.report_schemas import ReportName
from agent_api.reports.scheduled_reports import HowOften, NewScheduledReport, ScheduledReport
from agent_api.schemas import with_example
from reports.export.order import ExportForm
from reports.kinds.request import ReportRequest

MOST_RECIPIENTS = 20
# What a mail server is asked to deliver to; whether there is such a mailbox only that one knows.
Address = Annotated[
    str,
    StringConstraints(max_length=254, pattern=r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"),
]
_ORDER: dict[str, Any] = {
    **{"report": "menus", "asked": {"period": "last_month"}, "how_often": "monthly", "form": "pdf"},
    **{"recipients": ["jefa@cooperativa.bo"], "enabled": True},
}
_VIEW: dict[str, Any] = {"id": 3, "made_by": "jefa", "last_run_us": None, "last_problem": "", **_ORDER}


class ScheduledOrder(BaseModel):
    """A report that is to go out: of which days (relative ones), how often, in which form, to whom."""

    model_config = with_example(**_ORDER)

    report: ReportName
    asked: ReportRequest
    how_often: HowOften
    form: Annotated[str, Field(pattern=r"^(xlsx|pdf|csv)$")]
    recipients: Annotated[tuple[Address, ...], Field(min_length=1, max_length=MOST_RECIPIENTS)]
    enabled: bool = True

    def new(self) -> NewScheduledReport:
        """The same for the store."""
        form = ExportForm(self.form)
        return NewScheduledReport(self.report, self.asked, self.how_often, form, self.recipients, self.enabled)


class ScheduledView(BaseModel):
    """One that goes out. `last_problem`: why it did not the last time, in Spanish."""

    model_config = with_example(**_VIEW)

    id: int
    made_by: str
    report: str
    asked: dict[str, Any]
    how_often: HowOften
    form: str
    recipients: tuple[str, ...]
    enabled: bool
    last_run_us: int | None
    last_problem: str


class ScheduledList(BaseModel):
    """All of them, the oldest first."""

    model_config = with_example(scheduled=[_VIEW])

    scheduled: tuple[ScheduledView, ...]


def scheduled_view(kept: ScheduledReport) -> ScheduledView:
    """One for programs and pages."""
    what = kept.what
    return ScheduledView(
        id=kept.id,
        made_by=kept.made_by,
        report=what.report,
        asked=what.request.model_dump(mode="json", exclude_defaults=True),
        how_often=what.how_often,
        form=what.form.value,
        recipients=what.recipients,
        enabled=what.enabled,
        last_run_us=kept.last_run_us,
        last_problem=kept.last_problem,
    )
