"""`troncal up`: the whole centre on one machine. Broker, Asterisk and every service are its children."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Set
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Self

import httpx

import migrations
from callcenter.bus.protocol import Bus
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.messages.envelope import Service
from callcenter.messages.facts import BridgeState, Link, ServiceState
from callcenter.operator_problem import OperatorProblem
from callcenter.settings import Settings
from ivr.menus import generations
from troncal.installation import demo, menus, prompts, state_folder
from troncal.installation.ownership import Owner
from troncal.installation.places import Places, log_folder, named_ports
from troncal.machines import broker
from troncal.machines.asterisk import EmbeddedAsterisk
from troncal.machines.child import Child, PortTaken
from troncal.machines.listeners import ListeningPort
from troncal.machines.ports import PortClaims
from troncal.machines.supervisor import Supervisor
from troncal.processes.service import REPORT_SECONDS, bus_of

Say = Callable[[str], None]
Claiming = Callable[[], PortClaims]
STARTS_AT_MOST = 5
_REPORTED_LATELY_US = int(2 * REPORT_SECONDS * MICROSECONDS)
NO_NUMBERS = "Asterisk has no numbers in {language}, callers miss them: run `make setup`, or install its core sounds"


class NamedPortTaken(OperatorProblem):
    """A port of the settings is somebody else's."""


@asynccontextmanager
async def centre_up(
    owner: Owner,
    settings: Settings,
    centre: Centre,
    say: Say,
    *,
    demo_data: bool = False,
    claiming: Claiming = PortClaims,
) -> AsyncIterator["RunningCentre"]:
    """Everything started and ready; all of it stopped at the end of the block. `owner`: this process, as the owner of
    the state folder. `claiming` makes what chooses the ports of each start and holds them. Raises ChildFailed,
    NamedPortTaken, NoMachines, UnusableAsterisk.
    """
    await migrations.upgrade(settings.database)
    if demo_data:
        await demo.fill(settings, centre)
    async with AsyncExitStack() as up:
        yield await _on_own_ports(owner, settings, centre, say, claiming, up)


async def _on_own_ports(
    owner: Owner, settings: Settings, centre: Centre, say: Say, claiming: Claiming, up: AsyncExitStack
) -> "RunningCentre":
    """The centre, stopped when `up` ends. Where somebody takes a port between our choice and our child's start all is
    started again on a new choice, because every part knows every port.
    """
    named, starts = named_ports(settings), 0
    while True:
        starts += 1
        async with AsyncExitStack() as start:
            claims = start.enter_context(claiming())
            _claim(claims, named)
            places = Places.found(settings, centre, claims.port_from)
            try:
                running = await start.enter_async_context(_started(owner, settings, centre, places, say))
            except PortTaken as taken:
                if taken.listener.port in named:
                    raise NamedPortTaken(f"{taken}. The settings name this port: free it, or name another") from taken
                if starts == STARTS_AT_MOST:
                    raise
                say(f"{taken}; starting again on another port")
            else:
                await up.enter_async_context(start.pop_all())
                return running


def _claim(claims: PortClaims, named: Set[int]) -> None:
    for port in sorted(named):
        if not claims.claim(port):
            raise NamedPortTaken(f"port {port}, which the settings name, is another centre's: name another")


@asynccontextmanager
async def _started(
    owner: Owner, settings: Settings, centre: Centre, places: Places, say: Say
) -> AsyncIterator["RunningCentre"]:
    async with Supervisor(env=owner.environment) as supervisor:
        say("starting the broker")
        await supervisor.start(
            broker.child(places.mosquitto, settings.state / "broker", places.ports.broker, places.broker_users())
        )
        say("starting Asterisk")
        for fault in compose_prompts(settings, places):
            say(f"prompt {fault}")
        if not places.asterisk.speaks(centre.about.language):
            say(NO_NUMBERS.format(language=centre.about.language))
        today = as_datetime(now_us(), centre.zone).date()
        conf = places.node_conf(today, menus_at_start(settings, centre, say))
        child = places.asterisk.child(centre, conf, lambda: menus_in_force(settings, centre))
        await _start_asterisk(supervisor, places.asterisk, child, say)
        in_force = settings.model_copy(update={"broker_port": places.ports.broker, "ami_port": places.ports.ami})
        async with bus_of(in_force, Service.API) as bus, ServiceWatch(bus) as watch:
            say("starting the bridge, the API, the self-services, the dialer and the reports")
            await supervisor.start(bridge_child(places, watch))
            await supervisor.start(api_child(places))
            await supervisor.start(agi_child(places))
            await supervisor.start(dialer_child(places, watch))
            await supervisor.start(reports_child(places, watch))
            state_folder.write_running(settings.state, places.running())
            try:
                yield RunningCentre(places, supervisor, bus, in_force)
            finally:
                state_folder.forget_running(settings.state)


async def _start_asterisk(supervisor: Supervisor, asterisk: EmbeddedAsterisk, child: Child, say: Say) -> None:
    """Start it, and say what it complains of meanwhile. Raises UnusableAsterisk, ChildFailed."""
    await asterisk.require_supported()
    before = asterisk.messages.stat().st_size if asterisk.messages.exists() else 0
    await supervisor.start(child)
    for problem in asterisk.problems(before):
        say(f"Asterisk complains: {problem}")


@dataclass(frozen=True, slots=True)
class RunningCentre:
    """A centre that is up: where it is, its children, and a connection to its bus."""

    places: Places
    supervisor: Supervisor
    bus: Bus
    settings: Settings


class ServiceWatch:
    """What the bus last said of the services that listen on no port."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._bridge: BridgeState | None = None
        self._services: dict[Service, ServiceState] = {}
        self._listener: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._listener = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)

    async def follows_asterisk(self) -> bool:
        """Whether the bridge is up and in touch with Asterisk."""
        return self._bridge is not None and self._bridge.state is Link.UP

    async def works(self, service: Service) -> bool:
        """Whether a service has reported lately."""
        state = self._services.get(service)
        return state is not None and now_us() - state.as_of_us < _REPORTED_LATELY_US

    async def _listen(self) -> None:
        async with self._bus.subscribe(BridgeState, ServiceState) as states:
            async for state in states:
                if isinstance(state, BridgeState):
                    self._bridge = state
                elif isinstance(state, ServiceState):
                    self._services[state.service] = state


def bridge_child(places: Places, watch: ServiceWatch) -> Child:
    """The bridge; ready when it says on the bus that it follows Asterisk."""
    return _service(places, "bridge", watch.follows_asterisk)


def api_child(places: Places) -> Child:
    """The API; ready when it answers."""
    host, port = places.settings.http_host, places.ports.http

    async def answers() -> bool:
        if not await _listens(host, port):
            return False
        try:
            async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
                return (await client.get(f"http://{host}:{port}/api/health")).status_code in (200, 503)
        except httpx.HTTPError:
            return False

    return _service(places, "api", answers, ListeningPort(port, "HTTP"))


def agi_child(places: Places) -> Child:
    """The self-services and the routing; ready when they take Asterisk's connections."""
    host, port = places.settings.agi_host, places.ports.agi
    return _service(places, "agi", lambda: _listens(host, port), ListeningPort(port, "FastAGI"))


def dialer_child(places: Places, watch: ServiceWatch) -> Child:
    """Callbacks and campaigns; ready when they say on the bus that they work."""
    return _service(places, "dialer", lambda: watch.works(Service.DIALER))


def reports_child(places: Places, watch: ServiceWatch) -> Child:
    """Scheduled reports and mails; ready when they say on the bus that they work."""
    return _service(places, "reports", lambda: watch.works(Service.REPORTS))


async def _listens(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


def compose_prompts(settings: Settings, places: Places) -> tuple[str, ...]:
    """Put the prompts where Asterisk plays them from; returns their faults. Raises CatalogueError, OSError."""
    return prompts.shelf(settings.prompts).compose(places.asterisk.own_sounds)


def menus_at_start(settings: Settings, centre: Centre, say: Say) -> str:
    """The menus that were applied last, at the first start those of the file. Raises MenuFileError."""
    known = menus.known(centre)
    return generations.at_start(menus.generations(settings), settings.menus, known, say)


def menus_in_force(settings: Settings, centre: Centre) -> str:
    """What was applied last: an Asterisk that dies and starts again goes on with it. Raises MenuFileError."""
    return generations.in_force(menus.generations(settings), settings.menus, menus.known(centre))


def _service(places: Places, name: str, ready: Callable[[], Awaitable[bool]], *listens: ListeningPort) -> Child:
    command = [sys.executable, "-m", "troncal.cli", name]
    log_path = log_folder(places.settings) / f"{name}.log"
    env = places.environment()
    return Child(name, command, log_path, ready, env=env, stop_seconds=5, listens=listens, heartbeat=True)
