"""The report on recordings as people read it. Pure."""

from collections.abc import Iterator

from reports.kinds.asked import Asked, Scene
from reports.measures.frame import QUEUE, Names, framed
from reports.measures.metric import Metric, columns
from reports.recordings.figures import RecordingCounts, RecordingsReport
from reports.render.document import Chart, ChartForm, KeyFigure, ReportDocument, Row, Series, Table, ValueKind

TITLE = "Grabaciones"
RULE = "Grabaciones que empezaron en estos días, con lo que fue de ellas hasta ahora"
_WHOLE = ValueKind.WHOLE
RECORDINGS = Metric("Grabaciones", _WHOLE, "Grabaciones de conversaciones que empezaron.")
KEPT = Metric("Guardadas", _WHOLE, "Las que tienen sonido y se pueden escuchar.")
DELETED = Metric("Borradas", _WHOLE, "Borradas al vencer su plazo, o porque nadie habló.")
EMPTY = Metric("Sin sonido", _WHOLE, "Las que no tienen archivo.")
OPEN = Metric("En curso", _WHOLE, "De llamadas que no terminaron todavía.")
SIZE = Metric("Tamaño (KB)", _WHOLE, "Suma de los archivos guardados, en miles de bytes.")
PLAYED = Metric("Reproducciones", _WHOLE, "Veces que alguien empezó a escuchar, según la auditoría.")
HEARD = Metric("Escuchadas", _WHOLE, "Grabaciones que alguien escuchó al menos una vez.")
FIGURES = (RECORDINGS, KEPT, DELETED, EMPTY, OPEN, SIZE, PLAYED, HEARD)


def recordings_document(report: RecordingsReport, asked: Asked, scene: Scene, names: Names) -> ReportDocument:
    """The document of these figures."""
    rows = [(names.queue(name), *_figures(each)) for name, each in report.queues.items()]
    totals = ("Total", *_figures(report.total)) if rows else None
    body: list[Table | Chart | None] = [
        *_charts(report, names),
        Table("Por cola", (QUEUE, *columns(*FIGURES)), rows, totals),
    ]
    notes = [] if report.total.number else ["Sin grabaciones en estos días."]
    notes.append("Una reproducción cuenta en la cola en que se grabó; quien sigue escuchando no cuenta de nuevo.")
    return framed(TITLE, asked, scene, RULE, _key_figures(report.total), body, notes)


def _key_figures(total: RecordingCounts) -> Iterator[KeyFigure]:
    yield RECORDINGS.figure(total.number)
    yield KEPT.figure(total.kept)
    yield SIZE.figure(_kilobytes(total))
    yield DELETED.figure(total.deleted)
    yield HEARD.figure(total.heard)


def _kilobytes(each: RecordingCounts) -> int:
    return round(each.size / 1000)


def _figures(each: RecordingCounts) -> Row:
    kinds = (each.number, each.kept, each.deleted, each.empty, each.open)
    return (*kinds, _kilobytes(each), each.played, each.heard)


def _charts(report: RecordingsReport, names: Names) -> Iterator[Chart]:
    if report.queues:
        labels = tuple(map(names.queue, report.queues))
        numbers = Series(RECORDINGS.heading, tuple(each.number for each in report.queues.values()))
        yield Chart("Grabaciones por cola", ChartForm.BARS, _WHOLE, labels, (numbers,))
