"""The satisfaction report as rows of text in Spanish, as JSON and as CSV. Pure."""

import csv
import io
from decimal import Decimal
from typing import Any

from callcenter.level.formulas import shown
from reports.satisfaction.figures import Judgement, Satisfaction, SatisfactionReport, Scope

JUDGEMENTS = {
    Judgement.ACCEPTED: "aceptado",
    Judgement.OBSERVED: "observado",
    Judgement.NO_DATA: "sin datos",
}
SCOPES = {Scope.TOTAL: "Centro", Scope.QUEUE: "Cola", Scope.AGENT: "Agente"}
HEADINGS = ("", "Pregunta", "Respond.", "Satisf.", "% satisf.", "Resultado", "1", "2", "3", "4", "5")
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


def percent(report: SatisfactionReport, value: Decimal | None) -> str:
    """`91,25`, or the words for a half-year without answers."""
    return "sin datos" if value is None else f"{shown(value, report.rule.target_percent):.2f}".replace(".", ",")


def table(report: SatisfactionReport) -> list[tuple[str, ...]]:
    """One row a question in total, then of each queue and each agent; columns as in `HEADINGS`."""
    return [
        (
            _name(row),
            row.question + (" *" if row.measures else ""),
            str(row.answered),
            str(row.satisfied),
            percent(report, row.percent),
            JUDGEMENTS[report.judgement(row)] if row.measures else "-",
            *map(str, row.answers),
        )
        for row in report.rows
    ]


def rule_text(report: SatisfactionReport) -> str:
    """The rule in force, in one line."""
    rule = report.rule
    return (
        f"COM-DSC-P01: satisfechos (respuesta {rule.satisfied_from} a 5 a «{rule.question}») / atendidos por encuesta"
        f" x 100; aceptado desde {rule.target_percent} %"
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
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    same = {"half_year": str(report.half_year), "target_percent": str(report.rule.target_percent)}
    writer.writerows({**same, **_figures(report, row)} for row in report.rows)
    return out.getvalue()


def _name(row: Satisfaction) -> str:
    return SCOPES[row.scope] if row.scope is Scope.TOTAL else f"{SCOPES[row.scope]} {row.name or 'sin nombre'}"


def _figures(report: SatisfactionReport, row: Satisfaction) -> dict[str, Any]:
    value = row.percent
    return {
        "scope": row.scope.value,
        "name": row.name,
        "question": row.question,
        "measures": row.measures,
        "answered": row.answered,
        "satisfied": row.satisfied,
        "percent": None if value is None else str(shown(value, report.rule.target_percent)),
        "verdict": report.judgement(row).value if row.measures else None,
        **dict(zip(_GIVEN, row.answers, strict=True)),
    }
