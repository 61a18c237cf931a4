"""The separate services, each wired in one place: `troncal bridge`, `troncal api`."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import uvloop

from agent_api.app import create
from agent_api.server import Server
from ami_bridge import service as bridge
from ami_bridge.live import last_will, stopped
from backoffice.smartflex_store import SmartflexStore
from callcenter.bus import MqttAddress, MqttBus
from callcenter.centre import Centre
from callcenter.clock import now_us
from callcenter.database import Database
from callcenter.messages import Fact, Service
from callcenter.settings import Settings
from troncal.places import broker_password

log = logging.getLogger(__name__)


def bus_of(settings: Settings, service: Service, will: Fact | None = None, identifier: str | None = None) -> MqttBus:
    """The bus as this service is known on it."""
    address = MqttAddress(
        settings.broker_host,
        settings.broker_port,
        service.value,
        broker_password(settings, service),
        identifier=identifier,
    )
    return MqttBus(address, service, settings.node, will=will)


async def run_bridge(settings: Settings, centre: Centre) -> None:
    """The bridge of this node, until cancelled."""
    database = Database(settings.database)
    await database.require_current_schema()
    will = last_will(settings.node, now_us())
    async with bus_of(settings, Service.BRIDGE, will, f"bridge-{settings.node}") as bus:
        try:
            await bridge.run(settings, centre, database, bus)
        finally:
            bus.publish(stopped(settings.node, now_us()))
            await database.close()


def run_until_signal(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a service on uvloop until SIGTERM or SIGINT asks it to end, or until it fails."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_signal(main))


async def _until_signal(main: Callable[[], Awaitable[None]]) -> None:
    loop = asyncio.get_running_loop()
    work = asyncio.ensure_future(main())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        log.info("stopped")


async def run_api(settings: Settings, centre: Centre) -> None:
    """The API, until cancelled. As many as wanted may run at once."""
    database = Database(settings.database)
    await database.require_current_schema()
    async with bus_of(settings, Service.API) as bus:
        app = create(settings, centre, database, bus, SmartflexStore(database))
        server = Server(app, settings.http_host, settings.http_port)
        try:
            await server.serve()
        finally:
            await database.close()
