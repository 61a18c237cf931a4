"""The wall clock is set in the middle of an outgoing call: its moments stay by the clock that it was dialled by."""

import pytest

from ami_bridge.ledger.rows.row import Row
from callcenter.moments import Moment
from callcenter.outgoing_calls import OutgoingCall
from tests.ami_bridge.ledger.queue_log_rows import fold, row
from tests.ami_bridge.ledger.test_clock_steps import BACK, FORWARD, clock_set, us

DIALLED = row(100, "o1|NONE|NONE|OUTGOING|dialled|70712345|campaign|campaign-7-1")


def answered(at: float) -> Row:
    return row(at, "o1|NONE|NONE|OUTGOING|answered")


def handed(at: float) -> Row:
    return row(at, "o1|NONE|NONE|OUTGOING|handed|101")


def ended(at: float) -> Row:
    return row(at, "o1|NONE|NONE|OUTGOING|ended|16|by:PJSIP/trunk-1|Up")


def only_call(*rows: Row) -> OutgoingCall:
    (call,) = fold(*rows).outgoing
    return call


def moments(call: OutgoingCall) -> list[Moment | None]:
    return [call.dialled, call.answered, call.handed, call.ended]


def after(seconds: float, or_later: float = 0) -> Moment:
    """So many seconds after the dialling, or as many more."""
    return Moment(us(100 + seconds), us(100 + seconds + or_later))


@pytest.mark.parametrize(("by", "unclear"), [(FORWARD, 60.0), (BACK, 0.0)])
def test_what_comes_after_a_step_is_as_long_after_the_dialling_as_it_was_or_may_be(by: float, unclear: float) -> None:
    call = only_call(DIALLED, clock_set(103, by), answered(108 + by), handed(110 + by), ended(150 + by))
    assert moments(call) == [after(0), *(after(each, unclear) for each in (8, 10, 50))]


@pytest.mark.parametrize(("by", "unclear"), [(FORWARD, 60.0), (BACK, 0.0)])
def test_what_came_before_it_is_as_it_was(by: float, unclear: float) -> None:
    call = only_call(DIALLED, answered(108), handed(110), clock_set(120, by), ended(150 + by))
    assert moments(call) == [after(0), after(8), after(10), after(50, unclear)]


@pytest.mark.parametrize(("by", "unclear"), [(FORWARD, 60.0), (BACK, 0.0)])
def test_what_is_stamped_between_the_step_and_its_row_is_by_the_new_clock(by: float, unclear: float) -> None:
    between = (answered(108.1 + by), handed(108.2 + by))
    call = only_call(DIALLED, row(107, "NONE|NONE|NONE|CONFIGRELOAD"), *between, clock_set(108, by), ended(150 + by))
    assert moments(call) == [after(0), after(8.1, unclear), after(8.2, unclear), after(50, unclear)]


@pytest.mark.parametrize("by", [FORWARD, BACK])
def test_so_is_an_end_in_that_moment(by: float) -> None:
    call = only_call(DIALLED, answered(107), ended(108.1 + by), clock_set(108, by))
    assert moments(call) == [after(0), after(7), None, after(8.1, max(by, 0))]


@pytest.mark.parametrize(
    ("one", "other", "unclear"), [(FORWARD, BACK, 60.0), (BACK, FORWARD, 60.0), (BACK, -30.0, 0.0)]
)
def test_two_steps_add_up(one: float, other: float, unclear: float) -> None:
    rows = (clock_set(103, one), clock_set(110 + one, other), answered(120 + one + other), ended(150 + one + other))
    assert moments(only_call(DIALLED, *rows)) == [after(0), after(20, unclear), None, after(50, unclear)]


@pytest.mark.parametrize("by", [FORWARD, BACK])
def test_a_call_that_was_over_or_begins_after_is_as_it_was(by: float) -> None:
    over = (DIALLED, answered(108), ended(120))
    later = row(200 + by, "o2|NONE|NONE|OUTGOING|dialled|70712345|campaign|campaign-8-1")
    end = row(210 + by, "o2|NONE|NONE|OUTGOING|ended|17|by:|Ringing")
    first, second = fold(*over, clock_set(150, by), later, end).outgoing
    assert moments(first) == [after(0), after(8), None, after(20)]
    assert (second.dialled, second.ended) == (later.at, end.at)


def test_a_restart_after_a_step_ends_it_by_the_same_clock() -> None:
    start = row(190, "NONE|NONE|NONE|QUEUESTART")
    call = only_call(DIALLED, clock_set(150, BACK), answered(100), start)
    assert (call.answered, call.ended) == (after(60), Moment(us(160), us(250)))
