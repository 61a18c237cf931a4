"""Facts over the bus: the same claims for both buses."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import pytest

from callcenter.bus.presence import Presence
from callcenter.bus.protocol import Bus
from callcenter.messages.envelope import Service
from callcenter.messages.facts import AgentState, AgentStatus, BridgeState, CallOffered, Fact, Link


class Stage(Protocol):
    bus: Callable[..., Awaitable[Bus]]
    stop_broker: Callable[[], Awaitable[None]]
    start_broker: Callable[[], Awaitable[None]]
    sever: Callable[[Bus], Awaitable[None]]
    mend: Callable[[Bus], Awaitable[None]]
    leave: Callable[[Bus], Awaitable[None]]


def _agent(member: str, state: AgentStatus, since_us: int = 1) -> AgentState:
    return AgentState(
        node="central", member=member, interface="PJSIP/1", queues=("101",), state=state, since_us=since_us
    )


def _bridge(state: Link) -> BridgeState:
    return BridgeState(node="central", state=state, since_us=1)


def _offer(member: str, number: int = 1) -> CallOffered:
    return CallOffered(
        node="central",
        member=member,
        uniqueid=f"1.{number}",
        linkedid=f"1.{number}",
        queue="101",
        line="101",
        caller="44220000",
        joined_us=1,
        offered_us=2,
    )


async def test_a_subscriber_hears_a_fact(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with api.subscribe(CallOffered) as offers:
        bridge.publish(_offer("ana"))
        assert await anext(offers) == _offer("ana")


async def test_facts_keep_their_order(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with api.subscribe(CallOffered) as offers:
        for number in range(300):
            bridge.publish(_offer("ana", number))
        heard = [(await anext(offers)).uniqueid for _ in range(300)]
    assert heard == [f"1.{number}" for number in range(300)]


async def test_states_and_facts_and_what_is_acknowledged_keep_their_order(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    published: list[Fact] = [
        _agent("ana", AgentStatus.RINGING),
        _bridge(Link.UP),
        _offer("ana"),
        _agent("luz", AgentStatus.PAUSED),
    ]
    async with api.subscribe(AgentState, BridgeState, CallOffered) as facts:
        for fact in published:
            bridge.publish(fact)
        assert [await anext(facts) for _ in published] == published


async def test_a_fact_of_any_length_arrives_whole(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    queues = [tuple(str(number) for number in range(many)) for many in (0, 1, 2000, 30_000)]
    async with api.subscribe(AgentState) as states:
        for each in queues:
            bridge.publish(_agent("ana", AgentStatus.AVAILABLE).model_copy(update={"queues": each}))
            assert (await anext(states)).queues == each


async def test_a_late_subscriber_gets_the_last_state(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with api.subscribe(AgentState) as first:
        bridge.publish(_agent("ana", AgentStatus.PAUSED))
        await anext(first)
        bridge.publish(_agent("ana", AgentStatus.AVAILABLE))
        await anext(first)
        async with api.subscribe(AgentState) as second:
            assert (await anext(second)).state is AgentStatus.AVAILABLE


async def test_a_subscriber_of_another_process_gets_the_last_state(stage: Stage) -> None:
    bridge, one = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with one.subscribe(AgentState) as first:
        bridge.publish(_agent("ana", AgentStatus.AVAILABLE))
        await anext(first)
    two = await stage.bus(Service.API)
    async with two.subscribe(AgentState) as second:
        assert (await anext(second)).member == "ana"


async def test_a_topic_filter_narrows_to_one_agent(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with api.subscribe(CallOffered, topic="troncal/central/offer/luz") as offers:
        bridge.publish(_offer("ana"))
        bridge.publish(_offer("luz"))
        assert (await anext(offers)).member == "luz"


async def test_a_second_subscription_does_not_double_the_facts_of_the_first(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with api.subscribe(CallOffered) as first, api.subscribe(CallOffered, AgentState):
        bridge.publish(_offer("ana", 1))
        bridge.publish(_offer("ana", 2))
        assert [(await anext(first)).uniqueid, (await anext(first)).uniqueid] == ["1.1", "1.2"]


async def test_a_second_subscription_does_not_repeat_states_to_the_first(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with api.subscribe(AgentState) as first:
        bridge.publish(_agent("ana", AgentStatus.PAUSED))
        await anext(first)
        async with api.subscribe(AgentState, CallOffered) as second:
            await anext(second)
            bridge.publish(_agent("luz", AgentStatus.PAUSED))
            assert (await anext(first)).member == "luz"


async def test_a_slow_reader_ends_with_the_present_state(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with api.subscribe(AgentState) as slow, api.subscribe(CallOffered) as offers:
        for since_us in range(50):
            bridge.publish(_agent("ana", AgentStatus.AVAILABLE, since_us))
        bridge.publish(_offer("ana"))
        await anext(offers)
        assert (await anext(slow)).since_us == 49


async def test_after_the_broker_was_killed_states_come_again_and_then_facts(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with api.subscribe(AgentState) as states, api.subscribe(CallOffered) as offers:
        bridge.publish(_agent("ana", AgentStatus.AVAILABLE))
        await anext(states)
        await stage.stop_broker()
        await bridge.until(Presence.AWAY)
        await api.until(Presence.AWAY)
        await stage.start_broker()
        assert (await anext(states)).member == "ana"
        await api.until(Presence.CONNECTED)
        bridge.publish(_offer("luz"))
        assert (await anext(offers)).member == "luz"


async def test_a_state_published_while_away_is_sent_at_the_reconnect(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    await stage.sever(bridge)
    for status in (AgentStatus.PAUSED, AgentStatus.ON_CALL):
        bridge.publish(_agent("ana", status))
    async with api.subscribe(AgentState) as states:
        await stage.mend(bridge)
        assert (await anext(states)).state is AgentStatus.ON_CALL


async def test_an_offer_published_while_away_is_dropped_and_counted(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    await stage.sever(bridge)
    bridge.publish(_offer("ana", 1))
    await stage.mend(bridge)
    await bridge.until(Presence.CONNECTED)
    async with api.subscribe(CallOffered) as offers:
        bridge.publish(_offer("ana", 2))
        assert (await anext(offers)).uniqueid == "1.2"
    assert bridge.counters.unsent == 1


async def test_a_bridge_that_vanishes_leaves_its_will(stage: Stage) -> None:
    bridge = await stage.bus(Service.BRIDGE, will=_bridge(Link.LOST))
    api = await stage.bus(Service.API)
    async with api.subscribe(BridgeState) as states:
        bridge.publish(_bridge(Link.UP))
        assert (await anext(states)).state is Link.UP
        await stage.sever(bridge)
        assert (await anext(states)).state is Link.LOST
        await stage.mend(bridge)
        assert (await anext(states)).state is Link.UP


async def test_a_bridge_that_says_goodbye_leaves_no_will(stage: Stage) -> None:
    bridge = await stage.bus(Service.BRIDGE, will=_bridge(Link.LOST))
    api, other = await stage.bus(Service.API), await stage.bus(Service.BRIDGE)
    async with api.subscribe(BridgeState) as states, api.subscribe(CallOffered) as offers:
        bridge.publish(_bridge(Link.DOWN))
        await stage.leave(bridge)
        other.publish(_offer("ana"))
        await anext(offers)
        assert (await anext(states)).state is Link.DOWN


async def test_what_was_published_before_leaving_arrives(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with api.subscribe(CallOffered) as offers:
        facts: list[Fact] = [_offer("ana", number) for number in range(100)]
        for fact in facts:
            bridge.publish(fact)
        await stage.leave(bridge)
        assert [await anext(offers) for _ in facts] == facts


async def test_a_bus_that_leaves_in_the_middle_of_sending_is_gone_at_once(stage: Stage) -> None:
    for turns in range(60):
        bridge = await stage.bus(Service.BRIDGE)
        bridge.publish(_agent("ana", AgentStatus.AVAILABLE))
        for _ in range(turns // 5):
            await asyncio.sleep(0)
        async with asyncio.timeout(10):
            await stage.leave(bridge)


async def test_the_iteration_ends_with_the_bus(stage: Stage) -> None:
    api = await stage.bus(Service.API)
    async with api.subscribe(CallOffered) as offers:
        await stage.leave(api)
        assert [each async for each in offers] == []


async def test_a_state_that_died_with_the_broker_is_not_sent_to_later_readers(stage: Stage) -> None:
    gone, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with api.subscribe(AgentState) as first:
        gone.publish(_agent("ana", AgentStatus.PAUSED))
        await anext(first)
        await stage.leave(gone)
        await stage.stop_broker()
        await api.until(Presence.AWAY)
        await stage.start_broker()
        bridge = await stage.bus(Service.BRIDGE)
        bridge.publish(_agent("luz", AgentStatus.PAUSED))
        assert (await anext(first)).member == "luz"
        async with api.subscribe(AgentState) as later:
            assert (await anext(later)).member == "luz"


async def test_a_state_that_was_cleared_is_not_sent_to_later_readers(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with api.subscribe(AgentState) as first:
        for member in ("ana", "luz"):
            bridge.publish(_agent(member, AgentStatus.PAUSED))
            assert (await anext(first)).member == member
        bridge.clear(_agent("ana", AgentStatus.PAUSED))
        bridge.publish(_agent("eva", AgentStatus.PAUSED))
        assert (await anext(first)).member == "eva"
    later = await stage.bus(Service.API)
    async with later.subscribe(AgentState) as states:
        assert {(await anext(states)).member for _ in range(2)} == {"luz", "eva"}


async def test_a_state_that_is_cleared_while_the_broker_is_away_is_not_sent_again(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with api.subscribe(AgentState) as states:
        bridge.publish(_agent("ana", AgentStatus.PAUSED))
        await anext(states)
        await stage.stop_broker()
        await bridge.until(Presence.AWAY)
        bridge.clear(_agent("ana", AgentStatus.PAUSED))
        bridge.publish(_agent("luz", AgentStatus.PAUSED))
        await stage.start_broker()
        assert (await anext(states)).member == "luz"


async def test_only_a_state_is_cleared(stage: Stage) -> None:
    bridge = await stage.bus(Service.BRIDGE)
    with pytest.raises(ValueError, match="call_offered is no state"):
        bridge.clear(_offer("ana"))
