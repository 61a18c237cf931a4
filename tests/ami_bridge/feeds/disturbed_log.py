"""A queue log as Asterisk writes it, with a disk and files to which everything happens. For tests of the tail.

One true history, on a virtual clock, is written into both copies: each row is stamped, stored, and then written as a
line, by the thread of its channel, which waits meanwhile. `Disturbed` does to the copies what happens to real ones.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from ami_bridge.feeds import table as ledger_table
from ami_bridge.feeds.file import QueueLogLine, parse
from ami_bridge.ledger.clock_steps import ClockStep
from ami_bridge.ledger.rows.folded import LONGEST_STORE_US
from ami_bridge.ledger.rows.row import Row
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.moments import Moment

START_US = 1_790_000_000_000_000
# Asterisk gives up storing a row after this long, and writes the line all the same.
BUSY_TIMEOUT_US = 5 * MICROSECONDS
LONGEST_STALL_US = 60 * MICROSECONDS
# So long that it is taken for no orderly stop, and its row, which says what every start says, for no other one's.
_STOPPED_SECONDS = (LONGEST_STORE_US + 2 * BUSY_TIMEOUT_US) / MICROSECONDS
_INSERT = (
    "INSERT INTO queue_log (time, callid, queuename, agent, event, data1, data2, data3, data4, data5)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_DOUBLE = (
    "INSERT INTO queue_log (time, callid, queuename, agent, event, data1, data2, data3, data4, data5)"
    " SELECT time, callid, queuename, agent, event, data1, data2, data3, data4, data5"
    " FROM (SELECT * FROM queue_log ORDER BY id DESC LIMIT ?) ORDER BY id"
)


@dataclass(eq=False)
class _Thread:
    """The thread of a channel, on its way through one row. `waits_for`: how many rows of others overtake it."""

    number: int
    call: str
    at_us: int
    text: str
    waits_for: int = 0
    is_stored: bool = False


@dataclass
class Disturbed:
    """Both copies in a folder, and Asterisk's clock. `rows`: the true history so far, as it was stamped.

    `elapsed_us`: when each of them was, by a clock that nobody sets. `steps_us`: by how much the other one was set.

    What takes rows out of one copy happens only while the other one has them: nobody could know of them otherwise.
    """

    folder: Path
    now_us: int = START_US
    rows: list[Row] = field(default_factory=list)
    table_fails: bool = False
    file_fails: bool = False
    store_us: int = 0

    def __post_init__(self) -> None:
        self.table, self.file = self.folder / "ledger.sqlite", self.folder / "queue_log"
        self._backup = self.folder / "backup"
        ledger_table.create(self.table)
        self.longest_store_us = 0
        self.elapsed_us: list[int] = []
        self.steps_us: list[int] = []
        self._rotated = 0
        self._began: dict[tuple[str, str], int] = {}
        self._late: tuple[bool, int] | None = None
        self._held: list[_Thread] = []
        self._in_table: set[int] = set()
        self._in_file: list[int] = []
        self._in_rotated: set[int] = set()
        self._saved: tuple[set[int], list[int]] | None = None

    # -- what Asterisk does --------------------------------------------------------------------------

    def write(self, text: str) -> None:
        """A row `callid|queue|agent|VERB|data...`, now. The thread waits for the store, and the clock goes on.

        `{wait}` and `{talk}` stand for the whole seconds that Asterisk counts since the caller joined or was answered.
        """
        call = text.partition("|")[0]
        self._let_go(lambda other: other.call == call)
        text = text.format(wait=self._seconds_since(text, "ENTERQUEUE"), talk=self._seconds_since(text, "CONNECT"))
        thread = _Thread(len(self.rows) + 1, call, self.now_us, text)
        self.rows.append(as_row(thread.number, thread.at_us, text))
        self.elapsed_us.append(self.now_us - sum(self.steps_us))
        if self._late is None:
            self._finish(thread)
        else:
            stored_first, thread.waits_for = self._late
            self._late = None
            if stored_first:
                self._store(thread)
            self._held.append(thread)
        for other in self._held:
            other.waits_for -= other is not thread
        self._let_go(lambda other: other.waits_for <= 0)

    def write_all(self, rows: Iterator[tuple[float, str]], at_most: int | None = None) -> None:
        """The next rows, each so many seconds after the one before it, and a moment."""
        for seconds, text in islice(rows, at_most):
            self.pause(seconds)
            self.now_us += 7
            self.write(text)

    def pause(self, seconds: float) -> None:
        """Time passes. Who is held for as long as a disk stands still goes on first."""
        self._let_go(lambda other: self.now_us - other.at_us + round(seconds * MICROSECONDS) > LONGEST_STALL_US)
        self.now_us += round(seconds * MICROSECONDS)

    def set_clock(self, seconds: int) -> None:
        """The wall clock is set by so much; the bridge sees it, and has a row of it written."""
        looked_us = self.now_us
        self.pause(0.25)
        self.now_us += seconds * MICROSECONDS
        self.steps_us.append(seconds * MICROSECONDS)
        self.pause(0.25)
        step = ClockStep(seconds * MICROSECONDS, looked_us, self.now_us)
        self.write("|".join(("NONE", "NONE", "NONE", "CLOCKSET", *step.fields)))

    def stop(self) -> None:
        """Asterisk is killed, and stands still for a while. What was stamped is stored."""
        self._late = None
        self._let_go(lambda _: True)
        self.pause(_STOPPED_SECONDS)

    def settle(self) -> None:
        """Nothing fails or is late any more."""
        self.table_fails, self.file_fails, self.store_us, self._late = False, False, 0, None
        self._let_go(lambda _: True)

    def _seconds_since(self, text: str, verb: str) -> int:
        call, second = text.partition("|")[0], self.now_us // MICROSECONDS
        if f"|{verb}|" in text:
            self._began[call, verb] = second
        return second - self._began.get((call, verb), second)

    def _let_go(self, is_ready: Callable[[_Thread], bool]) -> None:
        for thread in [each for each in self._held if is_ready(each)]:
            self._held.remove(thread)
            self._finish(thread)

    def _finish(self, thread: _Thread) -> None:
        if not thread.is_stored:
            self._store(thread)
        if thread.number not in self._in_table:
            self._note_late(thread)
        if not self.file_fails:
            with self.file.open("a", encoding="utf-8") as stream:
                stream.write(f"{self.now_us // MICROSECONDS}|{thread.text}\n")
            self._in_file.append(thread.number)

    def _store(self, thread: _Thread) -> None:
        thread.is_stored = True
        # A thread that others overtook has waited for the same disk.
        stalled_us = max(0, self.store_us - (self.now_us - thread.at_us))
        self.now_us += BUSY_TIMEOUT_US if self.table_fails else stalled_us
        self._note_late(thread)
        if self.table_fails:
            return
        callid, queue, agent, verb, *data = thread.text.split("|")
        stamp = as_datetime(thread.at_us).strftime("%Y-%m-%d %H:%M:%S.%f")
        with closing(sqlite3.connect(self.table)) as connection, connection:
            connection.execute(_INSERT, (stamp, callid, queue, agent, verb, *(data + [""] * 5)[:5]))
        self._in_table.add(thread.number)

    def _note_late(self, thread: _Thread) -> None:
        """What is stamped then comes now: in the table, or in the file alone."""
        self.longest_store_us = max(self.longest_store_us, self.now_us - thread.at_us)

    # -- what happens to a thread --------------------------------------------------------------------

    def late_row(self, others: int) -> None:
        """The next row is stamped, and so many rows of other channels overtake it before it is stored."""
        self._late = (False, others)

    def late_line(self, others: int) -> None:
        """The next row is stored, and so many rows of other channels overtake it before its line is written."""
        self._late = (True, others)

    def lock_table(self, much: int) -> None:
        """The table takes no rows from now on, or takes them again."""
        self.table_fails = bool(much) and not self.file_fails

    def lock_file(self, much: int) -> None:
        """The file takes no lines from now on, or takes them again."""
        self.file_fails = bool(much) and not self.table_fails and not self._held

    # -- what happens to its copies ------------------------------------------------------------------

    def rotate(self) -> None:
        """`logger rotate`: the file gets a number, the next line begins a new one."""
        if self.file.exists():
            self.file.rename(self._next_rotated())

    def copy_and_truncate(self) -> None:
        """As logrotate's `copytruncate` does it: the file stays and is emptied, its copy has the number."""
        if self.file.exists():
            shutil.copyfile(self.file, self._next_rotated())
            os.truncate(self.file, 0)

    def copy_file(self) -> None:
        """The same text in another file, as after a restore or on another disk."""
        if self.file.exists():
            copied = self.folder / "copied"
            shutil.copyfile(self.file, copied)
            copied.replace(self.file)

    def cut_file(self, lines: int) -> None:
        """The last lines are gone: a disk that lost what it had not written yet."""
        kept = self._in_file[:-lines]
        if self._in_table.issuperset(self._in_file[len(kept) :]) and self.file.exists():
            text = self.file.read_text("utf-8").splitlines(keepends=True)
            os.truncate(self.file, len("".join(text[: len(kept)]).encode()))
            self._in_file = kept

    def double_lines(self, lines: int) -> None:
        """The last lines a second time, as in files that were joined."""
        self._write_again(slice(-lines, None))

    def first_lines_again(self, lines: int) -> None:
        """The first lines of the file a second time."""
        self._write_again(slice(lines))

    def _write_again(self, which: slice) -> None:
        """Of one second, they might be the truth."""
        text = self.file.read_text("utf-8").splitlines(keepends=True)[which] if self.file.exists() else []
        if len({line.partition("|")[0] for line in text}) > 1:
            with self.file.open("a", encoding="utf-8") as stream:
                stream.write("".join(text))
            self._in_file += self._in_file[which]

    def double_rows(self, rows: int) -> None:
        """The last rows a second time, as in tables that were joined."""
        with closing(sqlite3.connect(self.table)) as connection, connection:
            connection.execute(_DOUBLE, (rows,))

    def copy_table(self) -> None:
        """The same rows in another file: vacuumed, restored, moved."""
        copied = self.folder / "copied.sqlite"
        self._vacuum_into(copied)
        self._replace_table(copied)

    def table_anew(self) -> None:
        """An empty table, as after our advice to make it anew."""
        if self._file_has(self._in_table):
            self._replace_table(None)
            self._in_table = set()

    def back_up(self) -> None:
        """Both copies, as they are now, are kept somewhere."""
        if self.file.exists():
            self._backup.mkdir(exist_ok=True)
            shutil.copyfile(self.file, self._backup / "queue_log")
            (self._backup / "ledger.sqlite").unlink(missing_ok=True)
            self._vacuum_into(self._backup / "ledger.sqlite")
            self._saved = (set(self._in_table), list(self._in_file))

    def restore_file(self) -> None:
        """The file as it was then; its rotated ones are gone."""
        if self._saved is not None and self._in_table.issuperset(self._in_file) and self._table_has(self._in_rotated):
            for number in range(1, self._rotated + 1):
                (self.folder / f"queue_log.{number}").unlink(missing_ok=True)
            shutil.copyfile(self._backup / "queue_log", self.folder / "copied")
            (self.folder / "copied").replace(self.file)
            self._in_file, self._in_rotated = list(self._saved[1]), set()

    def restore_table(self) -> None:
        """The table as it was then."""
        if self._saved is not None and self._file_has(self._in_table):
            shutil.copyfile(self._backup / "ledger.sqlite", self.folder / "copied.sqlite")
            self._replace_table(self.folder / "copied.sqlite")
            self._in_table = set(self._saved[0])

    def _file_has(self, numbers: set[int]) -> bool:
        return not numbers - self._in_rotated - set(self._in_file)

    def _table_has(self, numbers: set[int]) -> bool:
        return not numbers - self._in_table

    def _next_rotated(self) -> Path:
        self._rotated += 1
        self._in_rotated.update(self._in_file)
        self._in_file = []
        return self.folder / f"queue_log.{self._rotated}"

    def _vacuum_into(self, path: Path) -> None:
        with closing(sqlite3.connect(self.table)) as connection:
            connection.execute("VACUUM INTO ?", (str(path),))

    def _replace_table(self, other: Path | None) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.table}{suffix}").unlink(missing_ok=True)
        if other is None:
            ledger_table.create(self.table)
        else:
            other.replace(self.table)


def as_row(position: int, at_us: int, text: str) -> Row:
    """The row as its table has it."""
    parsed = parse(QueueLogLine(position, f"{at_us // MICROSECONDS}|{text}"))
    assert isinstance(parsed, Row), text
    return Row(position, Moment.exact(at_us), parsed.callid, parsed.queue, parsed.agent, parsed.verb, parsed.data)
