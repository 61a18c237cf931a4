"""The truth of a call, from what its telephones traced."""

import pytest

from callcenter.calls import EndedBy, OfferResult
from troncal.simulator.legs import Legs
from troncal.simulator.trace import TracedMessage, TraceReader
from troncal.simulator.truth import TrueCall, TrueOutcome, true_calls

CALLER, PHONE, SECOND = "call-1", "phone-1", "phone-2"


def _message(at: int, who: str, sent: bool, method: str, status: int = 0, refer_to: str = "") -> TracedMessage:
    dialled = {CALLER: "101", PHONE: "1001", SECOND: "1002"}[who]
    return TracedMessage(at, sent, who, method, status, "70000001", dialled, refer_to, None)


def _truth(*messages: TracedMessage) -> tuple[TrueCall, ...]:
    legs = Legs()
    for message in messages:
        (legs.hear_caller if message.call_id == CALLER else legs.hear_phone)(message)
    return true_calls(legs)


ENTERED = (_message(10, CALLER, True, "INVITE"), _message(12, CALLER, False, "INVITE", 200))
RANG = _message(20, PHONE, False, "INVITE")
ANSWERED = (RANG, _message(30, PHONE, True, "INVITE", 200))


def test_a_caller_who_hangs_up_while_waiting_abandoned() -> None:
    (call,) = _truth(*ENTERED, _message(50, CALLER, True, "BYE"))
    assert (call.outcome, call.entered_us, call.wait_us) == (TrueOutcome.ABANDONED, 12, 38)


def test_a_caller_who_is_hung_up_on_was_turned_away() -> None:
    (call,) = _truth(*ENTERED, _message(50, CALLER, False, "BYE"))
    assert call.outcome is TrueOutcome.TURNED_AWAY


def test_an_answer_is_the_instant_the_phone_sent_it() -> None:
    (call,) = _truth(*ENTERED, *ANSWERED, _message(31, PHONE, True, "INVITE", 200))
    assert (call.outcome, call.answered_us, call.answered_by, call.wait_us) == (
        TrueOutcome.ANSWERED,
        30,
        "1001",
        18,
    )


def test_who_sends_the_first_bye_ended_the_conversation() -> None:
    byes = (_message(60, PHONE, True, "BYE"), _message(62, CALLER, False, "BYE"))
    (call,) = _truth(*ENTERED, *ANSWERED, *byes)
    assert (call.ended_us, call.ended_by) == (60, EndedBy.AGENT)


def test_offers_have_how_each_phone_stopped_ringing() -> None:
    rejected = (RANG, _message(25, PHONE, True, "INVITE", 486))
    cancelled = (_message(30, SECOND, False, "INVITE"), _message(40, SECOND, False, "CANCEL"))
    (call,) = _truth(*ENTERED, *rejected, *cancelled, _message(40, CALLER, True, "BYE"))
    assert [offer.how for offer in call.offers] == [OfferResult.REJECTED, OfferResult.CANCELLED]


def test_an_answer_after_the_caller_left_is_none() -> None:
    (call,) = _truth(*ENTERED, RANG, _message(29, CALLER, True, "BYE"), _message(30, PHONE, True, "INVITE", 200))
    assert call.outcome is TrueOutcome.ABANDONED


def test_a_transfer_begins_another_queue_entry() -> None:
    refer = (_message(40, PHONE, True, "REFER", refer_to="102"), _message(41, PHONE, False, "REFER", 202))
    again = (_message(50, SECOND, False, "INVITE"), _message(55, SECOND, True, "INVITE", 200))
    first, later = _truth(*ENTERED, *ANSWERED, *refer, *again, _message(70, SECOND, True, "BYE"))
    assert (first.ended_by, first.transferred_to, first.ended_us) == (EndedBy.TRANSFER, "102", 40)
    assert (later.entry, later.line, later.wait_us, later.answered_by) == (1, "102", 15, "1002")


def test_a_call_that_was_not_let_in_was_refused() -> None:
    (call,) = _truth(ENTERED[0], _message(12, CALLER, False, "INVITE", 403))
    assert (call.outcome, call.entered_us) == (TrueOutcome.REFUSED, None)


@pytest.mark.parametrize(("spoke_us", "entered_us"), [(None, 12), (40_012, 40_012), (700_000, 500_012)])
def test_a_caller_enters_once_the_telephone_is_heard(spoke_us: int | None, entered_us: int) -> None:
    legs = Legs()
    for message in ENTERED:
        caller = legs.hear_caller(message)
    assert caller is not None
    caller.spoke_us = spoke_us
    (call,) = true_calls(legs)
    assert call.entered_us == entered_us


INVITE = (
    "INVITE sip:101@127.0.0.1:5060 SIP/2.0\r\nFrom: <sip:70000001@127.0.0.2>;tag=1\r\n"
    "To: <sip:101@127.0.0.1:5060>\r\nCall-ID: call-1\r\nCSeq: 1 INVITE\r\n\r\n"
    "v=0\r\nc=IN IP4 127.0.0.2\r\nm=audio 6000 RTP/AVP 8\r\n"
)
TRACE = (
    f"{'-' * 47} 2026-11-22T21:44:16.715336Z\nUDP message sent [{len(INVITE)}] bytes:\n\n{INVITE}\n"
    "Discarded message\n\n"
    f"{'-' * 47} 2026-11-22T21:44:16.715337Z\nUDP message sent [{len(INVITE)}] bytes:\n\n{INVITE}"
).encode()


def test_a_trace_gives_whole_messages_with_microseconds() -> None:
    first, second = TraceReader().feed(TRACE)
    assert (first.caller, first.dialled, first.method, first.sent) == ("70000001", "101", "INVITE", True)
    assert first.sound == ("127.0.0.2", 6000)
    assert second.at_us - first.at_us == 1


def test_a_trace_cut_anywhere_gives_the_same_messages() -> None:
    whole = TraceReader().feed(TRACE)
    for cut in range(0, len(TRACE), 7):
        reader = TraceReader()
        assert reader.feed(TRACE[:cut]) + reader.feed(TRACE[cut:]) == whole
