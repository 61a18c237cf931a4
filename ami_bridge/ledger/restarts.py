"""Restarts of Asterisk: what they cut off, also where an orderly stop looks like callers hanging up. Pure."""

from collections.abc import Iterable

from ami_bridge.ledger.entry import EntryInProgress
from ami_bridge.ledger.entry_states import EntryEvent
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


def shut_down(ended: Iterable[EntryInProgress], last: Moment | None, restarted: Moment | None) -> list[EntryInProgress]:
    """Entries that an orderly stop ended, all at once, just before the restart.

    A single call that ended then counts only if the restart was quick; several at once count also after a longer one.
    """
    if restarted is None or last is None:
        return []
    since = last.earliest_us - SHUTDOWN_WINDOW_US
    cut = [entry for entry in ended if entry.ended is not None and entry.ended.latest_us >= since]
    cut = [entry for entry in cut if entry.may(EntryEvent.INTERRUPT)]
    limit_us = SLOW_RESTART_US if len(cut) > 1 else QUICK_RESTART_US
    return cut if restarted.earliest_us - last.latest_us <= limit_us else []
