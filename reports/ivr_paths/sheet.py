"""The report on the menus as rows of text in Spanish, as JSON and as CSV. Pure."""

import csv
import io
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from reports.ivr_paths.figures import IvrReport, LinePaths

HEADINGS = ("Línea", "Servicio", "Llamadas", "Oyeron el menú", "Sin agente", "% sin agente")
KEY_HEADINGS = ("Línea", "Menú", "Tecla", "Opción", "Veces")
SERVICE_HEADINGS = ("Línea", "Autoservicio", "Resultado", "Veces")
HANG_UP_HEADINGS = ("Línea", "Menú", "Después de", "Opción", "Colgaron")
CSV_COLUMNS = (
    *("row", "line", "name", "calls", "heard_menus", "served_without_agent", "served_percent"),
    *("menu", "key", "after", "title", "service", "result", "served", "times"),
)
_KEYS = {"t": "silencio", "i": "tecla sin opción", "star": "*", "hash": "#"}
_AFTER = {
    "welcome": "la bienvenida",
    "service": "un autoservicio",
    "notice": "un aviso",
    "routed": "pedir una persona",
    "arrival": "contestar",
}
RESULTS = {
    "told": "informado",
    "nothing": "nada que informar",
    "registered": "falla registrada",
    "reiterated": "falla reiterada",
    "taken": "anotado",
    "not_identified": "no identificado",
    "unavailable": "no disponible",
    "left": "colgó",
    "person": "pidió una persona",
    "refused": "rechazado",
}


def percent(value: Decimal | None) -> str:
    """`14,96`, or a dash without calls."""
    return "-" if value is None else str(_rounded(value)).replace(".", ",")


def table(report: IvrReport) -> list[tuple[str, ...]]:
    """One row a line, then the total; columns as in `HEADINGS`."""
    rows = (*report.lines, report.total)
    return [
        (line.number, line.name, str(line.calls), str(line.heard), str(line.served), percent(line.served_percent))
        for line in rows
    ]


def keys(report: IvrReport) -> list[tuple[str, ...]]:
    """Every key of every menu; columns as in `KEY_HEADINGS`."""
    return [
        (line.number, key.menu, _KEYS.get(key.key, key.key), key.title, str(key.times))
        for line in report.lines
        for key in line.keys
    ]


def services(report: IvrReport) -> list[tuple[str, ...]]:
    """Every result of every self-service; columns as in `SERVICE_HEADINGS`."""
    return [
        (line.number, each.service, RESULTS.get(each.result, each.result), str(each.times))
        for line in report.lines
        for each in line.services
    ]


def hang_ups(report: IvrReport) -> list[tuple[str, ...]]:
    """Where callers hung up; columns as in `HANG_UP_HEADINGS`."""
    return [
        (line.number, each.menu, _AFTER.get(each.after, _KEYS.get(each.after, each.after)), each.title, str(each.times))
        for line in report.lines
        for each in line.hang_ups
    ]


def as_json(report: IvrReport) -> dict[str, Any]:
    """The report as plain data: counts as numbers, percentages as text with two decimals or null."""
    return {
        "month": str(report.month),
        "lines": [{**_figures(line), **_parts(line)} for line in report.lines],
        "total": _figures(report.total),
    }


def as_csv(report: IvrReport) -> str:
    """A heading, then rows of five kinds (`row`: line, key, service, hang_up, total); UTF-8, decimal points."""
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for line in report.lines:
        writer.writerow({"row": "line", **_figures(line)})
        for name, parts in _parts(line).items():
            writer.writerows({"row": name.removesuffix("s"), "line": line.number, **part} for part in parts)
    writer.writerow({"row": "total", **_figures(report.total)})
    return out.getvalue()


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
