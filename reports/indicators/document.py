"""The indicators as people read them. Pure."""

from collections.abc import Sequence

from callcenter.spanish import percentage
from reports.indicators.figures import Indicator
from reports.kinds.asked import Asked, Scene
from reports.measures.frame import framed
from reports.measures.metric import Metric, columns
from reports.periods.half_year import HalfYear
from reports.render.document import Column, ReportDocument, Row, Table, ValueKind
from reports.satisfaction.document import JUDGEMENTS

TITLE = "Indicadores de los procedimientos"
RULE = "Cada indicador según su procedimiento; sin nada que dividir, sin datos"
GOOD = Metric("Cumplidos", ValueKind.WHOLE, "Los casos de arriba de la fórmula.")
OF = Metric("Casos", ValueKind.WHOLE, "Los casos de abajo de la fórmula.")
VALUE = Metric("Valor", ValueKind.PERCENT, "Cumplidos sobre casos, por cien; nunca redondeado hasta la meta.")
FIGURES = (GOOD, OF, VALUE)
COLUMNS = (
    *(Column("Indicador"), Column("Procedimiento"), Column("Fórmula"), Column("Período"), *columns(*FIGURES)),
    *(Column("Meta"), Column("Resultado"), Column("Por qué")),
)


def indicators_document(found: Sequence[Indicator], asked: Asked, scene: Scene, half: HalfYear) -> ReportDocument:
    """The document of these indicators."""
    figures = [VALUE.figure(each.percent, each.rule.title) for each in found if each.percent is not None]
    table = Table(TITLE, COLUMNS, [_row(each) for each in found])
    notes = [] if figures else ["Sin datos para ningún indicador."]
    notes.append(f"Los del semestre son del {half.spanish_name}; los de las campañas, de las que tocan estos días.")
    notes.append("El nivel de servicio de las líneas medidas está en el informe mensual para la ATT.")
    return framed(TITLE, asked, scene, RULE, figures, [table], notes)


def _row(each: Indicator) -> Row:
    rule, judgement = each.rule, each.judgement
    return (
        *(rule.title, rule.procedure, f"{rule.formula} x 100", rule.period, each.good, each.of, each.percent),
        *(_target(each), "sin meta" if judgement is None else JUDGEMENTS[judgement], each.why),
    )


def _target(each: Indicator) -> str:
    target = each.rule.target_percent
    if target is None:
        return "sin meta"
    return f"{'más de' if each.rule.beyond else 'desde'} {percentage(target, 0)}"
