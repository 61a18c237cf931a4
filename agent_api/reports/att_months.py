"""Months for the ATT, for their page: figures, the calls behind each of them, and closing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from agent_api.accounts.sessions import SessionUser
from callcenter.audit import AuditAction, write
from callcenter.calls import Outcome
from callcenter.centre.model import Centre
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.level.summed import CallOrigin
from reports.att.calls import AskedCalls, CallsBehind, calls_behind
from reports.att.closing import ClosedMonth, Closing
from reports.att.making import MonthNow, month_now
from reports.att.words import ORIGINS, OUTCOMES
from reports.periods.month import Month

CALLS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ListedCall:
    """A call as the list shows it. Seconds to the millisecond; None: it did not come to that."""

    entered: datetime
    line: str
    queue: str
    caller: str
    outcome: str
    wait_seconds: float
    talk_seconds: float | None
    agent: str


class AttMonths:
    """The months of one centre. Methods raise DatabaseProblem, and LookupError where no rule was in force."""

    def __init__(self, database: Database, centre: Centre, clock: Callable[[], int]) -> None:
        self._database, self._centre, self._clock = database, centre, clock
        self._closing = Closing(database, centre, clock)

    async def now(self, month: Month) -> MonthNow:
        """The month as it is, and what changed since it was closed."""
        work = partial(month_now, centre=self._centre, month=month)
        return await self._database.long_read(work, limit_seconds=REPORT_SECONDS)

    async def close(self, month: Month, user: SessionUser, reason: str) -> ClosedMonth:
        """Close it. Raises MonthNotOver and ReasonMissing."""
        return await self._closing.close(month, user.login, reason)

    async def calls(
        self, month: Month, asked: AskedCalls, user: SessionUser, after: int
    ) -> tuple[list[ListedCall], int]:
        """Some of the calls behind a figure, and how many there are. Who looks is written down first."""
        part = None if asked.part is None else asked.part + 1  # as its page counts them
        of_which = {"part": part, "day": asked.day, "hour": asked.hour}
        row = {"month": str(month), "figure": asked.figure, "line": asked.line or asked.queue}
        details = {**row, **{name: each for name, each in of_which.items() if each is not None}, "after": after}
        async with self._database.transaction() as connection:
            await write(connection, user.login, AuditAction.CALLS_LISTED, self._clock(), details)

        def read(connection: Connection) -> CallsBehind:
            return calls_behind(connection, self._centre, month, asked, CALLS_AT_ONCE, after)

        found = await self._database.long_read(read, limit_seconds=REPORT_SECONDS)
        return [_listed(row, self._centre) for row in found.entries], found.number


def _listed(row: Row[Any], centre: Centre) -> ListedCall:
    entry = row._mapping
    answered, ended = entry["answered_us"], entry["ended_us"]
    talk = (ended - answered) / MICROSECONDS if answered is not None and ended is not None else None
    origin, outcome = CallOrigin(entry["origin"]), OUTCOMES[Outcome(entry["outcome"])]
    return ListedCall(
        as_datetime(entry["entered_us"], centre.zone),
        entry["line"],
        entry["queue"],
        entry["caller"],
        outcome if origin is CallOrigin.PUBLIC else f"{outcome}, {ORIGINS[origin]}",
        entry["wait_max_us"] / MICROSECONDS,
        talk,
        entry["member"] or "",
    )
