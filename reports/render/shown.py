"""A report as a page shows it: every value as people read it, and how long the marks of charts are. Pure.

Plain data, so that one process makes it and another puts it into a page.
"""

from typing import Any
from zoneinfo import ZoneInfo

from reports.render.axis import Axis, axis_of, mark, scaled
from reports.render.document import Chart, KeyFigure, LongTable, Measure, ReportDocument, Row, Table, TargetLine
from reports.render.value_text import before, elsewhere, in_table, in_words, origin, rest_elsewhere

# A page with more of them is slow to open and to scroll; whoever works on them has the workbook.
MOST_ROWS = 1000


def shown(document: ReportDocument) -> dict[str, Any]:
    """`title`, `subtitle`, `origin`, `rule`, `key_figures` (`label`, `value`, `note`,
    and `before` where it is compared), `parts`, `notes`.

    A part is a table (`title`, `columns` with `title` and `is_figure`, `rows` and `totals` of texts, `note`), a chart
    (`title`, `form`, `labels`, `marks` and `series`, whose values are a `text` and its place `at` on the axis from 0 to
    1, or None), or a `sentence` that stands for a table.
    """
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "origin": origin(document),
        "rule": document.rule,
        "key_figures": [_figure(figure, document.zone) for figure in document.key_figures],
        "parts": [_part(part, document.zone) for part in document.body],
        "notes": list(document.notes),
    }


def key_figures_in_words(document: ReportDocument) -> tuple[str, ...]:
    """`Nivel de servicio: 81,25 % (aceptado; meta 80 %)`: a line of text for each."""
    figures = (_figure(figure, document.zone) for figure in document.key_figures)
    return tuple("{label}: {value}".format(**each) + (f" ({each['note']})" if each["note"] else "") for each in figures)


def _figure(figure: KeyFigure, zone: ZoneInfo) -> dict[str, Any]:
    texts = {"label": figure.label, "value": in_words(figure.kind, figure.value, zone), "note": figure.note}
    return {**texts, "before": before(figure, zone)}


def _part(part: Table | Chart | LongTable, zone: ZoneInfo) -> dict[str, Any]:
    if isinstance(part, Chart):
        return {"kind": "chart", **_chart(part, zone)}
    if isinstance(part, LongTable) or part.to_work_on:
        return {"kind": "sentence", "text": elsewhere(part)}
    return {"kind": "table", **_table(part, zone)}


def _table(table: Table, zone: ZoneInfo) -> dict[str, Any]:
    def texts(row: Row) -> list[str]:
        return [in_table(column, value, zone) for column, value in zip(table.columns, row, strict=True)]

    return {
        "title": table.title,
        "columns": [{"title": column.title, "is_figure": column.is_figure} for column in table.columns],
        "rows": [texts(row) for row in table.rows[:MOST_ROWS]],
        "totals": None if table.totals is None else texts(table.totals),
        "note": " ".join(note for note in (rest_elsewhere(table, MOST_ROWS), table.note) if note),
    }


def _chart(chart: Chart, zone: ZoneInfo) -> dict[str, Any]:
    axis = axis_of(chart)

    def value(measure: Measure | None) -> dict[str, Any] | None:
        if measure is None:
            return None
        return {"text": in_words(chart.kind, measure, zone), "at": _place(axis, scaled(measure))}

    marks = [axis.low + axis.step * number for number in range(round((axis.high - axis.low) / axis.step) + 1)]
    return {
        "title": chart.title,
        "form": chart.form.name.lower(),
        "target": None if chart.target is None else {"name": chart.target.name, **_target(chart.target, axis)},
        "labels": list(chart.labels),
        "marks": [{"text": mark(chart.kind, at), "at": _place(axis, at)} for at in marks],
        "series": [{"name": each.name, "values": [value(one) for one in each.values]} for each in chart.series],
    }


def _target(target: TargetLine, axis: Axis) -> dict[str, Any]:
    return {"at": _place(axis, scaled(target.value))}


def _place(axis: Axis, number: float) -> float:
    return round((number - axis.low) / (axis.high - axis.low), 4)
