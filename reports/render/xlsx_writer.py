"""A report as a workbook: a summary with native charts, and a sheet for each table.

Values are Excel's own numbers, percentages, times and dates; texts are marked as texts, so that none becomes a formula
even when somebody edits its cell. Rows go to a temporary file as they come (`constant_memory`): a table of any length
takes little memory beyond its own values, and each sheet is written from above to below. Those of long tables come into
the workbook when all else is there (`reports.render.xlsx_rows`).
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice
from math import ceil
from tempfile import TemporaryDirectory, TemporaryFile
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from callcenter.spanish import NO_DATA, date_time
from reports.render.document import KeyFigure, LongTable, ReportDocument, Row, Table, ValueKind
from reports.render.sheet_names import sheet_names
from reports.render.value_text import figure_note, in_table, plain
from reports.render.xlsx_cells import Cells
from reports.render.xlsx_charts import DATA_SHEET, draw_charts
from reports.render.xlsx_rows import SheetRows, sheet_rows, with_rows

SUMMARY = "Resumen"
MOST_ROWS = 1_048_576
_WIDTHS_FROM, _NARROWEST, _WIDEST = 200, 9, 60
_LETTER, _ONE_PAGE_WIDE = 1, (1, 0)


def write_xlsx(document: ReportDocument, out: BinaryIO) -> None:
    """Write the whole document. Raises ValueError for a table longer than a sheet can be."""
    for table in document.tables:
        if len(table.rows) + 4 > MOST_ROWS:  # + 4: headings, totals, and a note below
            raise ValueError(f"table «{table.title}» has {len(table.rows)} rows: a sheet has room for {MOST_ROWS}")
    with TemporaryDirectory() as folder, TemporaryFile(dir=folder) as made:
        book = Workbook(made if document.long_tables else out, {"constant_memory": True, "tmpdir": folder})
        long_sheets = _fill(book, document)
        book.close()
        if document.long_tables:
            with_rows(made, out, long_sheets)


def _fill(book: Workbook, document: ReportDocument) -> Mapping[str, SheetRows]:
    """All but the rows of long tables, which come back by the names of the files of their sheets."""
    made = document.made.astimezone(document.zone).replace(tzinfo=None)
    texts = {"title": document.title, "subject": document.subtitle, "author": document.centre}
    book.set_properties({name: plain(text) for name, text in texts.items()} | {"created": made})
    cells = Cells(book, document.zone)
    summary = book.add_worksheet(SUMMARY)
    last = _summary(summary, cells, document)
    names = sheet_names([table.title for table in document.tables], SUMMARY, DATA_SHEET)
    for name, table in zip(names, document.tables, strict=True):
        _table(book.add_worksheet(name), cells, table)
    long_sheets = [sheet for long in document.long_tables for sheet in _long_table(book, cells, long)]
    draw_charts(book, summary, cells, document.charts, below=last + 2)
    return dict(long_sheets)


def _summary(sheet: Worksheet, cells: Cells, document: ReportDocument) -> int:
    """What stands before the tables; returns the last row that is used."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 18)
    sheet.set_column(2, 2, 60)
    _print_setup(sheet, landscape=False)
    rows = count()
    cells.text(sheet, next(rows), 0, document.title, "title")
    cells.text(sheet, next(rows), 0, document.subtitle, "subtitle")
    next(rows)
    for figure in document.key_figures:
        _key_figure(sheet, cells, next(rows), figure)
    next(rows)
    made = date_time(document.made.astimezone(document.zone))
    for label, text in (("Centro", document.centre), ("Elaborado", made), ("Regla", document.rule)):
        row = next(rows)
        cells.text(sheet, row, 0, label, "label")
        cells.text(sheet, row, 1, text)
    for note in document.notes:
        cells.text(sheet, next(rows), 0, note, "note")
    return next(rows) - 1


def _key_figure(sheet: Worksheet, cells: Cells, row: int, figure: KeyFigure) -> None:
    cells.text(sheet, row, 0, figure.label, "label")
    cells.value(sheet, (row, 1), figure.kind, figure.value, absent=NO_DATA, style="figure")
    cells.text(sheet, row, 2, figure_note(figure, cells.zone), "note")


def _table(sheet: Worksheet, cells: Cells, table: Table) -> None:
    for place, width in enumerate(_widths(table, cells)):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)
    _print_setup(sheet, landscape=True)
    for place, column in enumerate(table.columns):
        cells.text(sheet, 0, place, column.title, "figure_heading" if column.is_figure else "heading")
    for number, row in enumerate(table.rows, 1):
        _row(sheet, cells, table, number, row)
    after = max(1, len(table.rows)) + 1
    if table.totals is not None:
        _row(sheet, cells, table, after, table.totals, style="total")
    if table.note:
        cells.text(sheet, after + 2, 0, table.note, "note")


def _long_table(book: Workbook, cells: Cells, long: LongTable) -> Iterator[tuple[str, SheetRows]]:
    """As many sheets as it takes, each with headings."""
    rows, room = long.rows(), MOST_ROWS - 1
    sheets = max(1, ceil(long.length / room))
    for number in range(1, sheets + 1):
        sheet = book.add_worksheet(long.title if sheets == 1 else f"{long.title} {number}")
        sheet.freeze_panes(1, 0)
        _print_setup(sheet, landscape=True)
        for place, column in enumerate(long.columns):
            cells.text(sheet, 0, place, column.title, "figure_heading" if column.is_figure else "heading")
            sheet.set_column(place, place, 20 if column.kind is ValueKind.MOMENT else 14)
        length = min(room, long.length - room * (number - 1))
        file = f"xl/worksheets/sheet{len(book.worksheets())}.xml"
        yield file, sheet_rows(cells, long.columns, islice(rows, room), length)


def _row(sheet: Worksheet, cells: Cells, table: Table, number: int, row: Row, style: str = "") -> None:
    for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
        cells.value(sheet, (number, place), column.kind, value, absent=column.absent, style=style)


def _widths(table: Table, cells: Cells) -> list[int]:
    """For each column, in characters: what its heading's longest word and its first values need."""
    some: Sequence[Row] = table.rows[:_WIDTHS_FROM]
    widths = []
    for place, column in enumerate(table.columns):
        words = [len(word) + 3 for word in plain(column.title).split()]  # + 3: the filter's button
        values = [len(in_table(column, row[place], cells.zone)) for row in some]
        total = [] if table.totals is None else [len(in_table(column, table.totals[place], cells.zone)) + 2]
        least = 17 if column.kind is ValueKind.MOMENT else _NARROWEST
        widths.append(min(_WIDEST, max(least, *words, *values, *total) + 1))
    return widths


def _print_setup(sheet: Worksheet, *, landscape: bool) -> None:
    sheet.set_paper(_LETTER)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(*_ONE_PAGE_WIDE)
    sheet.set_footer("&L&8&A&R&8Página &P de &N")
