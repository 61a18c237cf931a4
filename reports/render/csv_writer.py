"""A report's tables as CSV that a spreadsheet of Bolivia opens by a double click, with numbers that are numbers.

UTF-8 with a byte order mark, semicolons, decimal commas, no points between thousands, lines that end in CR LF: what
Excel expects where the decimal sign is a comma. Programs read `--csv` and `--json` of the commands instead.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import BinaryIO
from zoneinfo import ZoneInfo

from callcenter.spanish import amount, short_date
from reports.render.document import Column, ReportDocument, Table, Value, ValueKind
from reports.render.formulas import looks_like_formula
from reports.render.value_text import plain


def write_csv(document: ReportDocument, out: BinaryIO) -> None:
    """The tables of a document: headings, rows, totals. Several stand below one another, each under its title."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    tables = document.tables
    for index, table in enumerate(tables):
        if len(tables) > 1:
            writer.writerows([[]] * bool(index) + [[_text(table.title)]])
        writer.writerows(_lines(table, document.zone))
    text.detach()


def _lines(table: Table, zone: ZoneInfo) -> Iterable[list[str]]:
    yield [_text(column.title) for column in table.columns]
    for row in (*table.rows, *([] if table.totals is None else [table.totals])):
        yield [_cell(column, value, zone) for column, value in zip(table.columns, row, strict=True)]


def _cell(column: Column, value: Value, zone: ZoneInfo) -> str:
    match value:
        case None:
            return _text(column.absent)
        case str():
            return _text(value)
        case int():
            return str(value)
        case Decimal():
            number = amount(value).replace(".", "")
            return f"{number}%" if column.kind is ValueKind.PERCENT else number
        case timedelta():
            minutes, seconds = divmod(int(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case datetime():
            local = value.astimezone(zone)
            return f"{short_date(local)} {local:%H:%M:%S}"
        case date():
            return short_date(value)


def _text(value: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = plain(value)
    return f"'{text}" if looks_like_formula(text) else text
