"""The parts of a PDF in reading order: title, key figures, body, notes."""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import BinaryIO
from zoneinfo import ZoneInfo

from reportlab.lib.colors import HexColor
from reportlab.platypus import CondPageBreak, Flowable, HRFlowable, KeepTogether, Paragraph, Spacer, TableStyle
from reportlab.platypus import Table as Grid

from reports.render.document import Chart, KeyFigure, LongTable, ReportDocument, Table
from reports.render.looks import ACCENT, INK, LINE
from reports.render.pdf.charts import chart_drawing
from reports.render.pdf.pages import CountedCanvas, ReportPages, room
from reports.render.pdf.tables import needs, table_flowables
from reports.render.pdf.type_faces import large, paragraph
from reports.render.pdf.widths import fits
from reports.render.value_text import elsewhere, figure_note, in_words, origin

_A_ROW, _BETWEEN, _TABLE_NEEDS, _INSET, _TO_SIGN = 4, 16, 90, 8, 60


def write_pdf(document: ReportDocument, out: BinaryIO) -> None:
    """Write the whole document; on pages that lie where a table is too wide for others."""
    upright, _ = room(wide=False)
    printed = [table for table in document.tables if not table.to_work_on]
    wide = not all(fits(needs(table, document.zone), upright) for table in printed)
    parts = _parts(document, *room(wide=wide))
    ReportPages(document, out, wide=wide).build(list(parts), canvasmaker=CountedCanvas)


def _parts(document: ReportDocument, width: float, height: float) -> Iterator[Flowable]:
    yield from _heading(document)
    yield from _key_figures(document.key_figures, document.zone, width)
    for part in document.body:
        yield Spacer(0, _BETWEEN)
        yield from _body(part, document.zone, width, height)
    if document.notes:
        yield Spacer(0, _BETWEEN)
        yield from (paragraph(note, "note") for note in document.notes)
    if document.signatures:
        yield KeepTogether([Spacer(0, _TO_SIGN), _signatures(document.signatures, width)])


def _signatures(names: Sequence[str], available: float) -> Grid:
    """A line for each, with the name below it."""
    width, gap = available / len(names), 24
    style = [("LINEABOVE", (at, 0), (at, 0), 0.7, HexColor(INK)) for at in range(0, 2 * len(names), 2)]
    cells: list[Paragraph | str] = [paragraph(names[0], "note")]
    for name in names[1:]:
        cells += ["", paragraph(name, "note")]
    widths = [width - gap, *([gap, width - gap] * (len(names) - 1))]
    return Grid([cells], colWidths=widths, style=TableStyle(style), hAlign="LEFT")


def _heading(document: ReportDocument) -> Iterator[Flowable]:
    yield paragraph(document.centre, "centre")
    yield Spacer(0, 3)
    yield paragraph(document.title, "title")
    yield Spacer(0, 3)
    yield paragraph(document.subtitle, "subtitle")
    yield HRFlowable(width="100%", thickness=1.2, color=HexColor(ACCENT), spaceBefore=7, spaceAfter=5)
    yield paragraph(f"{origin(document)}. {document.rule}", "origin")


def _key_figures(figures: Sequence[KeyFigure], zone: ZoneInfo, available: float) -> Iterator[Flowable]:
    """Side by side in rows of at most `_A_ROW`, as alike as can be."""
    if not figures:
        return
    each = ceil(len(figures) / ceil(len(figures) / _A_ROW))
    for first in range(0, len(figures), each):
        some, width = figures[first : first + each], available / each
        texts = [in_words(figure.kind, figure.value, zone) for figure in some]
        cells = [
            [paragraph(figure.label, "label") for figure in some],
            [large(text, width - 2 * _INSET) for text in texts],
            [paragraph(figure_note(figure, zone), "note") for figure in some],
        ]
        yield Spacer(0, _BETWEEN)
        yield Grid(cells, colWidths=[width] * len(some), style=_FIGURES, hAlign="LEFT")


_FIGURES = TableStyle(
    [
        ("LINEBEFORE", (0, 0), (-1, -1), 1.5, HexColor(LINE)),
        ("LEFTPADDING", (0, 0), (-1, -1), _INSET),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
)


def _body(part: Table | Chart | LongTable, zone: ZoneInfo, width: float, height: float) -> list[Flowable]:
    """A chart whole; a table with its title, and with some rows at least, on the page where it begins."""
    if isinstance(part, Chart):
        return [chart_drawing(part, zone, width, height)]
    if isinstance(part, LongTable) or part.to_work_on:
        return [paragraph(elsewhere(part), "note")]
    return [CondPageBreak(_TABLE_NEEDS), *table_flowables(part, zone, width)]
