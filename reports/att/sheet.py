"""The ATT report as rows of text in Spanish, as JSON and as CSV. Pure."""

import csv
import io
from decimal import Decimal
from typing import Any

from callcenter.level.formulas import LevelVerdict, ServiceLevelCounts, shown
from reports.att.figures import AttReport, LineFigures

VERDICTS = {
    LevelVerdict.ACCEPTED: "aceptado",
    LevelVerdict.OBSERVED: "observado",
    LevelVerdict.NO_CALLS: "sin llamadas",
}
HEADINGS = ("Línea", "Servicio", "Regist.", "Atend.", "≤ {threshold} s", "Aband.", "Nivel %", "Resultado")
CSV_COLUMNS = (
    "line",
    "service",
    "queue",
    "measured",
    "registered",
    "answered",
    "within_threshold",
    "undetermined",
    "abandoned",
    "level_percent",
    "target_percent",
    "verdict",
    "variant_a",
    "variant_b",
    "variant_c",
    "variant_d",
    "variant_e",
    "ivr_served",
    "blocked_full",
    "blocked_no_agents",
    "out_of_hours",
    "interrupted",
    "still_open",
    "queue_entries",
    "distinct_calls",
    "calls",
    "calls_queued",
    "calls_menu_hung_up",
    "calls_callback_instead",
    "calls_interrupted",
    "calls_open",
    "callbacks_requested",
    "callbacks_by_key",
    "callbacks_returned",
    "callbacks_answered",
    "returned_entries",
)
ASIDE_HEADINGS = (
    "Línea",
    "Llamadas",
    "A cola",
    "IVR",
    "Menú",
    "F. horario",
    "Llena",
    "Sin ag.",
    "Dev. ped.",
    "Dev. logr.",
)


def percent(report: AttReport, value: Decimal | None) -> str:
    """`81,13`, or the words for a month without calls."""
    if value is None:
        return "sin llamadas"
    return f"{shown(value, report.rule.target_percent):.2f}".replace(".", ",")


def headings(report: AttReport) -> tuple[str, ...]:
    """Column headings with the threshold in force."""
    return tuple(heading.format(threshold=report.rule.threshold_seconds) for heading in HEADINGS)


def table(report: AttReport) -> list[tuple[str, ...]]:
    """One row a line, then the total of the measured lines and of all lines."""
    rows = [_row(report, line.number or "-", _name(line), line.counts) for line in report.lines]
    rows.append(_row(report, "ATT", "Total de líneas medidas", report.measured))
    rows.append(_row(report, "", "Total del centro", report.everything))
    return rows


def aside(report: AttReport) -> list[tuple[str, ...]]:
    """What is counted apart from the level, one row a line, then the totals; columns as in `ASIDE_HEADINGS`."""
    rows = [(line.number or line.queue, line.counts) for line in report.lines]
    rows += [("ATT", report.measured), ("Centro", report.everything)]
    return [(name, *map(str, _aside(counts))) for name, counts in rows]


def _aside(counts: ServiceLevelCounts) -> tuple[int, ...]:
    menus = (counts.calls, counts.queued, counts.ivr_served, counts.menu_hung_up, counts.out_of_hours)
    return (*menus, counts.full, counts.join_refused, counts.callbacks_requested, counts.callbacks_answered)


def notes(report: AttReport, counts: ServiceLevelCounts) -> list[tuple[str, str]]:
    """The figures that are counted apart, and the variants, of a total."""
    variants = report.variants(counts)
    return [
        (
            "Meta",
            f"{report.rule.target_percent} % en {report.rule.threshold_seconds} s, fórmula {report.rule.formula}",
        ),
        *((f"Variante {name}", percent(report, value)) for name, value in variants.items()),
        ("Llamadas a las líneas", str(counts.calls)),
        ("De ellas, para una cola", str(counts.queued)),
        ("Atendidas por el IVR", str(counts.ivr_served)),
        ("Colgaron en el menú", str(counts.menu_hung_up)),
        ("Fuera de horario", str(counts.out_of_hours)),
        ("Devolución en vez de cola", str(counts.callback_instead)),
        ("Interrumpidas sin cola", str(counts.calls_interrupted)),
        ("En curso sin cola", str(counts.calls_open)),
        ("Bloqueadas (cola llena)", str(counts.full)),
        ("Bloqueadas (sin agentes)", str(counts.join_refused)),
        ("Devoluciones pedidas", str(counts.callbacks_requested)),
        ("De ellas, con la tecla", str(counts.callbacks_by_key)),
        ("Devoluciones contestadas", str(counts.callbacks_returned)),
        ("Devoluciones logradas", str(counts.callbacks_answered)),
        ("Esperas de devoluciones", str(counts.returned_entries)),
        ("Interrumpidas por falla", f"{counts.interrupted} ({counts.interrupted_unanswered} sin atender)"),
        ("Espera sin precisión suficiente", str(counts.undetermined)),
        ("En curso", str(counts.still_open)),
        ("Entradas a colas", str(counts.entries)),
        ("Llamadas distintas", str(counts.distinct_calls)),
    ]


def as_json(report: AttReport) -> dict[str, Any]:
    """The report as plain data: counts as numbers, percentages as text with two decimals or null.

    docs/reports.md describes each key; keys are added, never renamed.
    """
    return {
        "month": str(report.month),
        "formula": report.rule.formula.value,
        "threshold_seconds": report.rule.threshold_seconds,
        "target_percent": str(report.rule.target_percent),
        "level_counts": "queue_entries",  # without returned_entries: a callback is no registered call
        "lines": [
            {
                "line": line.number,
                "service": line.name,
                "queue": line.queue,
                "measured": line.measured,
                **_figures(report, line.counts),
            }
            for line in report.lines
        ],
        "measured_total": _figures(report, report.measured),
        "centre_total": _figures(report, report.everything),
    }


def as_csv(report: AttReport) -> str:
    """One line a row of the report, a heading first, totals last; decimal points, UTF-8."""
    data = as_json(report)
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(data["lines"])
    writer.writerow({"line": "ATT", "service": "Total de líneas medidas", **data["measured_total"]})
    writer.writerow({"line": "", "service": "Total del centro", **data["centre_total"]})
    return out.getvalue()


def _name(line: LineFigures) -> str:
    return line.name + (" *" if line.measured else "")


def _row(report: AttReport, number: str, name: str, counts: ServiceLevelCounts) -> tuple[str, ...]:
    figures = (counts.registered, counts.answered, counts.within, counts.abandoned)
    level = percent(report, report.level(counts)) if counts.registered else "-"
    return (number, name, *map(str, figures), level, VERDICTS[report.verdict(counts)])


def _figures(report: AttReport, counts: ServiceLevelCounts) -> dict[str, Any]:
    target = report.rule.target_percent
    level = report.level(counts)
    variants = report.variants(counts)
    return {
        "registered": counts.registered,
        "answered": counts.answered,
        "within_threshold": counts.within,
        "undetermined": counts.undetermined,
        "abandoned": counts.abandoned,
        "level_percent": None if level is None else str(shown(level, target)),
        "target_percent": str(target),
        "verdict": report.verdict(counts).value,
        **{
            f"variant_{name.lower()}": None if value is None else str(shown(value, target))
            for name, value in variants.items()
        },
        "ivr_served": counts.ivr_served,
        "blocked_full": counts.full,
        "blocked_no_agents": counts.join_refused,
        "out_of_hours": counts.out_of_hours,
        "interrupted": counts.interrupted,
        "still_open": counts.still_open,
        "queue_entries": counts.entries,
        "distinct_calls": counts.distinct_calls,
        "calls": counts.calls,
        "calls_queued": counts.queued,
        "calls_menu_hung_up": counts.menu_hung_up,
        "calls_callback_instead": counts.callback_instead,
        "calls_interrupted": counts.calls_interrupted,
        "calls_open": counts.calls_open,
        "callbacks_requested": counts.callbacks_requested,
        "callbacks_by_key": counts.callbacks_by_key,
        "callbacks_returned": counts.callbacks_returned,
        "callbacks_answered": counts.callbacks_answered,
        "returned_entries": counts.returned_entries,
    }
