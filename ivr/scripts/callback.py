"""Callbacks with the caller on the line: the scripts `waiting`, `callback-offer` and `callback`.

`waiting <queue>`: before the queue. A caller who was cut off a moment ago, or has an open callback, gets their position
back.
`callback-offer <reason>`: a waiting caller pressed the key, or no agent could answer. Asks for the number.
`callback <reference>`: on a callback that was answered. A customer who presses 1 goes to the queue, to the position
kept; an answering machine presses nothing, and the try has failed.

They set TRONCAL_RESULT (`asked`, `wait`, `queue` or `end`), and for a position in the queue TRONCAL_SINCE,
TRONCAL_POSITION and QUEUE_PRIO.
"""

import logging
from collections.abc import Callable

from callcenter.callbacks.queue_snapshots import QueuesNow
from callcenter.callbacks.rules import (
    Callback,
    CallbackReason,
    QueuePosition,
    TryResult,
    callable_number,
    own_numbers,
    parsed_reference,
    queue_reentry,
)
from callcenter.callbacks.store import CallbackRequest, CallbackStore
from callcenter.centre.model import Centre, Line
from callcenter.database.problems import DatabaseProblem
from callcenter.numbers import Number
from ivr.agi.session import AgiCall, CallerGone
from ivr.prompts.speech import Sounds, prompt, telephone

log = logging.getLogger(__name__)

RESULT, SINCE, POSITION, PRIORITY = "TRONCAL_RESULT", "TRONCAL_SINCE", "TRONCAL_POSITION", "QUEUE_PRIO"
QUEUE, LINE, TARGET, NUMBER = "TRONCAL_QUEUE", "TRONCAL_LINE", "TRONCAL_TARGET", "TRONCAL_NUMBER"
YES, OTHER, NO = "1", "2", "3"
_TIMES = 3
_LONGEST_NUMBER = 8
_KEY_SECONDS, _NUMBER_SECONDS, _CONFIRM_SECONDS = 6.0, 5.0, 8.0
_DAY_US = 86_400_000_000


class CallbackOffer:
    """Takes requests for a callback, which the dialer finds in the table."""

    def __init__(
        self,
        store: CallbackStore,
        queues: QueuesNow,
        centre: Centre,
        *,
        clock: Callable[[], int],
    ) -> None:
        self._store, self._queues, self._centre, self._clock = store, queues, centre, clock
        self._can_call = centre.outgoing_trunk is not None
        self._own = own_numbers((line.number for line in centre.lines), centre.about.area_code)

    async def offer(self, call: AgiCall) -> None:
        """The script `callback-offer`."""
        word = next(iter(call.variables.args), "")
        queue = await call.get(QUEUE)
        if self._can_call and word in set(CallbackReason) and queue in self._centre.queues_by_name:
            await self._offer(call, CallbackReason(word), queue, await self._position(call))

    async def waiting(self, call: AgiCall) -> None:
        """The script `waiting`."""
        queue = next(iter(call.variables.args), "")
        if queue not in self._centre.queues_by_name:
            return
        try:
            found = await self._earlier(call, queue)
        except DatabaseProblem as problem:
            log.warning("whether the caller has a position in %s is not known: %s", queue, problem)
            return
        if found is None:
            return
        said, since_us = found
        position = QueuePosition((await self._position(call)).priority, since_us)
        if not self._can_call:
            await call.play(prompt(said))
            await self._wait_on(call, queue, position)
        elif await call.ask((prompt(said), prompt("callback-prefiere")), most=1, seconds=_KEY_SECONDS) == YES:
            await self._offer(call, CallbackReason.DISCONNECTED, queue, position)
        else:
            await self._wait_on(call, queue, position)

    async def _earlier(self, call: AgiCall, queue: str) -> tuple[str, int] | None:
        """What to say to a caller who has a position in this queue, and since when they have it."""
        now, caller = self._clock(), call.variables.callerid
        number = self._callable(caller)
        open_one = await self._store.open_for(number.digits) if number is not None else None
        if open_one is not None and open_one.queue == queue and await self._store.cancel(open_one, now) is not None:
            return "callback-tenia-pendiente", open_one.position.since_us
        since_us = await self._store.disconnected(caller, queue, now) if caller else None
        return None if since_us is None else ("callback-lugar-conservado", since_us)

    async def _offer(self, call: AgiCall, reason: CallbackReason, queue: str, position: QueuePosition) -> None:
        number = await self._number(call, reason)
        kept = await self._keep(call, reason, queue, position, number) if number is not None else False
        if kept:
            await call.set(RESULT, "asked")
        elif reason in (CallbackReason.KEY, CallbackReason.DISCONNECTED):
            await call.play(prompt("callback-siga-esperando"))
            await self._wait_on(call, queue, position)
        else:
            await call.set(RESULT, "end")

    async def _number(self, call: AgiCall, reason: CallbackReason) -> Number | None:
        """The number that the caller wants to be called at, confirmed; None: no callback is wanted."""
        may_wait = reason in (CallbackReason.KEY, CallbackReason.DISCONNECTED)
        otherwise = prompt("callback-o-espere" if may_wait else "callback-o-termine")
        shown = self._callable(call.variables.callerid)
        if shown is None:
            wanted = await call.ask((prompt("callback-oferta-sin-numero"), otherwise), most=1, seconds=_KEY_SECONDS)
            return await self._keyed(call) if wanted == YES else None
        read = (prompt("callback-oferta"), *telephone(shown.digits), prompt("callback-confirme"), otherwise)
        answer = await call.ask(read, most=1, seconds=_KEY_SECONDS)
        if answer == YES:
            return shown
        return await self._keyed(call) if answer == OTHER else None

    async def _keyed(self, call: AgiCall) -> Number | None:
        said: Sounds = (prompt("callback-pida-numero"),)
        for _ in range(_TIMES):
            keys = await call.ask(said, most=_LONGEST_NUMBER, seconds=_NUMBER_SECONDS)
            number = self._callable(keys)
            if number is None:
                said = (prompt("callback-numero-no-valido"), prompt("callback-pida-numero"))
                continue
            read = (prompt("callback-marco"), *telephone(number.digits), prompt("callback-es-correcto"))
            if await call.ask(read, most=1, seconds=_KEY_SECONDS) == YES:
                return number
            said = (prompt("callback-pida-numero"),)
        return None

    async def _keep(
        self, call: AgiCall, reason: CallbackReason, queue: str, position: QueuePosition, number: Number
    ) -> bool:
        line, uniqueid = await call.get(LINE), call.variables.uniqueid
        callback_request = CallbackRequest(
            number.digits, self._line(line, queue).number, queue, uniqueid, position, reason
        )
        try:
            callback, fresh = await self._store.ask(callback_request, self._clock())
        except DatabaseProblem as problem:
            log.warning("a callback could not be kept: %s", problem)
            await call.play(prompt("callback-no-disponible"))
            return False
        if fresh:
            await call.ledger("CALLBACK", "asked", str(callback.id), number.digits, reason.value, queue=queue)
        await call.play(prompt("callback-registrada" if fresh else "callback-ya-registrada"))
        return True

    def _line(self, number: str, queue: str) -> Line:
        """The line that was called; where it is not known, the first that leads to the queue, or the first of all."""
        lines = self._centre.lines
        known = self._centre.lines_by_number.get(number)
        return known or next((line for line in lines if line.queue == queue), lines[0])

    async def _position(self, call: AgiCall) -> QueuePosition:
        now, since, priority = self._clock(), await call.get(SINCE), await call.get(PRIORITY)
        since_us = _whole(since)
        return QueuePosition(_whole(priority) or 0, since_us if since_us and now - _DAY_US < since_us <= now else now)

    async def _wait_on(self, call: AgiCall, queue: str, position: QueuePosition) -> None:
        """Back to the queue, to the position that the caller has.

        It comes last: a position is true for a moment only.
        """
        await return_to_queue(call, self._queues, queue, position, self._clock())
        await call.set(RESULT, "wait")

    def _callable(self, text: str) -> Number | None:
        return callable_number(text, self._own, self._centre.about.area_code)


class CallbackConnection:
    """Puts customers who answered a callback through to their queue."""

    def __init__(self, store: CallbackStore, queues: QueuesNow, centre: Centre, *, clock: Callable[[], int]) -> None:
        self._store, self._queues, self._centre, self._clock = store, queues, centre, clock

    async def __call__(self, call: AgiCall) -> None:
        """The script `callback`. Without a result the dialplan apologises."""
        reference = parsed_reference(next(iter(call.variables.args), ""))
        try:
            callback = await self._store.under_way(reference) if reference is not None else None
            if callback is not None and callback.queue in self._centre.queues_by_name:
                await self._greet(call, callback)
        except DatabaseProblem as problem:
            log.warning("a customer who answered a callback could not be put through: %s", problem)

    async def _greet(self, call: AgiCall, callback: Callback) -> None:
        greeting = (prompt("callback-saludo"), prompt("callback-saludo-opciones"))
        try:
            answer = await call.ask(greeting, most=1, seconds=_CONFIRM_SECONDS)
            if answer not in (YES, OTHER):
                answer = await call.ask((prompt("callback-saludo-opciones"),), most=1, seconds=_CONFIRM_SECONDS)
            if answer == YES:
                return await self._put_through(call, callback)
        except CallerGone:
            await self._store.failed(callback, TryResult.NOT_CONFIRMED, self._clock())
            raise
        return await self._part(call, callback, answer)

    async def _part(self, call: AgiCall, callback: Callback, answer: str) -> None:
        if answer == OTHER:
            await self._store.declined(callback, self._clock())
            await call.play(prompt("callback-anulada"))
        else:
            await self._store.failed(callback, TryResult.NOT_CONFIRMED, self._clock())
        await call.set(RESULT, "end")

    async def _put_through(self, call: AgiCall, callback: Callback) -> None:
        await self._notice(call, callback)
        await call.play(prompt("callback-comunicamos"))
        for name, value in ((LINE, callback.line), (TARGET, callback.queue), (NUMBER, callback.number)):
            await call.set(name, value)
        await call.set(QUEUE, callback.queue)
        await call.ledger("CALLBACK", "returned", str(callback.id), queue=callback.queue)
        priority = await return_to_queue(call, self._queues, callback.queue, callback.position, self._clock())
        done = await self._store.answered(callback, call.variables.uniqueid, priority, self._clock())
        await call.set(RESULT, "queue" if done is not None else "end")

    async def _notice(self, call: AgiCall, callback: Callback) -> None:
        """That the call may be recorded, as callers of that line hear it."""
        line = self._centre.lines_by_number.get(callback.line)
        if line is not None and line.recorded:
            await call.play(prompt("aviso-grabacion"))
            await call.ledger("NOTICED", "recording")
            await call.set("TRONCAL_NOTICED", "yes")


async def return_to_queue(call: AgiCall, queues: QueuesNow, queue: str, position: QueuePosition, now_us: int) -> int:
    """Set where Queue() lets the caller enter; gives the priority they enter with. Raises DatabaseProblem."""
    uniqueid = call.variables.uniqueid
    floor = await queues.floor(queue, without=uniqueid)
    found = queue_reentry(position, floor.waiting, now_us)
    queues.keep(queue, uniqueid, QueuePosition(found.priority, position.since_us))
    await call.set(SINCE, str(position.since_us))
    await call.set(PRIORITY, str(found.priority))
    await call.set(POSITION, str(found.position))
    return found.priority


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
