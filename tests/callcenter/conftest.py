"""Buses to test with: a broker that can be killed, and services whose network can be cut."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

import pytest
import uvloop

from callcenter.bus.memory import MemoryBroker, MemoryBus
from callcenter.bus.mqtt import MqttBus
from callcenter.bus.mqtt_client import MqttAddress
from callcenter.bus.presence import Presence
from callcenter.bus.protocol import Bus
from callcenter.bus.wire import Parcel, Wire, WireCut
from callcenter.clock import now_us
from callcenter.messages.codec import TOPIC_RIGHTS
from callcenter.messages.envelope import Service
from callcenter.messages.facts import Fact
from tests.waiting import answered
from troncal.machines.broker import BrokerUser, configure
from troncal.machines.debian import MACHINES, installed
from troncal.machines.ports import free_ports

NODE = "central"


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that the services run on."""
    return {"uvloop": uvloop.new_event_loop}


class Stage(Protocol):
    """Buses over one broker. Everything on it ends with the test."""

    async def bus(self, service: Service, *, will: Fact | None = None, clock: Callable[[], int] = now_us) -> Bus:
        """A connected bus."""

    async def stop_broker(self) -> None:
        """Kill it."""

    async def start_broker(self) -> None:
        """Start it again, empty."""

    async def sever(self, bus: Bus) -> None:
        """Cut the bus's network, without a goodbye, until it is mended."""

    async def mend(self, bus: Bus) -> None:
        """Give it the network back."""

    async def leave(self, bus: Bus) -> None:
        """The service ends, with a goodbye."""


class MemoryStage:
    def __init__(self, services: AsyncExitStack) -> None:
        self._services = services
        self._broker = MemoryBroker()
        self._plugs: dict[int, MemoryPlug] = {}

    async def bus(self, service: Service, *, will: Fact | None = None, clock: Callable[[], int] = now_us) -> Bus:
        plug = MemoryPlug(self._broker)
        bus = MemoryBus(plug, service, NODE, will=will, clock=clock)
        self._plugs[id(bus)] = plug
        await self._services.enter_async_context(bus)
        await bus.until(Presence.CONNECTED)
        return bus

    async def stop_broker(self) -> None:
        self._broker.stop()

    async def start_broker(self) -> None:
        self._broker.start()

    async def sever(self, bus: Bus) -> None:
        self._plugs[id(bus)].pull()
        await bus.until(Presence.AWAY)

    async def mend(self, bus: Bus) -> None:
        self._plugs[id(bus)].push()

    async def leave(self, bus: Bus) -> None:
        assert isinstance(bus, MemoryBus)
        await bus.__aexit__()


class MemoryPlug(MemoryBroker):
    """A broker behind a cable."""

    def __init__(self, broker: MemoryBroker) -> None:
        super().__init__()
        self._broker = broker
        self._wire: Wire | None = None
        self._pulled = False

    @asynccontextmanager
    async def connect(self, will: Parcel | None) -> AsyncIterator[Wire]:
        if self._pulled:
            raise WireCut("the cable is pulled")
        async with self._broker.connect(will) as wire:
            self._wire = wire
            yield wire

    def pull(self) -> None:
        self._pulled = True
        if self._wire is not None:
            self._broker.sever(self._wire)

    def push(self) -> None:
        self._pulled = False


class Relay:
    """A cable: a port of its own that leads to the broker's."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._pulled = False
        self._ends: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def lay(self) -> int:
        """The port to use."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def take_up(self) -> None:
        self.pull()
        if self._server is not None:
            self._server.close()

    def pull(self) -> None:
        self._pulled = True
        for end in self._ends:
            end.transport.abort()

    def push(self) -> None:
        self._pulled = False

    async def _carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            if not self._pulled:
                far, there = await asyncio.open_connection("127.0.0.1", self._target)
                self._ends |= {back, there}
                await asyncio.gather(self._pump(near, there), self._pump(far, back))
        back.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        sink.transport.abort()
        self._ends.discard(sink)


class MqttStage:
    def __init__(self, services: AsyncExitStack, broker: "Broker") -> None:
        self._services = services
        self._broker = broker
        self._relays: dict[int, Relay] = {}

    async def bus(self, service: Service, *, will: Fact | None = None, clock: Callable[[], int] = now_us) -> Bus:
        relay = Relay(self._broker.port)
        port = await relay.lay()
        self._services.push_async_callback(relay.take_up)
        address = MqttAddress("127.0.0.1", port, str(service), self._broker.password(service))
        bus = MqttBus(address, service, NODE, will=will, clock=clock)
        self._relays[id(bus)] = relay
        await self._services.enter_async_context(bus)
        await bus.until(Presence.CONNECTED)
        return bus

    async def stop_broker(self) -> None:
        await self._broker.kill()

    async def start_broker(self) -> None:
        await self._broker.start()

    async def sever(self, bus: Bus) -> None:
        self._relays[id(bus)].pull()
        await bus.until(Presence.AWAY)

    async def mend(self, bus: Bus) -> None:
        self._relays[id(bus)].push()

    async def leave(self, bus: Bus) -> None:
        assert isinstance(bus, MqttBus)
        await bus.__aexit__()


class Broker:
    """A mosquitto with every service's rights, on a port of its own."""

    def __init__(self, folder: Path, program: list[str]) -> None:
        self._folder = folder
        self._program = program
        self._process: asyncio.subprocess.Process | None = None
        (self.port,) = free_ports(1)

    def password(self, service: Service) -> str:
        return f"only-{service}-knows"

    def configure(self) -> None:
        """Write configuration, accounts and rights, as the product does."""
        users = [BrokerUser(each.value, self.password(each), TOPIC_RIGHTS[each].at(NODE)) for each in Service]
        configure(self._folder, self.port, users)

    async def start(self) -> None:
        """Return when it accepts connections."""
        with (self._folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._program, "-c", str(self._folder / "mosquitto.conf"), stdout=log, stderr=log
            )
        await answered(self._accepts, bool)

    async def _accepts(self) -> bool:
        assert self._process is not None and self._process.returncode is None, (self._folder / "log").read_text()
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except ConnectionRefusedError:
            return False
        writer.close()
        return True

    def freeze(self) -> None:
        """It keeps its connections and does nothing any more."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        """End it without a warning."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    """A running broker."""
    root = installed(MACHINES)
    assert root is not None, "run `make setup`"
    running = Broker(tmp_path, root.command("mosquitto"))
    running.configure()
    await running.start()
    yield running
    await running.kill()


@pytest.fixture
async def memory_stage() -> AsyncIterator[Stage]:
    """Services in one process."""
    async with AsyncExitStack() as services:
        yield MemoryStage(services)


@pytest.fixture
async def mqtt_stage(broker: Broker) -> AsyncIterator[Stage]:
    """Services over a real broker."""
    async with AsyncExitStack() as services:
        yield MqttStage(services, broker)


@pytest.fixture(params=["memory", pytest.param("mqtt", marks=pytest.mark.broker)])
def stage(request: pytest.FixtureRequest) -> Stage:
    """Both: the same suite runs over each."""
    made: Stage = request.getfixturevalue(f"{request.param}_stage")
    return made
