"""What the routing knows of the queues: who waits, from the bus; how long the last waits were, from the records."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection, bindparam, select

from callcenter.calls import REFUSALS
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import QueueState
from callcenter.records.calls import queue_entries
from ivr.routing.expected_wait import WINDOW_US, Wait, expected_wait

# An estimate needs the usual waits only: those that began this long before, with their conversations, are enough.
_LOOK_BACK_US = WINDOW_US + 90 * 60 * MICROSECONDS
RecentWaits = Mapping[str, Sequence[Wait]]

_RECENT = (
    select(queue_entries.c.queue, *(queue_entries.c[name] for name in ("joined_us", "answered_us", "ended_us")))
    .where(queue_entries.c.node == bindparam("node"))
    .where(queue_entries.c.entered_us.between(bindparam("since"), bindparam("until")))
    .where(queue_entries.c.joined_us.is_not(None))
    .where(queue_entries.c.outcome.not_in([outcome.value for outcome in REFUSALS]))
)


class WaitsRead:
    """Reads the waits of the last half hour, every queue of one node in one go."""

    def __init__(self, database: Database, node: str, now_us: Callable[[], int]) -> None:
        self._database, self._node, self._now_us = database, node, now_us

    async def __call__(self) -> RecentWaits:
        """The waits by queue. Raises DatabaseProblem."""
        now = self._now_us()
        asked = {"node": self._node, "since": now - _LOOK_BACK_US, "until": now + _LOOK_BACK_US}
        return await self._database.long_read(lambda connection: _waits(connection, asked))


class RoutingFloor:
    """A `QueueFloor` (see `ivr.scripts.route`).

    `state` gives a queue as the bus reported it, None while the bridge does not follow its Asterisk; `waits` the last
    read.
    """

    def __init__(
        self,
        centre: Centre,
        state: Callable[[str], QueueState | None],
        waits: Callable[[], RecentWaits],
        now_us: Callable[[], int],
    ) -> None:
        self._centre, self._state, self._waits, self._now_us = centre, state, waits, now_us

    def longest_wait_seconds(self, queue: str) -> float:
        """How long the caller who has waited longest waits; 0 with nobody, or when nothing is known."""
        state = self._state(queue)
        joined = [caller.joined_us for caller in state.waiting] if state else []
        return max(0, self._now_us() - min(joined)) / MICROSECONDS if joined else 0.0

    def expected_minutes(self, queue: str, priority: int) -> int | None:
        """How long a caller who enters now will wait; None where that would mean nothing.

        To an urgent caller nothing is said: how many are ahead of them is not known.
        """
        state = self._state(queue)
        if state is None or priority > 0 or state.available > len(state.waiting):
            return None
        waits, wrap_up = self._waits().get(queue, ()), self._centre.queues_by_name[queue].wrap_up_seconds
        position, working = len(state.waiting) + 1, state.logged_in - state.paused
        estimate = expected_wait(position, working, waits, self._now_us(), wrap_up_seconds=wrap_up)
        return estimate.minutes if estimate else None


def _waits(connection: Connection, asked: Mapping[str, object]) -> RecentWaits:
    found: dict[str, list[Wait]] = {}
    for row in connection.execute(_RECENT, asked):
        answered = row.answered_us is not None
        left_us, freed_us = (row.answered_us, row.ended_us) if answered else (row.ended_us, None)
        found.setdefault(row.queue, []).append(Wait(row.joined_us, left_us, answered, freed_us))
    return found
