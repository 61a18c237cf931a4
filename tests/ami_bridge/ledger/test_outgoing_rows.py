"""Calls that the centre makes itself, from the rows of its dialplan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_bridge.ledger.rows.row import Row
from callcenter.calls import AnomalyKind
from callcenter.moments import Moment
from callcenter.outgoing_calls import AnsweredBy, OutgoingCall, OutgoingPurpose, OutgoingResult
from tests.ami_bridge.ledger.queue_log_rows import fold, row

DIALLED = row(100, "o1|NONE|NONE|OUTGOING|dialled|70712345|callback|callback-7-1")
ANSWERED = row(108.25, "o1|NONE|NONE|OUTGOING|answered")
HANDED = row(115, "o1|NONE|NONE|OUTGOING|handed|101")
ENDED = row(200, "o1|NONE|NONE|OUTGOING|ended|16|by:PJSIP/red-publica-00000001|Up")
UNPLACED = row(111, "l1|NONE|NONE|OUTGOING|unplaced|70712345|callback|callback-7-1")
START = row(250, "NONE|NONE|NONE|QUEUESTART")


def only_call(*rows: Row) -> OutgoingCall:
    (call,) = fold(*rows).outgoing
    return call


def ended(cause: int, state: str = "Ringing", by: str = "by:PJSIP/red-publica-00000001") -> Row:
    return row(110, f"o1|NONE|NONE|OUTGOING|ended|{cause}|{by}|{state}")


def kinds(*rows: Row) -> list[AnomalyKind]:
    return [anomaly.kind for anomaly in fold(*rows).anomalies]


def test_a_call_is_known_from_its_dialling_to_its_end() -> None:
    taken = row(109, "o1|NONE|NONE|OUTGOING|taken_by|person")
    told = row(112, "o1|NONE|NONE|OUTGOING|told|prepago-vence")
    call = only_call(DIALLED, ANSWERED, taken, told, HANDED, ENDED)
    assert (call.purpose, call.number, call.reference) == (OutgoingPurpose.CALLBACK, "70712345", "callback-7-1")
    assert (call.answered_by, call.told, call.handed_to) == (AnsweredBy.PERSON, "prepago-vence", "101")
    moments = (call.dialled, call.answered, call.handed, call.ended)
    assert [each.earliest_us for each in moments if each] == [100_000_000, 108_250_000, 115_000_000, 200_000_000]
    assert (call.result, call.cause, call.ended_by_customer) == (OutgoingResult.ANSWERED, 16, True)


def test_it_is_no_registered_call_and_no_entry() -> None:
    changes = fold(DIALLED, ANSWERED, HANDED, ENDED)
    assert (changes.calls, changes.entries, changes.anomalies) == ((), (), ())


def test_a_call_that_an_agent_had_no_room_for_was_never_placed() -> None:
    call = only_call(row(100, "a1|NONE|1001|OUTGOING|unplaced|70712345|agent|"))
    assert (call.member, call.purpose, call.result) == ("1001", OutgoingPurpose.AGENT, OutgoingResult.UNPLACED)
    assert call.ended == call.dialled


@pytest.mark.parametrize(
    ("cause", "result"),
    [
        (17, OutgoingResult.BUSY),
        (19, OutgoingResult.NO_ANSWER),
        (18, OutgoingResult.NO_ANSWER),
        (1, OutgoingResult.WRONG_NUMBER),
        (28, OutgoingResult.WRONG_NUMBER),
        (21, OutgoingResult.REJECTED),
        (34, OutgoingResult.CONGESTION),
        (16, OutgoingResult.CANCELLED),
        (0, OutgoingResult.CANCELLED),
        (58, OutgoingResult.FAILED),
    ],
)
def test_of_a_telephone_that_did_not_answer_the_cause_says_why(cause: int, result: OutgoingResult) -> None:
    assert only_call(DIALLED, ended(cause)).result is result


def test_whether_it_rang_is_known() -> None:
    assert only_call(DIALLED, ended(17)).rang
    assert not only_call(DIALLED, ended(34, "Down")).rang


@pytest.mark.parametrize(
    "text", ["taken_by|person", "told|campana-mensaje", "pressed|2", "handed|101", "ended|0|by:|Up"]
)
def test_what_only_an_answered_telephone_does_stands_in_for_the_lost_row_of_the_answer(text: str) -> None:
    after = row(112, f"o1|NONE|NONE|OUTGOING|{text}")
    for rows in ((DIALLED, after), (DIALLED, after, START)):
        call = only_call(*rows)
        assert (call.result, call.answered) == (OutgoingResult.ANSWERED, Moment(100_000_000, 112_000_000))


def test_the_row_of_the_answer_says_more_where_it_comes_late() -> None:
    assert only_call(DIALLED, HANDED, ANSWERED, ENDED).answered == ANSWERED.at


def test_a_call_that_goes_on_has_no_result() -> None:
    call = only_call(DIALLED)
    assert (call.result, call.ended, call.cause) == (OutgoingResult.OPEN, None, None)


def test_a_call_that_no_channel_was_made_for_is_unplaced() -> None:
    call = only_call(UNPLACED)
    assert (call.uniqueid, call.result, call.ended) == ("l1", OutgoingResult.UNPLACED, call.dialled)


def test_of_a_telephone_that_was_rung_the_failure_of_the_order_says_nothing_new() -> None:
    changes = fold(DIALLED, ended(17), UNPLACED)
    assert [call.result for call in changes.outgoing] == [OutgoingResult.BUSY]
    assert changes.anomalies == ()


def test_a_restart_ends_what_went_on_and_does_not_guess_whether_it_was_answered() -> None:
    assert only_call(DIALLED, START).result is OutgoingResult.INTERRUPTED
    answered = only_call(DIALLED, ANSWERED, START)
    assert answered.result is OutgoingResult.ANSWERED
    assert answered.ended is not None
    assert (answered.ended.earliest_us, answered.ended.latest_us) == (108_250_000, 250_000_000)


def test_an_agent_who_dials_is_named() -> None:
    call = only_call(row(100, "o2|NONE|1001|OUTGOING|dialled|44123456|agent"))
    assert (call.member, call.reference, call.purpose) == ("1001", "", OutgoingPurpose.AGENT)


@pytest.mark.parametrize(
    "text",
    [
        "dialled|70712345|fun|x",
        "dialled|7071x|callback|callback-7-1",
        "dialled|70712345|callback|a b",
        "taken_by|nobody",
        "handed|no name",
        "ended|x|by:|Up",
        "ended|16|PJSIP/1|Up",
        "sung",
    ],
)
def test_a_row_that_is_not_as_our_dialplan_writes_it_is_an_anomaly(text: str) -> None:
    assert kinds(DIALLED, row(101, f"o1|NONE|NONE|OUTGOING|{text}")) == [AnomalyKind.MALFORMED_ROW]


def test_what_has_no_beginning_is_an_orphan_and_what_comes_twice_a_duplicate() -> None:
    assert kinds(ANSWERED, ENDED) == [AnomalyKind.ORPHAN] * 2
    assert kinds(DIALLED, DIALLED, ENDED, ENDED) == [AnomalyKind.DUPLICATE] * 2
    assert kinds(DIALLED, ENDED, START, row(300, "o1|NONE|NONE|OUTGOING|dialled|44123456|agent")) == [
        AnomalyKind.DUPLICATE
    ]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_nothing_that_a_row_may_say_raises(data: list[str]) -> None:
    fold(DIALLED, Row(1, DIALLED.at, "o1", "NONE", "NONE", "OUTGOING", tuple(data)), ENDED)
