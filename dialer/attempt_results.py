"""What became of attempts: the queue log knows, whoever else heard of it or was gone meanwhile."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Row, and_, func, select

from callcenter.calls import Outcome
from callcenter.campaign_outcomes import CONNECT_WITHIN_SECONDS
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.outgoing_calls import AnsweredBy, OutgoingResult
from callcenter.records.calls import queue_entries
from callcenter.records.outgoing_calls import outgoing_calls


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """One attempt so far. `is_over`: its call ended, or there was none. Instants as in `outgoing_calls`.

    `told`: the message that was played to its end. `left_alone`: nobody took the call in time, and the customer did not
    hang up before that; so it is, too, where we ended it before anything was said to them. `member`: the agent who
    dialled it, or who got it from a queue and `talked_us` since.
    """

    result: OutgoingResult
    is_over: bool
    uniqueid: str = ""
    number: str = ""
    dialled_us: int = 0
    answered_us: int | None = None
    answered_by: AnsweredBy = AnsweredBy.UNKNOWN
    told: str = ""
    pressed: str = ""
    handed_us: int | None = None
    talked_us: int | None = None
    left_alone: bool = False
    ended_us: int | None = None
    member: str = ""


# How a customer's wait ends by themselves, or has not ended.
_BY_THE_CUSTOMER = (Outcome.ABANDONED.value, Outcome.OPEN.value)
# A statement has room for so many parameters only, and whoever else waits for a look-up comes in between.
_ASKED_AT_ONCE = 500
UNHEARD_OF = AttemptResult(OutgoingResult.OPEN, is_over=False)
UNRUNG = AttemptResult(OutgoingResult.UNPLACED, is_over=True)


class AttemptResults:
    """Reads the records of the node's outgoing calls."""

    def __init__(self, database: Database, node: str) -> None:
        self._database, self._node = database, node

    async def of(self, references: Collection[str]) -> dict[str, AttemptResult]:
        """Of each attempt that the records know of. Raises DatabaseProblem."""
        found, wanted = dict[str, AttemptResult](), list(references)
        for first in range(0, len(wanted), _ASKED_AT_ONCE):
            found |= await self._some(wanted[first : first + _ASKED_AT_ONCE])
        return found

    async def _some(self, references: Collection[str]) -> dict[str, AttemptResult]:
        call, entry = outgoing_calls.c, queue_entries.c
        of_call = and_(entry.uniqueid == call.uniqueid, entry.node == call.node, entry.queue == call.handed_to)
        query = (
            select(outgoing_calls, entry.answered_us.label("talked_us"), entry.member.label("taken_by"), entry.outcome)
            .select_from(outgoing_calls.outerjoin(queue_entries, of_call))
            .where(call.reference.in_(references), call.node == self._node)
            .order_by(call.dialled_us, entry.ordinal)
        )

        def found(connection: Connection) -> dict[str, AttemptResult]:
            return {row.reference: _result(row) for row in connection.execute(query)}

        return await self._database.read(found)

    async def open_calls(self, since_us: int) -> int:
        """How many outgoing calls of the node go on, whoever made them, of those dialled since then."""
        call = outgoing_calls.c
        going_on = (call.ended_us.is_(None), call.node == self._node, call.dialled_us >= since_us)
        query = select(func.count()).select_from(outgoing_calls).where(*going_on)
        return await self._database.read(lambda connection: connection.execute(query).scalar_one())


def may_be_with(connection: Connection, reference: str, member: str) -> bool:
    """Whether this agent may have the call of that attempt, as far as it is recorded; not once it came to nobody."""
    call, entry = outgoing_calls.c, queue_entries.c
    of_call = and_(entry.uniqueid == call.uniqueid, entry.node == call.node)
    entries = select(entry.answered_us, entry.member, entry.outcome).select_from(
        outgoing_calls.join(queue_entries, of_call)
    )
    found = connection.execute(entries.where(call.reference == reference)).all()
    taken = {row.member for row in found if row.answered_us is not None}
    if taken:
        return member in taken
    return all(row.outcome == Outcome.OPEN.value for row in found)


def _result(row: Row[tuple[object, ...]]) -> AttemptResult:
    return AttemptResult(
        result=OutgoingResult(row.result or ""),
        is_over=row.ended_us is not None,
        uniqueid=row.uniqueid,
        number=row.number,
        dialled_us=row.dialled_us,
        answered_us=row.answered_us,
        answered_by=AnsweredBy(row.answered_by or ""),
        told=row.told or "",
        pressed=row.pressed or "",
        handed_us=row.handed_us,
        talked_us=row.talked_us,
        left_alone=_is_left_alone(row),
        ended_us=row.ended_us,
        member=row.taken_by or row.member or "",
    )


def _is_left_alone(row: Row[tuple[object, ...]]) -> bool:
    if row.answered_us is None or row.talked_us is not None:
        return False
    by_us = row.ended_us is not None and row.ended_by_customer is False
    if row.handed_us is None:
        return by_us and not row.told
    waited_us = row.ended_us - row.handed_us if row.ended_us is not None else 0
    return by_us or row.outcome not in _BY_THE_CUSTOMER or waited_us > CONNECT_WITHIN_SECONDS * MICROSECONDS
