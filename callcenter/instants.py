"""Instants as whole microseconds since 1970-01-01 UTC (`_us`), so that the 20-second border is a comparison of
integers, and the dates and times they stand for. Pure. What time it is now, `callcenter.clock` says."""

from datetime import UTC, datetime, timedelta, tzinfo

MICROSECONDS = 1_000_000
"""In a second."""
_EPOCH, _DAY_SECONDS = datetime(1970, 1, 1, tzinfo=UTC), 86_400


def as_datetime(instant_us: int, zone: tzinfo = UTC) -> datetime:
    """The aware date and time of an instant, exact to the microsecond."""
    return (_EPOCH + timedelta(microseconds=instant_us)).astimezone(zone)


def as_us(moment: datetime) -> int:
    """The instant of an aware date and time. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone is not an instant")
    since = moment - _EPOCH
    return (since.days * _DAY_SECONDS + since.seconds) * MICROSECONDS + since.microseconds
