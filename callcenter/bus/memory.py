"""The bus within one process: a broker that lives in memory, and services on it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from callcenter.bus.arrivals import Arrivals
from callcenter.bus.topic_bus import TopicBus
from callcenter.bus.wire import Parcel, Wire, WireCut
from callcenter.clock import now_us
from callcenter.messages.envelope import Service, matches
from callcenter.messages.facts import Fact


class MemoryBroker:
    """A broker within one process: topics, retained parcels, wills. Kept by whoever wires the process."""

    def __init__(self) -> None:
        self._retained: dict[str, Parcel] = {}
        self._wires: set[_MemoryWire] = set()
        self._running = True

    @asynccontextmanager
    async def connect(self, will: Parcel | None) -> AsyncIterator[Wire]:
        """One connection. Raises WireCut when the broker is stopped."""
        if not self._running:
            raise WireCut("the broker is not running")
        wire = _MemoryWire(self, will)
        self._wires.add(wire)
        try:
            yield wire
        finally:
            self._wires.discard(wire)
            wire.cut()

    def stop(self) -> None:
        """As when its process is killed: retained parcels and wills are lost with it."""
        self._running = False
        self._retained.clear()
        while self._wires:
            self._wires.pop().cut()

    def start(self) -> None:
        """Accept connections again."""
        self._running = True

    def sever(self, wire: Wire) -> None:
        """As when the network breaks: that connection ends, and its will is published."""
        if isinstance(wire, _MemoryWire) and wire in self._wires:
            self._wires.discard(wire)
            wire.cut()
            if wire.will is not None:
                self.carry(wire.will)

    def carry(self, parcel: Parcel) -> None:
        """To every connection that asked for the topic."""
        if parcel.retain:
            self._retained[parcel.topic] = parcel
            if not parcel.payload:
                del self._retained[parcel.topic]
        for wire in self._wires:
            wire.offer(parcel)

    def retained(self, topic_filter: str) -> list[Parcel]:
        """What is kept under a filter."""
        return [each for topic, each in self._retained.items() if matches(topic_filter, topic)]


class _MemoryWire:
    def __init__(self, broker: MemoryBroker, will: Parcel | None) -> None:
        self._broker = broker
        self._filters: set[str] = set()
        self._arrived = Arrivals()
        self._live = True
        self.will = will

    async def send(self, parcel: Parcel) -> None:
        self._check()
        self._broker.carry(parcel)
        await asyncio.sleep(0)

    def post(self, parcel: Parcel) -> bool:
        if self._live:
            self._broker.carry(parcel)
        return self._live

    async def subscribe(self, filters: Iterable[str]) -> None:
        self._check()
        for each in filters:
            self._filters.add(each)
            for parcel in self._broker.retained(each):
                self._arrived.put(parcel)

    async def unsubscribe(self, filters: Iterable[str]) -> None:
        self._check()
        self._filters.difference_update(filters)

    def parcels(self) -> AsyncIterator[Parcel]:
        return self._arrived.all()

    def offer(self, parcel: Parcel) -> None:
        if any(matches(each, parcel.topic) for each in self._filters):
            self._arrived.put(parcel)

    def cut(self) -> None:
        if self._live:
            self._live = False
            self._arrived.end(WireCut("the connection ended"))

    def _check(self) -> None:
        if not self._live:
            raise WireCut("the connection ended")


class MemoryBus(TopicBus):
    """The bus of services that share one process and one MemoryBroker."""

    def __init__(
        self,
        broker: MemoryBroker,
        service: Service,
        node: str,
        *,
        will: Fact | None = None,
        clock: Callable[[], int] = now_us,
    ) -> None:
        super().__init__(service, node, broker.connect, will=will, clock=clock)
