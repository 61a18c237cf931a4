"""What the bus stands on: a live connection to a broker, which carries parcels; and a broker in this process.

A `Wire` ends by raising WireCut; nothing on it is resumed. The bus above it (callcenter.bus) makes a new one.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from callcenter.envelope import matches

T = TypeVar("T")


class WireCut(ConnectionError):
    """There is no connection to the broker, or there is none any more."""


class Closed(Exception):
    """The mailbox will get nothing more."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a broker carries. An empty payload on a retained topic clears it."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    reply_to: str | None = None
    correlation: bytes | None = None
    expires_seconds: int | None = None

    @property
    def has_properties(self) -> bool:
        """Whether there is more to tell than topic and payload."""
        return bool(self.reply_to or self.correlation or self.expires_seconds)


class Wire(Protocol):
    """One live connection. Every method raises WireCut once it is gone."""

    async def send(self, parcel: Parcel) -> None:
        """Hand over; returns when the broker has it (QoS 1) or it is written (QoS 0)."""

    def post(self, parcel: Parcel) -> bool:
        """Hand over what needs no waiting. False when it needs some, or the wire is gone: `send` it."""

    async def subscribe(self, filters: Iterable[str]) -> None:
        """Ask for these topics; their retained parcels come first."""

    async def unsubscribe(self, filters: Iterable[str]) -> None:
        """Ask no more for these."""

    def parcels(self) -> AsyncIterator[Parcel]:
        """What arrives, in the broker's order; ends with WireCut."""


Dial = Callable[[Parcel | None], AbstractAsyncContextManager[Wire]]
"""Connects with a will; leaving the context says goodbye, so that the broker keeps the will to itself."""


class Mailbox(Generic[T]):
    """A bounded queue for one reader in which a newer state takes the place of an older one.

    Items with a key (states, the key is the topic) are never dropped: a slow reader ends with the present
    picture. Of the others the oldest is dropped, and counted, when `limit` items wait.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: OrderedDict[object, T] = OrderedDict()
        self._changed = asyncio.Event()
        self._closed = False
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T, key: str | None = None) -> None:
        """Add at the end."""
        if key is not None:
            self._items.pop(key, None)
        elif len(self._items) >= self._limit:
            self._drop_oldest()
        self._items[object() if key is None else key] = item
        self._changed.set()

    async def get(self) -> T:
        """The next item. Raises Closed when the mailbox is closed and empty."""
        while not self._items:
            if self._closed:
                raise Closed
            self._changed.clear()
            await self._changed.wait()
        return self._items.popitem(last=False)[1]

    def close(self) -> None:
        """Nothing more will come."""
        self._closed = True
        self._changed.set()

    def drop_all(self) -> None:
        """Empty it; what has no key counts as dropped."""
        self.dropped += sum(not isinstance(key, str) for key in self._items)
        self._items.clear()

    def _drop_oldest(self) -> None:
        oldest = next((key for key in self._items if not isinstance(key, str)), None)
        if oldest is not None:
            del self._items[oldest]
            self.dropped += 1


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
        self._arrived: asyncio.Queue[Parcel | None] = asyncio.Queue()
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
                self._arrived.put_nowait(parcel)

    async def unsubscribe(self, filters: Iterable[str]) -> None:
        self._check()
        self._filters.difference_update(filters)

    async def parcels(self) -> AsyncIterator[Parcel]:
        while (parcel := await self._arrived.get()) is not None:
            yield parcel
        raise WireCut("the connection ended")

    def offer(self, parcel: Parcel) -> None:
        if any(matches(each, parcel.topic) for each in self._filters):
            self._arrived.put_nowait(parcel)

    def cut(self) -> None:
        if self._live:
            self._live = False
            self._arrived.put_nowait(None)

    def _check(self) -> None:
        if not self._live:
            raise WireCut("the connection ended")
