"""The recall list of some days as people read it. Pure."""

from collections import Counter
from collections.abc import Iterator

from callcenter.call_words import OUTCOMES
from callcenter.instants import as_datetime
from callcenter.spanish import whole
from reports.kinds.asked import Asked, Scene
from reports.measures import metrics as m
from reports.measures.frame import AGENT, QUEUE, Names, framed, telephone
from reports.measures.lengths import length, mean, share
from reports.measures.metric import Metric, columns
from reports.recall.figures import Fate, LostCall, RecallReport, recovered
from reports.render.document import Chart, ChartForm, Column, KeyFigure, ReportDocument, Row, Series, Table, ValueKind

TITLE = "Llamadas por devolver"
RULE = (
    "Clientes que nadie atendió; uno deja la lista si lo ubican, si pidió devolución o si llamó de nuevo"
    " y fue atendido hasta 48 h después de estos días"
)
_WHOLE = ValueKind.WHOLE
LOST = Metric("Perdidas", _WHOLE, "Llamadas que nadie atendió: abandonadas, sin agentes, con la cola llena o cortadas.")
RECOVERED = Metric("Recuperadas", _WHOLE, "El cliente fue ubicado, pidió devolución o llamó de nuevo y fue atendido.")
RECOVERED_PERCENT = Metric("% recuperadas", ValueKind.PERCENT, "Recuperadas sobre las perdidas con número, por cien.")
UNTIL_REACHED = Metric("Tiempo medio hasta ubicar", ValueKind.DURATION, "De la llamada perdida a la llamada de vuelta.")
FATES = {
    Fate.OPEN: Metric("Pendientes", _WHOLE, "Nadie hizo nada todavía."),
    Fate.TAKEN: Metric("Tomadas", _WHOLE, "Un agente la tomó y no dijo todavía qué fue de ella."),
    Fate.REACHED: Metric("Ubicados", _WHOLE, "Un agente llamó al cliente y habló con él."),
    Fate.NOT_REACHED: Metric("No ubicados", _WHOLE, "Un agente llamó y el cliente no contestó."),
    Fate.DISCARDED: Metric("Descartadas", _WHOLE, "Un agente la descartó."),
    Fate.CALLBACK: Metric("Pidió devolución", _WHOLE, "El cliente pidió que lo llamen: lo hace el servicio."),
    Fate.SERVED_LATER: Metric("Atendido después", _WHOLE, "El cliente llamó de nuevo y fue atendido, o está en curso."),
    Fate.WITHHELD: Metric("Sin número", _WHOLE, "Con el número oculto: no se puede devolver."),
}
FIGURES = (LOST, RECOVERED, RECOVERED_PERCENT, *FATES.values(), UNTIL_REACHED, m.WAIT)
COLUMNS = (
    *(Column("Llamada", ValueKind.MOMENT), QUEUE, Column("Teléfono"), Column("Resultado"), m.WAIT.column),
    *(Column("Estado"), AGENT, Column("Nota"), Column("Cuándo", ValueKind.MOMENT)),
)


def recall_document(report: RecallReport, asked: Asked, scene: Scene, names: Names) -> ReportDocument:
    """The document of these figures."""
    rows = [(names.queue(name), *_figures(fates)) for name, fates in report.queues.items()]
    totals = ("Total", *_figures(report.total)) if rows else None
    shown = columns(LOST, RECOVERED, RECOVERED_PERCENT, *FATES.values())
    listed = [_row(call, scene, names) for call in report.listed]
    body: list[Table | Chart | None] = [
        *_charts(report),
        Table("Por cola", (QUEUE, *shown), rows, totals),
        Table(TITLE, COLUMNS, listed, to_work_on=True),
    ]
    return framed(TITLE, asked, scene, RULE, _key_figures(report), body, _notes(report))


def _key_figures(report: RecallReport) -> Iterator[KeyFigure]:
    lost, reached = report.total, report.total[Fate.REACHED]
    yield LOST.figure(report.lost)
    yield RECOVERED.figure(recovered(lost))
    yield RECOVERED_PERCENT.figure(share(recovered(lost), report.lost - lost[Fate.WITHHELD]))
    yield FATES[Fate.OPEN].figure(lost[Fate.OPEN])
    yield UNTIL_REACHED.figure(mean(report.until_reached_us, reached))


def _figures(fates: Counter[Fate]) -> Row:
    lost, back = fates.total(), recovered(fates)
    return (lost, back, share(back, lost - fates[Fate.WITHHELD]), *(fates[fate] for fate in FATES))


def _row(call: LostCall, scene: Scene, names: Names) -> Row:
    return (
        as_datetime(call.entered_us, scene.zone),
        names.queue(call.queue),
        telephone(call.caller, scene),
        OUTCOMES[call.outcome],
        length(call.wait_us),
        FATES[call.fate].heading,
        names.agent(call.owner) if call.owner else "",
        call.note,
        None if call.changed_us is None else as_datetime(call.changed_us, scene.zone),
    )


def _charts(report: RecallReport) -> Iterator[Chart]:
    if report.lost:
        found = [(metric.heading, report.total[fate]) for fate, metric in FATES.items() if report.total[fate]]
        labels, numbers = zip(*found, strict=True)
        series = (Series(LOST.heading, numbers),)
        yield Chart("Qué fue de las llamadas perdidas", ChartForm.BARS, ValueKind.WHOLE, labels, series)


def _notes(report: RecallReport) -> Iterator[str]:
    if not report.lost:
        yield "Sin llamadas perdidas en estos días."
    if report.lost > len(report.listed):
        yield f"La lista tiene las primeras {whole(len(report.listed))} de {whole(report.lost)}: pida menos días."
    yield "Cada llamada perdida tiene una fila: un cliente que llamó tres veces está tres veces."
