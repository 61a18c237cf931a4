"""What only a real broker can show, and what only the memory broker can."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Protocol
from uuid import uuid4

import pytest

from callcenter.bus.command_exchange import NoAnswer
from callcenter.bus.memory import MemoryBroker, MemoryBus
from callcenter.bus.mqtt import MqttBus
from callcenter.bus.mqtt_client import MqttAddress
from callcenter.bus.presence import Presence
from callcenter.bus.wire import Parcel
from callcenter.clock import now_us
from callcenter.messages.call_commands import HangUp
from callcenter.messages.envelope import Service
from callcenter.messages.facts import AgentState, AgentStatus, BridgeState, Link


class Broker(Protocol):
    port: int

    def password(self, service: Service) -> str: ...

    def freeze(self) -> None: ...

    async def kill(self) -> None: ...


def _address(broker: Broker, service: Service, password: str | None = None) -> MqttAddress:
    return MqttAddress("127.0.0.1", broker.port, str(service), password or broker.password(service))


def _agent(member: str) -> AgentState:
    return AgentState(
        node="central",
        member=member,
        interface="PJSIP/1",
        queues=("101",),
        state=AgentStatus.PAUSED,
        since_us=1,
    )


def _hang_up() -> HangUp:
    now = now_us()
    return HangUp(
        node="central",
        command_id=uuid4(),
        issued_us=now,
        expires_us=now + 60_000_000,
        issued_by="api:ana",
        uniqueid="1.7",
    )


async def _outcome(bus: MqttBus, command: HangUp) -> str:
    try:
        return str(await bus.request(command, 60))
    except NoAnswer as unknown:
        return str(unknown)


class Refusals(logging.Handler):
    """Collects the log's refusals of publications by the broker."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if "refused a publication" in record.getMessage():
            self.heard.set()


@pytest.fixture
def refusals() -> Iterator[Refusals]:
    listening = Refusals()
    logging.getLogger("callcenter.bus.mqtt_client").addHandler(listening)
    yield listening
    logging.getLogger("callcenter.bus.mqtt_client").removeHandler(listening)


@pytest.mark.broker
async def test_a_wrong_password_keeps_the_bus_away_and_says_why(broker: Broker) -> None:
    bus = MqttBus(_address(broker, Service.API, "not the password"), Service.API, "central")
    async with asyncio.timeout(10), bus:
        state = await bus.moved()
    assert state.presence is Presence.AWAY
    assert "authorized" in state.reason.lower()


@pytest.mark.broker
async def test_a_command_that_the_broker_took_to_its_grave_has_an_unknown_outcome_at_once(
    broker: Broker,
) -> None:
    async with MqttBus(_address(broker, Service.API), Service.API, "central") as api:
        await api.until(Presence.CONNECTED)
        broker.freeze()
        async with asyncio.timeout(3), asyncio.TaskGroup() as group:
            asked = group.create_task(_outcome(api, _hang_up()))
            await asyncio.sleep(0)
            await broker.kill()
        assert "the connection ended" in asked.result()


@pytest.mark.broker
async def test_a_bus_that_is_left_at_any_moment_of_its_connecting_ends_without_a_word(broker: Broker) -> None:
    said: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: said.append(context))
    async with asyncio.timeout(30):
        for turns in [*range(60)] * 5:
            async with MqttBus(_address(broker, Service.BRIDGE), Service.BRIDGE, "central"):
                for _ in range(turns):
                    await asyncio.sleep(0)  # world: pace
    assert said == []


@pytest.mark.broker
async def test_the_broker_takes_no_facts_from_the_dialer(broker: Broker, refusals: Refusals) -> None:
    async with AsyncExitStack() as services, asyncio.timeout(10):
        buses = [MqttBus(_address(broker, each), each, "central") for each in (Service.DIALER, Service.API)]
        dialer, api = [await services.enter_async_context(each) for each in buses]
        await dialer.until(Presence.CONNECTED)
        await api.until(Presence.CONNECTED)
        async with api.subscribe(AgentState) as states:
            dialer.publish(_agent("forged"))
            # The broker answers this one, which comes after.
            dialer.publish(BridgeState(node="central", state=Link.UP, since_us=1))
            await refusals.heard.wait()
            bridge = MqttBus(_address(broker, Service.BRIDGE), Service.BRIDGE, "central")
            await services.enter_async_context(bridge)
            bridge.publish(_agent("ana"))
            assert (await anext(states)).member == "ana"


@pytest.mark.broker
async def test_a_second_bridge_of_the_same_identifier_ends_the_first_and_speaks_last(broker: Broker) -> None:
    address = MqttAddress(
        "127.0.0.1", broker.port, "bridge", broker.password(Service.BRIDGE), identifier="bridge-central"
    )
    will, up = [BridgeState(node="central", state=each, since_us=1) for each in (Link.LOST, Link.UP)]
    async with AsyncExitStack() as services, asyncio.timeout(10):
        api = await services.enter_async_context(MqttBus(_address(broker, Service.API), Service.API, "central"))
        states = await services.enter_async_context(api.subscribe(BridgeState))
        hanging = await services.enter_async_context(MqttBus(address, Service.BRIDGE, "central", will=will))
        hanging.publish(up)
        assert (await anext(states)).state is Link.UP
        restarted = MqttBus(address, Service.BRIDGE, "central", will=will)
        await services.enter_async_context(restarted)
        await hanging.until(Presence.AWAY)
        restarted.publish(up)
        await restarted.until(Presence.CONNECTED)
        while (await anext(states)).state is not Link.UP:
            continue


async def test_an_unreadable_payload_is_counted_and_does_no_harm() -> None:
    broker = MemoryBroker()
    async with asyncio.timeout(5), MemoryBus(broker, Service.API, "central") as api:
        await api.until(Presence.CONNECTED)
        async with api.subscribe(AgentState) as states:
            broker.carry(Parcel("troncal/central/agent/ana", b"{broken"))
            broker.carry(Parcel("troncal/central/agent/ana", _agent("luz").encode()))
            broker.carry(Parcel("troncal/central/agent/ana", _agent("ana").encode()))
            assert (await anext(states)).member == "ana"
        assert api.counters.unreadable == 2


async def test_a_state_that_the_broker_forgot_is_not_sent_to_later_readers() -> None:
    broker = MemoryBroker()
    async with asyncio.timeout(5), MemoryBus(broker, Service.API, "central") as api:
        for each in ("ana", "luz"):
            broker.carry(Parcel(f"troncal/central/agent/{each}", _agent(each).encode(), retain=True))
        async with api.subscribe(AgentState) as states:
            assert [(await anext(states)).member, (await anext(states)).member] == ["ana", "luz"]
            broker.carry(Parcel("troncal/central/agent/ana", b"", retain=True))
            broker.carry(Parcel("troncal/central/agent/eva", _agent("eva").encode(), retain=True))
            assert (await anext(states)).member == "eva"
            async with api.subscribe(AgentState) as later:
                assert [(await anext(later)).member, (await anext(later)).member] == ["luz", "eva"]


async def test_a_bus_that_begins_before_its_broker_connects_when_it_comes() -> None:
    broker = MemoryBroker()
    broker.stop()
    async with asyncio.timeout(5), MemoryBus(broker, Service.BRIDGE, "central") as bridge:
        assert (await bridge.moved()).reason == "the broker is not running"
        broker.start()
        await bridge.until(Presence.CONNECTED)
        assert bridge.counters.connects == 1
