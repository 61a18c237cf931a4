"""What every bus does, over whatever wire: connect again and again, keep states, pass messages."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from random import SystemRandom
from secrets import token_hex
from typing import Self, TypeVar

from callcenter.bus.command_exchange import BusAway, CommandClient, CommandServer, Handler
from callcenter.bus.outbox import Outbox
from callcenter.bus.presence import BusState, Presence
from callcenter.bus.subscriptions import Readers, Subscription
from callcenter.bus.wire import Dial, Parcel, Wire, WireCut
from callcenter.messages.codec import decode
from callcenter.messages.commands import Command, CommandAnswer
from callcenter.messages.envelope import BadMessage, Service
from callcenter.messages.facts import Fact

log = logging.getLogger(__name__)
F = TypeVar("F", bound=Fact)

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_FLUSH_SECONDS, _FLUSH_LOOK_SECONDS = 2.0, 0.005


@dataclass(frozen=True, slots=True)
class BusCounters:
    """Since the start: facts not sent and not read in time, payloads unreadable, commands late, connects.

    `busy`: commands that were refused because too many came; `unanswered`: commands whose answer was dropped.
    """

    unsent: int
    unread: int
    unreadable: int
    expired: int
    connects: int
    busy: int
    unanswered: int


class TopicBus:
    """The bus of one service. Enter it to run it; it need not be connected to be used."""

    def __init__(self, service: Service, node: str, dial: Dial, *, will: Fact | None, clock: Callable[[], int]) -> None:
        self._dial = dial
        self._will = None if will is None else _parcel(will)
        self._clock = clock
        self._may_ask = service in CommandAnswer.consumers
        self._asker = CommandClient(service, token_hex(8))
        self._server = CommandServer(service, node, clock)
        self._readers = Readers(self._ask_for)
        self._asking = asyncio.Lock()
        self._outbox = Outbox()
        self._wire: Wire | None = None
        self._state = BusState(Presence.AWAY, clock(), "not connected yet")
        self._moved = asyncio.Event()
        self._unreadable = self._connects = 0
        self._runner: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._runner = asyncio.create_task(self._run())
        self._runner.add_done_callback(_log_defect)
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_FLUSH_SECONDS):
                await self._flush()
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.wait([self._runner])
        self._readers.close()

    @property
    def state(self) -> BusState:
        """Connected or away, and since when."""
        return self._state

    @property
    def counters(self) -> BusCounters:
        """What was dropped, refused or unreadable since the start."""
        return BusCounters(
            unsent=self._outbox.unsent,
            unread=self._readers.dropped,
            unreadable=self._unreadable,
            expired=self._server.expired,
            connects=self._connects,
            busy=self._server.busy,
            unanswered=self._server.unanswered,
        )

    async def until(self, presence: Presence) -> None:
        """Wait until the bus is connected (or away)."""
        while self._state.presence is not presence:
            await self.moved()

    async def moved(self) -> BusState:
        """The next state: the bus connects, is away, or is away for another reason."""
        await self._moved.wait()
        return self._state

    def publish(self, fact: Fact) -> None:
        """Send to every subscriber. Never waits, never fails: what cannot go out now is kept (a state) or counted."""
        connected = self._state.presence is Presence.CONNECTED
        self._outbox.publish(_parcel(fact), connected=connected, wire=self._wire)

    def clear(self, state: Fact) -> None:
        """The state of that topic is no more: the broker forgets it. Never waits, never fails."""
        if not state.retained:
            raise ValueError(f"{state.kind} is no state, and nobody keeps it")
        connected = self._state.presence is Presence.CONNECTED
        self._outbox.publish(Parcel(state.topic, b"", state.qos, retain=True), connected=connected, wire=self._wire)

    def subscribe(self, *kinds: type[F], topic: str | None = None) -> Subscription[F]:
        """Facts of these kinds, of every node, or only those under a topic filter. Enter it, then iterate."""
        return Subscription(self._readers, kinds, topic)

    async def request(self, command: Command, timeout_seconds: float) -> CommandAnswer:
        """Send a command to the bridge. Raises BusAway (nothing was sent) or NoAnswer (it may have been done)."""
        if not self._may_ask:
            raise ValueError("this service has no right to give commands")
        if self._wire is None or self._state.presence is Presence.AWAY:
            raise BusAway(f"{command.kind} was not sent: {self._state.reason}")
        return await self._asker.ask(self._wire, command, timeout_seconds, self._clock())

    @asynccontextmanager
    async def serve(self, kinds: Collection[type[Command]], handler: Handler) -> AsyncIterator[None]:
        """While entered, commands of these kinds to this node go to the handler, which answers each."""
        self._server.add(kinds, handler)
        topics = {kind.topic_filter(self._server.node) for kind in kinds}
        try:
            await self._ask_for(topics, set())
            yield
        finally:
            self._server.remove(kinds)
            await self._ask_for(set(), topics)

    def _wanted(self) -> set[str]:
        answers = {self._asker.topic_filter} if self._may_ask else set()
        return self._readers.filters() | self._server.filters() | answers

    async def _ask_for(self, more: set[str], less: set[str]) -> None:
        """Subscribe and unsubscribe at the broker. Without a connection the next connect asks for everything."""
        async with self._asking:
            with suppress(WireCut):
                if self._wire is not None:
                    await self._wire.subscribe(more & self._wanted())
                    await self._wire.unsubscribe(less - self._wanted())

    async def _run(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            connects = self._connects
            try:
                async with self._dial(self._will) as wire:
                    await self._attend(wire)
            except WireCut as cut:
                self._went_away(str(cut))
            pause = _FIRST_PAUSE_SECONDS if self._connects > connects else pause
            await asyncio.sleep(pause * SystemRandom().uniform(0.5, 1.0))
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _attend(self, wire: Wire) -> None:
        self._wire = wire
        tasks = [asyncio.create_task(self._read(wire)), asyncio.create_task(self._write(wire))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
        finally:
            self._wire = None
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, wire: Wire) -> None:
        async for parcel in wire.parcels():
            if parcel.payload:
                self._receive(wire, parcel)
            else:
                self._readers.cleared(parcel.topic)

    def _receive(self, wire: Wire, parcel: Parcel) -> None:
        try:
            message = decode(parcel.topic, parcel.payload)
        except BadMessage as bad:
            self._unreadable += 1
            log.warning("unreadable: %s", bad)
            return
        if isinstance(message, Fact):
            self._readers.deliver(parcel.topic, message)
        elif isinstance(message, Command):
            self._server.take(wire, parcel, message)
        elif isinstance(message, CommandAnswer):
            self._asker.deliver(parcel, message)

    async def _write(self, wire: Wire) -> None:
        await wire.subscribe(self._wanted())
        self._arrived()
        while True:
            await self._outbox.send_next(wire)

    async def _flush(self) -> None:
        """Until what was published is sent and what was begun is answered; at once when there is no connection."""
        while self._wire is not None and not self._outbox.is_sent:
            await asyncio.sleep(_FLUSH_LOOK_SECONDS)
        await self._server.finish()

    def _arrived(self) -> None:
        self._outbox.connected()
        self._connects += 1
        self._move_to(BusState(Presence.CONNECTED, self._clock()))

    def _went_away(self, reason: str) -> None:
        self._outbox.went_away()
        self._readers.lost()
        self._asker.cut(reason)
        was = self._state
        since_us = self._clock() if was.presence is Presence.CONNECTED else was.since_us
        state = BusState(Presence.AWAY, since_us, reason)
        if state != was:
            log.warning("the broker is away: %s", reason)
            self._move_to(state)

    def _move_to(self, state: BusState) -> None:
        self._state = state
        self._moved.set()
        self._moved = asyncio.Event()


def _parcel(fact: Fact) -> Parcel:
    return Parcel(fact.topic, fact.encode(), fact.qos, fact.retained)


def _log_defect(runner: asyncio.Task[None]) -> None:
    if not runner.cancelled() and (defect := runner.exception()) is not None:
        log.critical("the bus stopped working", exc_info=defect)
