"""Charts of a PDF as vectors: a title, a legend, and bars or lines with the target as a dashed line."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import HexColor

from callcenter.spanish import NO_DATA
from reports.render.axis import Axis, axis_of, scaled
from reports.render.document import Chart, ChartForm
from reports.render.looks import ACCENT, INK, TARGET
from reports.render.pdf.plots import SIZE, Plot, colour, lines, lying_bars, set_categories, set_values, upright_bars
from reports.render.pdf.type_faces import BOLD, REGULAR, width_of
from reports.render.value_text import plain, shortened

# Points.
_HEIGHT, _TOP, _BOTTOM, _LEFT = 190.0, 30.0, 14.0, 46.0
_A_BAR, _BETWEEN_BARS, _FOR_VALUES = 8.0, 6.0, 50.0
_LONGEST_LABEL = 35


def chart_drawing(chart: Chart, zone: ZoneInfo, width: float, height: float) -> Drawing:
    """The whole chart, as wide as a page of this room and not higher.

    Bars lie where their labels find no room side by side, unless they would be higher than the page.
    """
    labels = [shortened(plain(label), _LONGEST_LABEL) for label in chart.labels]
    rows = (_A_BAR * len(chart.series) + _BETWEEN_BARS) * len(labels)
    if (
        chart.form is ChartForm.BARS
        and _side_by_side(labels, width - _LEFT) < len(labels)
        and rows <= height - _TOP - _BOTTOM
    ):
        return _lying(chart, zone, labels, width, rows)
    return _upright(chart, zone, labels, width)


def _upright(chart: Chart, zone: ZoneInfo, labels: list[str], width: float) -> Drawing:
    scale, room = axis_of(chart), width - _LEFT
    # Without any value bars are drawn, which are not there: ReportLab refuses a line without a point.
    plot = upright_bars(chart, zone, room) if chart.form is ChartForm.BARS or _is_empty(chart) else lines(chart)
    _place(plot, _LEFT, room, _HEIGHT - _TOP - _BOTTOM)
    set_categories(plot.categoryAxis, labels, _side_by_side(labels, room))
    set_values(plot.valueAxis, chart, scale)
    drawing = _framed(chart, width, _HEIGHT, plot)
    for part in _target_at(chart, scale):
        y = plot.y + part * plot.height
        drawing.add(_dashed(plot.x, y, plot.x + plot.width, y))
    return drawing


def _lying(chart: Chart, zone: ZoneInfo, labels: list[str], width: float, rows: float) -> Drawing:
    scale, left = axis_of(chart), max(width_of(label, SIZE) for label in labels) + 10
    plot = lying_bars(chart, zone, rows)
    _place(plot, left, width - left - (_FOR_VALUES if len(chart.series) == 1 else _BETWEEN_BARS), rows)
    set_categories(plot.categoryAxis, labels, len(labels))
    set_values(plot.valueAxis, chart, scale)
    drawing = _framed(chart, width, rows + _TOP + _BOTTOM, plot)
    for part in _target_at(chart, scale):
        x = plot.x + part * plot.width
        drawing.add(_dashed(x, plot.y, x, plot.y + plot.height))
    return drawing


def _place(plot: Plot, left: float, width: float, height: float) -> None:
    plot.setProperties({"x": left, "y": _BOTTOM, "width": width, "height": height})


def _framed(chart: Chart, width: float, height: float, plot: Plot) -> Drawing:
    """The plot under its title and legend."""
    drawing = Drawing(width, height)
    drawing.add(String(0, height - 10, plain(chart.title), fontName=BOLD, fontSize=10, fillColor=HexColor(ACCENT)))
    drawing.add(plot)
    for shape in _legend(chart, height - 24):
        drawing.add(shape)
    if _is_empty(chart):
        middle = plot.x + plot.width / 2 - width_of(NO_DATA, SIZE) / 2
        drawing.add(_text(middle, plot.y + plot.height / 2, NO_DATA))
    return drawing


def _legend(chart: Chart, y: float) -> Iterator[Rect | Line | String]:
    """Names: of the series where there are several, and of the target."""
    x = 0.0
    for index, series in enumerate(chart.series if len(chart.series) > 1 else ()):
        square = Rect(x, y, 7, 7)
        square.fillColor, square.strokeColor = colour(index), None
        yield square
        yield _text(x + 11, y + 1, plain(series.name))
        x += 11 + width_of(plain(series.name), SIZE) + 14
    if chart.target is not None:
        yield _dashed(x, y + 3, x + 16, y + 3)
        yield _text(x + 20, y + 1, plain(chart.target.name))


def _target_at(chart: Chart, scale: Axis) -> Iterator[float]:
    """Which part of the way along the axis the target is; nothing without one."""
    if chart.target is not None:
        yield (scaled(chart.target.value) - scale.low) / (scale.high - scale.low)


def _is_empty(chart: Chart) -> bool:
    return all(value is None for series in chart.series for value in series.values)


def _side_by_side(labels: Sequence[str], width: float) -> int:
    """How many of the labels find room beside each other."""
    return max(1, int(width / (max(width_of(label, SIZE) for label in labels) + 6)))


def _text(x: float, y: float, text: str) -> String:
    return String(x, y, text, fontName=REGULAR, fontSize=SIZE, fillColor=HexColor(INK))


def _dashed(left: float, bottom: float, right: float, top: float) -> Line:
    return Line(left, bottom, right, top, strokeColor=HexColor(TARGET), strokeWidth=1, strokeDashArray=[4, 2])
