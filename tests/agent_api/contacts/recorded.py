"""Conversations as the bridge records them: each in a reading of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from callcenter.calls import StepKind
from callcenter.database.transactions import Database, insert_missing, upsert
from callcenter.records.calls import queue_entries
from callcenter.records.ivr import call_steps
from callcenter.records.ledger import cursors, readings
from tests.agent_api.recordings.recorded_calls import NODE, RecordedCall


@dataclass
class Bridge:
    """Records what happened; nobody hears of it live."""

    database: Database
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def record(self, *made: RecordedCall, **differing: Any) -> None:
        """These calls were answered, and are over."""
        async with self.database.transaction() as connection:
            for call in made:
                number = await self._reading(connection, call.started_us)
                row = {**call.entry(call.queue), "reading": number, **differing}
                await upsert(connection, queue_entries, [row])

    async def transferred(self, call: RecordedCall, extension: str, at_us: int) -> None:
        """The caller of that call is connected to that extension."""
        async with self.database.transaction() as connection:
            await self._reading(connection, at_us)
            step = {"node": NODE, "uniqueid": call.uniqueid, "at_us": at_us, "detail": extension}
            await insert_missing(connection, call_steps, [{**step, "step": StepKind.TRANSFERRED.value}])

    async def _reading(self, connection: Any, at_us: int) -> int:
        number = next(self._numbers)
        span = {"earliest_us": at_us, "latest_us": at_us + 60_000_000, "rows": b"", "writer": "test"}
        await insert_missing(connection, readings, [{"node": NODE, "number": number, **span}])
        await upsert(connection, cursors, [{"node": NODE, "source": "table", "mark": "", "position": number}])
        return number
