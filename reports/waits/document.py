"""The waits as people read them. Pure."""

from collections import Counter
from collections.abc import Iterator

from reports.kinds.asked import Asked, Scene
from reports.measures import metrics as m
from reports.measures.frame import NO_CALLS, Names, framed
from reports.measures.lengths import share
from reports.measures.metric import Metric, columns
from reports.render.document import Chart, ChartForm, Column, KeyFigure, ReportDocument, Row, Series, Table, ValueKind
from reports.waits.figures import BINS, Waits, WaitsReport

TITLE = "Tiempos de espera"
RULE = "Un borde pertenece al tramo que termina en él: 20,000000 s está en 15-20 s; 20,000001 s, en 20-30 s"
OF_ANSWERED = Metric("% de las atendidas", ValueKind.PERCENT, "Su parte de todas las llamadas atendidas.", "%")
UP_TO = Metric(
    "% acumulado", ValueKind.PERCENT, "Parte de las atendidas que esperó hasta el final de este tramo.", "% acum."
)
OF_ABANDONED = Metric("% de las abandonadas", ValueKind.PERCENT, "Su parte de todas las abandonadas.", "%")
FIGURES = (m.ANSWERED, OF_ANSWERED, UP_TO, m.ABANDONED, OF_ABANDONED)


def waits_document(report: WaitsReport, asked: Asked, scene: Scene, names: Names) -> ReportDocument:
    """The document of these figures."""
    total = report.total
    queues = [_table(f"Cola {names.queue(name)}", waits) for name, waits in report.queues.items()]
    notes = ["Las llamadas que todavía esperan y las que la cola rechazó no están."]
    notes[:0] = [] if _number(total) else [NO_CALLS]
    body: list[Table | Chart | None] = [*_charts(total), _table("Todas las colas", total), *queues]
    return framed(TITLE, asked, scene, RULE, _key_figures(total), body, notes)


def _number(waits: Waits) -> int:
    return waits.answered.total() + waits.abandoned.total()


def _key_figures(total: Waits) -> Iterator[KeyFigure]:
    yield m.ANSWERED.figure(total.answered.total())
    yield m.ABANDONED.figure(total.abandoned.total())


def _table(title: str, waits: Waits) -> Table:
    rows = [(name, *_figures(waits, place)) for place, name in enumerate(BINS)]
    answered, abandoned = waits.answered.total(), waits.abandoned.total()
    totals = ("Total", answered, share(answered, answered), "", abandoned, share(abandoned, abandoned))
    return Table(title, (Column("Tramo de espera"), *columns(*FIGURES)), rows, totals)


def _figures(waits: Waits, place: int) -> Row:
    return (
        *(waits.answered[place], share(waits.answered[place], waits.answered.total())),
        share(_up_to(waits.answered, place), waits.answered.total()),
        *(waits.abandoned[place], share(waits.abandoned[place], waits.abandoned.total())),
    )


def _up_to(numbers: Counter[int], last: int) -> int:
    return sum(number for place, number in numbers.items() if place <= last)


def _charts(total: Waits) -> Iterator[Chart]:
    if _number(total):
        answered = Series(m.ANSWERED.heading, tuple(total.answered[place] for place in range(len(BINS))))
        abandoned = Series(m.ABANDONED.heading, tuple(total.abandoned[place] for place in range(len(BINS))))
        yield Chart("Llamadas por tiempo de espera", ChartForm.BARS, ValueKind.WHOLE, BINS, (answered, abandoned))
