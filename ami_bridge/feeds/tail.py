"""Follows the two copies of Asterisk's queue log and records what is new.

The file is read before the table, so that a line without its row is known at once to be missing there. What comes
within half a second after a commit is committed together: nobody waits for the records, each commit costs CPU time, and
what changes several times meanwhile is written once.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ami_bridge.feeds.file import QueueLogLine, lines_in, rows
from ami_bridge.feeds.table import LedgerTable, LedgerUnavailable
from ami_bridge.feeds.two_copies import TwoCopies
from ami_bridge.ledger.changes import Changes
from ami_bridge.ledger.rows import Row
from ami_bridge.records.recorder import Cursor, Recorder
from callcenter.calls import Anomaly

log = logging.getLogger(__name__)

TABLE, FILE = "table", "file"
POLL_SECONDS, REST_SECONDS = 0.25, 0.5
# The line follows its row at once: while the file does not grow, the table is read only this often.
LOOK_SECONDS = 1.0
ROWS_AT_ONCE = 2000
BYTES_AT_ONCE = 1 << 20
LOOK_BACK = 500


@dataclass(slots=True)
class QueueLogFile:
    """The plain queue_log file, read by complete lines from a byte position."""

    path: Path
    identity: str = ""
    position: int = 0
    at_end: bool = False

    def new_lines(self) -> list[QueueLogLine]:
        """Complete lines since the last time. A file that was replaced or cut is read from its beginning."""
        try:
            with self.path.open("rb") as stream:
                self._follow(os.fstat(stream.fileno()))
                stream.seek(self.position)
                chunk = stream.read(BYTES_AT_ONCE)
        except FileNotFoundError:
            self.at_end = True
            return []
        self.at_end = len(chunk) < BYTES_AT_ONCE
        # A whole chunk without a line end was not written by Asterisk: it is a hole or rubbish, and is skipped.
        complete = chunk[: chunk.rfind(b"\n") + 1] or (b"" if self.at_end else chunk)
        lines = list[QueueLogLine]()
        for raw in complete.splitlines(keepends=True):
            lines += lines_in(self.position, raw)
            self.position += len(raw)
        return lines

    def has_grown(self) -> bool:
        """Whether there is something to read; a missing file has not grown."""
        try:
            status = self.path.stat()
        except OSError:
            return False
        return status.st_size != self.position or f"{status.st_dev}:{status.st_ino}" != self.identity

    def _follow(self, status: os.stat_result) -> None:
        identity = f"{status.st_dev}:{status.st_ino}"
        if identity != self.identity or status.st_size < self.position:
            if self.identity:
                log.warning("%s was replaced; reading the new file", self.path)
            self.identity, self.position = identity, 0


class QueueLogTail:
    """Reads both copies and hands them to the recorder, for as long as it runs."""

    def __init__(
        self,
        table: LedgerTable,
        file: QueueLogFile,
        recorder: Recorder,
        cursors: dict[str, Cursor],
        now_us: Callable[[], int],
        on_changes: Callable[[Changes], None] | None = None,
    ) -> None:
        self._table, self._file, self._recorder = table, file, recorder
        self._now_us, self._on_changes = now_us, on_changes
        self._last_id = cursors[TABLE].position if TABLE in cursors else 0
        if FILE in cursors:
            file.identity, file.position = cursors[FILE].identity, cursors[FILE].position
        self._copies: TwoCopies | None = None
        self.problem = ""

    async def run(self) -> None:
        """Follow for ever."""
        look_again = 0.0
        while True:
            now, recorded = asyncio.get_running_loop().time(), False
            if self._file.has_grown() or now >= look_again:
                look_again = now + LOOK_SECONDS
                recorded = await self.step()
            if self._file.at_end or not recorded:
                await asyncio.sleep(REST_SECONDS if recorded else POLL_SECONDS)

    async def step(self) -> bool:
        """Record what is new now. True when there was anything."""
        if self._copies is None:
            self._copies = TwoCopies(self._already_folded())
        lines = list(rows(self._file.new_lines()))
        anomalies: list[Row | Anomaly] = []
        items = self._copies.merge(lines, self._new_rows(anomalies))
        if self._file.at_end:
            anomalies += self._copies.overdue(self._now_us())
        if not items and not anomalies and not lines:
            return False
        changes = await self._recorder.record([*anomalies, *items], self._cursors())
        if self._on_changes is not None:
            self._on_changes(changes)
        return True

    def _cursors(self) -> list[Cursor]:
        return [
            Cursor(TABLE, "", self._last_id),
            Cursor(FILE, self._file.identity, self._file.position),
        ]

    def _new_rows(self, anomalies: list[Row | Anomaly]) -> Iterator[list[Row]]:
        """The table's new rows, batch by batch; unreadable ones go to `anomalies`. An unavailable table has none."""
        while found := self._batch():
            self._last_id = found[-1].position
            anomalies += [item for item in found if isinstance(item, Anomaly)]
            yield [item for item in found if isinstance(item, Row)]

    def _batch(self) -> Sequence[Row | Anomaly]:
        try:
            found = self._table.after(self._last_id, ROWS_AT_ONCE)
        except LedgerUnavailable as problem:
            if not self.problem:
                log.error("only the plain queue_log is left to read: %s", problem)
            self.problem = str(problem)
            return ()
        self.problem = ""
        return found

    def _already_folded(self) -> list[Row]:
        try:
            before = self._table.after(max(0, self._last_id - LOOK_BACK), LOOK_BACK)
        except LedgerUnavailable:
            return []
        return [item for item in before if isinstance(item, Row) and item.position <= self._last_id]
