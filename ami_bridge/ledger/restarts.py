"""Restarts of Asterisk: what they cut off, also where an orderly stop looks like callers hanging up. Pure."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

from ami_bridge.ledger.entries.entry import EntryInProgress
from ami_bridge.ledger.entries.states import EntryEvent
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

SHUTDOWN_WINDOW_US = 2 * MICROSECONDS
QUICK_RESTART_US = 5 * MICROSECONDS
SLOW_RESTART_US = 60 * MICROSECONDS


def gap(last: Moment | None, until: Moment | None) -> Moment | None:
    """When what was open ended: after its last sign of life, and not after this; not before that sign in any case."""
    if until is None or last is None:
        return until
    return Moment(last.earliest_us, max(last.latest_us, until.latest_us))


class Departure(StrEnum):
    """What is known of who ended a caller's channel."""

    UNKNOWN = "unknown"  # no row of our dialplan reports it
    BY_A_CHANNEL = "by a channel"  # the caller, the agent or the dialplan
    UNASKED = "unasked"  # no channel: an operator's order, or Asterisk stops


class AsteriskRestart(NamedTuple):
    """Asterisk started again: when the last row before that was, and when it started."""

    last: Moment | None
    started: Moment | None

    def may_have_ended(self, ended: Moment | None) -> bool:
        """Whether that was so short before the last row that an orderly stop may have ended it."""
        if ended is None or self.last is None:
            return False
        return ended.latest_us >= self.last.earliest_us - SHUTDOWN_WINDOW_US

    def took(self, at_most_us: int) -> bool:
        """Whether Asterisk was there again so soon."""
        return (
            self.last is not None
            and self.started is not None
            and (self.started.earliest_us - self.last.latest_us <= at_most_us)
        )


def shut_down(
    ended: Iterable[EntryInProgress],
    departure: Callable[[str], Departure],
    restart: AsteriskRestart,
    *,
    none_open: bool,
) -> list[EntryInProgress]:
    """Entries that an orderly stop ended, all at once, just before the restart.

    Our dialplan says whether somebody hung up. Without its rows it is guessed, where the stop left nothing open: a
    single call that ended then counts only if the restart was quick; several at once count also after a longer one.
    """
    may = [entry for entry in ended if entry.may(EntryEvent.INTERRUPT)]
    near = [entry for entry in may if restart.may_have_ended(_ended_by_clock_of_now(entry))]
    told = [entry for entry in near if departure(entry.call) is Departure.UNASKED]
    guessed = [entry for entry in near if departure(entry.call) is Departure.UNKNOWN] if none_open else []
    is_sure = bool(told) or len(guessed) > 1
    return told + guessed if restart.took(SLOW_RESTART_US if is_sure else QUICK_RESTART_US) else []


def _ended_by_clock_of_now(entry: EntryInProgress) -> Moment | None:
    return None if entry.ended is None else entry.ended.forward(entry.set_since_end)
