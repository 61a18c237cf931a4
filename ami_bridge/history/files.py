"""Files of an old system, recognised by their content and read row by row.

Plain or gzipped: a queue_log, a table as CSV, a dump of one. Or an SQLite file. Text is UTF-8 or, line by line,
Latin-1. Nothing in a file stops the reading of it: what is no row is an `Unreadable`, with its line and why.
"""

import csv
import re
import sqlite3
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from ami_bridge.feeds.cut_lines import FORGED_LINES_AT_MOST, KnownCalls, rows
from ami_bridge.feeds.file import BYTE_ORDER_MARK, QueueLogLine, clean, lines_in
from ami_bridge.feeds.recording_files import UnreadableFile, opened
from ami_bridge.history.dumps import rows_of_dump
from ami_bridge.history.formats import (
    NumberedNames,
    SourceKind,
    TableLayout,
    TableRows,
    layout_of,
    numbered_names_of,
)
from ami_bridge.history.lines import line_of, time_of
from ami_bridge.ledger.rows.row import Row
from callcenter.operator_problem import OperatorProblem

HistoryNames = dict[NumberedNames, dict[str, str]]
_LOOKED_AT = 1 << 16
_LONGEST_LINE, _LONGEST_STATEMENT = 1 << 16, 1 << 26
_SQLITE = b"SQLite format 3\0"
_EPOCH_LINE = re.compile(rb"(?m)^\0*\d{9,11}(\.\d+)?\|")
_INSERT = re.compile(rb"(?im)^\s*(INSERT|REPLACE)( IGNORE)? INTO |^\s*CREATE TABLE ")
_DELIMITERS = ",;\t"


class UnknownHistory(OperatorProblem):
    """A file is none that can be imported; says which, and what can be."""


class FileForm(StrEnum):
    """How a file is written."""

    LINES = "lines"
    CSV = "CSV"
    DUMP = "SQL dump"
    SQLITE = "SQLite file"


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """A file, and what it is. `kind` None: it has but names of Asternic's."""

    path: Path
    form: FileForm
    kind: SourceKind | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What is no row: its line (of a table the row), from 1, why, and its beginning."""

    line: int
    reason: str
    text: str


def recognise(path: Path) -> HistoryFile:
    """What the file is. Raises UnknownHistory, OSError."""
    try:
        form = _form_of(_head_of(path))
        kind, has_names = (SourceKind.QUEUE_LOG, False) if form is FileForm.LINES else _table_of(path, form)
    except (UnreadableFile, sqlite3.Error) as error:
        raise UnknownHistory(f"{path}: {error}") from error
    if kind is None and not has_names:
        raise UnknownHistory(
            f"{path} is nothing that can be imported: give an Asterisk queue_log, or its realtime table, QueueMetrics' "
            "queue_log or Asternic's queue_stats (with qname, qagent and qevent) as CSV with the names of the columns "
            "in the first line, as a dump or as an SQLite file"
        )
    return HistoryFile(path, form, kind)


def _head_of(path: Path) -> bytes:
    """The beginning of a file, or what is left of it."""
    head = bytearray()
    with suppress(UnreadableFile), opened(path) as stream:
        while len(head) < _LOOKED_AT and (line := stream.readline(_LOOKED_AT)):
            head += line
    return bytes(head)


def _form_of(head: bytes) -> FileForm:
    head = head.removeprefix(BYTE_ORDER_MARK)
    if head.startswith(_SQLITE):
        return FileForm.SQLITE
    if _layout_in(head.split(b"\n", 1)[0].decode("utf-8", "replace")):
        return FileForm.CSV
    if _EPOCH_LINE.search(head):
        return FileForm.LINES
    return FileForm.DUMP if _INSERT.search(head) else FileForm.CSV


def _layout_in(first_line: str) -> bool:
    header = next(csv.reader([first_line], delimiter=_delimiter(first_line)), [])
    return layout_of(header) is not None or numbered_names_of(header) is not None


def _delimiter(first_line: str) -> str:
    return max(_DELIMITERS, key=first_line.count)


def _table_of(path: Path, form: FileForm) -> tuple[SourceKind | None, bool]:
    """The kind of the first table that has rows of a queue log, and whether there are Asternic's names."""
    has_names, header = False, None
    for _, each, _ in _table_rows(path, form):
        if each is not header:
            header, layout = each, layout_of(each)
            has_names = has_names or numbered_names_of(each) is not None
            if layout is not None:
                return layout.kind, has_names
    return None, has_names


# -- names -------------------------------------------------------------------------------------------------


def names_in(files: list[HistoryFile]) -> HistoryNames:
    """What Asternic's numbers stand for, by all of these files."""
    found: HistoryNames = {}
    for file in files:
        if file.form is not FileForm.LINES and file.kind in (None, SourceKind.ASTERNIC):
            _add_names(file, found)
    return found


def _add_names(file: HistoryFile, found: HistoryNames) -> None:
    header, table = None, None
    for _, each, values in _table_rows(file.path, file.form):
        if each is not header:
            header, table = each, numbered_names_of(each)
            if table is None and file.form is FileForm.CSV:
                return
        if table is not None and len(values) > max(table[1:]):
            found.setdefault(table[0], {})[values[table[1]]] = clean(values[table[2]])


# -- rows --------------------------------------------------------------------------------------------------


def rows_of(
    file: HistoryFile, zone: tzinfo, names: Mapping[NumberedNames, Mapping[str, str]]
) -> Iterator[tuple[int, str] | Unreadable]:
    """Each row as its number (0 where the order of the file is the only one) and its line. Raises OSError."""
    if file.form is FileForm.LINES:
        yield from _rows_of_log(file.path)
    else:
        yield from _rows_of_table(file, zone, names)


def _rows_of_log(path: Path) -> Iterator[tuple[int, str] | Unreadable]:
    numbers: deque[tuple[int, int]] = deque(maxlen=2 * FORGED_LINES_AT_MOST + 2)
    try:
        with opened(path) as stream:
            for row in rows(_log_lines(stream, numbers), KnownCalls()):
                if isinstance(row, Row) and row.at is not None:
                    yield 0, line_of(time_of(row.at), row.callid, row.queue, row.agent, row.verb, row.data)
                else:
                    kind = "no_time" if isinstance(row, Row) else row.kind.value
                    text = row.verb if isinstance(row, Row) else row.detail
                    yield Unreadable(_number_at(row.position, numbers), kind.replace("_", " "), text)
    except UnreadableFile as error:
        yield Unreadable((numbers[-1][1] if numbers else 0) + 1, str(error), "")


def _log_lines(stream: BinaryIO, numbers: deque[tuple[int, int]]) -> Iterator[QueueLogLine]:
    """Lines that are not blank; of a longer one than any log has only the beginning. `numbers`: of the last ones."""
    offset, number, goes_on = 0, 0, False
    while raw := stream.readline(_LONGEST_LINE):
        if not goes_on:
            number += 1
            numbers.append((offset, number))
            yield from lines_in(offset, raw if raw.isascii() else _as_utf8(raw))
        is_hole = not goes_on and not raw.strip(b"\0")
        offset, goes_on = offset + len(raw), not raw.endswith(b"\n") and not is_hole


def _as_utf8(raw: bytes) -> bytes:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1").encode()
    return raw


def _number_at(offset: int, numbers: deque[tuple[int, int]]) -> int:
    """The number of the line that begins there or, of one behind a hole, before it."""
    return next((number for begins, number in reversed(numbers) if begins <= offset), 0)


def _rows_of_table(
    file: HistoryFile, zone: tzinfo, names: Mapping[NumberedNames, Mapping[str, str]]
) -> Iterator[tuple[int, str] | Unreadable]:
    header, reader = None, None
    try:
        for number, each, values in _table_rows(file.path, file.form):
            if each is not header:
                header, layout = each, layout_of(each)
                reader = _reader(layout, zone, names)
            read = reader.read(values) if reader is not None else None
            if isinstance(read, str):
                yield Unreadable(number, read, clean("|".join(values)))
            elif read is not None:
                yield read
    except (UnreadableFile, sqlite3.Error) as error:
        yield Unreadable(0, str(error), "")


def _reader(
    layout: TableLayout | None, zone: tzinfo, names: Mapping[NumberedNames, Mapping[str, str]]
) -> TableRows | None:
    return None if layout is None else TableRows(layout, zone, names)


def _table_rows(path: Path, form: FileForm) -> Iterator[tuple[int, tuple[str, ...], list[str]]]:
    """The number, the columns (the same object within a table) and the values of each row of each table."""
    if form is FileForm.SQLITE:
        yield from _rows_of_sqlite(path)
    elif form is FileForm.DUMP:
        with opened(path) as stream:
            yield from rows_of_dump(_text_lines(stream, _LONGEST_STATEMENT))
    else:
        with opened(path) as stream:
            yield from _rows_of_csv(_text_lines(stream, _LONGEST_LINE))


def _rows_of_csv(lines: Iterator[str]) -> Iterator[tuple[int, tuple[str, ...], list[str]]]:
    first = next(lines, "")
    delimiter = _delimiter(first)
    header = tuple(next(csv.reader([first], delimiter=delimiter), []))
    reader = csv.reader(lines, delimiter=delimiter)
    for values in reader:
        if values:
            yield reader.line_num + 1, header, values


def _text_lines(stream: BinaryIO, longest: int) -> Iterator[str]:
    first = True
    while raw := stream.readline(longest):
        raw = raw.removeprefix(BYTE_ORDER_MARK) if first else raw
        first = False
        yield (raw if raw.isascii() else _as_utf8(raw)).decode("utf-8")


def _rows_of_sqlite(path: Path) -> Iterator[tuple[int, tuple[str, ...], list[str]]]:
    """Of every table with columns that are known, in the order of its rows."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = lambda raw: _as_utf8(raw).decode("utf-8")
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in tables:
            quoted = '"' + name.replace('"', '""') + '"'
            cursor = connection.execute(f"SELECT * FROM {quoted}")  # noqa: S608 - a name of the file's own, quoted
            header = tuple(column[0] for column in cursor.description)
            if layout_of(header) is not None or numbered_names_of(header) is not None:
                for number, values in enumerate(cursor, start=1):
                    yield number, header, ["" if each is None else str(each) for each in values]
