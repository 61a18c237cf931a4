"""When something that comes back is due, by the calendar and the clock of the centre's zone. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice

# So many runs are made up at most: two years of months.
MADE_UP_AT_MOST = 24


class Every(StrEnum):
    """How often: each day, each Monday, each first of a month."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    def falls_on(self, day: date) -> bool:
        """Whether it is due on this day."""
        return self is Every.DAILY or (day.weekday() == 0 if self is Every.WEEKLY else day.day == 1)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Each of these days at that time. Raises ValueError for a time that no clock shows."""

    every: Every
    hour: int
    minute: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.hour <= 23 and 0 <= self.minute <= 59):
            raise ValueError(f"{self.hour}:{self.minute:02} is no time of the day")

    def latest(self, now: datetime) -> datetime:
        """The last moment up to now at which it was due, in the zone of `now`."""
        return next(self._back_from(now))

    def due_since(self, after: datetime | None, now: datetime) -> tuple[datetime, ...]:
        """The moments after `after` and up to now at which it was due, the first one first; without `after` the last.

        Of more than `MADE_UP_AT_MOST` the last ones.
        """
        if after is None:
            return (self.latest(now),)
        missed = []
        for moment in islice(self._back_from(now), MADE_UP_AT_MOST):
            if moment <= after:
                break
            missed.append(moment)
        return tuple(reversed(missed))

    def days_before(self, due: datetime) -> tuple[date, date]:
        """The first and the last day of what is reported then: the day, the week or the month that is over."""
        last = due.date() - timedelta(days=1)
        if self.every is Every.DAILY:
            return last, last
        return (last - timedelta(days=6) if self.every is Every.WEEKLY else last.replace(day=1)), last

    def _back_from(self, now: datetime) -> Iterator[datetime]:
        day = now.date()
        while True:
            moment = datetime(day.year, day.month, day.day, self.hour, self.minute, tzinfo=now.tzinfo)
            if self.every.falls_on(day) and moment <= now:
                yield moment
            day -= timedelta(days=1)
