"""Scheduled reports in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agent_api.reports.scheduled_reports import NewScheduledReport, NoScheduledReport, ScheduledReport


@dataclass
class MemoryScheduledReports:
    """Keeps them as long as a test."""

    kept: dict[int, ScheduledReport] = field(default_factory=dict)

    async def listed(self) -> Sequence[ScheduledReport]:
        return list(self.kept.values())

    async def add(self, new: NewScheduledReport, by: str) -> int:
        number = len(self.kept) + 1
        self.kept[number] = ScheduledReport(number, by, new)
        return number

    async def change(self, number: int, wanted: NewScheduledReport, by: str) -> None:
        if number not in self.kept:
            raise NoScheduledReport
        self.kept[number] = replace(self.kept[number], what=wanted)

    async def remove(self, number: int, by: str) -> None:
        if self.kept.pop(number, None) is None:
            raise NoScheduledReport
