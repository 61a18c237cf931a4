"""Filters of the templates: how instants, lengths, numbers and money are read in es-BO."""

from collections.abc import Callable
from datetime import tzinfo

from callcenter import numbers, spanish
from callcenter.instants import as_datetime


def filters(zone: tzinfo) -> dict[str, Callable[..., str]]:
    """`us` instants: `hhmm`, `day`, `day_time`; seconds: `mmss`, `duration`; `money`, `whole`, `share`, `telephone`."""
    return {
        "hhmm": lambda instant_us: spanish.clock_time(as_datetime(instant_us, zone)),
        "day": lambda instant_us: spanish.short_date(as_datetime(instant_us, zone)),
        "day_time": lambda instant_us: spanish.date_time(as_datetime(instant_us, zone)),
        "mmss": mmss,
        "duration": spanish.duration,
        "money": spanish.money,
        "whole": spanish.whole,
        "share": spanish.percentage,
        "telephone": telephone,
    }


def mmss(seconds: float) -> str:
    """`00:20`, `02:03`, `1:02:03`: as the clocks that run in the page."""
    return spanish.stopwatch(seconds).rjust(5, "0")


def telephone(dialled: str | None) -> str:
    """A number as people read it; what no plan knows, as it came."""
    found = numbers.normalise(dialled or "")
    return (dialled or "") if isinstance(found, numbers.UnreadableNumber) else numbers.show(found)
