"""Writes both copies of a queue log as Asterisk does: the table first, then the line. For tests of the tail."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ami_bridge.feeds import table as ledger_table
from callcenter.instants import as_datetime


@dataclass
class QueueLogWriter:
    """Both copies in a folder. `table_fails` loses the row, as a lock on the table does.

    `line_lag_us`: how much later than its row a line is written, on a disk that stands still.
    """

    folder: Path
    table_fails: bool = False
    file_fails: bool = False
    line_lag_us: int = 0

    def __post_init__(self) -> None:
        self.table, self.file = self.folder / "ledger.sqlite", self.folder / "queue_log"
        ledger_table.create(self.table)

    def write(self, at_us: int, text: str) -> None:
        """`callid|queue|agent|VERB|data...` at an instant."""
        self.write_all([(at_us, text)])

    def write_all(self, rows: list[tuple[int, str]]) -> None:
        """Many rows at once, each in both copies."""
        if not self.table_fails:
            self._insert([_columns(at_us, text) for at_us, text in rows])
        if not self.file_fails:
            with self.file.open("a") as stream:
                stream.writelines(f"{(at_us + self.line_lag_us) // 1_000_000}|{text}\n" for at_us, text in rows)

    def execute(self, statement: str, *values: str) -> None:
        """One statement on the table."""
        with closing(sqlite3.connect(self.table)) as connection, connection:
            connection.execute(statement, values)

    def _insert(self, values: list[tuple[str, ...]]) -> None:
        connection = sqlite3.connect(self.table)
        with connection:
            connection.executemany(
                "INSERT INTO queue_log (time, callid, queuename, agent, event, data1, data2, data3, data4, data5)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
        connection.close()


def _columns(at_us: int, text: str) -> tuple[str, ...]:
    callid, queue, agent, verb, *data = text.split("|")
    stamp = as_datetime(at_us).strftime("%Y-%m-%d %H:%M:%S.%f")
    return (stamp, callid, queue, agent, verb, *(data + [""] * 5)[:5])
