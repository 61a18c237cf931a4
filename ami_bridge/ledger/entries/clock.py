"""A queue entry after the wall clock was set: what was before that is known by the new clock. Pure."""

from ami_bridge.ledger.clock_steps import SetClock, moved
from ami_bridge.ledger.entries.entry import EntryInProgress


def set_clock(entry: EntryInProgress, clock: SetClock) -> bool:
    """Move what is from before. True when that changes anything.

    An entry that had ended before keeps the moments that it had, and knows the step should it go on. A wait that was
    over before is as long as it was.
    """
    joined, over = entry.joined, entry.answered or entry.ended
    if entry.ended is not None and clock.is_old(entry.ended):
        entry.set_since_end = entry.set_since_end.plus(clock.drift)
        return False
    if joined is None or clock.is_new(joined):
        return False
    if over is not None:
        entry.hold_time = entry.wait_until(None) if clock.is_old(over) else None
    entry.joined, entry.ended = clock.by_new_clock(joined), moved(entry.ended, clock)
    entry.conversation, entry.clock_was_set = entry.conversation.by_new_clock(clock), True
    if entry.hung_up is not None:
        entry.hung_up = entry.hung_up._replace(at=moved(entry.hung_up.at, clock))
    entry.offers.set_clock(clock)
    return True
