"""The survey's answers as people read them. Pure."""

from collections.abc import Iterator

from reports.kinds.asked import Asked, Scene
from reports.measures.frame import Names, framed
from reports.measures.metric import Metric, columns
from reports.render.document import Chart, ChartForm, Column, KeyFigure, ReportDocument, Row, Series, Table, ValueKind
from reports.satisfaction.figures import HIGHEST, Satisfaction, SatisfactionReport, Scope

TITLE = "Encuestas"
_WHOLE, _PERCENT = ValueKind.WHOLE, ValueKind.PERCENT
ANSWERS = Metric("Respuestas", _WHOLE, "Respuestas de 1 a 5 a la pregunta.")
SATISFIED = Metric("Satisfechos", _WHOLE, "Respuestas desde la que cuenta como satisfecho.")
SATISFACTION = Metric("Satisfacción", _PERCENT, "Satisfechos sobre los que respondieron, por cien.")
GIVEN = tuple(Metric(str(answer), _WHOLE, f"Cuántas veces se respondió {answer}.") for answer in range(1, HIGHEST + 1))
FIGURES = (ANSWERS, SATISFIED, SATISFACTION, *GIVEN)
SCOPES = {Scope.TOTAL: "Por pregunta", Scope.QUEUE: "Por cola", Scope.AGENT: "Por agente"}


def survey_document(report: SatisfactionReport, asked: Asked, scene: Scene, names: Names) -> ReportDocument:
    """The document of these answers."""
    body: list[Table | Chart | None] = [*_charts(report), *(_table(report, scope, names) for scope in Scope)]
    notes = [] if any(row.answered for row in report.rows) else ["Sin respuestas en estos días."]
    notes.append("El indicador es el del semestre: informe «satisfaccion».")
    return framed(TITLE, asked, scene, _rule(report), _key_figures(report), body, notes)


def _rule(report: SatisfactionReport) -> str:
    rule = report.rule
    return f"Satisfecho: respuesta {rule.satisfied_from} a {HIGHEST}; el indicador lo mide «{rule.question}»"


def _key_figures(report: SatisfactionReport) -> Iterator[KeyFigure]:
    indicator = report.indicator
    yield ANSWERS.figure(indicator.answered, f"a «{indicator.question}»")
    yield SATISFIED.figure(indicator.satisfied)
    yield SATISFACTION.figure(report.shown_percent(indicator))


def _table(report: SatisfactionReport, scope: Scope, names: Names) -> Table:
    of = () if scope is Scope.TOTAL else (Column("De"),)
    rows = [_row(report, row, names) for row in report.rows if row.scope is scope and row.answered]
    return Table(SCOPES[scope], (*of, Column("Pregunta"), *columns(*FIGURES)), rows)


def _row(report: SatisfactionReport, row: Satisfaction, names: Names) -> Row:
    called = {Scope.TOTAL: [], Scope.QUEUE: [names.queue(row.name)], Scope.AGENT: [names.agent(row.name)]}[row.scope]
    return (*called, row.question, row.answered, row.satisfied, report.shown_percent(row), *row.answers)


def _charts(report: SatisfactionReport) -> Iterator[Chart]:
    for row in report.rows:
        if row.scope is Scope.TOTAL and row.answered:
            labels = tuple(metric.heading for metric in GIVEN)
            series = (Series(ANSWERS.heading, row.answers),)
            yield Chart(f"Respuestas a «{row.question}»", ChartForm.BARS, _WHOLE, labels, series)
