"""Revision 0004 renames tables, columns and values; their rows are kept, both ways."""

from typing import Any

from sqlalchemy import text

import migrations
from callcenter.database.transactions import Database

BEFORE = "0003"
ROWS = (
    "INSERT INTO lost_callers (node, uniqueid, entered_us, state, owner, note, changed_us)"
    " VALUES ('a', '1.1', 5, 'taken', '1001', '', 6)",
    "INSERT INTO calls (node, uniqueid, line, caller, arrived_us, handled) VALUES ('a', '1.1', '102', '', 4, 'queue')",
    "INSERT INTO call_steps (node, uniqueid, at_us, step, detail) VALUES ('a', '1.1', 7, 'callback_asked', '1')",
    "INSERT INTO call_steps (node, uniqueid, at_us, step, detail) VALUES ('a', '1.2', 8, 'called_back', '1')",
    "INSERT INTO call_steps (node, uniqueid, at_us, step, detail) VALUES ('a', '1.1', 9, 'received', '1002')",
    "INSERT INTO audit_log (when_us, who, what, details) VALUES (1, 'jefa', 'wall_link.made', '{}')",
    "INSERT INTO audit_log (when_us, who, what, details) VALUES (2, 'jefa', 'command', '{\"kind\": \"move_waiting\"}')",
)


async def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    async with database.reading() as connection:
        return [tuple(row) for row in (await connection.execute(text(query))).all()]


async def older(database_url: str, database: Database) -> None:
    """The tables as they were, with a row in each that was renamed."""
    await migrations.downgrade(database_url, BEFORE)
    async with database.transaction() as connection:
        for row in ROWS:
            await connection.execute(text(row.replace(":", r"\:")))


async def test_rows_of_the_older_tables_are_found_under_the_new_names(database: Database, database_url: str) -> None:
    await older(database_url, database)
    await migrations.upgrade(database_url)
    assert await rows(database, "SELECT owner, state FROM recall_list") == [("1001", "taken")]
    assert await rows(database, "SELECT final_stage FROM calls") == [("queue",)]
    steps = await rows(database, "SELECT step FROM call_steps ORDER BY at_us")
    assert steps == [("callback_requested",), ("callback_answered",), ("transferred",)]
    log = await rows(database, "SELECT what, CAST(details AS TEXT) FROM audit_log ORDER BY when_us")
    assert log == [("wallboard_link.made", "{}"), ("command", '{"kind": "redirect_queued_call"}')]


async def test_and_they_are_as_they_were_when_it_is_taken_back(database: Database, database_url: str) -> None:
    await older(database_url, database)
    await migrations.upgrade(database_url)
    await migrations.downgrade(database_url, BEFORE)
    assert await rows(database, "SELECT owner, state FROM lost_callers") == [("1001", "taken")]
    assert await rows(database, "SELECT handled FROM calls") == [("queue",)]
    steps = await rows(database, "SELECT step FROM call_steps ORDER BY at_us")
    assert steps == [("callback_asked",), ("called_back",), ("received",)]
    log = await rows(database, "SELECT what, CAST(details AS TEXT) FROM audit_log ORDER BY when_us")
    assert log == [("wall_link.made", "{}"), ("command", '{"kind": "move_waiting"}')]
