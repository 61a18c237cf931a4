"""Tables of a PDF: as wide as the page, figures one below the other, headings again on each page."""

from typing import Any
from zoneinfo import ZoneInfo

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, Paragraph, Spacer, TableStyle
from reportlab.platypus import Table as Grid

from reports.render.document import Column, Row, Table, Value, ValueKind
from reports.render.looks import ACCENT, INK, LINE, PALE
from reports.render.pdf.type_faces import BOLD, CELL_SIZE, REGULAR, paragraph, width_of
from reports.render.pdf.widths import ColumnNeed, groups, shared
from reports.render.value_text import in_table, plain, rest_elsewhere, shortened

MOST_ROWS = 1000
_LONGEST_TEXT, _NARROWEST_TEXT = 300, 64
_PADDING, _GAP = 3.5, 4
_Command = tuple[str, tuple[int, int], tuple[int, int], *tuple[Any, ...]]


def table_flowables(table: Table, zone: ZoneInfo, available: float) -> list[Flowable]:
    """The title, the table and its notes. Rows beyond `MOST_ROWS` are left out, and a sentence says so.

    Where the page is too narrow for all columns, others follow below, again beside the first.
    """
    parts: list[Flowable] = [paragraph(table.title, "section")]
    for places in groups(needs(table, zone), available):
        parts += [Spacer(0, _GAP), _grid(_with_columns(table, places), zone, available)]
    for note in (rest_elsewhere(table, MOST_ROWS, "Se imprimen"), table.note):
        if note:
            parts += [Spacer(0, _GAP), paragraph(note, "note")]
    return parts


def _with_columns(table: Table, places: list[int]) -> Table:
    """The rows that are printed, with the columns at these places."""
    if len(places) == len(table.columns):
        return table
    columns = tuple(table.columns[place] for place in places)
    rows = [[row[place] for place in places] for row in table.rows[:MOST_ROWS]]
    totals = None if table.totals is None else [table.totals[place] for place in places]
    return Table(table.title, columns, rows, totals)


def needs(table: Table, zone: ZoneInfo) -> list[ColumnNeed]:
    """What each column needs for its heading, the rows that are shown and the totals, in points."""
    rows = table.rows[:MOST_ROWS]
    found = []
    for place, column in enumerate(table.columns):
        values = [width_of(_text(column, row[place], zone)) for row in rows]
        total = [] if table.totals is None else [width_of(_text(column, table.totals[place], zone), font=BOLD)]
        words = [width_of(word, font=BOLD) for word in plain(column.title).split()]
        longest = max([0.0, *values, *total])
        least = min(longest, _NARROWEST_TEXT) if column.kind is ValueKind.TEXT else longest
        found.append(ColumnNeed(*(max([each, *words]) + 2 * _PADDING for each in (longest, least))))
    return found


def _grid(table: Table, zone: ZoneInfo, available: float) -> Grid:
    widths = shared(needs(table, zone), available)
    heading = [paragraph(column.title, "figure_heading" if column.is_figure else "heading") for column in table.columns]
    rows = [_cells(table, row, zone, widths, "cell") for row in table.rows[:MOST_ROWS]]
    if table.totals is not None:
        rows.append(_cells(table, table.totals, zone, widths, "total"))
    return Grid([heading, *rows], colWidths=widths, repeatRows=1, style=_style(table), hAlign="LEFT")


def _cells(table: Table, row: Row, zone: ZoneInfo, widths: list[float], look: str) -> list[str | Paragraph]:
    """Texts that are too wide for their column become paragraphs, which break over lines."""
    cells: list[str | Paragraph] = []
    for column, value, width in zip(table.columns, row, widths, strict=True):
        text = _text(column, value, zone)
        room, font = width - 2 * _PADDING + 0.01, BOLD if look == "total" else REGULAR
        cells.append(text if width_of(text, font=font) <= room else paragraph(text, look))
    return cells


def _text(column: Column, value: Value, zone: ZoneInfo) -> str:
    """What a cell shows; a text that would fill a page is cut off."""
    return shortened(in_table(column, value, zone), _LONGEST_TEXT)


def _style(table: Table) -> TableStyle:
    accent, line = HexColor(ACCENT), HexColor(LINE)
    commands: list[_Command] = [
        ("FONT", (0, 0), (-1, -1), REGULAR, CELL_SIZE, CELL_SIZE * 1.3),
        ("TEXTCOLOR", (0, 0), (-1, -1), HexColor(INK)),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("VALIGN", (0, 1), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, line),
        ("LINEBELOW", (0, 0), (-1, 0), 0.9, accent),
    ]
    commands += [("ALIGN", (at, 0), (at, -1), "RIGHT") for at, column in enumerate(table.columns) if column.is_figure]
    if table.totals is not None:
        commands += [
            ("FONT", (0, -1), (-1, -1), BOLD, CELL_SIZE, CELL_SIZE * 1.3),
            ("BACKGROUND", (0, -1), (-1, -1), HexColor(PALE)),
            ("LINEABOVE", (0, -1), (-1, -1), 0.9, accent),
            ("NOSPLIT", (0, -2), (-1, -1)),
        ]
    return TableStyle(commands)
