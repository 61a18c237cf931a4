from typing import Any

import pytest
from sqlalchemy import Table, select

from callcenter.database.prepared import prepared_upsert
from callcenter.database.transactions import Database
from callcenter.records.agents import agent_periods
from callcenter.records.calls import interruptions

pytestmark = pytest.mark.database


async def write(database: Database, table: Table, *rows: dict[str, Any]) -> None:
    upsert = prepared_upsert(table, database.sql_dialect, tuple(rows[0]))
    await upsert.write(database, upsert.values(rows))


async def found(database: Database, table: Table) -> list[tuple[Any, ...]]:
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(select(table).order_by(*table.primary_key.columns))]


async def test_rows_are_inserted_and_then_overwritten(database: Database) -> None:
    paused = {
        "node": "a",
        "member": "José",
        "kind": "paused",
        "queue": "NONE",
        "started_us": 5,
        "ended_us": None,
        "reason": "x",
    }
    other = {**paused, "member": "1002"}
    await write(database, agent_periods, paused)
    await write(database, agent_periods, {**paused, "ended_us": 1 << 60}, other)
    assert await found(database, agent_periods) == [
        ("1002", 5, "paused", "NONE", "a", None, "x"),
        ("José", 5, "paused", "NONE", "a", 1 << 60, "x"),
    ]


async def test_a_column_that_the_rows_have_not_gets_what_the_table_says(database: Database) -> None:
    row = {"node": "a", "restarted_us": 5, "interrupted_entries": 1}
    await write(database, interruptions, row)
    await write(database, interruptions, {**row, "interrupted_entries": 2})
    assert await found(database, interruptions) == [("a", 5, None, 2, False)]
