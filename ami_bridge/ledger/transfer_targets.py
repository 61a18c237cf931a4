"""Targets of attended transfers. Pure.

app_queue's row names a bridge, not who got the caller; our dialplan writes that in a row of its own (RECEIVED), a
moment before or after it.
"""

from collections import OrderedDict

from ami_bridge.ledger.entries.entry import EntryInProgress
from ami_bridge.ledger.entries.in_progress import Entries, remember
from ami_bridge.ledger.rows.row import Row
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

# The longest time between the two rows; different threads write them, normally within a millisecond.
APART_US = 5 * MICROSECONDS
_LONGEST = 20


class TransferTargets:
    """Matches the two rows, in whichever order they come."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._reported: OrderedDict[str, tuple[str, Moment | None]] = OrderedDict()
        self._wanted: OrderedDict[str, tuple[EntryInProgress, Moment | None]] = OrderedDict()

    def received(self, row: Row) -> None:
        """RECEIVED number: the caller of that channel is now connected to that number."""
        entry, at = self._wanted.pop(row.callid, (None, None))
        if entry is not None and _near(at, row.at):
            entry.transferred_to = row.field(0)
            return self._entries.touch(entry)
        remember(self._reported, row.callid, (row.field(0), row.at))
        return None

    def of(self, row: Row) -> str:
        """Who got the caller of an ATTENDEDTRANSFER; empty while that is not reported."""
        number, at = self._reported.pop(row.callid, ("", None))
        return number if _near(at, row.at) else ""

    def want(self, entry: EntryInProgress, at: Moment | None) -> None:
        """An attended transfer ended this conversation; who got the caller is still to be reported."""
        remember(self._wanted, entry.call, (entry, at))

    def forget(self) -> None:
        """Asterisk started again."""
        self._reported.clear()
        self._wanted.clear()


def is_transfer_target(number: str) -> bool:
    """Whether a row may name this as a target: an extension, or an outside number."""
    return number.isascii() and number.isdigit() and len(number) <= _LONGEST


def _near(one: Moment | None, other: Moment | None) -> bool:
    if one is None or other is None:
        return False
    return max(one.earliest_us - other.latest_us, other.earliest_us - one.latest_us) < APART_US
