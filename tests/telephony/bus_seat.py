"""A connection to a running centre's bus: asks the bridge as the API does, and hears what it tells."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import uuid4

from callcenter.bus.presence import Presence
from callcenter.bus.protocol import Bus
from callcenter.clock import now_us
from callcenter.instants import MICROSECONDS
from callcenter.messages.commands import Command, CommandAnswer
from callcenter.messages.envelope import Service
from callcenter.messages.facts import (
    AgentState,
    BridgeState,
    CallAnswered,
    CallEnded,
    Fact,
    OfferEnded,
    PhoneState,
    QueueState,
)
from tests.telephony.phones.duty import settings_of
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually
from troncal.processes.service import bus_of

F = TypeVar("F", bound=Fact)
_EXPIRY_SECONDS = 5
HEARD = (AgentState, BridgeState, CallAnswered, CallEnded, OfferEnded, PhoneState, QueueState)


class BusSeat:
    """What was told since this is open, and a way to ask."""

    def __init__(self, bus: Bus, node: str) -> None:
        self._bus, self._node = bus, node
        self.facts: list[Fact] = []

    async def listen(self) -> None:
        """Hear for ever."""
        async with self._bus.subscribe(*HEARD) as facts:
            async for fact in facts:
                self.facts.append(fact)

    async def ask(self, form: type[Command], **fields: Any) -> CommandAnswer:
        """The bridge's answer."""
        now = now_us()
        command = form(
            node=self._node,
            command_id=uuid4(),
            issued_us=now,
            expires_us=now + _EXPIRY_SECONDS * MICROSECONDS,
            issued_by="test",
            **fields,
        )
        return await self._bus.request(command, _EXPIRY_SECONDS)

    def last(self, kind: type[F], **wanted: object) -> F | None:
        """The last fact of a kind with these fields."""
        for fact in reversed(self.facts):
            if isinstance(fact, kind) and all(getattr(fact, name) == value for name, value in wanted.items()):
                return fact
        return None

    async def until(self, kind: type[F], seconds: float = 15, **wanted: object) -> F:
        """Wait until the newest fact of a kind about the same thing has these fields."""
        await eventually(lambda: self.last(kind, **wanted) is not None, seconds, f"{kind.__name__} {wanted}")
        found = self.last(kind, **wanted)
        assert found is not None
        return found

    def forget(self) -> None:
        """What was told up to now counts no more."""
        self.facts.clear()


@asynccontextmanager
async def bus_seat(centre: RunningCentre) -> AsyncIterator[BusSeat]:
    """A seat until the end of the block."""
    where = centre.where
    assert where is not None
    settings = settings_of(centre).model_copy(update={"broker_port": where.broker_port})
    async with bus_of(settings, Service.API) as bus:
        await bus.until(Presence.CONNECTED)
        seat = BusSeat(bus, settings.node)
        listening = asyncio.create_task(seat.listen())
        try:
            yield seat
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
