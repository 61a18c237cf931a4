"""Counts of each hour of each day out of the records, in one pass. Reads only."""

from typing import Any

from sqlalchemy import Connection, case, func, select

from callcenter.level.counts import conditions
from callcenter.level.formulas import ServiceLevelCounts
from callcenter.records.calls import queue_entries
from reports.distribution.figures import HourCount
from reports.kinds.asked import Asked, Scene
from reports.measures.level_rules import LevelRules
from reports.reading.entries import WAIT_US, chosen, threshold_us, times, total_us
from reports.reading.local_time import HOUR_US, local_day, local_us

_COUNTED = ("answered", "within", "abandoned", "abandoned_within", "abandoned_under_5_seconds", "full", "join_refused")


def read_hours(connection: Connection, asked: Asked, scene: Scene, rules: LevelRules) -> list[HourCount]:
    """The counts of the days that were asked for; hours without calls have none."""
    period = asked.period(scene.zone)
    counted = conditions(threshold_us(rules))
    hour = (local_us(queue_entries.c.entered_us, period, scene.zone) // HOUR_US).label("hour")
    answered, abandoned = (case((counted[name], WAIT_US), else_=0) for name in ("answered", "abandoned"))
    query = (
        select(
            hour,
            *(times(counted[name]).label(name) for name in _COUNTED),
            total_us(answered).label("answered_wait"),
            total_us(abandoned).label("abandoned_wait"),
            func.max(case((counted["answered"], WAIT_US), (counted["abandoned"], WAIT_US), else_=0)).label("longest"),
        )
        .where(chosen(asked, period))
        .group_by(hour)
        .order_by(hour)
    )
    return [_hour(row) for row in connection.execute(query).all()]


def _hour(row: Any) -> HourCount:
    day, hour = divmod(row.hour, 24)
    level = ServiceLevelCounts(**{name: getattr(row, name) for name in _COUNTED})
    return HourCount(local_day(day), hour, level, row.answered_wait, row.abandoned_wait, row.longest)
