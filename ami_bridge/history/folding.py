"""Days of lines as rows of the records.

A fold of its own, as a bridge's: with the rows of calls in progress kept, so that it goes on where another one was.
Asked day by day, it gives the same whatever is asked at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import Table

from ami_bridge.history.lines import DAY_SECONDS, HistoryNames, row_of
from ami_bridge.ledger.changes import Changes
from ami_bridge.ledger.checkpoint import Checkpoint
from ami_bridge.ledger.fold import Fold, first_begun
from ami_bridge.ledger.rows.retained import RetainedRows
from ami_bridge.ledger.rows.row import Row
from ami_bridge.records.columns import fitted
from ami_bridge.records.journal import packed_checkpoint
from ami_bridge.records.mapping import (
    anomaly_row,
    answer_row,
    call_row,
    entry_row,
    interruption_row,
    offer_rows,
    outgoing_row,
    period_row,
    step_row,
)
from callcenter.calls import LONGEST_CALL_US
from callcenter.instants import MICROSECONDS
from callcenter.records.agents import agent_periods
from callcenter.records.calls import calls, interruptions, offers, queue_entries
from callcenter.records.ivr import call_steps, survey_answers
from callcenter.records.ledger import anomalies
from callcenter.records.outgoing_calls import outgoing_calls

SOURCE = "history"
# In the order in which they are written; recordings are files of the old system, which are not here.
TABLES: tuple[Table, ...] = (
    *(calls, outgoing_calls, call_steps, survey_answers, queue_entries, offers, agent_periods),
    *(interruptions, anomalies),
)
BY_NAME: Mapping[str, Table] = {table.name: table for table in TABLES}
RecordRow = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of the records by table, of the days up to `folded_from`; and the state when that day began.

    `finished`: it is the last day that there is.
    """

    rows: dict[str, list[RecordRow]]
    folded_from: int
    state: bytes
    finished: bool


class HistoryFold:
    """Folds the days in order."""

    def __init__(self, node: str, names: HistoryNames) -> None:
        self._node, self._names = node, names
        self._fold, self._retained = Fold(node), RetainedRows()
        self._position = 0

    def resume(self, checkpoint: Checkpoint, entries_before: Mapping[tuple[str, str], int]) -> None:
        """Go on where another one was."""
        self._fold.resume(checkpoint, (), entries_before)
        last = checkpoint.last.latest_us if checkpoint.last is not None else 0
        self._retained = RetainedRows(checkpoint.rows, checkpoint.boot_us, last)

    @property
    def boot_us(self) -> int:
        """The start of the old Asterisk that the last row belongs to."""
        return self._fold.boot_us

    def rows(self, lines: Sequence[str]) -> list[Row]:
        """The rows of a day."""
        return [row_of(line, position, self._names) for position, line in enumerate(lines, start=1)]

    def asks_of_before(self, rows: Iterable[Row]) -> tuple[set[tuple[str, str]], set[str]]:
        """The queues and channels, and the calls, that the fold may have forgotten and the records know."""
        forgotten = {(row.queue, row.callid) for row in rows if self._fold.may_have_forgotten(row)}
        return forgotten, {row.callid for row in rows if self._fold.may_have_forgotten_call(row)}

    def note_before(self, entries: Mapping[tuple[str, str], int], names: Iterable[str]) -> None:
        """What the records know of them."""
        for (queue, callid), count in entries.items():
            self._fold.note_entries_before(queue, callid, count)
        for callid in names:
            self._fold.note_call_before(callid)

    def begin(self, day: int) -> None:
        """A day begins: what is open for longer than any call lasts has lost its end."""
        self._fold.end_lost(day * DAY_SECONDS * MICROSECONDS - LONGEST_CALL_US)

    def state(self) -> bytes:
        """What another one needs to go on from here."""
        last = self._fold.last_sign
        self._retained.prune(self._fold.in_progress, last.latest_us if last is not None else 0)
        return packed_checkpoint(self._fold.checkpoint(self._retained.boot_us, self._retained.all()))

    def fold(self, rows: Iterable[Row]) -> None:
        """Take in the rows of a day."""
        apply, retain = self._fold.apply, self._retained.add
        for row in rows:
            apply(row)
            retain(row, row.at.latest_us if row.at is not None else 0)

    def drain(self, day: int) -> dict[str, list[RecordRow]]:
        """What that day changed, as rows of the records."""
        return _record_rows(self._node, day, self._fold.drain())

    def close(self, day: int) -> dict[str, list[RecordRow]]:
        """What the end of all rows changes."""
        self._fold.close()
        changes = self._fold.drain()
        return _record_rows(self._node, day + 1, changes)


def begun_before(checkpoint: Checkpoint) -> dict[tuple[str, str], int]:
    """When the entries began whose rows it has, by queue and channel."""
    return first_begun(checkpoint.rows)


def _record_rows(node: str, day: int, changes: Changes) -> dict[str, list[RecordRow]]:
    found: dict[str, Iterable[RecordRow]] = {
        calls.name: map(call_row, changes.calls),
        outgoing_calls.name: map(outgoing_row, changes.outgoing),
        call_steps.name: map(step_row, changes.steps),
        survey_answers.name: map(answer_row, changes.answers),
        queue_entries.name: map(entry_row, changes.entries),
        offers.name: chain.from_iterable(map(offer_rows, changes.entries)),
        agent_periods.name: map(period_row, changes.periods),
        interruptions.name: map(interruption_row, changes.interruptions),
        anomalies.name: (
            anomaly_row(node, SOURCE, day, ordinal, each) for ordinal, each in enumerate(changes.anomalies)
        ),
    }
    return {name: fitted(BY_NAME[name], rows) for name, rows in found.items()}


def added(batch: dict[str, list[RecordRow]], more: dict[str, list[RecordRow]]) -> int:
    """Put the rows of a day to those of days before. How many they are."""
    for name, rows in more.items():
        batch.setdefault(name, []).extend(rows)
    return sum(map(len, more.values()))


def last_of_each(table: Table, rows: Iterable[RecordRow]) -> list[RecordRow]:
    """Of rows with the same key the last one."""
    key = [column.name for column in table.primary_key]
    latest: dict[tuple[Any, ...], RecordRow] = defaultdict(dict)
    for row in rows:
        latest[tuple(row[name] for name in key)] = row
    return list(latest.values())
