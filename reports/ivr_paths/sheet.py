"""The report on the menus for programs, of a month: as JSON and as CSV. Pure."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from reports.ivr_paths.figures import IvrReport, LinePaths
from reports.render.program_csv import csv_for_programs

CSV_COLUMNS = (
    *("row", "line", "name", "calls", "heard_menus", "served_without_agent", "served_percent"),
    *("menu", "key", "after", "title", "service", "result", "served", "times"),
)


def as_json(report: IvrReport) -> dict[str, Any]:
    """The report as plain data: counts as numbers, percentages as text with two decimals or null."""
    return {
        "month": f"{report.first_day:%Y-%m}",
        "lines": [{**_figures(line), **_parts(line)} for line in report.lines],
        "total": _figures(report.total),
    }


def as_csv(report: IvrReport) -> str:
    """A heading, then rows of five kinds (`row`: line, key, service, hang_up, total); UTF-8, decimal points."""
    return csv_for_programs(CSV_COLUMNS, _csv_rows(report))


def _csv_rows(report: IvrReport) -> Iterator[dict[str, Any]]:
    for line in report.lines:
        yield {"row": "line", **_figures(line)}
        for name, parts in _parts(line).items():
            yield from ({"row": name.removesuffix("s"), "line": line.number, **part} for part in parts)
    yield {"row": "total", **_figures(report.total)}


def _figures(line: LinePaths) -> dict[str, Any]:
    share = line.served_percent
    return {
        "line": line.number,
        "name": line.name,
        "calls": line.calls,
        "heard_menus": line.heard,
        "served_without_agent": line.served,
        "served_percent": None if share is None else str(_rounded(share)),
    }


def _parts(line: LinePaths) -> dict[str, list[dict[str, Any]]]:
    return {
        "keys": [{"menu": k.menu, "key": k.key, "title": k.title, "times": k.times} for k in line.keys],
        "services": [
            {"service": s.service, "result": s.result, "served": s.served, "times": s.times} for s in line.services
        ],
        "hang_ups": [{"menu": h.menu, "after": h.after, "title": h.title, "times": h.times} for h in line.hang_ups],
    }


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
