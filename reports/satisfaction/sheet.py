"""The satisfaction report for programs: as JSON and as CSV. Pure."""

from typing import Any

from reports.render.program_csv import csv_for_programs
from reports.satisfaction.figures import Satisfaction, SatisfactionReport

_GIVEN = ("answers_1", "answers_2", "answers_3", "answers_4", "answers_5")
CSV_COLUMNS = (
    "half_year",
    "scope",
    "name",
    "question",
    "measures",
    "answered",
    "satisfied",
    "percent",
    "target_percent",
    "verdict",
    *_GIVEN,
)


def as_json(report: SatisfactionReport) -> dict[str, Any]:
    """The report as plain data: counts as numbers, percentages as text with two decimals or null."""
    return {
        "half_year": str(report.half_year),
        "procedure": "COM-DSC-P01",
        "measuring_question": report.rule.question,
        "satisfied_from": report.rule.satisfied_from,
        "target_percent": str(report.rule.target_percent),
        "indicator": _figures(report, report.indicator),
        "rows": [_figures(report, row) for row in report.rows],
    }


def as_csv(report: SatisfactionReport) -> str:
    """One line a row of the report, a heading first; UTF-8, decimal points."""
    same = {"half_year": str(report.half_year), "target_percent": str(report.rule.target_percent)}
    return csv_for_programs(CSV_COLUMNS, ({**same, **_figures(report, row)} for row in report.rows))


def _figures(report: SatisfactionReport, row: Satisfaction) -> dict[str, Any]:
    value = report.shown_percent(row)
    return {
        "scope": row.scope.value,
        "name": row.name,
        "question": row.question,
        "measures": row.measures,
        "answered": row.answered,
        "satisfied": row.satisfied,
        "percent": None if value is None else str(value),
        "verdict": report.judgement(row).value if row.measures else None,
        **dict(zip(_GIVEN, row.answers, strict=True)),
    }
