"""What staffing is planned by, out of the records. Reads only."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import groupby

from sqlalchemy import Connection, and_, case, func, or_, select

from callcenter.calls import LONGEST_PERIOD_US, Outcome, PeriodKind
from callcenter.instants import MICROSECONDS, as_us
from callcenter.level.counts import conditions
from callcenter.records.agents import agent_periods
from callcenter.records.calls import queue_entries
from callcenter.records.routing import calendar_days
from callcenter.routing.calendar import Calendar, DayOverride
from callcenter.spans import Span, covered_us, cut, merged
from reports.kinds.asked import Asked, Scene
from reports.reading.entries import WAIT_US, Condition, chosen, talk_us, times, total_us
from reports.reading.local_time import HALF_HOUR_US, local_day, local_us
from reports.staffing.history import HALF_HOURS, DayCalls, Handling, PastPresence

_AT_ONCE = 2000
_ANY_QUEUE = "NONE"
_entry, _period = queue_entries.c, agent_periods.c


def read_calendar(connection: Connection, scene: Scene) -> Calendar:
    """The holidays, with what supervisors decided."""
    rows = connection.execute(select(calendar_days.c.day, calendar_days.c.holiday, calendar_days.c.name)).all()
    return Calendar(scene.zone, {row.day: DayOverride(row.holiday, row.name) for row in rows})


def read_days(connection: Connection, asked: Asked, scene: Scene, calendar: Calendar) -> list[DayCalls]:
    """Every day that is asked for, with its calls."""
    period = asked.period(scene.zone)
    half_hour = (local_us(_entry.entered_us, period, scene.zone) // HALF_HOUR_US).label("half_hour")
    query = (
        select(half_hour, func.count().label("number")).where(chosen(asked, period), _received()).group_by(half_hour)
    )
    found: defaultdict[date, dict[int, int]] = defaultdict(dict)
    for row in connection.execute(query).all():
        number, of_day = divmod(row.half_hour, HALF_HOURS)
        found[local_day(number)][of_day] = row.number
    days = (asked.first_day + timedelta(days=ahead) for ahead in range(asked.days))
    return [
        DayCalls(day, tuple(found[day].get(each, 0) for each in range(HALF_HOURS)), calendar.is_holiday(day) or "")
        for day in days
    ]


def _received() -> Condition:
    counted = conditions(0)
    return or_(counted["answered"], counted["abandoned"])


def read_handling(connection: Connection, asked: Asked, scene: Scene) -> Handling:
    """How long calls take that are over, with the wrap-up of their queue, and how long callers wait."""
    over = and_(_entry.answered_us.is_not(None), _entry.ended_us.is_not(None))
    query = (
        select(
            _entry.queue,
            times(over).label("answered"),
            total_us(case((over, talk_us(as_us(scene.made))), else_=0)).label("talk_us"),
            total_us(WAIT_US).label("waited_us"),
            times(_entry.outcome == Outcome.ABANDONED.value).label("hung_up"),
        )
        .where(chosen(asked, asked.period(scene.zone)), _received())
        .group_by(_entry.queue)
    )
    rows = connection.execute(query).all()
    queues = scene.centre.queues_by_name
    wrap_up = sum(row.answered * queues[row.queue].wrap_up_seconds for row in rows if row.queue in queues)
    return Handling(
        sum(row.answered for row in rows),
        sum(row.talk_us for row in rows),
        wrap_up * MICROSECONDS,
        sum(row.waited_us for row in rows),
        sum(row.hung_up for row in rows),
    )


def read_presence(connection: Connection, asked: Asked, scene: Scene, days: Iterable[DayCalls]) -> PastPresence:
    """Who was logged in to these queues, on the working days of those that are asked for."""
    counted_days = list(days)
    borders = [border for each in counted_days for border in _half_hours(each.day, scene)]
    borders.append(as_us(_midnight(asked.last_day + timedelta(days=1), scene)))
    logged_in_us = paused_us = 0
    by_half_hour = [0] * (len(borders) - 1)
    for logged_in, paused in _spans(connection, asked, scene, borders):
        logged_in_us += covered_us(logged_in)
        paused_us += covered_us(paused)
        for place, part in enumerate(cut(logged_in, borders)):
            by_half_hour[place] += covered_us(part)
    return PastPresence(logged_in_us, paused_us, _means(counted_days, by_half_hour))


def _half_hours(day: date, scene: Scene) -> list[int]:
    midnight = as_us(_midnight(day, scene))
    return [midnight + each * HALF_HOUR_US for each in range(HALF_HOURS)]


def _midnight(day: date, scene: Scene) -> datetime:
    return datetime.combine(day, time.min, tzinfo=scene.zone)


def _spans(
    connection: Connection, asked: Asked, scene: Scene, borders: list[int]
) -> Iterable[tuple[list[Span], list[Span]]]:
    """Of each member the time logged in, and the time paused."""
    since_us, until_us = borders[0], min(borders[-1], as_us(scene.made))
    query = (
        select(_period.member, _period.kind, _period.started_us, _period.ended_us)
        .where(_period.started_us >= since_us - LONGEST_PERIOD_US, _period.started_us < until_us)
        .where(or_(_period.ended_us.is_(None), _period.ended_us > since_us))
        .where(_period.kind.in_([PeriodKind.LOGGED_IN.value, PeriodKind.PAUSED.value]))
        .order_by(_period.member)
    )
    if asked.queues:
        query = query.where(_period.queue.in_([*asked.queues, _ANY_QUEUE]))
    rows = connection.execute(query.execution_options(yield_per=_AT_ONCE))
    for _, of_member in groupby(rows, key=lambda row: str(row.member)):
        spans: dict[str, list[Span]] = {PeriodKind.LOGGED_IN.value: [], PeriodKind.PAUSED.value: []}
        for row in of_member:
            end = until_us if row.ended_us is None else min(row.ended_us, until_us)
            spans[row.kind].append((max(row.started_us, since_us), end))
        yield merged(spans[PeriodKind.LOGGED_IN.value]), merged(spans[PeriodKind.PAUSED.value])


def _means(days: list[DayCalls], by_half_hour: list[int]) -> dict[tuple[int, int], float]:
    """How many were logged in at a weekday's half-hour, as the mean of its working days."""
    sums: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number, day in enumerate(days):
        if not day.holiday:
            for each in range(HALF_HOURS):
                sums[day.day.weekday(), each].append(by_half_hour[number * HALF_HOURS + each])
    return {key: sum(found) / len(found) / HALF_HOUR_US for key, found in sums.items()}


def history_asked(asked: Asked, scene: Scene, weeks: int) -> Asked:
    """The whole weeks before the days that are asked for, none of which is later than yesterday."""
    last = min(asked.first_day, scene.made.astimezone(scene.zone).date()) - timedelta(days=1)
    return Asked(last - timedelta(weeks=weeks) + timedelta(days=1), last, asked.lines, asked.queues)
