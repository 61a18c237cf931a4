"""The satisfaction report as people read it: the indicator, its rule, and every question's answers. Pure."""

from collections.abc import Mapping
from datetime import datetime

from callcenter.centre.model import Centre
from callcenter.spanish import percentage
from reports.render.document import (
    Chart,
    ChartForm,
    Column,
    KeyFigure,
    ReportDocument,
    Row,
    Series,
    Table,
    TargetLine,
    ValueKind,
)
from reports.satisfaction.figures import Judgement, Satisfaction, SatisfactionReport, Scope

JUDGEMENTS = {
    Judgement.ACCEPTED: "aceptado",
    Judgement.OBSERVED: "observado",
    Judgement.NO_DATA: "sin datos",
}
SCOPES = {Scope.TOTAL: "Centro", Scope.QUEUE: "Cola", Scope.AGENT: "Agente"}
METRICS: Mapping[str, str] = {
    "De": "De quién son las respuestas: del centro, de una cola o de un agente.",
    "Pregunta": "La pregunta de la encuesta; con * la que mide el indicador.",
    "Respondieron": "Cuántas respuestas tuvo la pregunta.",
    "Satisfechos": "De ellas, las que llegan a la nota desde la que el cliente está satisfecho.",
    "Satisfacción": "Satisfechos, entre los que respondieron, por 100.",
    "Resultado": "Aceptado si la satisfacción llega a la meta, observado si no; solo de la pregunta que mide.",
    **{str(answer): f"Cuántos respondieron {answer}, de 1 a 5." for answer in range(1, 6)},
    "Clientes satisfechos": "Satisfechos de la pregunta que mide, en todo el centro.",
    "Atendidos por encuesta": "Quienes respondieron la pregunta que mide.",
}
COLUMNS = (
    Column("De"),
    Column("Pregunta"),
    Column("Respondieron", ValueKind.WHOLE, "Respond."),
    Column("Satisfechos", ValueKind.WHOLE, "Satisf."),
    Column("Satisfacción", ValueKind.PERCENT, "% satisf."),
    Column("Resultado"),
    *(Column(str(answer), ValueKind.WHOLE) for answer in range(1, 6)),
)


def satisfaction_document(report: SatisfactionReport, centre: Centre, made: datetime) -> ReportDocument:
    """The report of a half-year; `made` is the moment at which its figures were read."""
    table = Table("Respuestas por cola y agente", COLUMNS, [_row(report, row) for row in report.rows])
    return ReportDocument(
        title="Satisfacción por encuesta",
        subtitle=report.half_year.spanish_name.capitalize(),
        centre=centre.about.name,
        zone=centre.zone,
        made=made,
        rule=_rule(report),
        key_figures=_key_figures(report),
        body=(*_charts(report), table),
        notes=("* La pregunta que mide el indicador. 1 a 5: cuántas veces se dio cada respuesta.",),
    )


def _target(report: SatisfactionReport) -> str:
    target = report.rule.target_percent
    return percentage(target, 0 if target == target.to_integral_value() else 2)


def _rule(report: SatisfactionReport) -> str:
    rule = report.rule
    return (
        f"COM-DSC-P01: satisfechos (respuesta {rule.satisfied_from} a 5 a «{rule.question}») / atendidos por encuesta"
        f" x 100; aceptado desde {_target(report)}"
    )


def _key_figures(report: SatisfactionReport) -> tuple[KeyFigure, ...]:
    indicator = report.indicator
    verdict = f"{JUDGEMENTS[report.judgement(indicator)]}; meta {_target(report)}"
    return (
        KeyFigure("Satisfacción", ValueKind.PERCENT, report.shown_percent(indicator), verdict),
        KeyFigure("Clientes satisfechos", ValueKind.WHOLE, indicator.satisfied),
        KeyFigure("Atendidos por encuesta", ValueKind.WHOLE, indicator.answered),
    )


def _charts(report: SatisfactionReport) -> tuple[Chart, ...]:
    """Of the question that measures: each queue against the target, and how often each answer was given."""
    queues = [row for row in report.rows if row.measures and row.scope is Scope.QUEUE and row.answered]
    if not queues:
        return ()
    target = TargetLine(f"Meta {_target(report)}", report.rule.target_percent)
    levels = Series("Satisfacción", tuple(report.shown_percent(row) for row in queues))
    names = tuple(row.name for row in queues)
    answers = Series("Respuestas", report.indicator.answers)
    return (
        Chart("Satisfacción por cola", ChartForm.BARS, ValueKind.PERCENT, names, (levels,), target),
        Chart("Respuestas del centro, de 1 a 5", ChartForm.BARS, ValueKind.WHOLE, tuple("12345"), (answers,)),
    )


def _row(report: SatisfactionReport, row: Satisfaction) -> Row:
    return (
        SCOPES[row.scope] if row.scope is Scope.TOTAL else f"{SCOPES[row.scope]} {row.name or 'sin nombre'}",
        row.question + (" *" if row.measures else ""),
        row.answered,
        row.satisfied,
        report.shown_percent(row),
        JUDGEMENTS[report.judgement(row)] if row.measures else "-",
        *row.answers,
    )
