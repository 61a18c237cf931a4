"""What agents did out of the records. Reads only; periods pass by, one member's at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from callcenter.calls import LONGEST_CALL_US, LONGEST_PERIOD_US, MISSED, EndedBy, OfferResult, PeriodKind
from callcenter.instants import as_us
from callcenter.level.formulas import Period
from callcenter.records.agents import agent_periods
from callcenter.records.calls import offers, queue_entries
from callcenter.records.users import users
from reports.agents.figures import (
    AgentSession,
    AgentsReport,
    AgentTimes,
    MemberCalls,
    MemberPeriod,
    MemberTimes,
    added,
    member_times,
)
from reports.kinds.asked import Asked, Scene
from reports.reading.entries import Condition, is_agent, talk_us, times, total_us
from reports.reading.local_time import DAY_US, local_day, local_us

_AT_ONCE = 2000
_entry, _period, _offer = queue_entries.c, agent_periods.c, offers.c
_Calls = dict[tuple[str, date], MemberCalls]


def read_agents(connection: Connection, asked: Asked, scene: Scene) -> AgentsReport:
    """The report of the days that were asked for."""
    days = [asked.first_day + timedelta(days=ahead) for ahead in range(asked.days)]
    found: dict[tuple[str, date], AgentTimes] = {}
    sessions: list[AgentSession] = []
    for member, of_member in _times(connection, asked, scene):
        found.update({(member, day): each for day, each in zip(days, of_member.days, strict=True) if each.any})
        sessions += of_member.sessions
    calls = _answered(connection, asked, scene)
    for key, missed in _missed(connection, asked, scene, {member for member, _ in (*found, *calls)}).items():
        calls[key] = added(calls[key], missed)
    return AgentsReport(found, calls, tuple(sorted(sessions, key=lambda each: (each.member, each.began_us))))


def midnights(asked: Asked, scene: Scene) -> list[int]:
    """The instants at which the days begin, and that at which the last one ends."""
    days = (asked.first_day + timedelta(days=ahead) for ahead in range(asked.days + 1))
    return [as_us(datetime.combine(day, time.min, tzinfo=scene.zone)) for day in days]


def _times(connection: Connection, asked: Asked, scene: Scene) -> Iterator[tuple[str, MemberTimes]]:
    borders, now_us = midnights(asked, scene), as_us(scene.made)
    columns = (_period.member, _period.kind, _period.started_us, _period.ended_us, _period.reason)
    query = (
        select(*columns)
        .where(_period.started_us >= borders[0] - LONGEST_PERIOD_US, _period.started_us < borders[-1])
        .where(or_(_period.ended_us.is_(None), _period.ended_us > borders[0]), *_of_agents(asked, _period.member))
        .order_by(_period.member)
    )
    rows = connection.execute(query.execution_options(yield_per=_AT_ONCE))
    for member, of_member in groupby(rows, key=lambda row: str(row.member)):
        periods = (_member_period(row, now_us) for row in of_member)
        yield member, member_times(member, periods, borders, now_us)


def _member_period(row: Any, now_us: int) -> MemberPeriod:
    """Nothing is counted that is still to come, as the end of a wrap-up."""
    end = now_us if row.ended_us is None else min(row.ended_us, now_us)
    return MemberPeriod(PeriodKind(row.kind), (row.started_us, end), row.reason)


def _of_agents(asked: Asked, member: Any) -> list[Condition]:
    return [is_agent(member, asked.agents)] if asked.agents else []


def _answered(connection: Connection, asked: Asked, scene: Scene) -> _Calls:
    """Every conversation that began on these days, also of calls from inside and that the centre made."""
    period = asked.period(scene.zone)
    day = (local_us(_entry.answered_us, period, scene.zone) // DAY_US).label("day")
    query = (
        select(
            _entry.member,
            day,
            func.count().label("answered"),
            total_us(talk_us(as_us(scene.made))).label("talk_us"),
            times(_entry.ended_by == EndedBy.TRANSFER.value).label("transferred"),
        )
        .where(_entry.entered_us >= period.since_us - LONGEST_CALL_US, _entry.entered_us < period.until_us)
        .where(_in(_entry.answered_us, period), _entry.member.is_not(None), *_of_agents(asked, _entry.member))
        .group_by(_entry.member, day)
    )
    rows = connection.execute(query).all()
    found = {(row.member, local_day(row.day)): _calls(row) for row in rows}
    return defaultdict(MemberCalls, found)


def _calls(row: Any) -> MemberCalls:
    return MemberCalls(row.answered, row.talk_us, row.transferred)


def _missed(connection: Connection, asked: Asked, scene: Scene, seen: Collection[str]) -> _Calls:
    """Offers that were not answered or rejected, of these members and of all users: by an index of the member."""
    period = asked.period(scene.zone)
    logins = connection.execute(select(users.c.login).where(*_of_agents(asked, users.c.login))).scalars()
    day = (local_us(_offer.offered_us, period, scene.zone) // DAY_US).label("day")
    results = {result: times(_offer.result == result.value).label(result.value) for result in MISSED}
    query = (
        select(_offer.member, day, *results.values())
        .where(_offer.member.in_(sorted({*seen, *logins})), _in(_offer.offered_us, period))
        .where(_offer.result.in_([result.value for result in results]))
        .group_by(_offer.member, day)
    )
    no_answer, rejected = OfferResult.NO_ANSWER.value, OfferResult.REJECTED.value
    return {
        (row.member, local_day(row.day)): MemberCalls(
            no_answer=getattr(row, no_answer), rejected=getattr(row, rejected)
        )
        for row in connection.execute(query).all()
    }


def _in(instant: Any, period: Period) -> Condition:
    return and_(instant >= period.since_us, instant < period.until_us)
