"""A queue log as Asterisk writes it, with a disk and files to which everything happens. For tests of the tail.

One true history, on a virtual clock, is written into both copies: each row is stamped, stored, and then written as a
line, by the thread of its channel, which waits meanwhile. `Disturbed` does to the copies what happens to real ones.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from ami_bridge.feeds import table as ledger_table
from ami_bridge.feeds.file import QueueLogLine, parse
from ami_bridge.ledger.rows import Row
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.moments import Moment

START_US = 1_790_000_000_000_000
# Asterisk gives up storing a row after this long, and writes the line all the same.
BUSY_TIMEOUT_US = 5 * MICROSECONDS
_INSERT = (
    "INSERT INTO queue_log (time, callid, queuename, agent, event, data1, data2, data3, data4, data5)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass
class Disturbed:
    """Both copies in a folder, and Asterisk's clock. `rows`: the true history so far, as it was stamped."""

    folder: Path
    now_us: int = START_US
    rows: list[Row] = field(default_factory=list)
    table_fails: bool = False
    file_fails: bool = False
    store_us: int = 0

    def __post_init__(self) -> None:
        self.table, self.file = self.folder / "ledger.sqlite", self.folder / "queue_log"
        ledger_table.create(self.table)
        self.longest_store_us = 0
        self._number = 0
        self._began: dict[tuple[str, str], int] = {}

    # -- what Asterisk does --------------------------------------------------------------------------

    def write(self, text: str) -> None:
        """A row `callid|queue|agent|VERB|data...`, now. The thread waits for the store, and the clock goes on.

        `{wait}` and `{talk}` stand for the whole seconds that Asterisk counts since the caller joined or was answered.
        """
        at_us = self.now_us
        text = text.format(wait=self._seconds_since(text, "ENTERQUEUE"), talk=self._seconds_since(text, "CONNECT"))
        self.rows.append(as_row(len(self.rows) + 1, at_us, text))
        self.longest_store_us = max(self.longest_store_us, self.store_us)
        self.now_us += BUSY_TIMEOUT_US if self.table_fails else self.store_us
        if not self.table_fails:
            self._store(at_us, text)
        if not self.file_fails:
            with self.file.open("a", encoding="utf-8") as stream:
                stream.write(f"{self.now_us // MICROSECONDS}|{text}\n")

    def write_all(self, rows: Iterator[tuple[float, str]], at_most: int | None = None) -> None:
        """The next rows, each so many seconds after the one before it, and a moment."""
        for seconds, text in islice(rows, at_most):
            self.now_us += round(seconds * MICROSECONDS) + 7
            self.write(text)

    def _seconds_since(self, text: str, verb: str) -> int:
        call, second = text.partition("|")[0], self.now_us // MICROSECONDS
        if f"|{verb}|" in text:
            self._began[call, verb] = second
        return second - self._began.get((call, verb), second)

    def _store(self, at_us: int, text: str) -> None:
        callid, queue, agent, verb, *data = text.split("|")
        stamp = as_datetime(at_us).strftime("%Y-%m-%d %H:%M:%S.%f")
        with closing(sqlite3.connect(self.table)) as connection, connection:
            connection.execute(_INSERT, (stamp, callid, queue, agent, verb, *(data + [""] * 5)[:5]))

    # -- what happens to its copies ------------------------------------------------------------------

    def rotate(self) -> None:
        """`logger rotate`: the file gets a number, the next line begins a new one."""
        if self.file.exists():
            self._number += 1
            self.file.rename(self.folder / f"queue_log.{self._number}")

    def copy_file(self) -> None:
        """The same text in another file, as after a restore or on another disk."""
        if self.file.exists():
            copied = self.folder / "copied"
            shutil.copyfile(self.file, copied)
            copied.replace(self.file)

    def copy_table(self) -> None:
        """The same rows in another file: vacuumed, restored, moved."""
        copied = self.folder / "copied.sqlite"
        with closing(sqlite3.connect(self.table)) as connection:
            connection.execute("VACUUM INTO ?", (str(copied),))
        self._take_table_away()
        copied.replace(self.table)
        self.table.with_name("copied.sqlite").unlink(missing_ok=True)

    def table_anew(self) -> None:
        """An empty table, as after our advice to make it anew."""
        self._take_table_away()
        ledger_table.create(self.table)

    def _take_table_away(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.table}{suffix}").unlink(missing_ok=True)


def as_row(position: int, at_us: int, text: str) -> Row:
    """The row as its table has it."""
    parsed = parse(QueueLogLine(position, f"{at_us // MICROSECONDS}|{text}"))
    assert isinstance(parsed, Row), text
    return Row(position, Moment.exact(at_us), parsed.callid, parsed.queue, parsed.agent, parsed.verb, parsed.data)


def rows_of_call(number: int, kind: str) -> Iterator[tuple[float, str]]:
    """Seconds after the one before, and the row. One call of that kind."""
    call, channel, queue = f"17900{number:05d}.{number}", f"17900{number:05d}.{number + 1000}", "101"
    caller = f"70{number:06d}"
    yield 0.0, f"{call}|NONE|NONE|ARRIVED|102|{caller}|{call}"
    yield 1.0, f"{call}|{queue}|NONE|ENTERQUEUE||{caller}|1"
    if kind == "abandoned":
        yield 12.0, f"{call}|{queue}|NONE|ABANDON|1|1|{{wait}}"
        yield 0.01, f"{call}|NONE|NONE|DEPARTED|16|by:PJSIP/trunk-1"
        return
    if kind == "stayed":
        yield 5.0, f"{call}|{queue}|NONE|EXITWITHKEY|1|1|1|{{wait}}"
        yield 2.0, f"{call}|{queue}|NONE|STAYED"
        yield 0.01, f"{call}|{queue}|NONE|ENTERQUEUE||{caller}|1"
    yield 2.0, f"{call}|{queue}|1001|OFFERED|{channel}"
    if kind == "second agent":
        yield 15.0, f"{call}|{queue}|1001|RINGNOANSWER|15000"
        yield 0.01, f"{call}|{queue}|1001|RELEASED|{channel}|19|by:"
        channel += "9"
        yield 1.0, f"{call}|{queue}|1001|OFFERED|{channel}"
    yield 4.0, f"{call}|{queue}|1001|CONNECT|{{wait}}|{channel}|4"
    yield 30.0, f"{call}|{queue}|1001|COMPLETECALLER|5|{{talk}}|1"
    yield 0.01, f"{call}|{queue}|1001|RELEASED|{channel}|16|by:PJSIP/trunk-1"
    yield 0.01, f"{call}|NONE|NONE|DEPARTED|16|by:PJSIP/trunk-1"
