"""Channels that take another's place, by recordings of real calls: who waits, and whose call is offered."""

from collections.abc import Iterator

import pytest

from ami_bridge.floor.live_state import Floor
from ami_bridge.wire.items import AmiEvent
from ami_bridge.wire.sifter import Sifter
from callcenter.centre.file import load
from callcenter.messages.facts import (
    AgentState,
    CallAnswered,
    CallEnded,
    CallOffered,
    Fact,
    OfferEnd,
    OfferEnded,
    QueueState,
)
from callcenter.settings import PROJECT
from tests.ami_bridge.recordings import CASES, ami

CENTRE = load(PROJECT / "tests/telephony/outcomes/centre.yaml")
INTO_QUEUE = "attended-transfer-into-queue"
RINGING = "live/attended-transfer-into-queue-ringing"
BY_KEY = "live/attended-transfer-by-key-into-queue"
REPLACED = "live/replaced-waiting"
PICKED_UP = "live/picked-up-elsewhere"
WITH_CHANGES = ["local-member", "attended-transfer-by-key", BY_KEY, REPLACED, PICKED_UP, RINGING]
WITH_CHANGES += [name for name in CASES if name.startswith(INTO_QUEUE)]


def events(name: str) -> list[AmiEvent]:
    """What the bridge's own AMI user was sent."""
    sifter = Sifter()
    items = [*sifter.feed(ami(name, "ami-filtered.txt")), *sifter.flush()]
    return [each for each in items if isinstance(each, AmiEvent)]


def followed(name: str, *, without: str = "") -> Iterator[tuple[AmiEvent, Floor, list[Fact]]]:
    """The floor after each event, with the facts that followed from it."""
    floor = Floor("central", CENTRE)
    for each in events(name):
        if each.name != without:
            floor.apply(each, each.timestamp_us or 0)
            yield each, floor, floor.drain(each.timestamp_us or 0)


def waits(floor: Floor, facts: list[Fact], queue: str) -> list[tuple[str, str]]:
    """Number and Uniqueid of who waits, by the last state of the queue in these facts."""
    states = [each for each in facts if isinstance(each, QueueState) and each.queue == queue]
    return [(each.caller, each.uniqueid) for each in states[-1].waiting] if states else []


def who_waited(name: str, queue: str) -> list[list[tuple[str, str]]]:
    """Who waited in a queue, one after the other."""
    shown: list[list[tuple[str, str]]] = [[]]
    for _, floor, facts in followed(name):
        if any(isinstance(each, QueueState) and each.queue == queue for each in facts):
            now = waits(floor, facts, queue)
            shown += [now] if now != shown[-1] else []
    return shown


def first(name: str, kind: str, **headers: str) -> AmiEvent:
    """The first event of that kind with these headers."""
    found = (each for each in events(name) if each.name == kind)
    return next(each for each in found if all(each.get(key) == value for key, value in headers.items()))


def calls(name: str) -> list[tuple[str, ...]]:
    """What happened to the calls, by the facts."""
    facts = [fact for _, _, facts in followed(name) for fact in facts]
    kinds = (CallOffered, OfferEnded, CallAnswered, CallEnded)
    return [(type(each).__name__, each.member, each.uniqueid) for each in facts if isinstance(each, kinds)]


@pytest.mark.parametrize("name", [RINGING, *(each for each in CASES if each.startswith(INTO_QUEUE))])
def test_after_a_transfer_into_a_queue_the_original_caller_waits_there(name: str) -> None:
    consultation = first(name, "QueueCallerJoin", Queue="102").get("Uniqueid")
    caller = first(name, "QueueCallerJoin", Queue="101").get("Uniqueid")
    assert who_waited(name, "102") == [[], [("1001", consultation)], [("70000001", caller)], []]


def test_the_colleague_who_answers_is_offered_the_original_callers_call() -> None:
    caller = first(INTO_QUEUE, "QueueCallerJoin", Queue="101").get("Uniqueid")
    facts = [fact for _, _, facts in followed(INTO_QUEUE) for fact in facts]
    offered = [each for each in facts if isinstance(each, CallOffered) and each.queue == "102"]
    joined = first(INTO_QUEUE, "QueueCallerJoin", Queue="102").timestamp_us
    assert [(each.uniqueid, each.caller, each.joined_us) for each in offered] == [(caller, "70000001", joined)]
    assert ("CallAnswered", "Beatriz Rojas", caller) in calls(INTO_QUEUE)


def test_a_phone_that_rings_for_the_consultation_rings_for_the_caller_from_then_on() -> None:
    name = RINGING
    consultation = first(name, "QueueCallerJoin", Queue="102").get("Uniqueid")
    caller = first(name, "QueueCallerJoin", Queue="101").get("Uniqueid")
    assert [each for each in calls(name) if each[1] == "Beatriz Rojas"] == [
        ("CallOffered", "Beatriz Rojas", consultation),
        ("OfferEnded", "Beatriz Rojas", consultation),
        ("CallOffered", "Beatriz Rojas", caller),
        ("CallAnswered", "Beatriz Rojas", caller),
        ("CallEnded", "Beatriz Rojas", caller),
    ]


def test_behind_a_consultation_by_feature_code_waits_the_caller_with_their_number() -> None:
    waiting = first(BY_KEY, "QueueCallerJoin", Queue="102").get("Uniqueid")
    assert who_waited(BY_KEY, "102") == [[], [("1001", waiting)], [("70000001", waiting)], []]


def test_whoever_replaces_a_waiting_call_is_found_by_asking_the_queue() -> None:
    """INVITE with Replaces: Asterisk reports nothing but the hang-up of the call that waited."""
    facts: list[Fact] = []
    new = first(REPLACED, "AgentCalled")
    joined = first(REPLACED, "QueueCallerJoin").timestamp_us
    for each, floor, more in followed(REPLACED):
        facts += more
        now_us = each.timestamp_us or 0
        for queue in floor.queues_in_doubt:
            assert waits(floor, more, "101") == []
            entry = {"Queue": queue, "Uniqueid": new.get("Uniqueid"), "CallerIDNum": "70000002", "Wait": "1"}
            floor.look_again(queue, [AmiEvent("QueueEntry", entry, None)], now_us)
    (offered,) = [each for each in facts if isinstance(each, CallOffered)]
    assert (offered.uniqueid, offered.caller, offered.joined_us) == (new.get("Uniqueid"), "70000002", joined)


def test_a_call_that_a_colleague_picks_up_is_answered_and_no_offer_ends_before() -> None:
    assert [each[0] for each in calls(PICKED_UP)] == ["CallOffered", "CallAnswered", "CallEnded"]


def test_a_conversation_lasts_when_the_members_local_channel_is_optimized_away() -> None:
    ends = [each for each, _, facts in followed("local-member") if any(isinstance(f, CallEnded) for f in facts)]
    assert [each.name for each in ends] == ["AgentComplete"]


def test_two_phones_of_a_member_that_ring_at_once_are_one_offer() -> None:
    floor, name = Floor("central", CENTRE), "answered-agent-ends"
    second = {**first(name, "AgentCalled").headers, "DestUniqueid": "web"}
    facts: list[Fact] = []
    for each in events(name):
        floor.apply(each, 0)
        if each.name == "AgentCalled":
            floor.apply(AmiEvent("AgentCalled", second, each.timestamp_us), 0)
        facts += floor.drain_calls()
    assert [type(each) for each in facts] == [CallOffered, CallAnswered, CallEnded]


@pytest.mark.parametrize("name", WITH_CHANGES)
@pytest.mark.parametrize("missed", ["", "AttendedTransfer", "QueueCallerLeave", "AgentConnect", "AgentComplete"])
def test_once_all_channels_are_gone_nobody_waits_whatever_was_missed(name: str, missed: str) -> None:
    _leaves_nobody([each for each in events(name) if each.name != missed])


@pytest.mark.parametrize("name", WITH_CHANGES)
def test_nor_when_any_one_event_is_lost_but_a_hang_up(name: str) -> None:
    whole = events(name)
    for at, each in enumerate(whole):
        if each.name != "Hangup":
            _leaves_nobody([*whole[:at], *whole[at + 1 :]])


def _leaves_nobody(heard: list[AmiEvent]) -> None:
    floor = Floor("central", CENTRE)
    queues: dict[str, QueueState] = {}
    agents: dict[str, AgentState] = {}
    for each in heard:
        floor.apply(each, each.timestamp_us or 0)
        for fact in floor.drain(each.timestamp_us or 0):
            if isinstance(fact, QueueState):
                queues[fact.queue] = fact
            elif isinstance(fact, AgentState):
                agents[fact.member] = fact
    assert [queue for queue, state in queues.items() if state.waiting] == []
    assert [state.uniqueid for state in agents.values() if state.uniqueid] == []


def test_an_offer_ends_with_the_consultation_for_the_reason_that_the_caller_left() -> None:
    facts = [fact for _, _, facts in followed(RINGING) for fact in facts]
    assert [each.reason for each in facts if isinstance(each, OfferEnded)] == [OfferEnd.CALLER_LEFT]
