"""The door through which work on a load is written: in short transactions, while the load is still to be worked on.

Whoever else commits, the bridge above all, does so between two of them.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, delete, select, update

from backoffice.extracts.files.uploads import ExtractLimits
from callcenter.callbacks.rules import own_numbers
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.records.lists import list_files, list_loads, list_problems, listed_customers, payments
from dialer.lists.model import ListLoad, LoadState

# A few hundredths of a second of the write lock.
CUSTOMERS_AT_ONCE, ROWS_AT_ONCE, PARTS_AT_ONCE = 400, 1000, 4
# Whoever waits for SQLite's write lock looks for it at intervals that grow: in its first tenth of a second they are 25
# ms at most. So after a tenth it is left alone for longer than that; a shorter pause could be missed again and again.
_HELD_SECONDS, _PAUSE_SECONDS = 0.1, 0.03
_loads = list_loads.c
T = TypeVar("T")


class NotOursAnyMore(Exception):
    """The load is in another state than the one that is worked on: it was cancelled, or is another's work."""


@dataclass(frozen=True, slots=True)
class ListTerms:
    """How a centre's lists are read. `own`: its own lines, never to be called. `limits`: the most that is read."""

    own: frozenset[str]
    area_code: str
    limits: ExtractLimits

    @classmethod
    def of(cls, centre: Centre, limits: ExtractLimits | None = None) -> "ListTerms":
        """Those of a centre."""
        own = own_numbers((line.number for line in centre.lines), centre.about.area_code)
        return cls(own, centre.about.area_code, limits or ExtractLimits())


class LoadWork:
    """Work on one load, while it is in one state. Raises DatabaseProblem. `clock`: microseconds since 1970, UTC."""

    def __init__(self, database: Database, load: ListLoad, state: LoadState, clock: Callable[[], int]) -> None:
        self.database, self.load, self.clock = database, load, clock
        self._state = state
        self._held = 0.0

    async def write(self, work: Callable[[Connection], T], **changed: Any) -> T:
        """What `work` makes of one transaction, which also changes the load so. Raises NotOursAnyMore."""
        values = {"changed_us": self.clock(), **changed}
        still = update(list_loads).where(_loads.id == self.load.id, _loads.state == self._state)

        def written(connection: Connection) -> T:
            if not connection.execute(still.values(values)).rowcount:
                raise NotOursAnyMore
            return work(connection)

        began = time.monotonic()
        made = await self.database.write(written)
        self._held += time.monotonic() - began
        if self._held >= _HELD_SECONDS:
            await asyncio.sleep(_PAUSE_SECONDS)
            self._held = 0.0
        return made

    async def note(self, **changed: Any) -> None:
        """Change the load so. Raises NotOursAnyMore."""
        await self.write(lambda _: None, **changed)

    async def forget(self, *tables: Table) -> None:
        """Take away what these tables have of the load."""
        for table in tables:
            while await self.write(partial(_forget_some, table, self.load.id)):
                continue


def begin_reading(connection: Connection, load_id: int, now_us: int) -> None:
    """An upload is being read from now on."""
    uploaded = update(list_loads).where(_loads.id == load_id, _loads.state == LoadState.UPLOADED)
    connection.execute(uploaded.values(state=LoadState.READING, changed_us=now_us))


# What is kept of a load beside its own row.
OF_A_LOAD = (listed_customers, list_problems, payments)
_KEYS: Mapping[str, tuple[str, int]] = {
    listed_customers.name: ("customer", CUSTOMERS_AT_ONCE),
    list_problems.name: ("id", ROWS_AT_ONCE),
    payments.name: ("id", ROWS_AT_ONCE),
    list_files.name: ("part", PARTS_AT_ONCE),
}


def _forget_some(table: Table, load_id: int, connection: Connection) -> int:
    """How many rows were taken away."""
    key, most = _KEYS[table.name]
    some = select(table.c[key]).where(table.c.load_id == load_id).limit(most)
    keys = connection.execute(some).scalars().all()
    if keys:
        connection.execute(delete(table).where(table.c.load_id == load_id, table.c[key].in_(keys)))
    return len(keys)
