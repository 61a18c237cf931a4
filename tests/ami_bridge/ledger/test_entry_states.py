"""Every transition of a queue entry, and that there are no others."""

from collections.abc import Callable
from itertools import product

import pytest

from ami_bridge.ledger.entries.entry import EntryInProgress
from ami_bridge.ledger.entries.states import ENDED, TRANSITIONS, EntryEvent, EntryState
from callcenter.calls import EndedBy, EntryKey, Outcome
from callcenter.moments import Moment

S, E = EntryState, EntryEvent
AT = Moment.exact(1_790_000_000_000_000)
KEY = EntryKey("central", 0, "101", "1790000000.1", 0)
OPEN = frozenset(S) - ENDED
HAPPEN: dict[EntryEvent, Callable[[EntryInProgress], bool]] = {
    E.ANSWER: lambda entry: entry.answer(AT, "1001", "1790000000.2", None),
    E.ABANDON: lambda entry: entry.leave(Outcome.ABANDONED, AT, None),
    E.EXIT_BY_KEY: lambda entry: entry.leave(Outcome.KEY_EXIT, AT, None),
    E.LEAVE: lambda entry: entry.leave(Outcome.TIMEOUT, AT, None),
    E.REFUSE: lambda entry: entry.leave(Outcome.FULL, AT, None),
    E.COMPLETE: lambda entry: entry.finish(AT, EndedBy.AGENT),
    E.RESUME_WAIT: EntryInProgress.resume_wait,
    E.ENTER_AGAIN: EntryInProgress.enter_again,
    E.INTERRUPT: lambda entry: entry.interrupt(AT),
}
# The fewest events that bring a new entry to each state.
WAYS: dict[EntryState, tuple[EntryEvent, ...]] = {
    S.WAITING: (),
    S.RETURNING: (E.EXIT_BY_KEY, E.RESUME_WAIT),
    S.CONNECTED: (E.ANSWER,),
    S.ANSWERED_RETURNING: (E.EXIT_BY_KEY, E.RESUME_WAIT, E.ANSWER),
    S.ABANDONED: (E.ABANDON,),
    S.KEY_EXIT: (E.EXIT_BY_KEY,),
    S.LEFT: (E.LEAVE,),
    S.REFUSED: (E.REFUSE,),
    S.COMPLETED: (E.ANSWER, E.COMPLETE),
    S.INTERRUPTED: (E.INTERRUPT,),
}
NAMED = [(state, event) for state, ways in TRANSITIONS.items() for event in ways]
NOT_NAMED = [pair for pair in product(S, E) if pair not in NAMED]


def entry_in(state: EntryState) -> EntryInProgress:
    """An entry in that state, brought there by events."""
    entry = EntryInProgress(KEY, KEY.uniqueid, "800", "70000001", AT)
    assert all(HAPPEN[event](entry) for event in WAYS[state])
    assert entry.state is state
    return entry


@pytest.mark.parametrize(("state", "event"), NAMED)
def test_an_entry_changes_state_as_the_table_has_it(state: EntryState, event: EntryEvent) -> None:
    entry = entry_in(state)
    assert entry.may(event)
    assert HAPPEN[event](entry)
    assert entry.state is TRANSITIONS[state][event]


@pytest.mark.parametrize(("state", "event"), NOT_NAMED)
def test_an_event_that_the_table_does_not_have_changes_nothing(state: EntryState, event: EntryEvent) -> None:
    entry, before = entry_in(state), entry_in(state)
    assert not entry.may(event)
    assert not HAPPEN[event](entry)
    assert (entry.state, entry.snapshot(AT)) == (before.state, before.snapshot(AT))


def test_an_ended_entry_only_goes_on_after_a_declined_callback_or_turns_out_interrupted() -> None:
    out = {(state, event): target for state in ENDED for event, target in TRANSITIONS[state].items()}
    assert out == {
        (S.KEY_EXIT, E.RESUME_WAIT): S.RETURNING,
        (S.ABANDONED, E.INTERRUPT): S.INTERRUPTED,
        (S.COMPLETED, E.INTERRUPT): S.INTERRUPTED,
    }


def test_every_open_entry_can_be_interrupted() -> None:
    assert all(TRANSITIONS[state][E.INTERRUPT] is S.INTERRUPTED for state in OPEN)


def test_every_state_is_in_the_table_and_reached_by_it() -> None:
    reached = {target for ways in TRANSITIONS.values() for target in ways.values()}
    assert set(TRANSITIONS) == set(S)
    assert reached == set(S)


@pytest.mark.parametrize("state", S)
def test_an_entry_is_one_of_waiting_connected_and_ended(state: EntryState) -> None:
    entry = entry_in(state)
    assert [entry.is_waiting, entry.is_connected, entry.is_ended].count(True) == 1
