"""From the bus to the screens: the one reader of the bus in this process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from agent_api.live.live_state import LiveState
from callcenter.background import background
from callcenter.bus.protocol import Bus
from callcenter.bus.subscriptions import Subscription
from callcenter.messages.campaign_facts import CampaignActivity
from callcenter.messages.facts import (
    AgentState,
    BridgeState,
    CallAnswered,
    CallEnded,
    CallOffered,
    DiskState,
    Fact,
    OfferEnded,
    PhoneState,
    QueueState,
    RecordsState,
    ServiceState,
)

_FACTS = (
    *(BridgeState, QueueState, AgentState, CallOffered, OfferEnded, CallAnswered, CallEnded, PhoneState),
    *(RecordsState, DiskState, ServiceState, CampaignActivity),
)
LOOK_SECONDS = 1.0


class Screens(Protocol):
    """Screens of one kind: the desks, the supervisors' floor."""

    def apply(self, fact: Fact) -> None:
        """Notify the screens that are concerned; the live state has taken the fact already."""

    def links_moved(self) -> None:
        """A node's link is up again, degraded, or lost."""

    def close(self) -> None:
        """End every stream."""


class Live:
    """Keeps the live state and notifies the screens while `running` is entered.

    `steady`: microseconds of a clock that nobody sets. By the wall clock all would seem silent when it is set forward.
    """

    def __init__(self, bus: Bus, live_state: LiveState, steady: Callable[[], int], *screens: Screens) -> None:
        self._bus, self._live_state, self._steady, self._screens = bus, live_state, steady, screens
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    @property
    def works(self) -> bool:
        """True while facts reach the screens."""
        return bool(self._tasks) and not any(task.done() for task in self._tasks)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read the bus until left; then every stream ends."""
        async with self._bus.subscribe(*_FACTS) as facts:
            work = (self._read(facts), self._watch(), self._look())
            reading = background(*work, failure="the screens hear nothing any more")
            async with reading as self._tasks:
                try:
                    yield
                finally:
                    self.end_streams()

    def end_streams(self) -> None:
        """Close every screen's stream; screens connect again, to another process or to the next one."""
        for each in self._screens:
            each.close()

    async def _read(self, facts: Subscription[Fact]) -> None:
        async for fact in facts:
            self._live_state.health.take(fact, self._steady())
            self._live_state.apply(fact)
            for each in self._screens:
                each.apply(fact)

    async def _watch(self) -> None:
        state = self._bus.state
        while True:
            self._live_state.bus_moved(state)
            self._links_moved()
            state = await self._bus.moved()

    async def _look(self) -> None:
        """Who falls silent says nothing: it is seen by the clock."""
        while True:
            if self._live_state.health.look(self._steady()):
                self._links_moved()
            await asyncio.sleep(LOOK_SECONDS)

    def _links_moved(self) -> None:
        for each in self._screens:
            each.links_moved()
