"""A report's tables as CSV that a spreadsheet of Bolivia opens by a double click, with numbers that are numbers.

UTF-8 with a byte order mark, semicolons, decimal commas, no points between thousands, lines that end in CR LF: what
Excel expects where the decimal sign is a comma. Programs read `--csv` and `--json` of the commands instead.
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import BinaryIO
from zoneinfo import ZoneInfo

from callcenter.spanish import amount, short_date
from reports.render.by_columns import by_columns
from reports.render.document import Column, LongTable, ReportDocument, Table, Value, ValueKind
from reports.render.formulas import marked
from reports.render.value_text import plain, seconds

_TWO_DIGITS = tuple(f"{number:02}" for number in range(60))


def write_csv(document: ReportDocument, out: BinaryIO) -> None:
    """The tables of a document: headings, rows, totals. Several stand below one another, each under its title."""
    out.write(codecs.BOM_UTF8)
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    tables = document.tables
    for index, table in enumerate(tables):
        if len(tables) > 1:
            writer.writerows([[]] * bool(index) + [[_text(table.title)]])
        writer.writerows(_lines(table, document.zone))
    for long in document.long_tables:
        headings = [_text(column.title) for column in long.columns]
        writer.writerows([*([[]] * bool(tables)), [_text(long.title)], headings])
        writer.writerows(_rows(long, document.zone))
    text.detach()


def _rows(long: LongTable, zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    """Most cells of a long table are short plain words, lengths and moments: those the quick way."""
    texts = [_quick(column, zone) for column in long.columns]
    for columns in by_columns(long.rows()):
        yield from zip(*(map(text, values) for text, values in zip(texts, columns, strict=True)), strict=True)


def _quick(column: Column, zone: ZoneInfo) -> Callable[[Value], str]:
    """`_cell` of a column, for many rows: the same texts."""

    known = lru_cache(maxsize=4096)(lambda value: _cell(column, value, zone))

    def plain_word(value: Value) -> str:
        return value if isinstance(value, str) and value.isalnum() else known(value)

    def length(value: Value) -> str:
        if not isinstance(value, timedelta):
            return known(value)
        all_of_it = value.days * 86_400 + value.seconds
        return f"{all_of_it // 3600}:{_TWO_DIGITS[all_of_it // 60 % 60]}:{_TWO_DIGITS[all_of_it % 60]}"

    def moment(value: Value) -> str:
        if not isinstance(value, datetime):
            return known(value)
        at, two = value if value.tzinfo is zone else value.astimezone(zone), _TWO_DIGITS
        return f"{two[at.day]}/{two[at.month]}/{at.year:04} {two[at.hour]}:{two[at.minute]}:{two[at.second]}"

    def exact(value: Value) -> str:
        return seconds(value) if isinstance(value, timedelta) else known(value)

    quick = {ValueKind.DURATION: length, ValueKind.SECONDS: exact, ValueKind.MOMENT: moment}
    return quick.get(column.kind, plain_word)


def _lines(table: Table, zone: ZoneInfo) -> Iterable[list[str]]:
    yield [_text(column.title) for column in table.columns]
    for row in chain(table.rows, [] if table.totals is None else [table.totals]):
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
        case timedelta() if column.kind is ValueKind.SECONDS:
            return seconds(value)
        case timedelta():
            minutes, rest = divmod(int(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
        case datetime():
            local = value.astimezone(zone)
            return f"{short_date(local)} {local:%H:%M:%S}"
        case date():
            return short_date(value)


def _text(value: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return marked(plain(value))
