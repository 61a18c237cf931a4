"""How many agents each half-hour needs, and how many are scheduled. Pure.

Needed are the fewest who reach the target of the service level, by Erlang A where callers' patience is known, else by
Erlang C, which has callers wait for ever and so asks for more. Pauses are added: of those logged in only some are free.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from math import ceil, floor

from callcenter.centre.model import Centre, ScheduledShift, ServiceLevelRule
from reports.staffing.erlang import Traffic, agents_needed, answered_within
from reports.staffing.forecast import CallModel, WeekError
from reports.staffing.history import HALF_HOURS, DayCalls, Handling, PastPresence

HALF_HOUR_SECONDS = 1800
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class AgentNeed:
    """What a half-hour needs. `needed`: on the telephone; `on_duty`: with the pauses; `level`: with those scheduled.

    `scheduled` and `level` are None where nobody knows who is there. `level` is a share, 0 to 1.
    """

    calls: float
    needed: int
    by_erlang_c: int
    on_duty: int
    scheduled: int | None
    level: float | None

    @property
    def difference(self) -> int | None:
        """Scheduled less on duty; below zero agents are missing."""
        return None if self.scheduled is None else self.scheduled - self.on_duty


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A day: its half-hours, and how many calls came where it is over. `holiday`: its name, empty on a working day.

    `is_known`: false where the past has no such weekday, so that nobody knows what will come.
    """

    day: date
    needs: tuple[AgentNeed, ...]
    came: int | None
    holiday: str = ""
    is_known: bool = True

    @property
    def calls(self) -> float:
        """Calls to expect."""
        return sum(need.calls for need in self.needs)

    @property
    def weekday(self) -> int:
        """Whose half-hours it has: a holiday those of a Sunday."""
        return _SUNDAY if self.holiday else self.day.weekday()


@dataclass(frozen=True, slots=True)
class PlanBasis:
    """All that a plan is made by. `scheduled`: how many at a weekday's half-hour, None where nobody knows."""

    model: CallModel
    handle_seconds: float
    patience_seconds: float | None
    shrinkage: float | None
    scheduled: Callable[[int, int], int | None]
    rule: ServiceLevelRule


@dataclass(frozen=True, slots=True)
class StaffingPlan:
    """The plan of the days. `known` and `days` are missing where the past has no calls."""

    known: PlanBasis | None
    days: tuple[PlannedDay, ...]
    errors: tuple[WeekError, ...]
    handling: Handling
    by_shifts: bool

    @property
    def missing(self) -> list[tuple[PlannedDay, int, AgentNeed]]:
        """Half-hours with fewer agents scheduled than needed."""
        each = ((day, at, need) for day in self.days for at, need in enumerate(day.needs))
        return [(day, at, need) for day, at, need in each if need.difference is not None and need.difference < 0]


def planned(known: PlanBasis, days: Sequence[tuple[date, str, DayCalls | None]]) -> tuple[PlannedDay, ...]:
    """The plan of these days, each with its holiday (empty for none) and its calls where it is over."""
    return tuple(_planned_day(known, *each) for each in days)


def _planned_day(known: PlanBasis, day: date, holiday: str, came: DayCalls | None) -> PlannedDay:
    total = None if came is None else came.total
    weekday = _SUNDAY if holiday else day.weekday()
    return PlannedDay(day, _needs(known, day, holiday), total, holiday, known.model.knows(weekday))


def _needs(known: PlanBasis, day: date, holiday: str) -> tuple[AgentNeed, ...]:
    weekday = _SUNDAY if holiday else day.weekday()
    expected = known.model.day(day, holiday=bool(holiday))
    return tuple(_need(known, calls, known.scheduled(weekday, at)) for at, calls in enumerate(expected))


def _need(known: PlanBasis, calls: float, scheduled: int | None) -> AgentNeed:
    traffic = Traffic(calls / HALF_HOUR_SECONDS, known.handle_seconds, known.patience_seconds)
    patient = Traffic(traffic.calls_per_second, known.handle_seconds)
    seconds, share = known.rule.threshold_seconds, float(known.rule.target_percent) / 100
    present = 1 - (known.shrinkage or 0.0)
    needed = agents_needed(traffic, seconds, share)
    return AgentNeed(
        calls,
        needed,
        agents_needed(patient, seconds, share),
        ceil(needed / present - 1e-9) if present > 0 else needed,
        scheduled,
        _level(traffic, scheduled, present, seconds) if calls else None,
    )


def _level(traffic: Traffic, scheduled: int | None, present: float, seconds: int) -> float | None:
    """With those of the scheduled who are not in a pause."""
    if scheduled is None:
        return None
    free = floor(scheduled * present + 1e-9)
    return answered_within(traffic, free, seconds) if free else 0.0


def scheduled_by(centre: Centre, queues: Sequence[str], presence: PastPresence) -> Callable[[int, int], int | None]:
    """How many are there by the shifts of the centre file; where it has none for these queues, as many as were."""
    shifts = [shift for shift in centre.shifts if not queues or shift.queue in queues]
    if shifts:
        return lambda weekday, half_hour: sum(s.agents for s in shifts if _covers(s, weekday, half_hour))
    if not presence.logged_in_us:
        return lambda _weekday, _half_hour: None
    return lambda weekday, half_hour: round(presence.logged_in.get((weekday, half_hour), 0.0))


def _covers(shift: ScheduledShift, weekday: int, half_hour: int) -> bool:
    """Whether it has all of that half-hour."""
    ends = half_hour + 1
    until = time.max if ends == HALF_HOURS else clock(ends)
    return _WEEK[weekday] in shift.days and shift.opens <= clock(half_hour) and until <= shift.closes


def clock(half_hour: int) -> time:
    """When a half-hour begins."""
    return time(half_hour // 2, half_hour % 2 * 30)
