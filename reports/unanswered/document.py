"""The report on unanswered calls as people read it. Pure."""

from collections.abc import Iterator

from callcenter.call_words import OUTCOMES
from callcenter.calls import Outcome
from callcenter.spanish import NO_DATA, whole
from reports.kinds.asked import Asked, Scene
from reports.measures import metrics as m
from reports.measures.frame import NO_CALLS, QUEUE, Names, framed
from reports.measures.lengths import length, mean, share
from reports.measures.metric import Metric, columns
from reports.render.document import Chart, ChartForm, Column, KeyFigure, ReportDocument, Row, Series, Table, ValueKind
from reports.unanswered.figures import BANDS, Unanswered, UnansweredReport

TITLE = "Llamadas no atendidas"
UNANSWERED = Metric(
    "No atendidas", ValueKind.WHOLE, "Abandonadas y rechazadas: llamadas que ningún agente contestó.", "No atend."
)
SHARE = Metric("% de las no atendidas", ValueKind.PERCENT, "Su parte de todas las no atendidas.", "%")
CAUSES = {
    Outcome.ABANDONED: Metric("Colgó", ValueKind.WHOLE, "El cliente colgó mientras esperaba."),
    Outcome.TIMEOUT: Metric("Límite de espera", ValueKind.WHOLE, "Llegó al límite de espera de la cola.", "Límite"),
    Outcome.KEY_EXIT: Metric("Tecla", ValueKind.WHOLE, "Dejó la cola con una tecla; también para pedir devolución."),
    Outcome.LEFT_EMPTY: Metric("Sin agentes", ValueKind.WHOLE, "La cola se quedó sin agentes mientras esperaba."),
    Outcome.WITHDRAWN: Metric("Retirada", ValueKind.WHOLE, "Se la sacó de la cola: redirigida o cortada."),
    Outcome.INTERRUPTED: Metric("Interrumpida", ValueKind.WHOLE, "La central se detuvo mientras esperaba."),
    Outcome.FULL: Metric("Cola llena", ValueKind.WHOLE, "Rechazada: ya esperaban tantos como la cola admite."),
    Outcome.JOIN_REFUSED: Metric("No admitida", ValueKind.WHOLE, "Rechazada: la cola no tenía agentes."),
}
_WAITS = (m.MEAN_WAIT, m.LONGEST_WAIT)
MEAN_ENTERED = Metric(
    "Posición media al entrar",
    ValueKind.DECIMAL,
    "Media de los lugares en la cola al entrar (1 es la siguiente), de las abandonadas que lo tienen.",
    "Pos. entrada",
)
MEAN_LEFT = Metric(
    "Posición media al salir",
    ValueKind.DECIMAL,
    "Media de los lugares en la cola al terminar la espera (1 es la siguiente), de las abandonadas que lo tienen.",
    "Pos. salida",
)
_POSITIONS = (MEAN_ENTERED, MEAN_LEFT)
FIGURES = (
    *(UNANSWERED, SHARE, m.ABANDONED, m.REFUSED, m.RECEIVED, m.ABANDONED_PERCENT),
    *(*_WAITS, *_POSITIONS, *CAUSES.values()),
)
RULE = "Abandonada: entró a la cola y ningún agente contestó, haya terminado la espera como haya terminado"


def unanswered_document(report: UnansweredReport, asked: Asked, scene: Scene, names: Names) -> ReportDocument:
    """The document of these figures."""
    tables = (_by_cause(report), _by_queue(report, names), _by_position(report))
    body: list[Table | Chart | None] = [*_charts(report), *tables]
    notes = [*([] if report.total.number else [NO_CALLS]), *_notes(report)]
    return framed(TITLE, asked, scene, RULE, _key_figures(report), body, notes)


def _key_figures(report: UnansweredReport) -> Iterator[KeyFigure]:
    total = report.total
    yield m.ABANDONED.figure(total.abandoned)
    yield m.ABANDONED_PERCENT.figure(share(total.abandoned, report.received), f"de {report.received} recibidas")
    yield m.REFUSED.figure(total.refused)
    yield m.MEAN_WAIT.figure(mean(total.wait_us, total.abandoned), "de las abandonadas")
    yield m.LONGEST_WAIT.figure(length(total.longest_wait_us) if total.abandoned else None)
    yield MEAN_ENTERED.figure(total.entered.mean, "de las abandonadas")
    yield MEAN_LEFT.figure(total.left.mean, "de las abandonadas")


def _by_cause(report: UnansweredReport) -> Table:
    total = report.total
    rows = [
        (OUTCOMES[cause], each.number, share(each.number, total.number), *_waits(each), *_positions(each))
        for cause, each in report.causes.items()
    ]
    of = (Column("Causa"), *columns(UNANSWERED, SHARE, *_WAITS, *_POSITIONS))
    totals = ("Total", total.number, share(total.number, total.number), *_waits(total), *_positions(total))
    return Table("Por causa", of, rows, totals if rows else None)


def _waits(each: Unanswered) -> Row:
    return (mean(each.wait_us, each.abandoned), length(each.longest_wait_us) if each.abandoned else None)


def _positions(each: Unanswered) -> Row:
    return (each.entered.mean, each.left.mean)


def _by_queue(report: UnansweredReport, names: Names) -> Table:
    rows = [(names.queue(name), *_of_queue(each, report.answered.get(name, 0))) for name, each in report.queues.items()]
    figures = (m.RECEIVED, m.ABANDONED, m.ABANDONED_PERCENT, m.REFUSED, *_WAITS, *_POSITIONS, *CAUSES.values())
    totals = ("Total", *_of_queue(report.total, sum(report.answered.values())))
    return Table("Por cola", (QUEUE, *columns(*figures)), rows, totals if rows else None)


def _of_queue(each: Unanswered, answered: int) -> Row:
    received = answered + each.abandoned
    shares = (received, each.abandoned, share(each.abandoned, received), each.refused)
    return (*shares, *_waits(each), *_positions(each), *(each.causes[cause] for cause in CAUSES))


def _by_position(report: UnansweredReport) -> Table | None:
    """Left out where nobody has a position: of records from before it was kept."""
    if not report.total.entered.number:
        return None
    rows = [(name, *_of_position(each)) for name, each in zip(BANDS, report.bands, strict=True)]
    if report.unplaced.abandoned:
        rows.append((NO_DATA, *_of_position(report.unplaced)))
    of = (Column("Posición al entrar"), *columns(m.ABANDONED, m.MEAN_WAIT, MEAN_LEFT))
    return Table("Abandonadas por posición al entrar", of, rows, ("Total", *_of_position(report.total)))


def _of_position(each: Unanswered) -> Row:
    return (each.abandoned, mean(each.wait_us, each.abandoned), each.left.mean)


def _charts(report: UnansweredReport) -> Iterator[Chart]:
    if report.causes:
        labels = tuple(OUTCOMES[cause] for cause in report.causes)
        numbers = Series(UNANSWERED.heading, tuple(each.number for each in report.causes.values()))
        yield Chart("No atendidas por causa", ChartForm.BARS, ValueKind.WHOLE, labels, (numbers,))
    if report.total.entered.number:
        abandoned = Series(m.ABANDONED.heading, tuple(each.abandoned for each in report.bands))
        yield Chart("Abandonadas por posición al entrar", ChartForm.BARS, ValueKind.WHOLE, BANDS, (abandoned,))


def _notes(report: UnansweredReport) -> Iterator[str]:
    yield "Llamadas de clientes: sin las internas ni las que hizo el centro. Las que todavía esperan no están."
    yield "Las esperas son de las abandonadas; una rechazada no espera."
    yield "Posición 1 es la siguiente de la cola; al salir es mayor que al entrar donde otras entraron con prioridad."
    if unplaced := report.unplaced.abandoned:
        yield f"Abandonadas sin posición al entrar en los datos: {whole(unplaced)}; no están en su media."
