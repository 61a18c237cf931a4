"""Makes the callbacks, each when it is its turn.

It looks at the queues whenever they change and at the table every few seconds. A try is begun in the table before its
command goes out, with a command id of its own: no try is sent twice, whatever process dies when. What became of the
telephone is read in the records of outgoing calls, which the queue log makes; after an answer, the script `callback` on
the channel reports what became of the try; without a report its time runs out.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from callcenter.bus.command_exchange import BusAway, NoAnswer
from callcenter.bus.protocol import Bus
from callcenter.callbacks.queue_snapshots import QueuesNow
from callcenter.callbacks.rules import Callback, CallbackState, Rules, TryResult, due
from callcenter.callbacks.store import CallbackStore
from callcenter.centre.model import Centre
from callcenter.database.problems import DatabaseProblem
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.messages.call_commands import Originate
from callcenter.messages.commands import Accepted, CommandAnswer, Refusal, Refused
from callcenter.outgoing_calls import OutgoingResult
from callcenter.routing.calendar import Calendar, DayOverride
from dialer.attempt_results import AttemptResult, AttemptResults

log = logging.getLogger(__name__)

EXTEN = "callback"
_LOOK_SECONDS = 3.0
_AT_MOST_EVERY_SECONDS = 0.3
# While a telephone rings its result is looked for so often.
_LOOK_FOR_RESULTS_SECONDS = 0.5
_COMMAND_SECONDS, _ANSWER_SECONDS = 5, 8
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
# Refusals that have nothing to do with the telephone: later the call may succeed.
_NOT_DONE = frozenset({Refusal.EXPIRED, Refusal.BUSY, Refusal.ASTERISK_AWAY})

IsOpen = Callable[[str, int], bool]


@dataclass(frozen=True, slots=True)
class OutboundRoute:
    """How calls go out: the node whose bridge makes them, and the trunk."""

    node: str
    trunk: str

    def interface(self, number: str) -> str:
        """The channel to the customer."""
        return f"PJSIP/{number}@{self.trunk}"


def open_lines(centre: Centre, overrides: Callable[[], Mapping[date, DayOverride]]) -> IsOpen:
    """Whether a line is attended, by the calendar; one that the centre has no more is not."""

    def is_open(number: str, at_us: int) -> bool:
        line = centre.lines_by_number.get(number)
        if line is None:
            return False
        calendar = Calendar(centre.zone, overrides())
        return calendar.open_at(centre.hours[line.hours], as_datetime(at_us, centre.zone)).open

    return is_open


def outbound_route(centre: Centre, node: str) -> OutboundRoute | None:
    """The trunk that the centre's own calls go out by."""
    return OutboundRoute(node, centre.outgoing_trunk.name) if centre.outgoing_trunk is not None else None


class CallbackEngine:
    """The callbacks of one node. `is_open`: whether a line (by its number) is attended at an instant.

    `route` None: the centre has no trunk to call out by, and nobody is rung.
    """

    def __init__(
        self,
        bus: Bus,
        store: CallbackStore,
        queues: QueuesNow,
        route: OutboundRoute | None,
        results: AttemptResults,
        *,
        is_open: IsOpen,
        clock: Callable[[], int],
        rules: Rules,
    ) -> None:
        self._bus, self._store, self._queues, self._route = bus, store, queues, route
        self._results, self._is_ringing = results, False
        self._is_open, self._clock, self._rules = is_open, clock, rules
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Look soon: a callback was requested."""
        self._changed.set()

    async def run(self) -> None:
        """For as long as the service lives."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._queues.follow(self._bus, self.wake))
            while True:
                await self._look(tasks)
                await self._until_changed()

    async def _until_changed(self) -> None:
        """The queues of a busy centre change many times a second: they are looked at a few times."""
        await asyncio.sleep(_AT_MOST_EVERY_SECONDS)
        try:
            async with asyncio.timeout(_LOOK_FOR_RESULTS_SECONDS if self._is_ringing else _LOOK_SECONDS):
                await self._changed.wait()
        except TimeoutError:
            return
        self._changed.clear()

    async def _look(self, tasks: asyncio.TaskGroup) -> None:
        now = self._clock()
        try:
            await self._end_tries(now)
            await self._store.tidy(now)
            if self._route is not None and self._queues.is_live:
                await self._ring_due(tasks, self._route, now)
        except DatabaseProblem as problem:
            log.warning("callbacks wait for the database: %s", problem)

    async def _end_tries(self, now_us: int) -> None:
        """Those whose telephone did not answer, or whose call is over without a word of the script's."""
        calling = [each for each in await self._store.open() if each.state is CallbackState.CALLING]
        self._is_ringing = bool(calling)
        found = await self._results.of([each.reference for each in calling])
        for each in calling:
            attempt = found.get(each.reference, AttemptResult(OutgoingResult.OPEN, is_over=False))
            if attempt.is_over:
                await self._store.failed(each, _NO_ANSWER.get(attempt.result, TryResult.FAILED), now_us)

    async def _ring_due(self, tasks: asyncio.TaskGroup, route: OutboundRoute, now_us: int) -> None:
        standing = await self._store.open()
        for queue in {each.queue for each in standing}:
            of_queue = [each for each in standing if each.queue == queue and self._is_open(each.line, now_us)]
            for each in due(of_queue, await self._queues.floor(queue), now_us):
                begun = await self._store.begin(each, now_us)
                if begun is not None:
                    tasks.create_task(self._ring(begun, route))

    async def _ring(self, callback: Callback, route: OutboundRoute) -> None:
        try:
            answer = await self._bus.request(self._command(callback, route), _ANSWER_SECONDS)
        except BusAway:
            await self._close(callback, None)
        except NoAnswer as silence:
            log.warning("callback %s: the result of its try is not known: %s", callback.reference, silence)
        else:
            await self._note_outcome(callback, answer)

    def _command(self, callback: Callback, route: OutboundRoute) -> Originate:
        now = self._clock()
        return Originate(
            node=route.node,
            command_id=uuid4(),
            issued_us=now,
            expires_us=now + _COMMAND_SECONDS * MICROSECONDS,
            issued_by="dialer:callback",
            interface=route.interface(callback.number),
            exten=EXTEN,
            caller_id=callback.line,
            ring_seconds=self._rules.ring_seconds,
            reference=callback.reference,
        )

    async def _note_outcome(self, callback: Callback, answer: CommandAnswer) -> None:
        """Accepted: the telephone is rung, and the records say what becomes of it."""
        if isinstance(answer, Accepted):
            return
        if not isinstance(answer, Refused):
            log.warning("callback %s: the result of its try is not known: %s", callback.reference, answer)
            return
        if answer.reason not in _NOT_DONE:
            await self._close(callback, TryResult.FAILED)
        else:
            log.warning("callback %s was not tried: %s: %s", callback.reference, answer.reason, answer.text)
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
