"""The ATT report for programs: as JSON and as CSV. Pure."""

from decimal import Decimal
from typing import Any

from callcenter.level.formulas import ServiceLevelCounts, shown
from reports.att.figures import AttReport, LineFigures, Part
from reports.render.program_csv import csv_for_programs

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


def as_json(report: AttReport) -> dict[str, Any]:
    """The report as plain data: counts as numbers, percentages as text with two decimals or null.

    docs/reports.md describes each key; keys are added, never renamed.
    """
    rule = report.rule
    return {
        "month": str(report.month),
        "formula": None if rule is None else rule.formula.value,
        "threshold_seconds": report.whole.rules[-1].threshold_seconds,
        "target_percent": None if rule is None else str(rule.target_percent),
        "level_counts": "queue_entries",  # without returned_entries: a callback is no registered call
        **_part(report.whole),
        "parts": [
            {"first_day": part.first_day.isoformat(), "last_day": part.last_day.isoformat(), **_rules(part)}
            | _part(part)
            for part in report.parts
        ],
        "interruptions": [
            {"since_us": gap.since_us, "until_us": gap.until_us, "entries": gap.entries, "announced": gap.announced}
            for gap in report.gaps
        ],
        "anomalies": [{"kind": kind, "times": times} for kind, times in report.anomalies],
        "changes": [
            {"at_us": each.at_us, "what": each.what, "before": each.before, "after": each.after}
            for each in report.changes
        ],
    }


def as_csv(report: AttReport) -> str:
    """One line a row of the report, a heading first, totals last; decimal points, UTF-8."""
    data = as_json(report)
    rows = [
        *data["lines"],
        *({**line, "service": f"{line['service']} (internas)"} for line in data["internal"]),
        {"line": "ATT", "service": "Total de líneas medidas", **data["measured_total"]},
        {"line": "", "service": "Total del centro", **data["centre_total"]},
    ]
    return csv_for_programs(CSV_COLUMNS, rows)


def _rules(part: Part) -> dict[str, Any]:
    rule = part.rules[-1]
    return {"formula": rule.formula.value, "target_percent": str(rule.target_percent)}


def _part(part: Part) -> dict[str, Any]:
    return {
        "lines": [_line(part, line) for line in part.lines],
        "internal": [_line(part, line) for line in part.internal],
        "measured_total": _figures(part, part.measured),
        "centre_total": _figures(part, part.everything),
        "days": [{"day": each.at, **_short(part, each.counts)} for each in part.days],
        "hours": [{"hour": each.at, **_short(part, each.counts)} for each in part.hours],
    }


def _line(part: Part, line: LineFigures) -> dict[str, Any]:
    about = {"line": line.number, "service": line.name, "queue": line.queue, "measured": line.measured}
    return {**about, **_figures(part, line.counts)}


def _short(part: Part, counts: ServiceLevelCounts) -> dict[str, Any]:
    figures = _figures(part, counts)
    return {
        name: figures[name] for name in ("registered", "answered", "within_threshold", "abandoned", "level_percent")
    }


def _percent(part: Part, value: Decimal | None) -> str | None:
    """Two decimals; a level below its target is never rounded up to it."""
    return None if value is None else str(shown(value, part.rules[-1].target_percent))


def _figures(part: Part, counts: ServiceLevelCounts) -> dict[str, Any]:
    found = part.verdict(counts)
    return {
        "registered": counts.registered,
        "answered": counts.answered,
        "within_threshold": counts.within,
        "undetermined": counts.undetermined,
        "abandoned": counts.abandoned,
        "level_percent": _percent(part, part.level(counts)),
        "target_percent": None if part.rule is None else str(part.rule.target_percent),
        "verdict": None if found is None else found.value,
        **{f"variant_{name.lower()}": _percent(part, value) for name, value in part.variants(counts).items()},
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
