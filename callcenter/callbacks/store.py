"""The callbacks that callers requested: the one writer of the table callbacks.

A try is begun in the table before a telephone is rung, and by one process only; one that was killed meanwhile leaves a
try without a result, which is a failed one when its time is over. So no try rings twice, and none is forgotten.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Update, func, select, update

from callcenter.callbacks.rules import Callback, CallbackReason, CallbackState, QueuePosition, Rules, TryResult
from callcenter.calls import LONGEST_CALL_US, Outcome, StepKind
from callcenter.database.transactions import Database, insert_missing
from callcenter.records.callbacks import callbacks
from callcenter.records.calls import queue_entries
from callcenter.records.ivr import call_steps

_OPEN = callbacks.c.ended_us.is_(None)


@dataclass(frozen=True, slots=True)
class CallbackRequest:
    """What a caller asks for. `number` as `callcenter.numbers` writes it."""

    number: str
    line: str
    queue: str
    uniqueid: str
    position: QueuePosition
    reason: CallbackReason


class CallbackStore:
    """The callbacks of one node. Every method raises DatabaseProblem; instants are microseconds, UTC."""

    def __init__(self, database: Database, node: str, rules: Rules) -> None:
        self._database, self._node, self._rules = database, node, rules

    async def ask(self, callback_request: CallbackRequest, now_us: int) -> tuple[Callback, bool]:
        """Keep the request; True. Or the callback that is already open for this number; False."""
        async with self._database.transaction() as connection:
            await insert_missing(connection, callbacks, [self._row(callback_request, now_us)])
            found = await connection.execute(_select().where(_OPEN, callbacks.c.number == callback_request.number))
            standing = _callback(found.one())
        return standing, (standing.uniqueid, standing.requested_us) == (callback_request.uniqueid, now_us)

    def _row(self, callback_request: CallbackRequest, now_us: int) -> dict[str, Any]:
        return {
            "node": self._node,
            "number": callback_request.number,
            "line": callback_request.line,
            "queue": callback_request.queue,
            "uniqueid": callback_request.uniqueid,
            "entered_us": callback_request.position.since_us,
            "priority": callback_request.position.priority,
            "requested_us": now_us,
            "reason": callback_request.reason.value,
            "state": CallbackState.PENDING.value,
            "tries": 0,
            "next_try_us": now_us,
        }

    async def open(self) -> tuple[Callback, ...]:
        """All that are not over yet, in the order in which they were asked for."""
        rows = await self._read(_select().where(_OPEN, callbacks.c.node == self._node).order_by(callbacks.c.id))
        return tuple(map(_callback, rows))

    async def open_for(self, number: str) -> Callback | None:
        """The open callback for this number."""
        rows = await self._read(_select().where(_OPEN, callbacks.c.number == number))
        return _callback(rows[0]) if rows else None

    async def begin(self, callback: Callback, now_us: int) -> Callback | None:
        """A try begins: whoever gets it rings, once. None: another process was quicker, or it is over."""
        tries = callback.tries + 1
        changed = await self._change(
            callback,
            CallbackState.PENDING,
            state=CallbackState.CALLING,
            tries=tries,
            next_try_us=self._rules.try_ends_us(now_us),
        )
        return changed

    async def not_rung(self, callback: Callback, next_try_us: int) -> None:
        """The try never reached a telephone, surely: it does not count."""
        await self._change(
            callback,
            CallbackState.CALLING,
            state=CallbackState.PENDING,
            tries=callback.tries - 1,
            next_try_us=next_try_us,
        )

    async def failed(self, callback: Callback, result: TryResult, now_us: int) -> Callback | None:
        """The try failed: another one later, or given up. None: it was not under way any more."""
        next_us = self._rules.next_try_us(callback.tries, now_us)
        if next_us is None:
            return await self._change(
                callback, CallbackState.CALLING, state=CallbackState.GIVEN_UP, last_result=result, ended_us=now_us
            )
        return await self._change(
            callback, CallbackState.CALLING, state=CallbackState.PENDING, last_result=result, next_try_us=next_us
        )

    async def under_way(self, reference: tuple[int, int]) -> Callback | None:
        """The callback of a try that is under way."""
        number, tries = reference
        wanted = (
            callbacks.c.id == number,
            callbacks.c.tries == tries,
            callbacks.c.state == CallbackState.CALLING.value,
        )
        rows = await self._read(_select().where(*wanted))
        return _callback(rows[0]) if rows else None

    async def answered(self, callback: Callback, uniqueid: str, priority: int, now_us: int) -> Callback | None:
        """The customer answered and goes to the queue, with that priority: done. None: the try was over."""
        return await self._change(
            callback,
            CallbackState.CALLING,
            state=CallbackState.DONE,
            last_result=TryResult.ANSWERED,
            returned_uniqueid=uniqueid,
            priority=priority,
            ended_us=now_us,
        )

    async def cancel(self, callback: Callback, now_us: int) -> Callback | None:
        """Not wanted any more. None: a telephone is ringing for it now, or it is over."""
        return await self._change(callback, CallbackState.PENDING, state=CallbackState.CANCELLED, ended_us=now_us)

    async def declined(self, callback: Callback, now_us: int) -> Callback | None:
        """The customer answered and does not want it any more."""
        return await self._change(
            callback,
            CallbackState.CALLING,
            state=CallbackState.CANCELLED,
            last_result=TryResult.ANSWERED,
            ended_us=now_us,
        )

    async def tidy(self, now_us: int) -> None:
        """Tries without a result whose time is over failed; what is too old is given up."""
        for each in await self.open():
            if each.state is CallbackState.CALLING and each.next_try_us <= now_us:
                await self.failed(each, TryResult.FAILED, now_us)
            elif each.state is CallbackState.PENDING and each.requested_us <= self._rules.kept_from_us(now_us):
                await self._change(each, CallbackState.PENDING, state=CallbackState.GIVEN_UP, ended_us=now_us)

    async def returned(self, uniqueids: Collection[str]) -> dict[str, QueuePosition]:
        """The positions of those of these channels that are callbacks."""
        rows = await self._read(
            _select(callbacks.c.returned_uniqueid).where(
                callbacks.c.returned_uniqueid.in_(uniqueids), callbacks.c.node == self._node
            )
        )
        return {row.returned_uniqueid: QueuePosition(row.priority, row.entered_us) for row in rows}

    async def priorities(self, uniqueids: Collection[str]) -> dict[str, int]:
        """The priority that the routing gave those calls; calls without a routing decision are left out."""
        step = call_steps.c
        # Chosen and put in order here: the database would go through the decisions of all calls.
        steps = select(step.uniqueid, step.step, step.detail, step.at_us).where(
            step.uniqueid.in_(uniqueids), step.node == self._node
        )
        found = sorted(await self._read(steps), key=lambda row: row.at_us)
        return {row.uniqueid: _urgency(row.detail) for row in found if row.step == StepKind.ROUTED.value}

    async def disconnected(self, caller: str, queue: str, now_us: int) -> int | None:
        """Since when a caller who hung up or was cut off a moment ago had waited in this queue; None: there is none."""
        entry, from_us = queue_entries.c, self._rules.disconnected_from_us(now_us)
        recent = (
            select(entry.outcome, func.coalesce(entry.joined_us, entry.entered_us).label("since_us"))
            .where(entry.caller == caller, entry.queue == queue, entry.node == self._node)
            .where(entry.entered_us >= from_us - LONGEST_CALL_US, entry.ended_us >= from_us)
            .order_by(entry.ended_us.desc())
            .limit(1)
        )
        rows = await self._read(recent)
        return rows[0].since_us if rows and rows[0].outcome == Outcome.ABANDONED.value else None

    async def _change(self, callback: Callback, was: CallbackState, **values: Any) -> Callback | None:
        """Move from one state to another, if it is still in the first, at the same try."""
        table = callbacks.c
        here = (table.id == callback.id, table.state == was.value, table.tries == callback.tries)
        change: Update = update(callbacks).where(*here, _OPEN).values(values)
        async with self._database.transaction() as connection:
            if (await connection.execute(change)).rowcount != 1:
                return None
            return _callback((await connection.execute(_select().where(table.id == callback.id))).one())

    async def _read(self, statement: Any) -> Sequence[Row[Any]]:
        def rows(connection: Connection) -> Sequence[Row[Any]]:
            return connection.execute(statement).all()

        return await self._database.read(rows)


def _urgency(detail: str) -> int:
    """The priority in ROUTED decision|reason|priority|queue."""
    fields = detail.split("|")
    return int(fields[2]) if len(fields) > 2 and fields[2].isascii() and fields[2].isdigit() else 0


def _select(*more: Any) -> Any:
    table = callbacks.c
    return select(
        *(table.id, table.number, table.line, table.queue, table.uniqueid, table.priority, table.entered_us),
        *(table.requested_us, table.reason, table.state, table.tries, table.next_try_us, *more),
    )


def _callback(row: Row[Any]) -> Callback:
    return Callback(
        id=row.id,
        number=row.number,
        line=row.line,
        queue=row.queue,
        uniqueid=row.uniqueid,
        position=QueuePosition(row.priority, row.entered_us),
        requested_us=row.requested_us,
        reason=CallbackReason(row.reason),
        state=CallbackState(row.state),
        tries=row.tries,
        next_try_us=row.next_try_us,
    )
