"""Days and hours of the centre's zone, counted by the database.

The zone's offset changes at few instants, mostly at none: between them a local day is whole days of microseconds.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case
from sqlalchemy.sql.elements import ColumnElement

from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.level.formulas import Period

HOUR_US = 3600 * MICROSECONDS
DAY_US = 24 * HOUR_US
HALF_HOUR_US = HOUR_US // 2
_EPOCH = date(1970, 1, 1).toordinal()


def local_us(instant: ColumnElement[int], period: Period, zone: ZoneInfo) -> ColumnElement[int]:
    """Microseconds since 1970-01-01 00:00 by the clock on the wall, for instants of the period."""
    *earlier, (_, last) = offsets(period, zone)
    steps = [(instant < until, instant + offset) for until, offset in earlier]
    return case(*steps, else_=instant + last) if steps else instant + last


def local_day(number: int) -> date:
    """The day of that number: whole days of `local_us`."""
    return date.fromordinal(_EPOCH + number)


def offsets(period: Period, zone: ZoneInfo) -> list[tuple[int, int]]:
    """Up to which instant (not included) the clock is by how much ahead of UTC, in order; the last to the end."""
    found: list[tuple[int, int]] = []
    at = period.since_us
    while at < period.until_us:
        after = min(at + DAY_US, period.until_us)
        if _offset(at, zone) != _offset(after, zone):
            found.append((_change(at, after, zone), _offset(at, zone)))
        at = after
    return [*found, (period.until_us, _offset(period.until_us, zone))]


def _change(before: int, after: int, zone: ZoneInfo) -> int:
    """The instant between both at which the offset is another; clocks change at whole seconds."""
    while after - before > MICROSECONDS:
        middle = (before + after) // 2 // MICROSECONDS * MICROSECONDS
        before, after = (middle, after) if _offset(middle, zone) == _offset(before, zone) else (before, middle)
    return after


def _offset(instant: int, zone: ZoneInfo) -> int:
    at = as_datetime(instant, zone)
    wall = datetime.fromtimestamp(0, UTC).replace(tzinfo=None)
    since = at.replace(tzinfo=None) - wall
    return (since.days * 86_400 + since.seconds) * MICROSECONDS + since.microseconds - instant
