"""A bridge's tail over both copies, and what it recorded. For tests of the feeds."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from ami_bridge.feeds.log_file import QueueLogFile
from ami_bridge.feeds.table import LedgerTable
from ami_bridge.feeds.tail import QueueLogTail
from ami_bridge.ledger.fold import Fold
from ami_bridge.records.recorder import resume
from callcenter.database.transactions import Database
from callcenter.records.calls import queue_entries
from callcenter.records.ledger import anomalies
from tests.ami_bridge.feeds.asterisk_writes import QueueLogWriter

START_US = 1_790_000_000_000_000
LATER_US = START_US + 3_600_000_000


async def tail_of(
    log: QueueLogWriter,
    database: Database,
    now_us: Callable[[], int] = lambda: LATER_US,
    table: LedgerTable | None = None,
) -> QueueLogTail:
    """A bridge that goes on where the records end."""
    recorder, cursors = await resume("central", database, Fold("central"), "table", now_us)
    table, file = table or LedgerTable(log.table), QueueLogFile(log.file)
    return await QueueLogTail.resume(table, file, recorder, cursors, now_us)


async def record(log: QueueLogWriter, database: Database) -> None:
    """A bridge that starts, records what is there, and is killed."""
    tail = await tail_of(log, database)
    while await tail.step():
        pass


async def entries(database: Database) -> list[dict[str, Any]]:
    """The queue entries, the first that joined first."""
    async with database.reading() as connection:
        found = await connection.execute(select(queue_entries).order_by(queue_entries.c.joined_us))
        return [dict(row) for row in found.mappings()]


async def anomaly_kinds(database: Database) -> set[str]:
    """What did not fit."""
    async with database.reading() as connection:
        return set((await connection.execute(select(anomalies.c.kind))).scalars())


def one_call(log: QueueLogWriter, number: int, second: float) -> None:
    """A call that an agent answers after 4.25 s."""
    at_us = START_US + round(second * 1_000_000)
    log.write(at_us, f"c{number}|101|NONE|ENTERQUEUE||7071234{number}|1")
    log.write(at_us + 1_500_000, f"c{number}|101|1001|OFFERED|a{number}")
    log.write(at_us + 4_250_000, f"c{number}|101|1001|CONNECT|4|a{number}|3")
    log.write(at_us + 9_000_000, f"c{number}|101|1001|COMPLETECALLER|4|5|1")


def abandoned_calls(log: QueueLogWriter, calls: int) -> None:
    """Many calls at once in both copies, each abandoned after 50 ms."""
    rows = []
    for number in range(calls):
        at_us = START_US + number * 100_000
        rows.append((at_us, f"c{number}|101|NONE|ENTERQUEUE||70712345|1"))
        rows.append((at_us + 50_000, f"c{number}|101|NONE|ABANDON|1|1|0"))
    log.write_all(rows)
