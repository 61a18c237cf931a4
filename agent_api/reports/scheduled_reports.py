"""Reports that go out by mail by themselves: what the interface and its page ask of whoever keeps and sends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from reports.export.order import ExportForm
from reports.kinds.request import ReportRequest


class HowOften(StrEnum):
    """When a report goes out: of each day, week or month that is over."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class NoScheduledReport(LookupError):
    """There is no such scheduled report."""


@dataclass(frozen=True, slots=True)
class NewScheduledReport:
    """What goes out, as a file of that form, to whom. `enabled`: whether it goes out at all."""

    report: str
    request: ReportRequest
    how_often: HowOften
    form: ExportForm
    recipients: tuple[str, ...]
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class ScheduledReport:
    """One that is kept. `last_run_us`: UTC, None before the first; `last_problem`: in Spanish, empty if it went out."""

    id: int
    made_by: str
    what: NewScheduledReport
    last_run_us: int | None = None
    last_problem: str = ""


class ScheduledReportStore(Protocol):
    """Keeps them; every method raises DatabaseProblem. `by`: a login."""

    async def listed(self) -> Sequence[ScheduledReport]:
        """All of them, the oldest first."""

    async def add(self, new: NewScheduledReport, by: str) -> int:
        """Its number."""

    async def change(self, number: int, wanted: NewScheduledReport, by: str) -> None:
        """Make it so. Raises NoScheduledReport."""

    async def remove(self, number: int, by: str) -> None:
        """It goes out no more. Raises NoScheduledReport."""
