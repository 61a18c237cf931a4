"""Short ways to write rows of a queue log in tests."""

from ami_bridge.ledger.changes import Changes
from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row
from callcenter.calls import QueueEntry
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

NODE = "central"


def row(second: float, text: str, *, position: int = 0, whole: bool = False) -> Row:
    """`callid|queue|agent|VERB|data...` at that second after the start of the recording."""
    callid, queue, agent, verb, *data = text.split("|")
    at = Moment.whole_second(int(second)) if whole else Moment.exact(round(second * MICROSECONDS))
    return Row(position, at, callid, queue, agent, verb, tuple(data))


def fold(*rows: Row, wrap_up_seconds: int = 0) -> Changes:
    """The result of the rows."""
    folding = Fold(NODE, {"101": wrap_up_seconds, "102": wrap_up_seconds})
    for each in rows:
        folding.apply(each)
    folding.close()
    return folding.drain()


def only_entry(*rows: Row) -> QueueEntry:
    """The one queue entry in the result of the rows."""
    (entry,) = fold(*rows).entries
    return entry
