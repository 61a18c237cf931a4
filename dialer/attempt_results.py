"""What became of attempts: the queue log knows, whoever else heard of it or was gone meanwhile."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from callcenter.database.transactions import Database
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.outgoing_calls import outgoing_calls


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """One attempt so far. `is_over`: its call ended, or there was none."""

    result: OutgoingResult
    is_over: bool


class AttemptResults:
    """Reads the records of the node's outgoing calls."""

    def __init__(self, database: Database, node: str) -> None:
        self._database, self._node = database, node

    async def of(self, references: Collection[str]) -> dict[str, AttemptResult]:
        """Of each attempt that the records know of. Raises DatabaseProblem."""
        if not references:
            return {}
        call = outgoing_calls.c
        query = (
            select(call.reference, call.result, call.ended_us)
            .where(call.reference.in_(references), call.node == self._node)
            .order_by(call.dialled_us)
        )

        def found(connection: Connection) -> dict[str, AttemptResult]:
            return {
                row.reference: AttemptResult(OutgoingResult(row.result or ""), row.ended_us is not None)
                for row in connection.execute(query)
            }

        return await self._database.read(found)
