"""The days of a campaign, and those of the prepaid-expiry campaign. Pure.

The centre calls prepaid customers from the 25th to the last day of a month, those whose service expires at the end of
that month or in the next one (GC-PRC-OPE-ASE-02, K).
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_DAY = 25
# Of campaigns and of the moments that are asked about: for these years the calendar knows every holiday.
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Window:
    """From the first day to the last, both of them in the centre's zone."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def prepaid_window(month: date) -> Window:
    """The days on which the customers of a month's end are called; `month`: any day of it."""
    return Window(month.replace(day=FIRST_DAY), _last_day(month))


def prepaid_expiries(month: date) -> Window:
    """The expiry dates that belong to it: the month's end, and the next month."""
    last = _last_day(month)
    return Window(last, _last_day(last + timedelta(days=1)))


def _last_day(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])
