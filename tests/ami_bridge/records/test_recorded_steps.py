"""A caller's path in the records, from both copies of the queue log, across restarts of the bridge and of Asterisk."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from ami_bridge.feeds.log_file import QueueLogFile
from ami_bridge.feeds.table import LedgerTable
from ami_bridge.feeds.tail import QueueLogTail
from ami_bridge.ledger.fold import Fold
from ami_bridge.records.recorder import resume
from callcenter.database.transactions import Database
from callcenter.records.calls import calls, queue_entries
from callcenter.records.ivr import call_steps, survey_answers
from callcenter.records.ledger import anomalies
from tests.ami_bridge.feeds.asterisk_writes import QueueLogWriter

START_US = 1_790_000_000_000_000
LATER_US = START_US + 86_400_000_000
HOUR = 3600

SERVED = [
    (0.25, "c1|NONE|NONE|ARRIVED|102|70712345|c1"),
    (0.5, "c1|NONE|NONE|INFO|IVRSTART|102|70712345"),
    (4.0, "c1|NONE|NONE|INFO|IVRAPPEND|t|facturacion|"),
    (6.0, "c1|NONE|NONE|INFO|IVRAPPEND|1|facturacion|Monto adeudado"),
    (9.0, "c1|NONE|NONE|INFO|IVRGOAL|amount_owed|told"),
]
HUNG_UP = [(20.0, "c1|NONE|NONE|DEPARTED|16|by:")]
WENT_ON = [
    (20.0, "c1|NONE|NONE|ROUTED|queue|none|0|102"),
    (21.0, "c1|102|NONE|ENTERQUEUE||70712345|1"),
    (24.0, "c1|102|NONE|EXITWITHKEY|1|1|1|3"),
    (26.0, "c1|102|NONE|CALLBACK|asked|7|70712345|key"),
    (27.0, "c1|NONE|NONE|DEPARTED|16|by:"),
]
CALLED_BACK = [
    (2 * HOUR, "c9|102|NONE|CALLBACK|returned|7"),
    (2 * HOUR + 1, "c9|102|NONE|ENTERQUEUE||70712345|1"),
    (2 * HOUR + 3, "c9|102|1001|CONNECT|2|a1|2"),
    (2 * HOUR + 20, "c9|102|1001|COMPLETEAGENT|2|17|1"),
    (2 * HOUR + 25, "c9|102|1001|SURVEYED|atencion|5"),
    (2 * HOUR + 26, "c9|NONE|NONE|DEPARTED|16|by:"),
]


@pytest.fixture
def log(tmp_path: Path) -> QueueLogWriter:
    return QueueLogWriter(tmp_path)


async def record(log: QueueLogWriter, database: Database) -> None:
    """A bridge that starts, records what is there, and is killed."""
    recorder, cursors = await resume("central", database, Fold("central"), "table", lambda: LATER_US)
    table, file = LedgerTable(log.table), QueueLogFile(log.file)
    tail = await QueueLogTail.resume(table, file, recorder, cursors, lambda: LATER_US)
    while await tail.step():
        pass


def write(log: QueueLogWriter, second: float, text: str) -> None:
    log.write(START_US + round(second * 1_000_000), text)


async def column(database: Database, table: Table, name: str) -> list[Any]:
    async with database.reading() as connection:
        return list((await connection.execute(select(table.c[name]).order_by(table.c[name]))).scalars())


async def test_a_bridge_killed_between_any_two_rows_knows_who_was_served_by_the_menus(
    log: QueueLogWriter, database: Database
) -> None:
    for second, text in SERVED + HUNG_UP:
        write(log, second, text)
        await record(log, database)
    assert await column(database, calls, "final_stage") == ["ivr"]
    assert await column(database, calls, "ended_us") == [START_US + 20_000_000]
    assert await column(database, call_steps, "step") == ["goal", "key", "key", "start"]


async def test_a_bridge_killed_between_any_two_rows_knows_who_went_on_to_a_queue_and_the_callback(
    log: QueueLogWriter, database: Database
) -> None:
    for second, text in SERVED + WENT_ON + CALLED_BACK:
        write(log, second, text)
        await record(log, database)
    assert await column(database, calls, "final_stage") == ["queue"]
    assert await column(database, queue_entries, "line") == ["102", "102"]
    assert len(await column(database, call_steps, "detail")) == 7
    assert await column(database, survey_answers, "member") == ["1001"]
    assert await column(database, anomalies, "kind") == []


async def test_a_call_of_an_hour_ends_in_the_records_also_when_the_bridge_was_restarted_meanwhile(
    log: QueueLogWriter, database: Database
) -> None:
    write(log, *SERVED[0])
    write(log, HOUR, "c2|102|NONE|ENTERQUEUE||70712346|1")
    await record(log, database)
    write(log, HOUR + 1, "c1|NONE|NONE|DEPARTED|16|by:")
    await record(log, database)
    assert await column(database, calls, "final_stage") == ["menu"]


async def test_steps_that_the_table_never_got_are_recorded_from_the_file(
    log: QueueLogWriter, database: Database
) -> None:
    log.table_fails = True
    for second, text in SERVED + HUNG_UP:
        write(log, second, text)
    await record(log, database)
    assert await column(database, calls, "final_stage") == ["ivr"]
    assert set(await column(database, call_steps, "detail")) == {
        *("102", "t|facturacion", "1|facturacion|Monto adeudado", "amount_owed|told"),
    }
    assert set(await column(database, anomalies, "kind")) == {"missing_in_table"}


async def test_rows_written_twice_are_recorded_once_also_across_a_restart(
    log: QueueLogWriter, database: Database
) -> None:
    for _ in range(2):
        for second, text in SERVED + WENT_ON + CALLED_BACK:
            write(log, second, text)
        await record(log, database)
    assert len(await column(database, call_steps, "detail")) == 7
    assert await column(database, survey_answers, "answer") == [5]
    assert await column(database, calls, "final_stage") == ["queue"]


async def test_asterisk_killed_while_a_caller_was_in_the_menus_interrupts_the_call(
    log: QueueLogWriter, database: Database
) -> None:
    for second, text in SERVED[:3]:
        write(log, second, text)
    await record(log, database)
    write(log, 60, "NONE|NONE|NONE|QUEUESTART")
    await record(log, database)
    assert await column(database, calls, "final_stage") == ["interrupted"]
    assert await column(database, calls, "ended_us") != [None]
