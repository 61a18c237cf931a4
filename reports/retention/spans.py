"""The times whose detail may go: of months that are closed, up to a moment. Pure."""

from collections.abc import Collection
from zoneinfo import ZoneInfo

from callcenter.instants import as_datetime
from callcenter.level.formulas import Period
from reports.periods.month import Month


def months_up_to(oldest_us: int, before_us: int, zone: ZoneInfo) -> tuple[Month, ...]:
    """The months of the centre's calendar that have a moment from `oldest_us` to before `before_us`, in order."""
    if oldest_us >= before_us:
        return ()
    first, last = (as_datetime(each, zone) for each in (oldest_us, before_us - 1))
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(Month(number // 12, number % 12 + 1) for number in numbers)


def spans_of(months: Collection[Month], before_us: int, zone: ZoneInfo) -> tuple[Period, ...]:
    """The instants of these months, none of them later than `before_us`."""
    whole = [each.span_us(zone) for each in sorted(months)]
    return tuple(Period(began, min(ended, before_us)) for began, ended in whole if began < before_us)


def both_closed(own: Collection[Period], later: Collection[Period], longer_us: int) -> tuple[Period, ...]:
    """The times that are in one of `own`, and so much longer afterwards in one of `later`."""
    earlier = [(span.since_us - longer_us, span.until_us - longer_us) for span in later]
    found = (
        Period(max(span.since_us, since_us), min(span.until_us, until_us))
        for span in own
        for since_us, until_us in earlier
    )
    return tuple(span for span in found if span.since_us < span.until_us)
