"""A connection to a running centre's bus: sends commands as the API does, and receives what the bridge publishes."""

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


class BusConnection:
    """The facts since it was opened, and a way to send commands."""

    def __init__(self, bus: Bus, node: str) -> None:
        self._bus, self._node = bus, node
        self.facts: list[Fact] = []

    async def listen(self) -> None:
        """Receive for ever."""
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
        """Forget the facts up to now."""
        self.facts.clear()


@asynccontextmanager
async def bus_connection(centre: RunningCentre) -> AsyncIterator[BusConnection]:
    """A connection until the end of the block."""
    where = centre.where
    assert where is not None
    settings = settings_of(centre).model_copy(update={"broker_port": where.broker_port})
    async with bus_of(settings, Service.API) as bus:
        await bus.until(Presence.CONNECTED)
        connection = BusConnection(bus, settings.node)
        listening = asyncio.create_task(connection.listen())
        try:
            yield connection
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
