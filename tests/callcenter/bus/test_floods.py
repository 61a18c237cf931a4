"""More than can be handled: every queue has an end, says so once, and goes on afterwards."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Protocol
from uuid import uuid4

import pytest

from callcenter.bus.arrivals import ARRIVED_LIMIT
from callcenter.bus.command_exchange import ANSWERED_AT_ONCE, CARRIED_OUT_AT_ONCE, OPEN_AT_ONCE
from callcenter.bus.memory import MemoryBroker, MemoryBus
from callcenter.bus.mqtt import MqttBus
from callcenter.bus.mqtt_client import Client, MqttAddress
from callcenter.bus.packets import publication
from callcenter.bus.presence import Presence
from callcenter.bus.protocol import Bus
from callcenter.bus.subscriptions import STATES_LIMIT, UNREAD_LIMIT
from callcenter.bus.wire import Parcel
from callcenter.clock import now_us
from callcenter.messages.call_commands import HangUp
from callcenter.messages.commands import Accepted, CommandAnswer, Refusal, Refused
from callcenter.messages.envelope import Service
from callcenter.messages.facts import AgentState, AgentStatus, CallEnded, CallEndedBy, Fact
from tests.waiting import answered, eventually

# Fewer than the broker itself keeps for a slow reader.
FLOOD, AT_ONCE = 10_000, 500
_FASTER, _AGAIN = "come faster than they are taken", "are taken in time again"


class Broker(Protocol):
    port: int

    def password(self, service: Service) -> str: ...


class Stage(Protocol):
    async def bus(self, service: Service) -> Bus: ...


def _address(broker: Broker, service: Service) -> MqttAddress:
    return MqttAddress("127.0.0.1", broker.port, str(service), broker.password(service))


def _hang_up() -> HangUp:
    now = now_us()
    until_us = now + 60_000_000
    return HangUp(
        node="central", issued_by="api:ana", uniqueid="1.7", command_id=uuid4(), issued_us=now, expires_us=until_us
    )


def _ended(number: int) -> CallEnded:
    named = {"node": "central", "member": "1001", "uniqueid": f"1.{number}", "queue": "101"}
    return CallEnded(**named, at_us=number, ended_by=CallEndedBy.CALLER)


def _agent(member: str) -> AgentState:
    of = {"node": "central", "member": member, "interface": "PJSIP/1", "queues": ("101",), "since_us": 1}
    return AgentState.model_validate({**of, "state": AgentStatus.PAUSED})


def _sent(fact: Fact) -> Parcel:
    return Parcel(fact.topic, fact.encode(), 0)


class Bridge:
    """Carries nothing out before it may."""

    def __init__(self) -> None:
        self.may = asyncio.Event()
        self.begun = 0

    async def __call__(self, command: HangUp) -> CommandAnswer:
        self.begun += 1
        await self.may.wait()
        return Accepted(node=command.node, command_id=command.command_id, at_us=now_us())


async def _flood(broker: Broker, service: Service, make: Callable[[int], Parcel], each: Callable[[], None]) -> None:
    """As many as a broken or hostile client sends, as fast as the broker takes them."""
    async with Client(_address(broker, service), None) as client:
        for first in range(0, FLOOD, AT_ONCE):
            client.hand_over(b"".join(publication(make(first + number)) for number in range(AT_ONCE)))
            await asyncio.sleep(0)
            each()


@pytest.mark.broker
async def test_a_flood_of_commands_is_refused_as_busy_and_grows_nothing(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    handler, tasks = Bridge(), [0]

    def look() -> None:
        tasks.append(len(asyncio.all_tasks()))

    def command(_number: int) -> Parcel:
        made = _hang_up()
        answer_to = "troncal/central/answer/api/flood"
        return Parcel(made.topic, made.encode(), 0, reply_to=answer_to, correlation=made.command_id.bytes)

    async with AsyncExitStack() as services:
        bridge, api = [
            await services.enter_async_context(MqttBus(_address(broker, each), each, "central"))
            for each in (Service.BRIDGE, Service.API)
        ]
        await services.enter_async_context(bridge.serve([HangUp], handler))
        await asyncio.gather(*(bus.until(Presence.CONNECTED) for bus in (bridge, api)))
        await _flood(broker, Service.API, command, look)
        await eventually(lambda: bridge.counters.busy + handler.begun == FLOOD, 60)
        refusal = await api.request(_hang_up(), 30)
        look()
        handler.may.set()
        taken = await answered(lambda: api.request(_hang_up(), 30), lambda answer: isinstance(answer, Accepted))
    assert handler.begun == CARRIED_OUT_AT_ONCE + 1
    assert bridge.counters.unanswered < bridge.counters.busy
    assert isinstance(refusal, Refused) and refusal.reason is Refusal.BUSY and isinstance(taken, Accepted)
    assert max(tasks) < CARRIED_OUT_AT_ONCE + ANSWERED_AT_ONCE + 50
    assert [caplog.text.count(f"commands {each}") for each in (_FASTER, _AGAIN)] == [1, 1]


@pytest.mark.broker
async def test_a_flood_of_facts_leaves_the_latest_and_is_counted_and_reported_once(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    async with MqttBus(_address(broker, Service.API), Service.API, "central") as api:
        await api.until(Presence.CONNECTED)
        async with api.subscribe(CallEnded, AgentState) as facts:
            await _flood(broker, Service.BRIDGE, lambda number: _sent(_ended(number)), lambda: None)
            async with MqttBus(_address(broker, Service.BRIDGE), Service.BRIDGE, "central") as bridge:
                bridge.publish(_agent("ana"))
                await eventually(lambda: api.counters.unread == FLOOD - UNREAD_LIMIT, 60)
            read = [await anext(facts) for _ in range(UNREAD_LIMIT + 1)]
    assert isinstance(read[0], CallEnded) and read[0].at_us == FLOOD - UNREAD_LIMIT
    assert isinstance(read[-1], AgentState) and read[-1].member == "ana"
    assert caplog.text.count(_FASTER) == 1


async def test_who_does_not_handle_what_comes_connects_anew_and_has_every_state() -> None:
    broker = MemoryBroker()
    async with asyncio.timeout(30), MemoryBus(broker, Service.API, "central") as api:
        await api.until(Presence.CONNECTED)
        async with api.subscribe(AgentState) as states:
            for number in range(ARRIVED_LIMIT):
                broker.carry(_sent(_agent(f"a{number % 10}")))
            ana = _agent("ana")
            broker.carry(Parcel(ana.topic, ana.encode(), 0, retain=True))
            while (await anext(states)).member != "ana":
                pass
        assert api.counters.connects == 2


async def test_states_of_ever_more_topics_are_counted_and_not_kept(caplog: pytest.LogCaptureFixture) -> None:
    broker = MemoryBroker()
    async with asyncio.timeout(60), MemoryBus(broker, Service.API, "central") as api:
        await api.until(Presence.CONNECTED)
        async with api.subscribe(AgentState) as states:
            for number in range(STATES_LIMIT + 10):
                broker.carry(_sent(_agent(f"a{number}")))
                if not number % 100:
                    await asyncio.sleep(0)
            await eventually(lambda: api.counters.unread == 10)
            broker.carry(_sent(_agent("a7").model_copy(update={"since_us": 7})))
            while (await anext(states)).since_us != 7:
                pass
    assert caplog.text.count(_FASTER) == 1


async def test_who_asks_for_too_much_at_once_is_refused_and_nothing_is_sent(memory_stage: Stage) -> None:
    handler = Bridge()
    bridge, api = await memory_stage.bus(Service.BRIDGE), await memory_stage.bus(Service.API)
    async with bridge.serve([HangUp], handler), asyncio.TaskGroup() as group:
        asked = [group.create_task(api.request(_hang_up(), 30)) for _ in range(OPEN_AT_ONCE)]
        await eventually(lambda: bridge.counters.busy == OPEN_AT_ONCE - CARRIED_OUT_AT_ONCE)
        await eventually(lambda: sum(each.done() for each in asked) == OPEN_AT_ONCE - CARRIED_OUT_AT_ONCE)
        others = [group.create_task(api.request(_hang_up(), 30)) for _ in range(OPEN_AT_ONCE)]
        await eventually(lambda: sum(each.done() for each in others) == OPEN_AT_ONCE)
        handler.may.set()
    refusals = [each.result() for each in others if isinstance(each.result(), Refused)]
    assert len(refusals) == OPEN_AT_ONCE
    assert bridge.counters.busy == OPEN_AT_ONCE
