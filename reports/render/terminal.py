"""A report on a terminal: what the document says, less the charts."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from reports.render.document import Column, KeyFigure, ReportDocument, Table
from reports.render.value_text import elsewhere, figure_note, in_table, in_words, plain


def printed(document: ReportDocument) -> RenderableType:
    """The document for a console, which knows its width and colours. Texts are shown as they are, no markup in them."""
    return Group(*_parts(document))


def _parts(document: ReportDocument) -> Iterator[RenderableType]:
    yield Text(f"{plain(document.title)} - {plain(document.subtitle)}", "bold")
    yield _key_figures(document.key_figures, document.zone)
    for table in document.tables:
        yield from _lines(elsewhere(table)) if table.to_work_on else _whole(table, document.zone)
    yield from _lines(*map(elsewhere, document.long_tables), *document.notes, document.rule)


def _lines(*texts: str) -> Iterator[Text]:
    return (Text(plain(text)) for text in texts if text)


def _whole(table: Table, zone: ZoneInfo) -> Iterator[RenderableType]:
    yield _table(table, zone)
    yield from _lines(table.note)


def _key_figures(figures: tuple[KeyFigure, ...], zone: ZoneInfo) -> Grid:
    grid = Grid.grid(padding=(0, 2, 0, 0))
    for justify in ("left", "right", "left"):
        grid.add_column(justify=justify)
    for figure in figures:
        texts = (figure.label, in_words(figure.kind, figure.value, zone), figure_note(figure, zone))
        grid.add_row(*(Text(plain(text)) for text in texts))
    return grid


def _table(table: Table, zone: ZoneInfo) -> Grid:
    grid = Grid(title=Text(plain(table.title)), box=box.SIMPLE_HEAD, padding=0, show_footer=table.totals is not None)
    totals = table.totals or (None,) * len(table.columns)
    for column, total in zip(table.columns, totals, strict=True):
        footer = Text(in_table(column, total, zone))
        figure = column.is_figure
        grid.add_column(_heading(column), footer, justify="right" if figure else "left", no_wrap=figure)
    for row in table.rows:
        grid.add_row(*(Text(in_table(*each, zone)) for each in zip(table.columns, row, strict=True)))
    return grid


def _heading(column: Column) -> Text:
    return Text(plain(column.short or column.title))
