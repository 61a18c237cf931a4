"""A document as plain data for programs: every value with its type, under stable keys. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from reports.render.document import Chart, Column, KeyFigure, ReportDocument, Row, Table
from reports.render.machine_values import MachineValue, column_keys, distinct, key_of, machine_value, rounded
from reports.render.program_csv import csv_for_programs


def as_data(document: ReportDocument) -> dict[str, Any]:
    """The whole of it; docs/reports.md describes each key. Keys of rows are those of `columns`."""
    names = distinct([key_of(figure.label) for figure in document.key_figures])
    titles = distinct([key_of(table.title) for table in document.tables])
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "centre": document.centre,
        "zone": document.zone.key,
        "made": machine_value(document.made, document.zone),
        "rule": document.rule,
        "key_figures": [_figure(*each, document.zone) for each in zip(names, document.key_figures, strict=True)],
        "tables": [_table(*each, document.zone) for each in zip(titles, document.tables, strict=True)],
        "charts": [_chart(chart, document.zone) for chart in document.charts],
        "notes": list(document.notes),
    }


def as_program_csv(document: ReportDocument) -> str:
    """All tables below one heading: `table` and `row` (`row` or `totals`) say what a line is, then every column."""
    titles = distinct([key_of(table.title) for table in document.tables])
    keys = [column_keys(table.columns) for table in document.tables]
    every = dict.fromkeys(chain.from_iterable(keys))
    rows = (
        {"table": title, "row": what, **_csv_row(of_table, row, document.zone)}
        for title, of_table, table in zip(titles, keys, document.tables, strict=True)
        for what, row in chain((("row", row) for row in table.rows), _totals(table))
    )
    return csv_for_programs(("table", "row", *every), rows)


def _csv_row(keys: Sequence[str], row: Row, zone: ZoneInfo) -> dict[str, MachineValue | Decimal]:
    """As `_row`, but for decimals: as texts those below zero would be taken for formulas."""
    decimals = {key: rounded(value) for key, value in zip(keys, row, strict=True) if isinstance(value, Decimal)}
    return {**_row(keys, row, zone), **decimals}


def _totals(table: Table) -> list[tuple[str, Row]]:
    return [] if table.totals is None else [("totals", table.totals)]


def _figure(key: str, figure: KeyFigure, zone: ZoneInfo) -> dict[str, Any]:
    found = {
        "key": key,
        "label": figure.label,
        "kind": figure.kind.name.lower(),
        "value": machine_value(figure.value, zone),
        "note": figure.note,
    }
    if figure.before is None:
        return found
    before, difference = figure.before.value, figure.before.difference
    return {**found, "before": machine_value(before, zone), "difference": machine_value(difference, zone)}


def _table(key: str, table: Table, zone: ZoneInfo) -> dict[str, Any]:
    keys = column_keys(table.columns)
    return {
        "key": key,
        "title": table.title,
        "columns": [_column(*each) for each in zip(keys, table.columns, strict=True)],
        "rows": [_row(keys, row, zone) for row in table.rows],
        "totals": None if table.totals is None else _row(keys, table.totals, zone),
        "note": table.note,
    }


def _column(key: str, column: Column) -> dict[str, str]:
    return {"key": key, "heading": column.heading, "kind": column.kind.name.lower()}


def _row(keys: Sequence[str], row: Row, zone: ZoneInfo) -> dict[str, MachineValue]:
    return {key: machine_value(value, zone) for key, value in zip(keys, row, strict=True)}


def _chart(chart: Chart, zone: ZoneInfo) -> dict[str, Any]:
    target = chart.target
    return {
        "title": chart.title,
        "form": chart.form.name.lower(),
        "kind": chart.kind.name.lower(),
        "labels": list(chart.labels),
        "series": [
            {"name": each.name, "values": [machine_value(value, zone) for value in each.values]}
            for each in chart.series
        ],
        "target": None if target is None else {"name": target.name, "value": machine_value(target.value, zone)},
    }
