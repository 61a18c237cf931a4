"""Callbacks: whose turn it is, the position kept, who may be called. The rule of fairness holds in any queue."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.callbacks.rules import (
    Callback,
    CallbackReason,
    CallbackState,
    CallerInQueue,
    QueuePosition,
    QueueReentry,
    QueueSnapshot,
    Rules,
    callable_number,
    due,
    own_numbers,
    parsed_reference,
    positions,
    queue_reentry,
)
from callcenter.instants import MICROSECONDS
from tests.callcenter.callbacks.callback_queue import RULES, Person, QueueModel, Visitor

S = MICROSECONDS
LONG_AGO = 10_000 * S
NOBODY = Visitor(0, 0, 1, None, ())

visitors = st.builds(
    Visitor,
    arrives=st.integers(0, 600),
    priority=st.sampled_from([0, 0, 0, 10, 30]),
    conversation_seconds=st.integers(1, 120),
    presses_key_after=st.one_of(st.none(), st.integers(0, 200)),
    answers=st.lists(st.one_of(st.none(), st.integers(3, 20)), max_size=3).map(tuple),
)


def callback(
    id: int = 1, since: int = 5, *, priority: int = 0, state: CallbackState = CallbackState.PENDING, next: int = 0
) -> Callback:
    position = QueuePosition(priority, since * S)
    return Callback(id, "44123456", "102", "102", "u", position, since * S, CallbackReason.KEY, state, 0, next * S)


def standing(*since: int, priority: int = 0) -> tuple[CallerInQueue, ...]:
    return tuple(CallerInQueue(each * S, priority) for each in since)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(agents=st.integers(1, 3), people=st.lists(visitors, max_size=14))
def test_nobody_is_overtaken_and_everybody_is_served_or_given_up(agents: int, people: list[Visitor]) -> None:
    model = QueueModel(agents, people)
    model.run()
    for person in model.people:
        gave_up = person.state is CallbackState.GIVEN_UP and person.tries == RULES.tries
        assert (person.served_at is not None) != gave_up


@given(
    others=st.lists(st.tuples(st.sampled_from([0, 10, 30]), st.integers(1, 900)), max_size=8, unique_by=lambda o: o[1]),
    priority=st.sampled_from([0, 10, 30]),
    since=st.integers(1, 900),
)
def test_a_callback_overtakes_nobody_and_is_not_overtaken(
    others: list[tuple[int, int]], priority: int, since: int
) -> None:
    model = QueueModel(1, [])
    model.now = 900
    for number, (urgency, came) in enumerate(sorted(others, key=lambda other: (-other[0], other[1]))):
        model.waiting.append(Person(number, NOBODY, QueuePosition(urgency, came * S), came))
    model.come_back(Person(99, NOBODY, QueuePosition(priority, since * S), since))


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(keys=st.lists(st.integers(5, 100), min_size=1, max_size=8))
def test_a_callback_is_served_about_when_the_caller_would_have_been(keys: list[int]) -> None:
    patient = [Visitor(n, 0, 60, None, ()) for n in range(30)]
    asking = [
        Visitor(n, 0, 60, keys[n // 3], (8,)) if n % 3 == 0 and n // 3 < len(keys) else v for n, v in enumerate(patient)
    ]
    stayed, asked = QueueModel(2, patient), QueueModel(2, asking)
    stayed.run()
    asked.run()
    for one, other in zip(stayed.people, asked.people, strict=True):
        assert one.served_at is not None and other.served_at is not None
        assert other.served_at - one.served_at <= 60 + RULES.ring_seconds


def test_a_callback_is_due_when_nobody_who_came_before_waits() -> None:
    call = callback(since=5)
    assert due([call], QueueSnapshot(standing(4), working=1), 10 * S) == ()
    assert due([call], QueueSnapshot(standing(6), working=1), 10 * S) == (call,)


def test_a_callback_is_due_when_more_agents_are_available_than_callers_are_ahead() -> None:
    call = callback(since=5)
    assert due([call], QueueSnapshot(standing(4), working=2, available=1), 10 * S) == ()
    assert due([call], QueueSnapshot(standing(4), working=2, available=2), 10 * S) == (call,)


def test_nobody_is_called_back_while_nobody_serves_the_queue() -> None:
    assert due([callback()], QueueSnapshot(working=0), 10 * S) == ()


def test_one_telephone_rings_for_the_next_agent_and_one_for_each_that_is_free() -> None:
    calls = [callback(id=n, since=n) for n in range(1, 5)]
    assert [c.id for c in due(calls, QueueSnapshot(working=3), 10 * S)] == [1]
    assert [c.id for c in due(calls, QueueSnapshot(working=3, available=3), 10 * S)] == [1, 2, 3]


def test_a_callback_that_waits_for_its_next_try_holds_up_nobody() -> None:
    resting, ready = callback(id=1, since=1, next=100), callback(id=2, since=2)
    assert due([resting, ready], QueueSnapshot(working=1), 10 * S) == (ready,)


def test_a_ringing_telephone_is_ahead_of_who_came_later() -> None:
    ringing, ready = callback(id=1, since=1, state=CallbackState.CALLING), callback(id=2, since=2)
    assert due([ringing, ready], QueueSnapshot(working=1), 10 * S) == ()


def test_the_position_is_behind_the_last_who_came_before() -> None:
    assert queue_reentry(QueuePosition(0, 5 * S), standing(1, 4, 6, 7), 10 * S) == QueueReentry(0, 3)
    assert queue_reentry(QueuePosition(0, 5 * S), (), 10 * S) == QueueReentry(0, 1)


def test_an_urgent_callback_stays_behind_the_urgent_who_came_before_only() -> None:
    waiting = (*standing(3, 7, priority=30), *standing(1))
    assert queue_reentry(QueuePosition(30, 5 * S), waiting, 10 * S) == QueueReentry(30, 2)


def test_a_caller_back_in_their_position_counts_since_they_began_to_wait() -> None:
    assert [position.since_us for position in positions(standing(90, 4, 6))] == [4 * S, 4 * S, 6 * S]
    assert queue_reentry(QueuePosition(0, 5 * S), standing(90, 4, 6), 100 * S) == QueueReentry(0, 3)


def test_urgency_does_not_pass_who_has_waited_long_and_is_the_first() -> None:
    late = standing(9_900, 9_950, priority=30)
    assert queue_reentry(QueuePosition(0, 5 * S), late, LONG_AGO) == QueueReentry(30, 1)
    assert due([callback(since=5)], QueueSnapshot(late, working=1), LONG_AGO) != ()


def test_who_has_waited_long_still_stays_behind_who_came_before() -> None:
    waiting = (*standing(9_900, priority=30), *standing(1))
    assert queue_reentry(QueuePosition(0, 5 * S), waiting, LONG_AGO) == QueueReentry(0, 3)


@pytest.mark.parametrize("text", ["44123456", "4412 3456", "70712345", "4123456", "+59170712345"])
def test_fixed_and_mobile_numbers_are_called_back(text: str) -> None:
    assert callable_number(text) is not None


@pytest.mark.parametrize(
    "text",
    ["101", "800131313", "+5491112345678", "0015551234567", "7171234", "6123456", "", "anonymous", "1*2#", "9" * 40],
)
def test_no_other_number_is_called_back(text: str) -> None:
    assert callable_number(text) is None


def test_the_centre_does_not_call_itself() -> None:
    own = own_numbers(["101", "4251000"])
    assert callable_number("44251000", own) is None
    assert callable_number("4251000", own) is None


def test_a_number_is_tried_three_times_with_pauses_between() -> None:
    rules = Rules(pauses_seconds=(300, 1200))
    assert [rules.next_try_us(tries, 0) for tries in (1, 2, 3)] == [300 * S, 1200 * S, None]


@pytest.mark.parametrize("text", ["", "-", "12", "12-", "-1", "12-1-2", "12-a", "a-1", "٣-١", "1-" + "9" * 20])
def test_what_names_no_try_is_refused(text: str) -> None:
    assert parsed_reference(text) is None


def test_a_reference_names_its_try() -> None:
    assert parsed_reference(callback(id=12).reference) == (12, 0)
