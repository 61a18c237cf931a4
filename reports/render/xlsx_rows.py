"""The rows of a long table, as the file of a sheet in a workbook has them (SpreadsheetML, ECMA-376).

XlsxWriter takes some seven microseconds for a cell. Here each column knows once what is the same in all of its cells,
and the rows go straight into the workbook, which XlsxWriter has made with the headings alone.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import repeat
from shutil import copyfileobj
from typing import BinaryIO
from xml.sax.saxutils import escape
from zipfile import ZipFile

from xlsxwriter.utility import xl_col_to_name

from callcenter.spanish import short_date
from reports.render.by_columns import by_columns
from reports.render.document import Column, Row, Value, ValueKind
from reports.render.formulas import looks_like_formula
from reports.render.xlsx_cells import LONGEST_TEXT, NUMBERS, Cells, fitting

_DAY, _EXCEL_DAY_0 = timedelta(days=1), datetime(1899, 12, 30)  # noqa: DTZ001 - Excel knows no zone
_FIRST_DAY = 61
"""1 March 1900: Excel has a day before it that never was, and dates up to there are texts."""
_DIMENSION, _ROWS_END = re.compile(r'<dimension ref="[^"]*"/>'), "</sheetData>"
_LOOKS_ESCAPED = re.compile("_(?=x[0-9a-fA-F]{4}_)")
MakeCell = Callable[[int, Value], str]
"""The text of a cell, out of the number of its row and a value."""


@dataclass(frozen=True, slots=True)
class SheetRows:
    """What stands below the headings of a sheet. `last`: the name of its last cell; `xml` is read once."""

    last: str
    xml: Iterator[str]


def sheet_rows(cells: Cells, columns: Sequence[Column], rows: Iterator[Row], length: int) -> SheetRows:
    """`length` rows, below one of headings; read as they are written."""
    names = [xl_col_to_name(place) for place in range(len(columns))]
    makers = [_cells_of(cells, name, column) for name, column in zip(names, columns, strict=True)]
    return SheetRows(f"{names[-1]}{length + 1}", _lines(makers, rows))


def with_rows(made: BinaryIO, out: BinaryIO, sheets: Mapping[str, SheetRows]) -> None:
    """Copies a workbook; those of its files that are named here, each of a sheet, get their rows."""
    with ZipFile(made) as before, ZipFile(out, "w") as after:
        for file in before.infolist():
            with before.open(file) as old, after.open(copy(file), "w") as new:
                if file.filename in sheets:
                    new.writelines(_filled(old.read().decode(), sheets[file.filename]))
                else:
                    copyfileobj(old, new)


def _filled(sheet: str, rows: SheetRows) -> Iterator[bytes]:
    head, tail = sheet.split(_ROWS_END)
    yield _DIMENSION.sub(f'<dimension ref="A1:{rows.last}"/>', head).encode()
    yield from map(str.encode, rows.xml)
    yield f"{_ROWS_END}{tail}".encode()


def _lines(makers: Sequence[MakeCell], rows: Iterator[Row]) -> Iterator[str]:
    first = 2
    for columns in by_columns(rows):
        numbers = range(first, first + len(columns[0]))
        made = [map(make, numbers, values) for make, values in zip(makers, columns, strict=True)]
        yield "".join(map("".join, zip(map('<row r="{}">'.format, numbers), *made, repeat("</row>"))))
        first = numbers.stop


def _cells_of(cells: Cells, name: str, column: Column) -> MakeCell:
    match column.kind:
        case ValueKind.TEXT:
            return _texts(cells, name, column)
        case ValueKind.DATE | ValueKind.MOMENT:
            return _dates(cells, name, column)
        case _:
            return _numbers(cells, name, column)


def _numbers(cells: Cells, name: str, column: Column) -> MakeCell:
    texts, style, number = _texts(cells, name, column), cells.style_number(column.kind), NUMBERS[column.kind]

    def cell(row: int, value: Value) -> str:
        if value is None or isinstance(value, str):
            return texts(row, value)
        return f'<c r="{name}{row}" s="{style}"><v>{number(value):.16G}</v></c>'

    return cell


def _dates(cells: Cells, name: str, column: Column) -> MakeCell:
    texts, style, zone = _texts(cells, name, column), cells.style_number(column.kind), cells.zone
    # Of one zone, Python subtracts what its clock shows.
    day_0 = _EXCEL_DAY_0.replace(tzinfo=zone)

    def cell(row: int, value: Value) -> str:
        if isinstance(value, datetime):
            days = ((value if value.tzinfo is zone else value.astimezone(zone)) - day_0) / _DAY
        elif isinstance(value, date):
            days = value.toordinal() - _EXCEL_DAY_0.toordinal()
        else:
            return texts(row, value)
        if days < _FIRST_DAY:
            return texts(row, short_date(value))
        return f'<c r="{name}{row}" s="{style}"><v>{days:.16G}</v></c>'

    return cell


def _texts(cells: Cells, name: str, column: Column) -> MakeCell:
    style, quoted = cells.style_number(ValueKind.TEXT), cells.style_number(ValueKind.TEXT, quoted=True)
    absent = cells.style_number(ValueKind.TEXT, absent=True)

    @lru_cache(maxsize=4096)
    def ending(value: Value) -> str:
        if not isinstance(value, str):
            return _text(absent, column.absent)
        text = fitting(value)
        return _text(quoted if looks_like_formula(text) else style, text)

    def cell(row: int, value: Value) -> str:
        if isinstance(value, str) and value.isalnum() and len(value) < LONGEST_TEXT // 2:
            return f'<c r="{name}{row}" s="{style}" t="inlineStr"><is><t>{value}</t></is></c>'
        return f'<c r="{name}{row}"{ending(value)}'

    return cell


def _text(style: int, text: str) -> str:
    blanks = "" if text == text.strip() else ' xml:space="preserve"'
    written = _LOOKS_ESCAPED.sub("_x005F_", escape(text))
    return f' s="{style}" t="inlineStr"><is><t{blanks}>{written}</t></is></c>'
