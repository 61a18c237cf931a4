"""The dialer at work: it looks at the floor, the records and the tables, and does what is to be done.

It looks whenever the floor changes, a few times a second at most, and every few seconds anyway. Only the process that
holds the lease does anything.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from callcenter.bus.protocol import Bus
from callcenter.callbacks.queue_snapshots import QueuesNow
from callcenter.calls import LONGEST_CALL_US
from callcenter.database.lease_holder import LeaseHolder
from callcenter.database.problems import DatabaseProblem
from callcenter.messages.campaign_facts import CampaignActivity
from dialer.attempt_results import AttemptResults
from dialer.engine.callbacks import CallbackEngine
from dialer.engine.campaigns import CampaignEngine
from dialer.engine.floor import FloorNow
from dialer.engine.trunk_budget import TrunkBudget

log = logging.getLogger(__name__)

_LOOK_SECONDS = 3.0
_AT_MOST_EVERY_SECONDS = 0.3
# While a telephone rings, or is about to, its result is looked for so often.
_LOOK_FOR_RESULTS_SECONDS = 0.5


class Dialer:
    """All outgoing calls of one node. `beside`: what else only the holder of the lease does, each for ever.

    `clock`: microseconds, UTC.
    """

    def __init__(
        self,
        node: str,
        bus: Bus,
        holder: LeaseHolder,
        queues: QueuesNow,
        floor: FloorNow,
        trunk: TrunkBudget,
        results: AttemptResults,
        callbacks: CallbackEngine,
        campaigns: CampaignEngine,
        beside: Sequence[Callable[[], Coroutine[Any, Any, None]]],
        clock: Callable[[], int],
    ) -> None:
        self._node, self._bus, self._holder, self._queues, self._floor, self._trunk = (
            node,
            bus,
            holder,
            queues,
            floor,
            trunk,
        )
        self._results, self._callbacks, self._campaigns, self._clock = results, callbacks, campaigns, clock
        self._beside, self._changed = beside, asyncio.Event()
        # What the broker keeps of campaigns, whichever process said it.
        self._kept: dict[int, CampaignActivity] = {}

    async def run(self) -> None:
        """For as long as the service lives."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._holder.run())
            for work in self._beside:
                tasks.create_task(self._holder.while_held(work))
            tasks.create_task(self._queues.follow(self._bus, self._changed.set))
            tasks.create_task(self._floor.follow(self._bus, self._changed.set))
            tasks.create_task(self._follow_activities())
            while True:
                await self._look(tasks)
                await self._until_changed()

    async def _look(self, tasks: asyncio.TaskGroup) -> None:
        lease = self._holder.lease
        if lease is None:
            return
        try:
            self._trunk.see(await self._in_use())
            await self._callbacks.look(tasks)
            await self._campaigns.look(tasks, lease, callbacks_first=self._callbacks.unplaced > 0)
            self._publish()
            self._clear_gone()
        except DatabaseProblem as problem:
            log.warning("outgoing calls wait for the database: %s", problem)

    def _publish(self) -> None:
        """What each campaign is at."""
        for each in self._campaigns.now:
            self._bus.publish(
                CampaignActivity(
                    node=self._node,
                    campaign_id=each.campaign.id,
                    why_not=each.why_not.value if each.why_not is not None else None,
                    ringing=each.ringing,
                    talking=each.talking,
                    agents_available=each.available,
                    live_answers_today=each.live_answers,
                    abandoned_today=each.abandoned,
                    as_of_us=self._clock(),
                )
            )

    def _clear_gone(self) -> None:
        """A campaign that ended, and of whose calls everything is said, is not at anything any more."""
        for campaign_id in self._kept.keys() - {each.campaign.id for each in self._campaigns.now}:
            self._bus.clear(self._kept.pop(campaign_id))

    async def _follow_activities(self) -> None:
        async with self._bus.subscribe(CampaignActivity) as activities:
            async for each in activities:
                if each.node == self._node:
                    self._kept[each.campaign_id] = each

    async def _in_use(self) -> int:
        """Channels: of calls that the records know to go on, and of those that they have not heard of yet."""
        return await self._results.open_calls(self._clock() - LONGEST_CALL_US) + self._campaigns.unheard_of

    async def _until_changed(self) -> None:
        """The floor of a busy centre changes many times a second: it is looked at a few times."""
        await asyncio.sleep(_AT_MOST_EVERY_SECONDS)
        busy = self._callbacks.ringing or any(each.why_not is None or each.ringing for each in self._campaigns.now)
        try:
            async with asyncio.timeout(_LOOK_FOR_RESULTS_SECONDS if busy else _LOOK_SECONDS):
                await self._changed.wait()
        except TimeoutError:
            return
        self._changed.clear()
