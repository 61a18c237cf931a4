"""The live pipe: what it publishes, in which order, after a snapshot, a lost session, a lost phone."""

import asyncio

import pytest

from ami_bridge.floor.live_state import Floor
from ami_bridge.floor.phone_watch import EndCalls, PauseMember, RequeueCaller
from ami_bridge.live import pipe as live
from ami_bridge.wire.items import AmiEvent
from callcenter.centre.pause_reasons import PHONE_AWAY
from callcenter.messages.facts import (
    AgentState,
    AgentStatus,
    BridgeState,
    CallAnswered,
    CallEnded,
    CallOffered,
    Fact,
    Link,
    PhoneState,
    QueueState,
)
from tests.ami_bridge.ami_text import channel, event
from tests.ami_bridge.fake_asterisk import denied, silence
from tests.ami_bridge.live.live_node import (
    AGENT,
    CALLER,
    CENTRE,
    WEB,
    Clock,
    Node,
    asterisk,
    channels,
    complete,
    connect,
    contact,
    join,
    leave,
    node_of,
    of_offer,
    paused,
    queue_101,
)


@pytest.fixture
def no_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes out in this test goes out for a reason, not because time passed."""
    monkeypatch.setattr(live, "TICK_SECONDS", 60.0)


def waiting(fact: Fact) -> list[str] | None:
    """Who waits in 101, by this fact."""
    return [each.uniqueid for each in fact.waiting] if isinstance(fact, QueueState) and fact.queue == "101" else None


async def conversation(node: Node) -> None:
    """1001 answers the caller."""
    node.fake.say(join() + of_offer("AgentCalled") + leave() + connect())
    await node.until_published(lambda fact: isinstance(fact, CallAnswered))


async def test_a_snapshot_is_published_after_the_bridge_is_up() -> None:
    fake = asterisk()
    fake.replies["QueueStatus"] = queue_101(waits=True)
    async with node_of(fake, settles=False) as node:
        await node.until_published(lambda fact: waiting(fact) == [CALLER])
        states = [fact for fact in node.published if isinstance(fact, BridgeState)]
        assert (states[-1].state, states[-1].asterisk_version) == (Link.UP, "22.10.1")
        assert states[-1].boot_id == "2026-11-23 06:00:00"
        after = node.kinds()[node.published.index(states[-1]) + 1 :]
        assert after[0] is AgentState
        assert set(after) == {AgentState, QueueState}


async def test_what_happens_while_the_snapshot_is_taken_is_applied_after_it() -> None:
    fake = asterisk()
    fake.replies["QueueStatus"] = queue_101(before=join())
    async with node_of(fake, settles=False) as node:
        await node.until_published(lambda fact: waiting(fact) == [CALLER])
        up = next(
            at for at, fact in enumerate(node.published) if isinstance(fact, BridgeState) and fact.asterisk_version
        )
        assert [] not in [waiting(fact) for fact in node.published[up:]]


@pytest.mark.slow
async def test_a_snapshot_that_nobody_answers_is_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SNAPSHOT_SECONDS", 0.05)
    fake = asterisk()
    answers, fake.replies["CoreStatus"] = fake.replies["CoreStatus"], silence
    async with node_of(fake, settles=False) as node:
        await node.until(lambda it: it.fake.names().count("CoreStatus") >= 2)
        assert AgentState not in node.kinds()
        fake.replies["CoreStatus"] = answers
        await node.settled()


async def test_where_the_channels_may_not_be_asked_for_the_calls_that_are_known_stay(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake = asterisk()
    fake.replies["CoreShowChannels"] = channels(CALLER, AGENT)
    async with node_of(fake) as node:
        await conversation(node)
        fake.replies |= {"CoreShowChannels": denied, "CoreStatus": denied}
        node.forget()
        fake.drop()
        await node.until(lambda it: len(it.heard.sessions) == 2)
        assert node.heard.sessions[1] == ("", None)
        fake.say(complete())
        await node.until_published(lambda fact: isinstance(fact, CallEnded))
    assert "Asterisk refuses CoreShowChannels: Permission denied" in caplog.text


async def test_what_happens_to_a_call_goes_out_at_once_and_in_its_order(no_tick: None) -> None:
    async with node_of(asterisk()) as node:
        node.fake.say(join() + of_offer("AgentCalled") + leave() + connect())
        node.fake.say(complete())
        await node.until_published(lambda fact: isinstance(fact, CallEnded))
        calls = [kind for kind in node.kinds() if kind in (CallOffered, CallAnswered, CallEnded)]
        assert calls == [CallOffered, CallAnswered, CallEnded]


async def test_states_wait_until_they_are_due_and_then_for_nothing_else(no_tick: None) -> None:
    clock = Clock()
    async with node_of(asterisk(), clock=clock) as node:
        node.fake.say(paused())
        await node.until_published(lambda fact: isinstance(fact, AgentState) and fact.state is AgentStatus.PAUSED)
        clock.hold()
        node.forget()
        node.fake.say(join() + of_offer("AgentCalled"))
        await node.until_published(lambda fact: isinstance(fact, CallOffered))
        assert node.kinds() == [CallOffered]
        clock.move(live.STATES_APART_US)
        await node.until_published(lambda fact: waiting(fact) == [CALLER])


async def test_a_clock_that_jumps_back_holds_no_state_back(no_tick: None) -> None:
    clock = Clock()
    async with node_of(asterisk(), clock=clock) as node:
        clock.hold()
        clock.move(-3_600_000_000)
        node.fake.say(join())
        await node.until_published(lambda fact: waiting(fact) == [CALLER])


async def test_more_than_is_applied_at_once_waits_for_no_other_read(
    no_tick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "EVENTS_AT_ONCE", 1)
    async with node_of(asterisk()) as node:
        node.fake.say(join() + of_offer("AgentCalled") + leave() + connect())
        await node.until_published(lambda fact: isinstance(fact, CallAnswered))


async def test_a_lost_session_is_published_and_the_next_one_rebuilds_the_live_state() -> None:
    fake = asterisk()
    async with node_of(fake) as node:
        fake.say(join())
        await node.until_published(lambda fact: waiting(fact) == [CALLER])
        node.forget()
        fake.drop()
        await node.until_published(lambda fact: waiting(fact) == [])
        await node.until_published(lambda fact: isinstance(fact, BridgeState) and fact.state is Link.UP)
        states = [fact.state for fact in node.published if isinstance(fact, BridgeState)]
        assert states[0] is Link.LOST
        assert states[-1] is Link.UP
        assert node.heard.losses >= 1


async def test_what_a_lost_session_left_over_is_not_applied_to_the_next(no_tick: None) -> None:
    fake = asterisk()
    fake.replies["CoreShowChannels"] = silence
    async with node_of(fake, settles=False) as node:
        await node.until(lambda it: "CoreShowChannels" in it.fake.names())
        fake.say(join())
        await node.until(lambda it: "QueueCallerJoin" in it.heard.events)
        fake.replies["CoreShowChannels"] = channels()
        fake.drop()
        await node.settled()
        fake.say(paused())
        await node.until_published(lambda fact: isinstance(fact, AgentState) and fact.state is AgentStatus.PAUSED)
        assert [CALLER] not in [waiting(fact) for fact in node.published]


async def test_a_listener_hears_every_event_and_each_session() -> None:
    async with node_of(asterisk()) as node:
        node.fake.say(join() + of_offer("AgentCalled"))
        await node.until(lambda it: it.heard.events[-2:] == ["QueueCallerJoin", "AgentCalled"])
        assert node.heard.sessions == [("2026-11-23 06:00:00", {"", CALLER})]


async def test_a_phone_that_comes_and_goes_is_published_and_its_member_paused(no_tick: None) -> None:
    async with node_of(asterisk()) as node:
        node.fake.say(contact("Reachable"))
        await node.until_published(lambda fact: isinstance(fact, PhoneState) and fact.registered)
        assert node.due_actions == []
        node.fake.say(contact("Removed"))
        await node.until_published(lambda fact: isinstance(fact, PhoneState) and not fact.registered)
        await node.until(lambda it: it.due_actions[:1] == [PauseMember(WEB, PHONE_AWAY)])


async def test_the_caller_of_a_page_that_was_closed_in_mid_call_is_requeued(no_tick: None) -> None:
    async with node_of(asterisk()) as node:
        assert not node.live.phone_lost(WEB)
        node.fake.say(contact("Reachable"))
        await conversation(node)
        await node.until_published(lambda fact: isinstance(fact, AgentState) and fact.state is AgentStatus.ON_CALL)
        assert node.live.phone_lost(WEB)
        await node.until(lambda it: it.due_actions == [RequeueCaller(CALLER, AGENT), EndCalls(WEB)])


async def test_the_caller_of_a_page_that_is_closed_between_two_sessions_is_requeued() -> None:
    fake = asterisk()
    fake.replies["CoreShowChannels"] = channels(CALLER, AGENT)
    async with node_of(fake) as node:
        await conversation(node)
        fake.drop()
        await node.until_published(lambda fact: isinstance(fact, BridgeState) and fact.state is Link.LOST)
        assert node.live.phone_lost(WEB)
        await node.until(lambda it: RequeueCaller(CALLER, AGENT) in it.due_actions)


class BrokenFloor(Floor):
    """Fails at the first caller."""

    def apply(self, event: AmiEvent, now_us: int) -> None:
        """Take in one event."""
        if event.name == "QueueCallerJoin":
            raise ZeroDivisionError("a defect")
        super().apply(event, now_us)


async def test_a_defect_of_the_live_state_ends_the_pipe_instead_of_showing_what_is_wrong(no_tick: None) -> None:
    async with node_of(asterisk(), floor=BrokenFloor("central", CENTRE)) as node:
        node.fake.say(join() + of_offer("AgentCalled"))
        with pytest.raises(ExceptionGroup) as failure:
            await asyncio.wait_for(node.running, 10)
        assert failure.group_contains(ZeroDivisionError)
        assert CallOffered not in node.kinds()


def hangup(uniqueid: str) -> bytes:
    """A channel is gone."""
    return event("Hangup", channel(Uniqueid=uniqueid) | {"Cause": "16", "Cause-txt": "Normal Clearing"})


async def test_a_hang_up_of_a_call_that_waits_has_the_queue_asked_before_what_comes_after(no_tick: None) -> None:
    """Another call took the place (INVITE with Replaces): only QueueStatus says that it waits, and is offered."""
    async with node_of(asterisk()) as node:
        node.fake.say(join(uniqueid="1763800000.7"))
        await node.until_published(lambda fact: waiting(fact) == ["1763800000.7"])
        node.fake.replies["QueueStatus"] = queue_101(waits=True)
        node.fake.say(hangup("1763800000.7") + of_offer("AgentCalled"))
        await node.until_published(lambda fact: isinstance(fact, CallOffered))
        offered = node.last(CallOffered)
        assert isinstance(offered, CallOffered) and offered.uniqueid == CALLER
        await node.until_published(lambda fact: waiting(fact) == [CALLER])


async def test_nobody_waits_once_the_queue_says_so(no_tick: None) -> None:
    async with node_of(asterisk()) as node:
        node.fake.say(join())
        await node.until_published(lambda fact: waiting(fact) == [CALLER])
        node.forget()
        node.fake.say(hangup(CALLER))
        await node.until_published(lambda fact: waiting(fact) == [])
        await conversation(node)
