"""Charts of a document as Excel's own, under the summary; what they draw stands on a sheet of its own."""

from collections.abc import Iterable
from itertools import cycle
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart as ExcelChart
from xlsxwriter.utility import xl_range_formula
from xlsxwriter.worksheet import Worksheet

from reports.render.document import Chart, ChartForm, Series
from reports.render.looks import LINE, MUTED, SERIES, TARGET
from reports.render.value_text import plain
from reports.render.xlsx_cells import NUMBER_FORMATS, NUMBERS, Cells

DATA_SHEET = "Datos de los gráficos"
_HEIGHT_PIXELS, _WIDTH_PIXELS, _ROW_PIXELS = 300, 780, 20
_TYPES = {ChartForm.BARS: "column", ChartForm.LINES: "line"}


def draw_charts(book: Workbook, sheet: Worksheet, cells: Cells, charts: Iterable[Chart], *, below: int) -> None:
    """Draw the charts on `sheet` from row `below` on, one under the other; without charts nothing is added."""
    charts = tuple(charts)
    if not charts:
        return
    data = book.add_worksheet(DATA_SHEET)
    data.set_column(0, 0, 34)
    data.set_column(1, 20, 14)
    top = 0
    for number, chart in enumerate(charts):
        row = below + number * (_HEIGHT_PIXELS // _ROW_PIXELS + 2)
        _write_data(data, cells, chart, top)
        sheet.insert_chart(row, 0, _drawn(book, chart, top), {"description": plain(chart.title)})
        top += len(chart.labels) + 3


def _all_series(chart: Chart) -> tuple[Series, ...]:
    """The series and, as one more, the target that is the same for each label."""
    if chart.target is None:
        return chart.series
    return (*chart.series, Series(chart.target.name, (chart.target.value,) * len(chart.labels)))


def _write_data(sheet: Worksheet, cells: Cells, chart: Chart, top: int) -> None:
    """The title, then the names of the series, then a row for each label."""
    cells.text(sheet, top, 0, chart.title, "label")
    every = _all_series(chart)
    for column, series in enumerate(every, 1):
        cells.text(sheet, top + 1, column, series.name, "figure_heading")
    for index, label in enumerate(chart.labels):
        cells.text(sheet, top + 2 + index, 0, label)
        for column, series in enumerate(every, 1):
            value = series.values[index]
            if value is not None:
                number = NUMBERS[chart.kind](value)
                sheet.write_number(top + 2 + index, column, number, cells.format(chart.kind, ""))


def _drawn(book: Workbook, chart: Chart, top: int) -> ExcelChart:
    drawn = book.add_chart({"type": _TYPES[chart.form]})
    for column, (series, colour) in enumerate(zip(chart.series, cycle(SERIES), strict=False), 1):
        fill = {"fill": {"color": colour}, "gap": 80} if chart.form is ChartForm.BARS else {}
        drawn.add_series({**_series(chart, series, top, column), "line": {"color": colour, "width": 2}, **fill})
    if chart.target is not None:
        _add_target(book, drawn, chart, top)
    drawn.set_title({"name": plain(chart.title), "overlay": False, "name_font": {"size": 12, "color": MUTED}})
    drawn.set_size({"width": _WIDTH_PIXELS, "height": _HEIGHT_PIXELS})
    drawn.set_legend({"position": "bottom"} if len(_all_series(chart)) > 1 else {"none": True})
    drawn.set_y_axis(
        {
            "num_format": NUMBER_FORMATS[chart.kind],
            "min": 0,
            "major_gridlines": {"visible": True, "line": {"color": LINE, "width": 0.5}},
        }
    )
    return drawn


def _add_target(book: Workbook, drawn: ExcelChart, chart: Chart, top: int) -> None:
    """A dashed line over the bars or beside the lines."""
    column = len(chart.series) + 1
    look = {"line": {"color": TARGET, "width": 1.5, "dash_type": "dash"}, "marker": {"type": "none"}}
    line = book.add_chart({"type": "line"}) if chart.form is ChartForm.BARS else drawn
    line.add_series({**_series(chart, _all_series(chart)[-1], top, column), **look})
    if line is not drawn:
        drawn.combine(line)


def _series(chart: Chart, series: Series, top: int, column: int) -> dict[str, Any]:
    """Where the series stands on the data sheet; and its values, for programs that show a chart without calculating."""
    first, last = top + 2, top + 1 + len(chart.labels)
    return {
        "name": [DATA_SHEET, top + 1, column],
        "categories": xl_range_formula(DATA_SHEET, first, 0, last, 0),
        "values": xl_range_formula(DATA_SHEET, first, column, last, column),
        "categories_data": [plain(label) for label in chart.labels],
        "values_data": [None if each is None else NUMBERS[chart.kind](each) for each in series.values],
    }
