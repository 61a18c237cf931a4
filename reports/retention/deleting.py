"""Deletes and empties, some hundred rows a transaction: who waits to write waits for one of them at most.

The second writer of the tables that `tables` names, after each one's own. What it takes away the bridge does not bring
back: its checkpoint holds calls of the last hours alone, and what a row of the queue log said stays known for good
(`ledger_readings`), so that no restored copy of it counts again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    FromClause,
    Label,
    Row,
    Select,
    Table,
    bindparam,
    delete,
    func,
    select,
    update,
)

from callcenter.audit import AuditAction, write_total
from callcenter.database.transactions import Database
from callcenter.level.formulas import Period
from reports.retention.tables import DetailRows, PersonalData

ROWS_AT_ONCE = 100
_PAUSE_SECONDS = 0.02
_WHO = "reports"

Rows = Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class _Work:
    """What is done with rows of a table, and as what it is written down."""

    action: AuditAction
    table: Table
    do: Callable[[Connection, Rows], None]


@dataclass
class Cleaning:
    """One run. `now_us`: of the run, for the audit log."""

    database: Database
    now_us: int
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def oldest_us(self, rows: DetailRows) -> int | None:
        """The oldest moment of them; None: there are none. Raises DatabaseProblem."""
        query = select(func.min(rows.moment)).select_from(_source(rows)).where(*rows.which)
        return await self.database.long_read(lambda connection: connection.execute(query).scalar())

    async def delete(self, rows: DetailRows, span: Period) -> int:
        """Delete those of that time, with what follows them; how many. Raises DatabaseProblem."""
        # What follows them is found by their key, or by their moment beside it.
        columns = {column.name: column for column in (*rows.table.primary_key, rows.moment)}
        query = select(*columns.values(), _as_moment(rows.moment)).select_from(_source(rows))
        work = _Work(AuditAction.CALL_DETAIL_DELETED, rows.table, partial(_delete, rows))
        return await self._in_turns(query.where(*rows.which), rows.moment, span, work)

    async def empty(self, data: PersonalData, span: Period) -> int:
        """Empty what is of persons in rows of that time; in how many. Raises DatabaseProblem."""
        query = select(*data.table.primary_key.columns, _as_moment(data.moment)).select_from(data.source)
        work = _Work(AuditAction.PERSONAL_DATA_EMPTIED, data.table, partial(_empty, data))
        return await self._in_turns(query.where(data.named), data.moment, span, work)

    async def _in_turns(self, query: Select[Any], moment: Column[int], span: Period, work: _Work) -> int:
        done, total_id, since_us = 0, None, span.since_us
        while True:
            some = query.where(moment >= since_us, moment < span.until_us).order_by(moment).limit(ROWS_AT_ONCE)
            found = await self.database.long_read(partial(_all, query=some))
            if not found:
                return done
            done, since_us = done + len(found), found[-1].moment_us
            details = {"table": work.table.name, "since_us": span.since_us, "until_us": span.until_us, "rows": done}
            turn = partial(self._turn, work=work, found=found, details=details, total_id=total_id)
            total_id = await self.database.write(turn)
            await self.pause(_PAUSE_SECONDS)

    def _turn(
        self, connection: Connection, work: _Work, found: Rows, details: Mapping[str, Any], total_id: int | None
    ) -> int:
        work.do(connection, found)
        return write_total(connection, _WHO, work.action, self.now_us, details, total_id)


def _all(connection: Connection, query: Select[Any]) -> Rows:
    return connection.execute(query).all()


def _source(rows: DetailRows) -> FromClause:
    return rows.table if rows.source is None else rows.source


def _as_moment(moment: Column[int]) -> Label[int]:
    return moment.label("moment_us")


def _delete(rows: DetailRows, connection: Connection, found: Rows) -> None:
    for table, columns in rows.following:
        _delete_where(connection, table, columns, found)
    _delete_where(connection, rows.table, {key.name: key.name for key in rows.table.primary_key}, found)


def _delete_where(connection: Connection, table: Table, columns: Mapping[str, str], found: Rows) -> None:
    same = (table.c[name] == bindparam(f"its_{name}") for name in columns)
    values = [{f"its_{name}": getattr(row, of_row) for name, of_row in columns.items()} for row in found]
    connection.execute(delete(table).where(*same), values)


def _empty(data: PersonalData, connection: Connection, found: Rows) -> None:
    keys = [key.name for key in data.table.primary_key]
    same = [data.table.c[name] == bindparam(f"its_{name}") for name in keys]
    emptied = [data.emptied(row) for row in found]
    values = [
        {**{f"its_{name}": getattr(row, name) for name in keys}, **{f"new_{name}": each for name, each in new.items()}}
        for row, new in zip(found, emptied, strict=True)
    ]
    columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in emptied[0]}
    connection.execute(update(data.table).where(*same).values(**columns), values)
