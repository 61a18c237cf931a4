"""AMI events through link, floor and bus: the lag at a steady rate, and the rate when nobody waits."""

import asyncio
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from ami_bridge.floor.live_state import Floor
from ami_bridge.floor.phone_watch import DueAction, PhoneWatch
from ami_bridge.link.terms import LinkSettings
from ami_bridge.live.pipe import LivePipe
from ami_bridge.wire.items import AmiEvent
from callcenter.bus.mqtt import MqttBus
from callcenter.bus.mqtt_client import MqttAddress
from callcenter.bus.presence import Presence
from callcenter.bus.subscriptions import Subscription
from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.instants import MICROSECONDS
from callcenter.messages.codec import TOPIC_RIGHTS
from callcenter.messages.envelope import Service
from callcenter.messages.facts import CallAnswered, CallEnded, CallOffered, Fact
from callcenter.settings import PROJECT
from troncal.bench.exchange import LAST_CHANNEL, Load, Written, exchange
from troncal.bench.figures import Beside, Figure, Target, median, percentile
from troncal.bench.peers import panoramisk_session
from troncal.bench.traffic import agent_phones
from troncal.bench.worker import Control, Worker
from troncal.installation.programs import NoMachines
from troncal.machines import broker
from troncal.machines.broker import BrokerUser
from troncal.machines.debian import MACHINES, installed
from troncal.machines.ports import free_ports
from troncal.machines.supervisor import Supervisor

NODE, RATE = "central", 20_000
AGENTS, QUEUES_EACH = 400, 5  # about 40 events a call
LAG = Target(100, "ms")
LIMIT_SECONDS = 60.0
WARM_UP_US = MICROSECONDS
Lag = tuple[int, int]  # when the event was due, and how much later its fact was seen, microseconds


@dataclass(frozen=True, slots=True)
class Followed:
    """What the bridge's side saw."""

    lags: list[Lag]
    events: int
    seconds: float
    processor_seconds: float
    unsent: int


async def measure(*, quick: bool) -> list[Figure]:
    """Figures of the steady rate, then of the saturated one."""
    centre = load(PROJECT / "centre.yaml")
    of = agent_phones(AGENTS, tuple(queue.name for queue in centre.queues), QUEUES_EACH)
    steady = Load(of, RATE * (5 if quick else 9), RATE)
    flood = Load(of, 30_000 if quick else 100_000)
    async with broker_up() as where:
        figures = await _steady(steady, where)
        figures.append(await _saturated(flood, where))
    return figures


async def _steady(wanted: Load, where: MqttAddress) -> list[Figure]:
    async with Worker(listen, address_of(where, Service.API)) as reader:
        await reader.word(LIMIT_SECONDS)
        followed, written = await _through(wanted, where)
        reader.send("the bridge has stopped")
        arrived = await reader.result(LIMIT_SECONDS)
    rate = f"{written.events / written.seconds:,.0f} events/s"
    busy = Figure(f"bridge's processor at {rate}", 100 * followed.processor_seconds / followed.seconds, "%")
    return [
        *_lags(f"{rate} to the fact published", followed.lags),
        *_lags(f"{rate} to the fact at a subscriber", arrived),
        Figure(f"{rate}, facts dropped before the broker", followed.unsent, "", target=Target(1, "")),
        busy,
        Figure(f"{rate}, the writer's own worst delay", 1000 * written.latest_seconds, "ms"),
    ]


def _lags(what: str, lags: list[Lag]) -> list[Figure]:
    """Median, 99th percentile, and the median of the last third beside that of the first: does it grow?

    The first second does not count: the snapshot's states go out then, and the parser meets each event anew.
    """
    since_us = min(at_us for at_us, _ in lags) + WARM_UP_US
    values = [lag / 1000 for at_us, lag in sorted(lags) if at_us >= since_us]
    third = len(values) // 3
    first, last = median(values[:third]), median(values[-third:])
    return [
        Figure(f"{what}, median", median(values), "ms", target=LAG),
        Figure(f"{what}, p99", percentile(values, 0.99), "ms", target=LAG),
        Figure(f"{what}, last third's median", last, "ms", Beside("first third's median", first), LAG),
    ]


async def _saturated(wanted: Load, where: MqttAddress) -> Figure:
    followed, _ = await _through(wanted, where)
    after_login = Load(wanted.phones, wanted.events, 0, "Login")
    peer = await _beside_panoramisk(after_login)
    rate = followed.events / followed.seconds
    what = "AMI bytes to facts handed to the bus, saturated"
    return Figure(what, rate, "events/s", Beside("panoramisk and a tracker, no bus", peer))


async def _through(wanted: Load, where: MqttAddress) -> tuple[Followed, Written]:
    (port,) = free_ports(1)
    async with Worker(exchange, port, wanted) as asterisk:
        await asterisk.word(LIMIT_SECONDS)
        async with Worker(follow, port, address_of(where, Service.BRIDGE)) as bridge:
            followed = await bridge.result(LIMIT_SECONDS)
        return followed, await asterisk.result(LIMIT_SECONDS)


async def _beside_panoramisk(wanted: Load) -> float:
    (port,) = free_ports(1)
    async with Worker(exchange, port, wanted) as asterisk:
        await asterisk.word(LIMIT_SECONDS)
        async with Worker(follow_with_panoramisk, port) as peer:
            return await peer.result(LIMIT_SECONDS)


# -- in processes of their own -----------------------------------------------------------------------


class _WatchedBus(MqttBus):
    """The bridge's bus, which notes how late each fact of a call is published."""

    def __init__(self, address: MqttAddress) -> None:
        super().__init__(address, Service.BRIDGE, NODE)
        self.lags: list[Lag] = []
        self.last = asyncio.Event()

    def publish(self, fact: Fact) -> None:
        at_us = _instant(fact)
        if at_us is not None:
            self.lags.append((at_us, now_us() - at_us))
        super().publish(fact)
        if isinstance(fact, CallEnded) and fact.uniqueid == LAST_CHANNEL:
            self.last.set()


def follow(_control: Control, port: int, address: MqttAddress) -> Followed:
    """The bridge's live pipe as the service runs it, until the last call has ended."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_follow(port, address))


async def _follow(port: int, address: MqttAddress) -> Followed:
    counter = _Counter()
    async with _WatchedBus(address) as bus:
        await bus.until(Presence.CONNECTED)
        centre = load(PROJECT / "centre.yaml")
        floor = Floor(NODE, centre)
        link = LinkSettings("127.0.0.1", port, "bench", "bench")
        phones = PhoneWatch(NODE, centre, floor)
        live = LivePipe(NODE, link, floor, bus, now_us, counter, phones=phones, do=counter.due)
        running = asyncio.create_task(live.run())
        async with asyncio.timeout(LIMIT_SECONDS):
            await bus.last.wait()
        wallboard, processor = (now - then for now, then in zip(_clocks(), counter.began, strict=True))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return Followed(bus.lags, counter.events, wallboard, processor, bus.counters.unsent)


class _Counter:
    """Counts every event; notes when the first of a call came."""

    def __init__(self) -> None:
        self.events = 0
        self.began = (0.0, 0.0)

    def due(self, due_actions: list[DueAction]) -> None:
        """The phones of the bench neither come nor go."""
        raise AssertionError(due_actions)

    def heard(self, event: AmiEvent) -> None:
        if not self.events and event.name != "FullyBooted":
            self.began = _clocks()
        self.events += event.name != "FullyBooted"

    def lost(self) -> None:
        """The session ended."""

    def connected(self, boot: str, now_us: int, alive: Set[str] | None) -> None:
        """Nothing to keep."""


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def follow_with_panoramisk(_control: Control, port: int) -> float:
    """Events a second of panoramisk with a tracker."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(panoramisk_session(port, LAST_CHANNEL))


def listen(control: Control, address: MqttAddress) -> list[Lag]:
    """How late the facts of calls come to a subscriber, until that of the last call."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_listen(control, address))


async def _listen(control: Control, address: MqttAddress) -> list[Lag]:
    lags: list[Lag] = []

    async def read(facts: Subscription[Fact]) -> None:
        async for fact in facts:
            at_us = _instant(fact)
            if at_us is not None:
                lags.append((at_us, now_us() - at_us))
            if isinstance(fact, CallEnded) and fact.uniqueid == LAST_CHANNEL:
                return

    async with (
        MqttBus(address, Service.API, NODE) as bus,
        bus.subscribe(CallOffered, CallAnswered, CallEnded) as facts,
    ):
        await bus.until(Presence.CONNECTED)
        control.say("listening")
        # An overloaded bridge may drop the last call's end: then the message that it is over ends this.
        ends = {asyncio.create_task(read(facts)), asyncio.create_task(control.receive())}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
    return lags


def _instant(fact: Fact) -> int | None:
    """When Asterisk wrote the event that the fact follows from."""
    match fact:
        case CallOffered():
            return fact.offered_us
        case CallAnswered():
            return fact.answered_us
        case CallEnded():
            return fact.at_us
        case _:
            return None


# -- the broker ----------------------------------------------------------------------------------------


@asynccontextmanager
async def broker_up() -> AsyncIterator[MqttAddress]:
    """A broker of its own with the bridge's and the API's rights. Raises NoMachines."""
    root = installed(MACHINES)
    if root is None:
        raise NoMachines("mosquitto is not set up; run `make setup`")
    password, (port,) = secrets.token_urlsafe(24), free_ports(1)
    users = [BrokerUser(each.value, password, TOPIC_RIGHTS[each].at(NODE)) for each in (Service.BRIDGE, Service.API)]
    with tempfile.TemporaryDirectory(prefix="troncal-bench-") as folder:
        async with Supervisor() as supervisor:
            await supervisor.start(broker.child(root.command("mosquitto"), Path(folder), port, users))
            yield MqttAddress("127.0.0.1", port, "", password)


def address_of(where: MqttAddress, service: Service) -> MqttAddress:
    """The broker as this service is known to it."""
    return MqttAddress(where.host, where.port, service.value, where.password)
