"""Conversations that a new session finds in progress: from the list of channels into the live state."""

import pytest

from ami_bridge.floor.conversations import (
    StandingConversation,
    StandingTransfer,
    standing_conversations,
    transferred_calls,
)
from ami_bridge.floor.live_state import Floor
from ami_bridge.wire.items import AmiEvent
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import AgentState, AgentStatus, CallAnswered, CallEnded, RecordingStatus
from tests.ami_bridge.floor.test_live_state import CENTRE, CONNECT, T0, event, only

CALLER = {
    **{"Channel": "PJSIP/red-publica-00000001", "Uniqueid": "c1", "BridgeId": "b1", "Duration": "00:01:30"},
    **{"Application": "Queue", "ApplicationData": "101,tc,,,600"},
}
PHONE = {
    **{"Channel": "PJSIP/1001-web-00000002", "Uniqueid": "a1", "BridgeId": "b1", "Duration": "00:01:10"},
    **{"Application": "AppQueue", "ApplicationData": "(Outgoing Line)"},
}
CONVERSATION = StandingConversation("a1", "PJSIP/1001-web", "101", "c1", 70 * MICROSECONDS)


def channel(known: dict[str, str], **changed: str) -> AmiEvent:
    return event("CoreShowChannel", 0, **{**known, **changed})


def found(*channels: AmiEvent) -> list[StandingConversation]:
    return list(standing_conversations(channels))


def new_floor(*entries: AmiEvent, **changed: str) -> Floor:
    """A floor that was rebuilt at a connect."""
    known = {"Queue": "101", "Name": "1001", "Location": "PJSIP/1001-web", "Status": "2", "Paused": "0"}
    floor = Floor("central", CENTRE)
    floor.rebuild([event("QueueMember", 0, **{**known, **changed}), *entries], T0)
    floor.found_conversations([CONVERSATION], T0)
    return floor


def state(floor: Floor, now_us: int = T0) -> AgentState:
    reported = only(AgentState, floor.drain(now_us))
    assert isinstance(reported, AgentState)
    return reported


def test_a_caller_bridged_with_the_phone_that_the_queue_called_is_a_conversation() -> None:
    assert found(channel(PHONE), channel(CALLER)) == [CONVERSATION]


@pytest.mark.parametrize(
    "other",
    [
        channel(PHONE, BridgeId=""),
        channel(PHONE, BridgeId="b2"),
        channel(PHONE, Application="AppDial"),
        channel(CALLER, Uniqueid="c2"),
    ],
    ids=["rings", "in another bridge", "was called by an extension", "is a caller too"],
)
def test_what_is_no_conversation(other: AmiEvent) -> None:
    assert found(channel(CALLER), other) == []


@pytest.mark.parametrize("text", ["", "70", "x:y:z", "00:01", "-1:00:00"])
def test_a_duration_that_is_none_counts_from_now(text: str) -> None:
    assert [each.lasts_us for each in found(channel(CALLER), channel(PHONE, Duration=text))] == [0]


def test_a_conversation_that_is_found_is_shown_with_its_call_and_its_beginning() -> None:
    reported = state(new_floor())
    assert (reported.state, reported.uniqueid, reported.since_us) == (AgentStatus.ON_CALL, "c1", T0 - 70 * MICROSECONDS)


def test_a_conversation_that_is_found_ends_as_any_other() -> None:
    floor = new_floor(Status="1")
    floor.drain(T0)
    headers = {"Queue": "101", "Uniqueid": "c1", "DestUniqueid": "a1", "MemberName": "1001", "Reason": "agent"}
    complete = event("AgentComplete", 9, **headers)
    floor.apply(complete, T0)
    facts = floor.drain(T0 + 9 * MICROSECONDS)
    assert isinstance(only(CallEnded, facts), CallEnded)
    ended = only(AgentState, facts)
    assert isinstance(ended, AgentState)
    assert (ended.state, ended.since_us) == (AgentStatus.WRAP_UP, T0 + 9 * MICROSECONDS)


def test_a_caller_who_was_answered_meanwhile_is_reported_when_the_answer_comes() -> None:
    """The queues were asked before the channels: the answer is among the events that are still to be read."""
    floor = new_floor(event("QueueEntry", Queue="101", Uniqueid="c1", CallerIDNum="70712345", Wait="3"))
    floor.drain(T0)
    floor.apply(CONNECT, T0)
    assert isinstance(only(CallAnswered, floor.drain(T0 + MICROSECONDS)), CallAnswered)


def test_a_pause_from_before_keeps_its_beginning() -> None:
    paused = {"Paused": "1", "PausedReason": "Descanso", "LastPause": str(T0 // MICROSECONDS - 600), "Status": "1"}
    floor = Floor("central", CENTRE)
    known = {"Queue": "101", "Name": "1001", "Location": "PJSIP/1001"}
    floor.rebuild([event("QueueMember", 0, **known, **paused)], T0)
    reported = state(floor)
    assert (reported.state, reported.since_us) == (AgentStatus.PAUSED, T0 - 600 * MICROSECONDS)


COLLEAGUE = {**PHONE, "Application": "AppDial"}
SENT = {**CALLER, "Application": "Dial", "ApplicationData": "PJSIP/1001-web,30,U(troncal-received^c1^1001)"}
TRANSFERRED_CALL = StandingTransfer("PJSIP/1001-web-00000002", "PJSIP/1001-web", "c1")


@pytest.mark.parametrize("caller", [CALLER, SENT], ids=["joined by a colleague", "sent to the extension"])
def test_a_caller_bridged_with_a_phone_that_no_queue_called_is_a_transferred_call(caller: dict[str, str]) -> None:
    assert list(transferred_calls([channel(COLLEAGUE), channel(caller)])) == [TRANSFERRED_CALL]


@pytest.mark.parametrize(
    ("caller", "phone"),
    [
        (CALLER, PHONE),
        (SENT, {**COLLEAGUE, "BridgeId": "b2"}),
        (SENT, {**COLLEAGUE, "BridgeId": ""}),
        ({**SENT, "ApplicationData": "PJSIP/1001-web,30"}, COLLEAGUE),
        ({**SENT, "ApplicationData": "PJSIP/1001-web,30,U(troncal-received^c11^1001)"}, COLLEAGUE),
    ],
    ids=["the queue's own conversation", "in another bridge", "rings", "a colleague asks", "of another caller"],
)
def test_what_is_no_transferred_call(caller: dict[str, str], phone: dict[str, str]) -> None:
    assert list(transferred_calls([channel(caller), channel(phone)])) == []


@pytest.mark.parametrize(
    ("mark", "reported"),
    [
        ("on", (RecordingStatus.ON, T0 + 5)),
        ("", (RecordingStatus.OFF, T0 + 5)),
        (f"paused:{T0 - 9}", (RecordingStatus.PAUSED, T0 - 9)),
        ("paused:x", (RecordingStatus.PAUSED, T0 + 5)),
        ("something", (None, None)),
    ],
)
def test_the_mark_on_the_callers_channel_gives_the_recordings_state(
    mark: str, reported: tuple[RecordingStatus | None, int]
) -> None:
    floor = new_floor()
    floor.found_recordings({"c1": mark, "c2": "on"}, T0 + 5)
    shown = state(floor)
    assert (shown.recording, shown.recording_since_us) == reported


def test_a_transferred_call_that_is_found_is_shown_with_its_recording() -> None:
    floor = Floor("central", CENTRE)
    floor.rebuild([event("QueueMember", 0, Queue="101", Name="1001", Location="PJSIP/1001-web", Status="2")], T0)
    floor.found_transfers([TRANSFERRED_CALL, StandingTransfer("PJSIP/1009-00000002", "PJSIP/1009", "c2")])
    floor.found_recordings({"c1": "on"}, T0)
    shown = state(floor)
    assert (shown.transferred, shown.recording) == ("c1", RecordingStatus.ON)
