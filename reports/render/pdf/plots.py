"""The plots of charts: bars, upright or lying, and lines, each with its axes; where they stand is said by `charts`."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil
from zoneinfo import ZoneInfo

from reportlab.graphics.charts.axes import CategoryAxis, ValueAxis
from reportlab.graphics.charts.barcharts import BarChart, HorizontalBarChart, VerticalBarChart
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.widgets.markers import Marker
from reportlab.lib.colors import Color, HexColor

from reports.render.axis import Axis, mark, scaled
from reports.render.document import Chart, Measure
from reports.render.looks import INK, LINE, MUTED, SERIES
from reports.render.pdf.type_faces import REGULAR, width_of
from reports.render.value_text import in_words

Plot = VerticalBarChart | HorizontalBarChart | HorizontalLineChart
SIZE = 7.0
"""Of letters at the axes, in points."""
_WIDEST_BAR, _MOST_VALUES = 55, 40


def upright_bars(chart: Chart, zone: ZoneInfo, width: float) -> VerticalBarChart:
    """Bars above their labels, side by side on `width`."""
    plot = VerticalBarChart()
    _set_bars(plot, chart, zone, width, range(len(chart.series)))
    if not _find_room(chart, zone, width):
        plot.setProperties({"barLabelFormat": None, "barLabelArray": None})
    return plot


def lying_bars(chart: Chart, zone: ZoneInfo, height: float) -> HorizontalBarChart:
    """Bars beside their labels, the first above all others, on `height`."""
    plot = HorizontalBarChart()
    _set_bars(plot, chart, zone, height, range(len(chart.series))[::-1])
    plot.categoryAxis.setProperties({"reverseDirection": 1})
    plot.barLabels.setProperties({"boxAnchor": "w", "nudge": 3})
    return plot


def lines(chart: Chart) -> HorizontalLineChart:
    """Lines with gaps where values are None, of which one at least is not.

    ReportLab joins over a gap: what stands between gaps is a line of its own, in the colour of its series.
    """
    plot = HorizontalLineChart()
    plot.joinedLines, plot.data = 1, []
    for index, series in enumerate(chart.series):
        for run in _runs(series.values):
            line, shade = plot.lines[len(plot.data)], colour(index)
            line.strokeColor, line.strokeWidth = shade, 1.4
            line.symbol = Marker(kind="FilledCircle", size=3.2, fillColor=shade, strokeColor=shade)
            plot.data.append(_lengths(run))
    return plot


def colour(index: int) -> Color:
    """Of the series at this place."""
    return HexColor(SERIES[index % len(SERIES)])


def set_categories(axis: CategoryAxis, labels: Sequence[str], most: int) -> None:
    """Where there are more labels than find room, each second or third is shown."""
    each = ceil(len(labels) / most)
    names = [label if index % each == 0 else "" for index, label in enumerate(labels)]
    axis.setProperties({"categoryNames": names, "strokeColor": HexColor(MUTED), "visibleTicks": False, **_letters(INK)})


def set_values(axis: ValueAxis, chart: Chart, scale: Axis) -> None:
    """Marks in round numbers, with a fine line through the plot at each."""
    axis.setProperties(
        {
            "valueMin": scale.low,
            "valueMax": scale.high,
            "valueStep": scale.step,
            "labelTextFormat": lambda value: mark(chart.kind, value),
            "visibleAxis": False,
            "visibleTicks": False,
            "visibleGrid": True,
            "gridStrokeColor": HexColor(LINE),
            "gridStrokeWidth": 0.4,
            **_letters(MUTED),
        }
    )


def _set_bars(plot: BarChart, chart: Chart, zone: ZoneInfo, room: float, order: Sequence[int]) -> None:
    """Bars as thick as the room between them, but none thicker than `_WIDEST_BAR`; a single series with its values.

    `order`: the places of the series from the axis on, which ReportLab counts from below where bars lie.
    """
    plot.data = [_lengths(chart.series[place].values) for place in order]
    spacing = max(10, 10 * room / len(chart.labels) / _WIDEST_BAR - 10 * len(chart.series))
    plot.setProperties({"barWidth": 10, "barSpacing": 1, "groupSpacing": spacing})
    for index, place in enumerate(order):
        plot.bars[index].fillColor, plot.bars[index].strokeColor = colour(place), None
    if len(chart.series) == 1 and len(chart.labels) <= _MOST_VALUES:
        texts = [None if each is None else in_words(chart.kind, each, zone) for each in chart.series[0].values]
        plot.setProperties({"barLabelFormat": "values", "barLabelArray": [texts]})
        plot.barLabels.setProperties({"fontName": REGULAR, "fontSize": 6.5, "fillColor": HexColor(INK), "nudge": 6})


def _find_room(chart: Chart, zone: ZoneInfo, width: float) -> bool:
    """Whether the values find room above their bars; the table beside the chart has them anyway."""
    texts = (in_words(chart.kind, each, zone) for each in chart.series[0].values if each is not None)
    return max(map(width_of, texts), default=0.0) <= width / len(chart.labels)


def _runs(values: Sequence[Measure | None]) -> Iterator[list[Measure | None]]:
    """The values between gaps, each run at its own places; none where all are gaps."""
    edges = [-1, *(at for at, value in enumerate(values) if value is None), len(values)]
    spans = [(after + 1, before) for after, before in pairwise(edges) if before > after + 1]
    for first, end in spans:
        yield [value if first <= at < end else None for at, value in enumerate(values)]


def _lengths(values: Sequence[Measure | None]) -> list[float | None]:
    return [None if each is None else scaled(each) for each in values]


def _letters(ink: str) -> dict[str, object]:
    return {"labels.fontName": REGULAR, "labels.fontSize": SIZE, "labels.fillColor": HexColor(ink)}
