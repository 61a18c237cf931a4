"""From the bus to the screens: the one reader of the bus in this process."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agent_api.board.floor_screens import FloorScreens
from agent_api.live.desks import Desks
from agent_api.live.live_state import Picture
from callcenter.bus.protocol import Bus
from callcenter.bus.subscriptions import Subscription
from callcenter.messages.facts import (
    AgentState,
    BridgeState,
    CallAnswered,
    CallEnded,
    CallOffered,
    Fact,
    OfferEnded,
    PhoneState,
    QueueState,
)

log = logging.getLogger(__name__)

_FACTS = (BridgeState, QueueState, AgentState, CallOffered, OfferEnded, CallAnswered, CallEnded, PhoneState)


class Live:
    """Keeps the picture and tells the screens while `running` is entered."""

    def __init__(self, bus: Bus, picture: Picture, desks: Desks, floor: FloorScreens) -> None:
        self._bus, self._picture, self._desks, self._floor = bus, picture, desks, floor
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    @property
    def works(self) -> bool:
        """True while facts reach the screens."""
        return bool(self._tasks) and not any(task.done() for task in self._tasks)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read the bus until left; then every stream ends."""
        async with self._bus.subscribe(*_FACTS) as facts:
            self._tasks = (asyncio.create_task(self._read(facts)), asyncio.create_task(self._watch()))
            for task in self._tasks:
                task.add_done_callback(_tell_of_defect)
            try:
                yield
            finally:
                self.end_streams()
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    def end_streams(self) -> None:
        """Close every screen's stream; screens connect again, to another process or to the next one."""
        self._desks.close()
        self._floor.close()

    async def _read(self, facts: Subscription[Fact]) -> None:
        async for fact in facts:
            self._picture.take(fact)
            self._desks.take(fact)
            self._floor.take(fact)

    async def _watch(self) -> None:
        state = self._bus.state
        while True:
            self._picture.bus_moved(state)
            self._desks.links_moved()
            self._floor.links_moved()
            state = await self._bus.moved()


def _tell_of_defect(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (defect := task.exception()) is not None:
        log.critical("the screens are told nothing any more", exc_info=defect)
