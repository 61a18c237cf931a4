"""The report on callbacks as people read it. Pure."""

from collections.abc import Iterator

from callcenter.callbacks.rules import CallbackReason, CallbackState
from reports.callbacks.figures import Callbacks, CallbacksReport
from reports.kinds.asked import Asked, Scene
from reports.measures.frame import QUEUE, Names, framed
from reports.measures.lengths import length, mean, share
from reports.measures.metric import Metric, columns
from reports.render.document import Chart, ChartForm, KeyFigure, ReportDocument, Row, Series, Table, ValueKind

TITLE = "Devoluciones de llamada"
RULE = "Devoluciones pedidas en estos días, con lo que fue de ellas hasta ahora"
_WHOLE, _LENGTH = ValueKind.WHOLE, ValueKind.DURATION
ASKED = Metric("Pedidas", _WHOLE, "Devoluciones que los clientes pidieron.")
REASONS = {
    CallbackReason.KEY: Metric("Con la tecla", _WHOLE, "Pedidas con la tecla por un cliente que esperaba."),
    CallbackReason.FULL: Metric("Por cola llena", _WHOLE, "Pedidas porque la cola estaba llena."),
    CallbackReason.EMPTY: Metric("Por cola sin agentes", _WHOLE, "Pedidas porque la cola no tenía agentes."),
    CallbackReason.TIMEOUT: Metric("Por límite de espera", _WHOLE, "Pedidas al llegar al límite de espera."),
    CallbackReason.DISCONNECTED: Metric("Por corte", _WHOLE, "De clientes cuya llamada se cortó."),
}
DONE = Metric("Devueltas", _WHOLE, "El cliente contestó y volvió a su lugar en la cola.")
DONE_PERCENT = Metric("% devueltas", ValueKind.PERCENT, "Devueltas sobre las que ya terminaron, por cien.")
GIVEN_UP = Metric("Sin respuesta", _WHOLE, "Se dejó de intentar: el cliente no contestó o pasó el tiempo.")
CANCELLED = Metric("Anuladas", _WHOLE, "Ya no hacían falta, o se anularon.")
UNDER_WAY = Metric("Por hacer", _WHOLE, "Todavía sin terminar.")
MEAN_TIME = Metric("Tiempo medio hasta devolver", _LENGTH, "Del pedido a la llamada devuelta.", "Medio")
LONGEST_TIME = Metric("Tiempo máximo hasta devolver", _LENGTH, "El más largo del pedido a la devuelta.", "Máximo")
TRIES = Metric("Intentos", _WHOLE, "Llamadas hechas para devolver.")
FIGURES = (
    *(ASKED, *REASONS.values(), DONE, DONE_PERCENT, GIVEN_UP, CANCELLED, UNDER_WAY),
    *(MEAN_TIME, LONGEST_TIME, TRIES),
)


def callbacks_document(report: CallbacksReport, asked: Asked, scene: Scene, names: Names) -> ReportDocument:
    """The document of these figures."""
    rows = [(names.queue(name), *_figures(each)) for name, each in report.queues.items()]
    totals = ("Total", *_figures(report.total)) if rows else None
    body: list[Table | Chart | None] = [
        *_charts(report, names),
        Table("Por cola", (QUEUE, *columns(*FIGURES)), rows, totals),
    ]
    notes = [] if report.total.asked else ["Sin devoluciones pedidas en estos días."]
    return framed(TITLE, asked, scene, RULE, _key_figures(report.total), body, notes)


def _key_figures(total: Callbacks) -> Iterator[KeyFigure]:
    yield ASKED.figure(total.asked)
    yield DONE.figure(total.done)
    yield DONE_PERCENT.figure(share(total.done, total.ended))
    yield GIVEN_UP.figure(total.states[CallbackState.GIVEN_UP])
    yield UNDER_WAY.figure(total.under_way)
    yield MEAN_TIME.figure(mean(total.until_done_us, total.done))


def _figures(each: Callbacks) -> Row:
    return (
        *(each.asked, *(each.reasons[reason] for reason in REASONS)),
        *(each.done, share(each.done, each.ended)),
        *(each.states[CallbackState.GIVEN_UP], each.states[CallbackState.CANCELLED], each.under_way),
        *(mean(each.until_done_us, each.done), length(each.longest_us) if each.done else None, each.tries),
    )


def _charts(report: CallbacksReport, names: Names) -> Iterator[Chart]:
    if report.queues:
        labels = tuple(map(names.queue, report.queues))
        asked = Series(ASKED.heading, tuple(each.asked for each in report.queues.values()))
        done = Series(DONE.heading, tuple(each.done for each in report.queues.values()))
        yield Chart("Devoluciones por cola", ChartForm.BARS, ValueKind.WHOLE, labels, (asked, done))
