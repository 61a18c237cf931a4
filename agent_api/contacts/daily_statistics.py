"""An agent's daily statistics: figures of today, from the records. Lengths in whole seconds.

Today is the calendar day of the centre's zone. What began before midnight counts from midnight on.
"""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import Connection, bindparam, func, or_, select

from callcenter.calls import LONGEST_CALL_US, LONGEST_PERIOD_US, MISSED, PeriodKind
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_datetime, as_us
from callcenter.records.agents import agent_periods
from callcenter.records.calls import offers, queue_entries
from callcenter.spans import covered_us

_MISSED = tuple(result.value for result in MISSED)
_CALLS = select(
    func.count().label("answered"),
    func.coalesce(
        func.sum(func.coalesce(queue_entries.c.ended_us, bindparam("now")) - queue_entries.c.answered_us), 0
    ).label("talk_us"),
).where(
    queue_entries.c.member == bindparam("asked"),
    queue_entries.c.entered_us >= bindparam("entered"),
    queue_entries.c.answered_us >= bindparam("since"),
)
_NOT_ANSWERED = (
    select(func.count())
    .where(offers.c.member == bindparam("asked"), offers.c.offered_us >= bindparam("since"))
    .where(offers.c.result.in_(_MISSED))
)
_PERIODS = (
    select(agent_periods.c.kind, agent_periods.c.started_us, agent_periods.c.ended_us)
    .where(agent_periods.c.member == bindparam("asked"), agent_periods.c.started_us >= bindparam("yesterday"))
    .where(or_(agent_periods.c.ended_us.is_(None), agent_periods.c.ended_us > bindparam("since")))
    .where(agent_periods.c.kind.in_([PeriodKind.LOGGED_IN.value, PeriodKind.PAUSED.value]))
)


@dataclass(frozen=True, slots=True)
class DailyFigures:
    """Calls answered and missed (rung and not answered, or refused), mean talk time, time logged in and paused."""

    answered: int
    missed: int
    mean_talk_seconds: int | None
    logged_in_seconds: int
    paused_seconds: int


class DailyStatistics:
    """Reads the records. Raises DatabaseProblem."""

    def __init__(self, database: Database, centre: Centre) -> None:
        self._database, self._centre = database, centre

    async def of(self, member: str, now_us: int) -> DailyFigures:
        """The agent's figures since midnight."""
        since = _midnight_us(now_us, self._centre)
        return await self._database.read(lambda connection: _figures(connection, member, since, now_us))


def _midnight_us(now_us: int, centre: Centre) -> int:
    today = as_datetime(now_us, centre.zone).date()
    return as_us(datetime.combine(today, time.min, tzinfo=centre.zone))


def _figures(connection: Connection, member: str, since: int, now: int) -> DailyFigures:
    asked = {"asked": member, "since": since}
    calls = connection.execute(_CALLS, {**asked, "entered": since - LONGEST_CALL_US, "now": now}).one()
    missed = connection.scalar(_NOT_ANSWERED, asked) or 0
    periods = connection.execute(_PERIODS, {**asked, "yesterday": since - LONGEST_PERIOD_US}).all()
    lengths = {
        kind: covered_us((max(row.started_us, since), row.ended_us or now) for row in periods if row.kind == kind.value)
        for kind in (PeriodKind.LOGGED_IN, PeriodKind.PAUSED)
    }
    return DailyFigures(
        answered=calls.answered,
        missed=missed,
        mean_talk_seconds=int(calls.talk_us) // calls.answered // MICROSECONDS if calls.answered else None,
        logged_in_seconds=lengths[PeriodKind.LOGGED_IN] // MICROSECONDS,
        paused_seconds=lengths[PeriodKind.PAUSED] // MICROSECONDS,
    )
