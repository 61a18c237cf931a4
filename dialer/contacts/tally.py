"""A campaign's day in figures: what the ceiling of abandonment is held to."""

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from callcenter.campaign_outcomes import CallOutcome
from callcenter.database.transactions import Database
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaign_attempts
from dialer.pacing.situation import DayTally

_TABLE = campaign_attempts.c
# Answered by a person: machines, recognised or marked by an agent, are left out.
_LIVE = and_(
    _TABLE.result == OutgoingResult.ANSWERED.value,
    or_(_TABLE.outcome.is_(None), _TABLE.outcome != CallOutcome.MACHINE.value),
)
_ABANDONED = _TABLE.outcome == CallOutcome.ABANDONED.value


async def day_tally(database: Database, campaign_id: int, day_us: int) -> DayTally:
    """Of the attempts that began since `day_us`, when the day did. Raises DatabaseProblem."""
    query = select(_count(_LIVE), _count(_ABANDONED)).where(
        _TABLE.campaign_id == campaign_id, _TABLE.begun_us >= day_us
    )

    def read(connection: Connection) -> DayTally:
        live, abandoned = connection.execute(query).one()
        return DayTally(live or 0, abandoned or 0)

    return await database.read(read)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
