"""What is asked of a report: which days, and of which lines, queues and agents. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from callcenter.centre.model import Centre
from callcenter.instants import as_us
from callcenter.level.formulas import Period


class Filter(StrEnum):
    """What a report can be limited to."""

    LINE = "line"
    QUEUE = "queue"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Asked:
    """From `first_day` to `last_day`, both included. `lines`, `queues`, `agents` (extensions) limit it; empty: all.

    Raises ValueError where the last day is before the first.
    """

    first_day: date
    last_day: date
    lines: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError(f"the last day, {self.last_day}, is before the first, {self.first_day}")

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last_day - self.first_day).days + 1

    def period(self, zone: ZoneInfo) -> Period:
        """The instants of these days in the centre's time zone."""
        after = self.last_day + timedelta(days=1)
        return Period(*(as_us(datetime(d.year, d.month, d.day, tzinfo=zone)) for d in (self.first_day, after)))

    def before(self) -> Self:
        """The same of the time before: of whole months as many months, else as many days."""
        last_day = self.first_day - timedelta(days=1)
        if self.first_day.day == 1 and (self.last_day + timedelta(days=1)).day == 1:
            months = (self.last_day.year - self.first_day.year) * 12 + self.last_day.month - self.first_day.month + 1
            years, month = divmod(self.first_day.year * 12 + self.first_day.month - 1 - months, 12)
            return replace(self, first_day=date(years, month + 1, 1), last_day=last_day)
        return replace(self, first_day=self.first_day - timedelta(days=self.days), last_day=last_day)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when a report is made. `made`: an aware moment, in the centre's zone."""

    centre: Centre
    made: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The centre's time zone."""
        return self.centre.zone
