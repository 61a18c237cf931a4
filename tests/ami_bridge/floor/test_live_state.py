"""The live state, from events as Asterisk sends them."""

import pytest

from ami_bridge.floor.live_state import Floor
from ami_bridge.wire.items import AmiEvent
from callcenter.centre.file import load
from callcenter.messages.facts import (
    AgentState,
    AgentStatus,
    CallAnswered,
    CallEnded,
    CallEndedBy,
    CallOffered,
    Fact,
    OfferEnd,
    OfferEnded,
    QueueState,
    RecordingStatus,
)
from callcenter.settings import PROJECT

CENTRE = load(PROJECT / "centre.yaml")
T0 = 1_790_000_000_000_000


def event(name: str, at: int = 0, **headers: str) -> AmiEvent:
    return AmiEvent(name, {"Event": name, **headers}, T0 + at * 1_000_000)


def member(status: str = "1", queue: str = "101", **headers: str) -> AmiEvent:
    base = {"Queue": queue, "MemberName": "1001", "Interface": "PJSIP/1001", "Paused": "0"}
    headers = {"Event": "QueueMemberStatus", **base, "Status": status, **headers}
    return AmiEvent("QueueMemberStatus", headers, T0)


JOIN = event("QueueCallerJoin", 1, Queue="101", Uniqueid="c1", Linkedid="c1", CallerIDNum="70712345", Position="1")
CALLED = event("AgentCalled", 2, Queue="101", Uniqueid="c1", MemberName="1001", DestUniqueid="a1")
LEAVE = event("QueueCallerLeave", 5, Queue="101", Uniqueid="c1")
CONNECT = event("AgentConnect", 5, Queue="101", Uniqueid="c1", MemberName="1001", DestUniqueid="a1")


def facts_of(*events: AmiEvent) -> list[Fact]:
    floor = Floor("central", CENTRE)
    floor.apply(member(), T0)
    floor.drain(T0)
    for each in events:
        floor.apply(each, T0)
    return floor.drain(T0 + 10_000_000)


def only(kind: type[Fact], facts: list[Fact]) -> Fact:
    (found,) = [fact for fact in facts if isinstance(fact, kind)]
    return found


def queue(facts: list[Fact]) -> QueueState:
    return next(fact for fact in facts if isinstance(fact, QueueState) and fact.queue == "101")


def test_a_joined_caller_waits_in_the_queues_state() -> None:
    state = queue(facts_of(JOIN))
    assert [(caller.caller, caller.joined_us - T0) for caller in state.waiting] == [("70712345", 1_000_000)]


def test_an_offer_has_line_queue_caller_and_since_when_they_wait() -> None:
    offered = only(CallOffered, facts_of(JOIN, CALLED))
    assert isinstance(offered, CallOffered)
    assert (offered.member, offered.line, offered.caller) == ("1001", "101", "70712345")
    assert offered.offered_us - offered.joined_us == 1_000_000


def test_an_offer_is_published_once_however_often_asterisk_reports_it() -> None:
    assert isinstance(only(CallOffered, facts_of(JOIN, CALLED, CALLED)), CallOffered)


def test_an_answer_takes_the_caller_out_of_the_queue_and_the_agent_onto_the_call() -> None:
    facts = facts_of(JOIN, CALLED, LEAVE, CONNECT)
    assert queue(facts).waiting == ()
    state = only(AgentState, facts)
    assert isinstance(state, AgentState)
    assert (state.state, state.uniqueid) == (AgentStatus.ON_CALL, "c1")
    assert only(CallAnswered, facts)


def test_the_end_of_the_call_is_published_once_and_wrap_up_follows() -> None:
    complete = event("AgentComplete", 9, Queue="101", Uniqueid="c1", MemberName="1001", Reason="agent")
    facts = facts_of(JOIN, CALLED, LEAVE, CONNECT, complete, event("Hangup", 9, Uniqueid="a1"))
    ended = only(CallEnded, facts)
    assert isinstance(ended, CallEnded)
    assert ended.ended_by is CallEndedBy.AGENT
    state = only(AgentState, facts)
    assert isinstance(state, AgentState)
    assert state.state is AgentStatus.WRAP_UP


def test_a_caller_who_hangs_up_while_it_rings_ends_the_offer() -> None:
    facts = facts_of(JOIN, CALLED, LEAVE, event("Hangup", 6, Uniqueid="a1"), event("Hangup", 6, Uniqueid="c1"))
    ended = only(OfferEnded, facts)
    assert isinstance(ended, OfferEnded)
    assert ended.reason is OfferEnd.CALLER_LEFT
    assert not [fact for fact in facts if isinstance(fact, CallEnded)]


def test_a_paused_agent_is_paused_with_the_reason() -> None:
    state = only(AgentState, facts_of(member(Paused="1", PausedReason="Almuerzo")))
    assert isinstance(state, AgentState)
    assert (state.state, state.reason) == (AgentStatus.PAUSED, "Almuerzo")


def test_a_queue_that_the_centre_does_not_have_is_counted_and_changes_nothing() -> None:
    floor = Floor("central", CENTRE)
    floor.drain(T0)
    floor.apply(event("QueueCallerJoin", Queue="ghost", Uniqueid="c9"), T0)
    assert floor.drain(T0) == []
    assert floor.unknown_queues == 1


def test_an_offer_for_a_caller_who_never_joined_gives_no_pop() -> None:
    assert not [fact for fact in facts_of(CALLED, CONNECT) if isinstance(fact, CallOffered | CallAnswered)]


def test_the_snapshot_replaces_the_live_state_and_forgets_conversations_that_are_gone() -> None:
    floor = Floor("central", CENTRE)
    for each in (member(), JOIN, CALLED, LEAVE, CONNECT):
        floor.apply(each, T0)
    floor.drain(T0)
    snapshot = [
        event("QueueMember", Queue="101", Name="1001", Location="PJSIP/1001", Status="1", Paused="0"),
        event("QueueEntry", Queue="101", Uniqueid="c2", CallerIDNum="4251234", Wait="7"),
    ]
    floor.rebuild(snapshot, T0 + 20_000_000)
    floor.keep_channels({"c2"})
    facts = floor.drain(T0 + 20_000_000)
    assert [caller.joined_us - T0 for caller in queue(facts).waiting] == [13_000_000]
    state = only(AgentState, facts)
    assert isinstance(state, AgentState)
    assert state.state is AgentStatus.AVAILABLE


def test_control_characters_in_a_number_do_not_reach_the_screen() -> None:
    hostile = event("QueueCallerJoin", Queue="101", Uniqueid="c1", CallerIDNum="70\r\n<b>7", Position="1")
    assert queue(facts_of(hostile)).waiting[0].caller == "707"


RANG = event("AgentRingNoAnswer", 3, Queue="101", Uniqueid="c1", MemberName="1001", DestUniqueid="a1", RingTime="1000")


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ("17", OfferEnd.REJECTED),
        ("19", OfferEnd.REJECTED),
        ("21", OfferEnd.REJECTED),
        ("0", OfferEnd.NO_ANSWER),
        ("20", OfferEnd.UNREACHABLE),
    ],
)
def test_the_hang_up_cause_of_the_leg_gives_the_reason_why_a_phone_was_not_answered(
    cause: str, reason: OfferEnd
) -> None:
    ended = only(OfferEnded, facts_of(JOIN, CALLED, RANG, event("Hangup", 3, Uniqueid="a1", Cause=cause)))
    assert isinstance(ended, OfferEnded)
    assert ended.reason is reason


def test_an_agent_who_moves_to_another_phone_serves_at_that_one() -> None:
    gone = event("QueueMemberRemoved", Queue="101", MemberName="1001", Interface="PJSIP/1001")
    added = AmiEvent("QueueMemberAdded", {**member().headers, "Interface": "PJSIP/1001-web"}, T0)
    for order in ((gone, added), (added, gone)):
        state = only(AgentState, facts_of(*order))
        assert isinstance(state, AgentState)
        assert (state.interface, state.queues) == ("PJSIP/1001-web", ("101",))


RECORDED = event("MixMonitorStart", 0, Uniqueid="c1")


def recording(*events: AmiEvent) -> tuple[RecordingStatus | None, int | None]:
    """The recording's state in the agent's, after these events."""
    state = only(AgentState, facts_of(*events))
    assert isinstance(state, AgentState)
    return state.recording, state.recording_since_us


def muted(at: int, state: str) -> AmiEvent:
    return event("MixMonitorMute", at, Uniqueid="c1", Direction="both", State=state)


CONVERSATION = (JOIN, CALLED, LEAVE, CONNECT)


@pytest.mark.parametrize(
    ("events", "reported"),
    [
        ((RECORDED, *CONVERSATION), (RecordingStatus.ON, T0)),
        (CONVERSATION, (RecordingStatus.OFF, T0 + 1_000_000)),
        ((RECORDED, *CONVERSATION, muted(7, "1"), muted(9, "1")), (RecordingStatus.PAUSED, T0 + 7_000_000)),
        ((RECORDED, *CONVERSATION, muted(7, "1"), muted(9, "0")), (RecordingStatus.ON, T0 + 9_000_000)),
        ((RECORDED, *CONVERSATION, event("MixMonitorStop", 8, Uniqueid="c1")), (RecordingStatus.OFF, T0 + 8_000_000)),
        ((RECORDED, *CONVERSATION, event("MixMonitorMute", 8, Uniqueid="c2", State="1")), (RecordingStatus.ON, T0)),
        ((RECORDED, JOIN, CALLED), (None, None)),
    ],
)
def test_an_agents_state_has_whether_the_conversation_is_recorded(
    events: tuple[AmiEvent, ...], reported: tuple[RecordingStatus | None, int | None]
) -> None:
    assert recording(*events) == reported


def test_a_pause_of_the_recording_is_published_at_once() -> None:
    floor = Floor("central", CENTRE)
    floor.apply(member(), T0)
    for each in (RECORDED, *CONVERSATION):
        floor.apply(each, T0)
    floor.drain(T0)
    floor.apply(muted(7, "1"), T0)
    reported = only(AgentState, floor.drain(T0))
    assert isinstance(reported, AgentState)
    assert (reported.recording, reported.since_us) == (RecordingStatus.PAUSED, T0)


def passed(at: int = 8, phone: str = "PJSIP/1001-0000000a", caller: str = "c1", extension: str = "1001") -> AmiEvent:
    headers = {"Caller": caller, "Extension": extension, "Phone": phone}
    return event("UserEvent", at, UserEvent="TroncalReceived", **headers)


def transferred(*events: AmiEvent) -> AgentState:
    """The agent's state after these events, with a recorded caller."""
    floor = Floor("central", CENTRE)
    for each in (RECORDED, member("2"), *events):
        floor.apply(each, T0)
    state = only(AgentState, floor.drain(T0 + 10_000_000))
    assert isinstance(state, AgentState)
    return state


@pytest.mark.parametrize("phone", ["PJSIP/1001-0000000a", "Local/1001@troncal-agents-00000000;1"])
@pytest.mark.parametrize("status", [{}, {"Paused": "1", "PausedReason": "Descanso"}])
def test_the_state_of_an_agent_with_a_transferred_call_has_whether_it_is_recorded(
    phone: str, status: dict[str, str]
) -> None:
    reported = transferred(member("2", **status), passed(phone=phone), muted(9, "1"))
    assert (reported.state, reported.uniqueid, reported.transferred) == (AgentStatus.ON_CALL, None, "c1")
    assert (reported.recording, reported.recording_since_us) == (RecordingStatus.PAUSED, T0 + 9_000_000)


@pytest.mark.parametrize(
    "event_",
    [
        passed(phone="PJSIP/1001-web-0000000a"),
        passed(phone="PJSIP/1004-0000000a", extension="1004"),
        passed(caller=""),
        event("UserEvent", 8, UserEvent="Other", Caller="c1", Extension="1001", Phone="PJSIP/1001-0000000a"),
    ],
)
def test_a_call_at_another_phone_than_the_agents_is_not_the_agents(event_: AmiEvent) -> None:
    reported = transferred(event_)
    assert (reported.transferred, reported.recording) == (None, None)


@pytest.mark.parametrize(
    ("over", "status"),
    [
        (event("Hangup", 9, Uniqueid="c1", Channel="PJSIP/red-publica-00000001"), AgentStatus.ON_CALL),
        (event("Hangup", 9, Uniqueid="a9", Channel="PJSIP/1001-0000000a"), AgentStatus.ON_CALL),
        (passed(9, phone="PJSIP/1004-0000000b", extension="1004"), AgentStatus.ON_CALL),
        (event("QueueCallerJoin", 9, Queue="102", Uniqueid="c1", Linkedid="c1", Position="1"), AgentStatus.ON_CALL),
        (member("1"), AgentStatus.AVAILABLE),
        (member("5"), AgentStatus.UNREACHABLE),
    ],
)
def test_a_transferred_call_is_over_when_either_is_gone_or_the_caller_goes_on(
    over: AmiEvent, status: AgentStatus
) -> None:
    reported = transferred(passed(), over)
    assert (reported.transferred, reported.recording, reported.state) == (None, None, status)


def test_a_transferred_call_goes_on_when_others_hang_up() -> None:
    other = event("Hangup", 9, Uniqueid="c2", Channel="PJSIP/1004-0000000b")
    assert transferred(passed(), other, event("Hangup", 9, Uniqueid="c3")).transferred == "c1"


def test_a_snapshot_keeps_a_transferred_call_while_the_caller_is_there() -> None:
    for alive, reported in (({"c1"}, "c1"), ({"c2"}, None)):
        floor = Floor("central", CENTRE)
        for each in (member("2"), RECORDED, passed()):
            floor.apply(each, T0)
        floor.rebuild([event("QueueMember", 0, Queue="101", Name="1001", Location="PJSIP/1001", Status="2")], T0)
        floor.keep_channels(alive)
        state = only(AgentState, floor.drain(T0))
        assert isinstance(state, AgentState)
        assert state.transferred == reported
