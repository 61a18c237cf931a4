"""Makes, begins and ends campaigns when it is time: what is to be done follows from the tables and the clock, so that
what was slept through is done at the next look.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.wake_up import woken_in_time
from dialer.campaigns import monthly
from dialer.campaigns.calling_hours import is_over
from dialer.campaigns.model import CampaignKind
from dialer.campaigns.monthly import Move
from dialer.campaigns.settings import CampaignRefusal
from dialer.campaigns.store import CampaignStore

log = logging.getLogger(__name__)

BY = "dialer"
# At the whole minute too, so that a window opens with its day; often, for whoever takes the lease over.
_SECONDS = "*/10"


class CampaignSchedule:
    """Looks at the campaigns at every start and again and again, while `acting()`: whoever holds the lease.

    `seconds`: of each minute, as cron has them. `clock`: microseconds since 1970, UTC.
    """

    def __init__(
        self,
        database: Database,
        centre: Centre,
        acting: Callable[[], bool],
        clock: Callable[[], int] = now_us,
        *,
        seconds: str = _SECONDS,
    ) -> None:
        self._store, self._centre = CampaignStore(database, centre), centre
        self._acting, self._clock, self._seconds = acting, clock, seconds

    async def run(self) -> None:
        """For as long as the service lives."""
        if monthly.prepaid_service(self._centre) is None:
            log.warning("no prepaid campaign is made: give an outbound service of centre.yaml its line and its hours")
        due = asyncio.Event()
        due.set()
        with woken_in_time(due, self._centre.zone, second=self._seconds):
            while True:
                await due.wait()
                due.clear()
                await self._look_unless_away()

    async def _look_unless_away(self) -> None:
        try:
            await self.look()
        except DatabaseProblem as problem:
            log.warning("campaigns are neither made, begun nor ended for now: %s", problem)

    async def look(self) -> None:
        """Do what is to be done now. Raises DatabaseProblem."""
        if not self._acting():
            return
        now_us = self._clock()
        now = as_datetime(now_us, self._centre.zone)
        await self._make(now, now_us)
        for each in monthly.moves(await self._store.standing(), now):
            if self._acting():
                await self._move(each, now_us)

    async def _make(self, now: datetime, now_us: int) -> None:
        if await self._store.has(monthly.prepaid_name(now.date())):
            return
        previous = await self._store.latest_of(CampaignKind.PREPAID_EXPIRY)
        new = monthly.prepaid_campaign(now, self._centre, previous)
        if new is None or is_over(new.settings.window, new.settings.rules.hours, now) or not self._acting():
            return
        if await self._store.create(new, by=BY, now_us=now_us) is not None:
            log.info("campaign %s is made: it waits for its list", new.name)

    async def _move(self, move: Move, now_us: int) -> None:
        try:
            moved = await self._store.move(move.campaign.id, move.event, by=BY, now_us=now_us)
        except CampaignRefusal:
            # Somebody else moved it since it was read: the next look sees it as it is now.
            log.info("campaign %s is not moved by %s: it is another one now", move.campaign.name, move.event)
        else:
            log.info("campaign %s is %s", moved.name, moved.state)
