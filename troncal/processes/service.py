"""What the separate services have in common: a connection to the bus, and an orderly end."""

import asyncio
import gc
import logging
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import uuid4

import uvloop

from callcenter.background import background
from callcenter.bus.mqtt import MqttBus
from callcenter.bus.mqtt_client import MqttAddress
from callcenter.bus.protocol import Bus
from callcenter.clock import now_us, steady_us
from callcenter.database.lease_holder import LeaseHolder
from callcenter.database.leases import Leases
from callcenter.database.transactions import Database
from callcenter.messages.envelope import Service
from callcenter.messages.facts import Fact, ServiceState
from callcenter.settings import Settings
from troncal.installation.places import broker_password
from troncal.installation.state_folder import SettingsError
from troncal.machines.heartbeat import give_signs_of_life

log = logging.getLogger(__name__)

REPORT_SECONDS = 3.0


def bus_of(settings: Settings, service: Service, will: Fact | None = None, identifier: str | None = None) -> MqttBus:
    """The bus as this service is known on it. Raises SettingsError."""
    if not settings.broker_port:
        raise SettingsError(
            "TRONCAL_BROKER_PORT: name the broker's port; only the children of `troncal up` are told it"
        )
    address = MqttAddress(
        settings.broker_host,
        settings.broker_port,
        service.value,
        broker_password(settings, service),
        identifier=identifier,
    )
    return MqttBus(address, service, settings.node, will=will)


def lease_holder(database: Database, service: Service, clock: Callable[[], int] = now_us) -> LeaseHolder:
    """The lease of a service of which one process acts. Each process is another holder."""
    name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    return LeaseHolder(Leases(database, service, clock), name, steady_us)


async def report_alive(
    bus: Bus, service: Service, node: str, clock: Callable[[], int] = now_us, *, waits_for: Callable[[], str] = str
) -> None:
    """Report on the bus now and again that this service works, until cancelled: from the loop that does the work.

    `waits_for`: why it cannot do anything now, in an operator's words; empty: it can.
    """
    since_us, reason = clock(), waits_for()
    while True:
        if waits_for() != reason:
            since_us, reason = clock(), waits_for()
        bus.publish(ServiceState(node=node, service=service, since_us=since_us, reason=reason, as_of_us=clock()))
        await asyncio.sleep(REPORT_SECONDS)


def run_until_signal(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a service on uvloop until SIGTERM or SIGINT asks it to end, or until it fails. It gives signs of life to the
    supervisor that asks for them.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_signal(main))


def keep_what_is_loaded() -> None:
    """What the program is made of lives as long as it does: the collector need not look through it again and again.

    Each look takes 100 ms and holds everything up.
    """
    gc.collect()
    gc.freeze()


async def _until_signal(main: Callable[[], Awaitable[None]]) -> None:
    keep_what_is_loaded()
    loop = asyncio.get_running_loop()
    work = asyncio.ensure_future(main())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    async with background(give_signs_of_life(), failure="no more signs of life: the supervisor will end this process"):
        try:
            await work
        except asyncio.CancelledError:
            log.info("stopped")
