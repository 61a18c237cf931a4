"""Lengths of time as the reports show them, shares and means of counts, and the ranks of a distribution."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Middle:
    """Median (of two middle values their mean, down to the microsecond) and 90th percentile (nearest rank), in µs."""

    median_us: int
    percentile_90_us: int


def length(microseconds: int | None) -> timedelta | None:
    """Never below zero: a clock that was set back makes no length negative."""
    return None if microseconds is None else timedelta(microseconds=max(0, microseconds))


def mean(total_us: int, number: int) -> timedelta | None:
    """The mean, down to the microsecond; None of nothing."""
    return length(total_us // number) if number else None


def mean_number(total: int, number: int) -> Decimal | None:
    """The mean of whole numbers, with two decimals; None of nothing."""
    return (Decimal(total) / Decimal(number)).quantize(_CENT, ROUND_HALF_UP) if number else None


def share(part: int, of: int) -> Decimal | None:
    """In percent with two decimals; None with nothing to divide by."""
    return (Decimal(part) * 100 / Decimal(of)).quantize(_CENT, ROUND_HALF_UP) if of else None
