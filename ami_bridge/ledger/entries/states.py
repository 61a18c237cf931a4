"""The states of a queue entry, and every transition between them. Pure.

    waiting ◄─ enter again ─ returning ── answer ──► answered returning
       │                         ▲                      │          │
       ├─ exit by key ─► key exit┘ resume wait     enter again  complete
       │                                                ▼          ▼
       └─ answer ───────────────────────────────► connected ──► completed

    A wait ends as abandoned, key exit or left; refused never began; Asterisk's own end is interrupted.

A caller who presses the key for a callback leaves the queue and may then decline it: the dialplan writes STAYED, and
app_queue a second ENTERQUEUE when the caller is back at their position. It is one wait.
"""

from collections.abc import Mapping
from enum import StrEnum

from callcenter.calls import Outcome


class EntryState(StrEnum):
    """The state of a queue entry."""

    WAITING = "waiting"
    RETURNING = "returning"  # declined a callback, waits on: the second ENTERQUEUE is still to come
    CONNECTED = "connected"  # an agent's phone was answered, and the conversation lasts
    ANSWERED_RETURNING = "answered_returning"  # connected, though the second ENTERQUEUE is still to come: rows cross
    ABANDONED = "abandoned"
    KEY_EXIT = "key_exit"
    LEFT = "left"  # the wait ended otherwise: too long, no agents, withdrawn
    REFUSED = "refused"  # never joined: the queue was full, or had no agents
    COMPLETED = "completed"  # the conversation ended
    INTERRUPTED = "interrupted"  # Asterisk stopped meanwhile


class EntryEvent(StrEnum):
    """What can happen to a queue entry."""

    ANSWER = "answer"
    ABANDON = "abandon"
    EXIT_BY_KEY = "exit_by_key"
    LEAVE = "leave"
    REFUSE = "refuse"
    COMPLETE = "complete"
    RESUME_WAIT = "resume_wait"
    ENTER_AGAIN = "enter_again"
    INTERRUPT = "interrupt"


_S, _E = EntryState, EntryEvent

_LEAVES = {_E.ABANDON: _S.ABANDONED, _E.EXIT_BY_KEY: _S.KEY_EXIT, _E.LEAVE: _S.LEFT}
_REFUSE, _CUT = {_E.REFUSE: _S.REFUSED}, {_E.INTERRUPT: _S.INTERRUPTED}

# What is not in the table does not happen: the entry remains as it is (see `EntryInProgress`).
TRANSITIONS: Mapping[EntryState, Mapping[EntryEvent, EntryState]] = {
    _S.WAITING: {_E.ANSWER: _S.CONNECTED, **_LEAVES, **_REFUSE, **_CUT},
    _S.RETURNING: {_E.ENTER_AGAIN: _S.WAITING, _E.ANSWER: _S.ANSWERED_RETURNING, **_LEAVES, **_CUT},
    _S.CONNECTED: {_E.COMPLETE: _S.COMPLETED, **_CUT},
    _S.ANSWERED_RETURNING: {_E.ENTER_AGAIN: _S.CONNECTED, _E.COMPLETE: _S.COMPLETED, **_CUT},
    # an orderly stop of Asterisk looks like everybody hanging up at once, until the restart that follows it
    _S.ABANDONED: {_E.INTERRUPT: _S.INTERRUPTED},
    _S.COMPLETED: {_E.INTERRUPT: _S.INTERRUPTED},
    _S.KEY_EXIT: {_E.RESUME_WAIT: _S.RETURNING},
    _S.LEFT: {},
    _S.REFUSED: {},
    _S.INTERRUPTED: {},
}

ENDED = frozenset({_S.ABANDONED, _S.KEY_EXIT, _S.LEFT, _S.REFUSED, _S.COMPLETED, _S.INTERRUPTED})
# The event behind each outcome of a wait that ended without an answer.
END_OF: Mapping[Outcome, EntryEvent] = {
    Outcome.ABANDONED: _E.ABANDON,
    Outcome.KEY_EXIT: _E.EXIT_BY_KEY,
    Outcome.TIMEOUT: _E.LEAVE,
    Outcome.LEFT_EMPTY: _E.LEAVE,
    Outcome.WITHDRAWN: _E.LEAVE,
    Outcome.FULL: _E.REFUSE,
    Outcome.JOIN_REFUSED: _E.REFUSE,
}
