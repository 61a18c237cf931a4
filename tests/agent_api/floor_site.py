"""A floor to look at: records as the ledger writes them, states as the bridge reports them, the test's own clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row
from ami_bridge.records.recorder import Cursor, Recorder
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.messages.facts import AgentState, AgentStatus, QueueState, WaitingCaller

NODE = "central"


@dataclass
class Ledger:
    """Records rows with the cursor that goes with them, as the bridge does."""

    database: Database
    recorder: Recorder | None = None
    position: int = 0

    async def write(self, rows: Sequence[Row]) -> None:
        if self.recorder is None:
            self.recorder = Recorder(NODE, self.database, Fold(NODE), "table", now_us)
        self.position += len(rows)
        await self.recorder.record(list(rows), [Cursor("table", "", self.position)])


def agent(login: str, state: AgentStatus, *queues: str, since_us: int = 0, reason: str = "") -> AgentState:
    """An agent's state as the bridge reports it."""
    fields: dict[str, Any] = {"node": NODE, "member": login, "interface": f"PJSIP/{login}-web", "reason": reason}
    return AgentState(**fields, queues=queues or ("101",), state=state, since_us=since_us or now_us())


def waits(queue: str, *callers: tuple[str, int]) -> QueueState:
    """A queue with these callers, each a number and since when; uniqueids `101.1`, `101.2`."""
    waiting = tuple(
        WaitingCaller(uniqueid=f"{queue}.{place}", caller=number, position=place, joined_us=joined_us)
        for place, (number, joined_us) in enumerate(callers, 1)
    )
    counts: dict[str, Any] = {"logged_in": 0, "available": 0, "on_call": 0, "paused": 0}
    return QueueState(node=NODE, queue=queue, waiting=waiting, **counts, as_of_us=now_us())
