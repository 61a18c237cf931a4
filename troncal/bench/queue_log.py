"""A queue log as Asterisk writes it, in both copies, of answered calls without end."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ami_bridge.feeds import table as ledger_table
from callcenter.instants import MICROSECONDS, as_datetime

INSERT = (
    "INSERT INTO queue_log (time, callid, queuename, agent, event, data1, data2, data3, data4, data5)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
ROWS_A_CALL = 5
Columns = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of the queue log: callid, queue, agent, verb and data as they stand in both copies."""

    fields: Columns

    def line(self, at_us: int) -> str:
        """As Asterisk's plain file has it."""
        return "|".join((str(at_us // MICROSECONDS), *self.fields)) + "\n"

    def columns(self, at_us: int) -> Columns:
        """As Asterisk's table has it."""
        callid, queue, agent, verb, *data = self.fields
        stamp = as_datetime(at_us).strftime("%Y-%m-%d %H:%M:%S.%f")
        return (stamp, callid, queue, agent, verb, *(data + [""] * 5)[:5])


def rows(calls_at_once: int = 40) -> Iterator[LogRow]:
    """Rows of answered calls without end; so many calls go on at once, each gives one row in turn. Pure."""
    number = 0
    while True:
        ids = range(number, number + calls_at_once)
        for step in range(ROWS_A_CALL):
            for each in ids:
                yield LogRow(_step(each, step))
        number += calls_at_once


def _step(number: int, step: int) -> Columns:
    callid, agent, channel = f"1790000000.{2 * number}", str(1001 + number % 40), f"1790000000.{2 * number + 1}"
    rows_of_call: tuple[Columns, ...] = (
        ("NONE", "ENTERQUEUE", "", f"7{number:07d}", "1"),
        (agent, "OFFERED", channel),
        (agent, "CONNECT", "4", channel, "3"),
        (agent, "COMPLETECALLER", "4", "90", "1"),
        (agent, "RELEASED", channel),
    )
    return (callid, str(101 + number % 4), *rows_of_call[step])


class QueueLog:
    """Both copies of a queue log in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.table, self.file = folder, folder / "ledger.sqlite", folder / "queue_log"
        ledger_table.create(self.table)
        self._connection = sqlite3.connect(self.table)

    def write(self, batch: Sequence[tuple[LogRow, int]]) -> None:
        """The table first, then the file."""
        with self._connection:
            self._connection.executemany(INSERT, [row.columns(at_us) for row, at_us in batch])
        with self.file.open("a", encoding="utf-8") as stream:
            stream.writelines(row.line(at_us) for row, at_us in batch)
