"""Writes both copies of a queue log as Asterisk does: the table first, then the line. For tests of the tail."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from ami_bridge import ledger_table
from callcenter.clock import as_datetime


@dataclass
class QueueLogWriter:
    """Both copies in a folder. `table_fails` loses the row, as a lock on the table does."""

    folder: Path
    table_fails: bool = False
    file_fails: bool = False

    def __post_init__(self) -> None:
        self.table, self.file = self.folder / "ledger.sqlite", self.folder / "queue_log"
        ledger_table.create(self.table)

    def write(self, at_us: int, text: str) -> None:
        """`callid|queue|agent|VERB|data...` at an instant."""
        callid, queue, agent, verb, *data = text.split("|")
        if not self.table_fails:
            stamp = as_datetime(at_us).strftime("%Y-%m-%d %H:%M:%S.%f")
            self._insert((stamp, callid, queue, agent, verb, *(data + [""] * 5)[:5]))
        if not self.file_fails:
            with self.file.open("a") as stream:
                stream.write(f"{at_us // 1_000_000}|{text}\n")

    def _insert(self, values: tuple[str, ...]) -> None:
        connection = sqlite3.connect(self.table)
        with connection:
            connection.execute(
                "INSERT INTO queue_log (time, callid, queuename, agent, event, data1, data2, data3, data4, data5)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
        connection.close()
