"""What is left of connections that broke, or that were given up."""

import asyncio
from typing import Protocol

import psutil
import pytest
from aiomqtt import MqttError

from callcenter.bus.mqtt_client import Client, MqttAddress
from callcenter.bus.presence import Presence
from callcenter.bus.protocol import Bus
from callcenter.messages.envelope import Service
from callcenter.messages.facts import AgentState, AgentStatus

pytestmark = pytest.mark.broker
TURNS = 12


class Broker(Protocol):
    port: int

    def password(self, service: Service) -> str: ...

    def freeze(self) -> None: ...

    def thaw(self) -> None: ...


class Stage(Protocol):
    async def bus(self, service: Service) -> Bus: ...

    async def sever(self, bus: Bus) -> None: ...

    async def mend(self, bus: Bus) -> None: ...


@pytest.fixture
async def faults() -> list[str]:
    """What the loop reports of callbacks that failed."""
    reported: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(str(context)))
    return reported


def _agent(member: str) -> AgentState:
    return AgentState(
        node="central", member=member, interface="PJSIP/1", queues=(), state=AgentStatus.PAUSED, since_us=1
    )


async def _sever_in_turn(stage: Stage, bus: Bus, number: int) -> None:
    """Cut the connection so many turns of the loop from now."""
    for _ in range(number):
        await asyncio.sleep(0)
    await stage.sever(bus)


async def test_a_connection_that_breaks_while_facts_go_out_is_written_to_no_more(
    mqtt_stage: Stage, faults: list[str]
) -> None:
    bus = await mqtt_stage.bus(Service.BRIDGE)
    for number in range(TURNS):
        cut = asyncio.create_task(_sever_in_turn(mqtt_stage, bus, number))
        while not cut.done():
            bus.publish(_agent("ana"))
            await asyncio.sleep(0)
        await mqtt_stage.mend(bus)
        await bus.until(Presence.CONNECTED)
    assert faults == []


async def _open(broker: Broker, *, seconds: float = 5.0) -> None:
    """One connection, from its beginning to its goodbye."""
    address = MqttAddress("127.0.0.1", broker.port, "bridge", broker.password(Service.BRIDGE), connect_seconds=seconds)
    async with Client(address, None):
        assert _connections(broker) == 1


def _connections(broker: Broker) -> int:
    """How many connections to the broker this process has."""
    mine = psutil.Process().net_connections("tcp")
    return sum(each.raddr[1:] == (broker.port,) for each in mine if each.status == psutil.CONN_ESTABLISHED)


async def test_connections_to_a_broker_that_hung_are_not_kept_when_it_goes_on(broker: Broker) -> None:
    broker.freeze()
    for _ in range(3):
        with pytest.raises(MqttError, match="timed out"):
            await _open(broker, seconds=0.2)
    broker.thaw()
    await _open(broker)


async def test_a_connection_that_nobody_waits_for_any_more_is_closed_once_it_is_made(broker: Broker) -> None:
    connecting = asyncio.create_task(_open(broker))
    await asyncio.sleep(0)
    connecting.cancel()
    await asyncio.get_running_loop().shutdown_default_executor()
    async with asyncio.timeout(5):
        while _connections(broker):
            await asyncio.sleep(0)
