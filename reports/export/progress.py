"""How far the making of a report is, as one process says it to another: a line each time. Pure."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import overload

from reports.render.document import Chart, LongTable, ReportDocument, Row, Table


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """`rows` of `of` are written; both 0 while the records are read, of which nobody knows the end."""

    rows: int = 0
    of: int = 0


Tell = Callable[[ExportProgress], None]
READING = ExportProgress()
# So many times it is said at most, and not for fewer rows than these.
_TIMES, _LEAST_ROWS = 100, 200


def as_line(progress: ExportProgress) -> bytes:
    """`progress_in` reads it back."""
    return json.dumps([progress.rows, progress.of]).encode() + b"\n"


def progress_in(line: bytes) -> ExportProgress:
    """Raises ValueError for what is no such line."""
    rows, of = json.loads(line)
    return ExportProgress(int(rows), int(of))


class CountedRows(Sequence[Row]):
    """Rows that say each time that a writer takes the next one; those taken by their place are not counted."""

    def __init__(self, rows: Sequence[Row], taken: Callable[[], None]) -> None:
        self._rows, self._taken = rows, taken

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        return self._rows[place]

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            yield row
            self._taken()


class _Counter:
    """Says every so many rows how many there were; nothing before it has `begun`: a table looks at its rows itself."""

    def __init__(self, of: int, tell: Tell) -> None:
        self._of, self._tell = of, tell
        self._rows, self._step, self.begun = 0, max(_LEAST_ROWS, of // _TIMES), False

    def take(self) -> None:
        if not self.begun:
            return
        self._rows = min(self._of, self._rows + 1)
        if self._rows % self._step == 0:
            self._tell(ExportProgress(self._rows, self._of))


def counted(document: ReportDocument, tell: Tell) -> ReportDocument:
    """The same document, of which `tell` hears how many rows are written."""
    lengths = [*(len(table.rows) for table in document.tables), *(each.length for each in document.long_tables)]
    counter = _Counter(sum(lengths), tell)
    made = replace(document, body=tuple(_counted(part, counter.take) for part in document.body))
    counter.begun = True
    return made


def _counted(part: Table | Chart | LongTable, taken: Callable[[], None]) -> Table | Chart | LongTable:
    match part:
        case Table():
            return replace(part, rows=CountedRows(part.rows, taken))
        case LongTable():
            return replace(part, rows=lambda: _each(part.rows(), taken))
        case Chart():
            return part


def _each(rows: Iterator[Row], taken: Callable[[], None]) -> Iterator[Row]:
    for row in rows:
        yield row
        taken()
