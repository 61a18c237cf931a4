"""Makes the callbacks, each when it is its turn.

A try is begun in the table before its command goes out, with a command id of its own: no try is sent twice, whatever
process dies when. What became of the telephone is read in the records of outgoing calls, which the queue log makes.
After an answer the script `callback` on the channel reports what became of the try; without a report its time runs out.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from callcenter.callbacks.queue_snapshots import QueuesNow
from callcenter.callbacks.rules import Callback, CallbackState, Rules, TryResult, due
from callcenter.callbacks.store import CallbackStore
from callcenter.centre.model import Centre
from callcenter.database.problems import DatabaseProblem
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.outgoing_calls import OutgoingPurpose, OutgoingResult
from callcenter.routing.calendar import Calendar, DayOverride
from dialer.attempt_results import UNHEARD_OF, AttemptResult, AttemptResults
from dialer.engine.placing import OutsideCall, Placer, Placing
from dialer.engine.trunk_budget import TrunkBudget

log = logging.getLogger(__name__)

_SENT_AGAIN_US = 10 * MICROSECONDS
# How the telephone that was rung did not answer; any other end is a failed try.
_NO_ANSWER = {
    OutgoingResult.NO_ANSWER: TryResult.NO_ANSWER,
    OutgoingResult.CANCELLED: TryResult.NO_ANSWER,
    OutgoingResult.BUSY: TryResult.BUSY,
    OutgoingResult.REJECTED: TryResult.REFUSED,
    OutgoingResult.CONGESTION: TryResult.REFUSED,
    # The customer hung up, or nobody could lead them to the queue.
    OutgoingResult.ANSWERED: TryResult.NOT_CONFIRMED,
}

IsOpen = Callable[[str, int], bool]


def open_lines(centre: Centre, overrides: Callable[[], Mapping[date, DayOverride]]) -> IsOpen:
    """Whether a line is attended, by the calendar; one that the centre has no more is not."""

    def is_open(number: str, at_us: int) -> bool:
        line = centre.lines_by_number.get(number)
        if line is None:
            return False
        calendar = Calendar(centre.zone, overrides())
        return calendar.open_at(centre.hours[line.hours], as_datetime(at_us, centre.zone)).open

    return is_open


class CallbackEngine:
    """The callbacks of one node. `is_open`: whether a line (by its number) is attended at an instant.

    `placer` None: the centre has no trunk to call out by, and nobody is rung.
    """

    def __init__(
        self,
        store: CallbackStore,
        queues: QueuesNow,
        placer: Placer | None,
        trunk: TrunkBudget,
        results: AttemptResults,
        *,
        is_open: IsOpen,
        clock: Callable[[], int],
        rules: Rules,
    ) -> None:
        self._store, self._queues, self._placer, self._trunk = store, queues, placer, trunk
        self._results, self._is_open, self._clock, self._rules = results, is_open, clock, rules
        self.ringing = self.unplaced = 0

    async def look(self, tasks: asyncio.TaskGroup) -> None:
        """End the tries whose telephone said no, and ring whoever's turn it is. Raises DatabaseProblem.

        Afterwards `ringing` is how many tries are under way, `unplaced` how many wait for the trunk.
        """
        now_us = self._clock()
        await self._end_tries(now_us)
        await self._store.tidy(now_us)
        self.unplaced = 0
        if self._placer is not None and self._queues.is_live:
            await self._ring_due(tasks, self._placer, now_us)

    async def _end_tries(self, now_us: int) -> None:
        """Those whose telephone did not answer, or whose call is over without a word of the script's."""
        calling = [each for each in await self._store.open() if each.state is CallbackState.CALLING]
        self.ringing = len(calling)
        for each, attempt in zip(calling, await self._known_of(calling), strict=True):
            if attempt.is_over and attempt.handed_us is not None:
                await self._store.answered(each, attempt.uniqueid, each.position.priority, now_us)
            elif attempt.is_over:
                await self._store.failed(each, _NO_ANSWER.get(attempt.result, TryResult.FAILED), now_us)

    async def _known_of(self, calling: Sequence[Callback]) -> list[AttemptResult]:
        """What the records know of each. A database that was put back may give a try the name of another's."""
        found = await self._results.of([each.reference for each in calling])
        of_each = [(each, found.get(each.reference, UNHEARD_OF)) for each in calling]
        return [known if known.number == each.number else UNHEARD_OF for each, known in of_each]

    async def _ring_due(self, tasks: asyncio.TaskGroup, placer: Placer, now_us: int) -> None:
        standing = await self._store.open()
        for queue in {each.queue for each in standing}:
            of_queue = [each for each in standing if each.queue == queue and self._is_open(each.line, now_us)]
            for each in due(of_queue, await self._queues.floor(queue), now_us):
                if not self._trunk.free:
                    self.unplaced += 1
                    continue
                begun = await self._store.begin(each, now_us)
                if begun is not None and not await self._was_rung(begun):
                    self._trunk.take()
                    self.ringing += 1
                    tasks.create_task(self._ring(placer, begun, now_us))

    async def _was_rung(self, begun: Callback) -> bool:
        """The queue log has this try already, for the database was put back: the next look ends it."""
        (known,) = await self._known_of([begun])
        if known is UNHEARD_OF:
            return False
        log.warning("%s: the database does not know of this call, the queue log does: not rung again", begun.reference)
        return True

    async def _ring(self, placer: Placer, callback: Callback, begun_us: int) -> None:
        call = OutsideCall(
            OutgoingPurpose.CALLBACK,
            callback.reference,
            callback.number,
            callback.line,
            self._rules.ring_seconds,
            begun_us,
        )
        placing = await placer.place(call)
        if placing is Placing.REFUSED:
            await self._close(callback, TryResult.FAILED)
        elif placing is Placing.NOT_PLACED:
            await self._close(callback, None)

    async def _close(self, callback: Callback, result: TryResult | None) -> None:
        """Write what came of a try; None: it never reached a telephone. Unwritten, its time runs out."""
        now = self._clock()
        try:
            if result is None:
                await self._store.not_rung(callback, now + _SENT_AGAIN_US)
            else:
                await self._store.failed(callback, result, now)
        except DatabaseProblem as problem:
            log.warning("callback %s: its try ended, and its result cannot be written: %s", callback.reference, problem)
