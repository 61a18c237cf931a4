"""Reads the workbook on its standard input and writes its sheets to its standard output: a process of its own.

The one door to python-calamine, whose reader ends its process where a workbook asks for too much memory, and panics
over some damaged ones. Started by `workbook.py` as a file, without the project; it imports nothing of it.

Lines of JSON: `["sheet", title]`, then `["rows", [[cell, ...], ...]]` until the next sheet, `["end"]` after the last
one. A day is `{"date": ISO text}`, a moment `{"moment": ISO text}`. Or one line alone: `["locked"]` for a workbook
with a password, `["other"]` for a compressed file that is none, `["large", bytes]` for one that says of itself that it
is too large when unpacked; nothing is unpacked then.
"""

import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

ROWS_A_LINE = 500
_WORKBOOK = Path("/proc/self/fd/0")
# A compressed workbook has one of these parts, whoever made it.
_WORKBOOK_HAS = frozenset({"[Content_Types].xml", "mimetype"})
# The part of a container that holds a workbook with a password, as the container names it.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def main(most_memory: int, most_seconds: int, most_bytes: int) -> None:
    """Memory in bytes and processor time at most, beyond which the system ends the process; bytes when unpacked."""
    resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
    resource.setrlimit(resource.RLIMIT_CPU, (most_seconds, most_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    parts = _parts()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > most_bytes:
        _write("large", unpacked)
    elif parts and not any(part.filename in _WORKBOOK_HAS for part in parts):
        _write("other")
    else:
        _write_sheets()


def _parts() -> list[ZipInfo]:
    """What the table of contents of a compressed workbook says; nothing of another one. Raises BadZipFile."""
    with _WORKBOOK.open("rb") as file:
        if file.read(2) != b"PK":
            return []
        with ZipFile(file) as packed:
            return packed.infolist()


def _write_sheets() -> None:
    try:
        with CalamineWorkbook.from_path(_WORKBOOK) as workbook:
            for each in workbook.sheets_metadata:
                if each.typ is SheetTypeEnum.WorkSheet and each.visible is SheetVisibleEnum.Visible:
                    _write("sheet", each.name)
                    _write_rows(workbook.get_sheet_by_name(each.name))
    except CalamineError as error:
        if not (isinstance(error, PasswordError) or _ENCRYPTED in _WORKBOOK.read_bytes()):
            raise
        _write("locked")
    else:
        _write("end")


def _write(*line: object) -> None:
    sys.stdout.write(json.dumps(line, default=_named, ensure_ascii=True) + "\n")


def _named(value: object) -> object:
    """A value that JSON does not have. Raises TypeError for one that is none of a cell."""
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time | timedelta):
        return str(value)
    raise TypeError(f"not of a cell: {value!r}")


def _write_rows(sheet: CalamineSheet) -> None:
    batch: list[list[Any]] = []
    for row in _unmerged(sheet):
        batch.append(row)
        if len(batch) == ROWS_A_LINE:
            _write("rows", batch)
            batch = []
    _write("rows", batch)


def _unmerged(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """The rows, with what stands in a merged cell in each of those it was merged of."""
    first_column = sheet.start[1] if sheet.start else 0
    ranges = sorted(sheet.merged_cell_ranges or (), reverse=True)
    open_ones: list[tuple[int, slice, Any]] = []
    for number, row in enumerate(sheet.iter_rows()):
        while ranges and ranges[-1][0][0] <= number:
            (_, left), (bottom, right) = ranges.pop()
            columns = slice(max(0, left - first_column), min(len(row), right - first_column + 1))
            if columns.start < columns.stop:
                open_ones.append((bottom, columns, row[columns.start]))
        open_ones = [each for each in open_ones if each[0] >= number]
        for _, columns, value in open_ones:
            row[columns] = [value] * (columns.stop - columns.start)
        yield row


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))
