"""The formulas of the service level. Pure: counts in, exact figures out. Reports and boards use the same.

The level is calls answered within the threshold over calls registered (GC-PRC-OPE-ASE-02, for the ATT).
Percentages always come from summed counts, never from a mean of percentages.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from operator import attrgetter

from callcenter.centre.model import Formula

_CENT = Decimal("0.01")


class LevelVerdict(StrEnum):
    """What a level is against its target."""

    ACCEPTED = "accepted"
    OBSERVED = "observed"
    NO_CALLS = "no_calls"


@dataclass(frozen=True, slots=True)
class Period:
    """From `since_us` up to but not including `until_us`, microseconds UTC."""

    since_us: int
    until_us: int


@dataclass(frozen=True, slots=True)
class CallbackCounts:
    """Callbacks of one queue: requested (`by_key`: by waiting callers), answered by the customer, then by an agent."""

    requested: int = 0
    by_key: int = 0
    returned: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True)
class ServiceLevelCounts:
    """What happened in one queue, or summed, in some period.

    First numbers of callers' queue entries; those of calls that the centre made are `returned_entries` and
    nowhere else. Then numbers of calls that came in on the lines that lead to the queue, each under its one
    `callcenter.calls.FinalStage`. Then callbacks.
    """

    answered: int = 0
    within: int = 0
    undetermined: int = 0
    abandoned: int = 0
    abandoned_within: int = 0
    abandoned_under_5_seconds: int = 0
    still_open: int = 0
    interrupted: int = 0
    interrupted_unanswered: int = 0
    full: int = 0
    join_refused: int = 0
    returned_entries: int = 0
    queued: int = 0
    out_of_hours: int = 0
    ivr_served: int = 0
    menu_hung_up: int = 0
    callback_instead: int = 0
    calls_interrupted: int = 0
    calls_open: int = 0
    callbacks_requested: int = 0
    callbacks_by_key: int = 0
    callbacks_returned: int = 0
    callbacks_answered: int = 0
    distinct_calls: int = 0

    @property
    def calls(self) -> int:
        """All that came in on the lines."""
        without_queue = self.out_of_hours + self.ivr_served + self.menu_hung_up + self.callback_instead
        return self.queued + without_queue + self.calls_interrupted + self.calls_open

    @property
    def registered(self) -> int:
        """Answered and abandoned: all that entered the queue and whose wait is over."""
        return self.answered + self.abandoned

    @property
    def entries(self) -> int:
        """All that entered the queue."""
        return self.registered + self.still_open


_COUNTS = attrgetter(*(field.name for field in fields(ServiceLevelCounts)))


def total(parts: Iterable[ServiceLevelCounts], distinct_calls: int) -> ServiceLevelCounts:
    """The sum of several queues' counts. Distinct calls do not add up: they are given."""
    return replace(add(*parts), distinct_calls=distinct_calls)


def add(*parts: ServiceLevelCounts) -> ServiceLevelCounts:
    """The sum, field by field."""
    return ServiceLevelCounts(*map(sum, zip(*map(_COUNTS, parts), strict=True)))


def level(counts: ServiceLevelCounts, formula: Formula = Formula.A) -> Decimal | None:
    """The service level in percent by one of the five formulas, exact; None with nothing to divide by.

    A answered within / registered; B leaves out abandons within the threshold; C leaves out abandons under
    5 seconds; D counts abandons within the threshold as good; E answered within / answered.
    """
    good, of = _ratio(counts, formula)
    return None if of == 0 else Decimal(good) * 100 / Decimal(of)


def _ratio(counts: ServiceLevelCounts, formula: Formula) -> tuple[int, int]:
    match formula:
        case Formula.A:
            return counts.within, counts.registered
        case Formula.B:
            return counts.within, counts.registered - counts.abandoned_within
        case Formula.C:
            return counts.within, counts.registered - counts.abandoned_under_5_seconds
        case Formula.D:
            return counts.within + counts.abandoned_within, counts.registered
        case Formula.E:
            return counts.within, counts.answered


def verdict(counts: ServiceLevelCounts, target_percent: Decimal, formula: Formula = Formula.A) -> LevelVerdict:
    """Accepted when the level is the target or more, compared exactly."""
    reached = level(counts, formula)
    if reached is None:
        return LevelVerdict.NO_CALLS
    good, of = _ratio(counts, formula)
    return LevelVerdict.ACCEPTED if Decimal(good) * 100 >= target_percent * of else LevelVerdict.OBSERVED


def shown(percent: Decimal, target_percent: Decimal) -> Decimal:
    """Two decimals. A level below its target is never rounded up to it."""
    rounded = percent.quantize(_CENT, ROUND_HALF_UP)
    return percent.quantize(_CENT, ROUND_DOWN) if percent < target_percent <= rounded else rounded


def still_needed(counts: ServiceLevelCounts, target_percent: Decimal, formula: Formula = Formula.A) -> int | None:
    """How many more calls, each answered in time, bring the level to the target; 0 when there or without calls.

    None where no number does: once a call was not answered in time, a level of 100 % stays out of reach.
    """
    good, of = _ratio(counts, formula)
    share = target_percent / 100
    missing = share * of - good
    if missing <= 0:
        return 0
    return None if share == 1 else int((missing / (1 - share)).to_integral_value(ROUND_CEILING))
