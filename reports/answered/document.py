"""The report on answered calls as people read it. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from callcenter.calls import EndedBy
from reports.answered.figures import BORDERS_SECONDS, AnsweredCalls, AnsweredReport
from reports.kinds.asked import Asked, Scene
from reports.measures import metrics as m
from reports.measures.frame import AGENT, NO_CALLS, QUEUE, Names, framed
from reports.measures.lengths import length, mean, share
from reports.measures.level_rules import LevelRules
from reports.measures.metric import Metric, columns
from reports.render.document import Chart, ChartForm, Column, KeyFigure, ReportDocument, Row, Series, Table, ValueKind

TITLE = "Llamadas atendidas"
SHARE = Metric("% de las atendidas", ValueKind.PERCENT, "Su parte de todas las llamadas atendidas.", "%")
TRANSFER_TARGET = Column("Destino")
FIGURES = (
    *(m.ANSWERED, SHARE, m.WITHIN, m.MEAN_WAIT, m.MEDIAN_WAIT, m.WAIT_90, m.LONGEST_WAIT),
    *(m.TALK, m.MEAN_TALK, m.LONGEST_TALK, m.BY_CALLER, m.BY_AGENT, m.TRANSFERRED, m.BY_UNKNOWN),
)
_Called = Callable[[str], str]


def answered_document(
    report: AnsweredReport, asked: Asked, scene: Scene, names: Names, rules: LevelRules
) -> ReportDocument:
    """The document of these figures."""
    total = report.total
    body = [
        *_charts(report, names),
        _table("Por cola", QUEUE, report.queues, total, names.queue),
        _table("Por agente", AGENT, report.members, total, names.agent),
        _within_borders(total),
        _transfers(report, names),
    ]
    notes = [*([] if total.number else [NO_CALLS]), *_notes()]
    return framed(TITLE, asked, scene, rules.in_words(), _key_figures(total), body, notes)


def _key_figures(total: AnsweredCalls) -> Iterator[KeyFigure]:
    yield m.ANSWERED.figure(total.number)
    yield m.MEAN_WAIT.figure(mean(total.wait_us, total.number))
    yield m.MEDIAN_WAIT.figure(length(total.middle.median_us) if total.middle else None)
    yield m.WAIT_90.figure(length(total.middle.percentile_90_us) if total.middle else None)
    yield m.LONGEST_WAIT.figure(length(total.longest_wait_us) if total.number else None)
    yield m.MEAN_TALK.figure(mean(total.talk_us, total.number))
    yield m.TRANSFERRED.figure(total.ended_by[EndedBy.TRANSFER])


def _table(title: str, of: Column, sums: Mapping[str, AnsweredCalls], total: AnsweredCalls, called: _Called) -> Table:
    rows = [(called(name), *_figures(each, total)) for name, each in sums.items()]
    return Table(title, (of, *columns(*FIGURES)), rows, ("Total", *_figures(total, total)) if rows else None)


def _figures(each: AnsweredCalls, total: AnsweredCalls) -> Row:
    return (
        *(each.number, share(each.number, total.number), each.within, mean(each.wait_us, each.number)),
        length(each.middle.median_us) if each.middle else None,
        length(each.middle.percentile_90_us) if each.middle else None,
        length(each.longest_wait_us),
        *(length(each.talk_us), mean(each.talk_us, each.number), length(each.longest_talk_us)),
        *(each.ended_by[EndedBy.CALLER], each.ended_by[EndedBy.AGENT], each.ended_by[EndedBy.TRANSFER]),
        each.ended_by[EndedBy.UNKNOWN],
    )


def _within_borders(total: AnsweredCalls) -> Table:
    rows = [
        (f"Hasta {border} s", number, share(number, total.number))
        for border, number in zip(BORDERS_SECONDS, total.within_borders, strict=True)
    ]
    shown = (("Todas", total.number, share(total.number, total.number)),) if total.number else ()
    of = (Column("Tramo de espera"), m.ANSWERED.column, SHARE.column)
    return Table("Atendidas por tiempo de espera, acumulado", of, [*rows, *shown])


def _transfers(report: AnsweredReport, names: Names) -> Table | None:
    rows = [(names.queue(each.queue), each.destination or "sin dato", each.number) for each in report.transfers]
    return Table("Transferencias por destino", (QUEUE, TRANSFER_TARGET, m.TRANSFERRED.column), rows) if rows else None


def _charts(report: AnsweredReport, names: Names) -> Iterator[Chart]:
    total = report.total
    if not total.number:
        return
    labels = tuple(map(names.queue, report.queues))
    answered = Series(m.ANSWERED.heading, tuple(each.number for each in report.queues.values()))
    yield Chart("Atendidas por cola", ChartForm.BARS, ValueKind.WHOLE, labels, (answered,))
    borders = tuple(f"{border} s" for border in BORDERS_SECONDS)
    reached = Series("Atendidas hasta", tuple(share(number, total.number) for number in total.within_borders))
    yield Chart("Atendidas por tiempo de espera, acumulado", ChartForm.BARS, ValueKind.PERCENT, borders, (reached,))
    waits = Series(m.MEAN_WAIT.heading, tuple(_mean_wait(each) for each in report.queues.values()))
    yield Chart("Espera media por cola", ChartForm.BARS, ValueKind.DURATION, labels, (waits,))


def _mean_wait(each: AnsweredCalls) -> timedelta | None:
    return mean(each.wait_us, each.number)


def _notes() -> Iterator[str]:
    yield "Llamadas de clientes: sin las internas ni las que hizo el centro. Cuenta el día en que entraron a la cola."
    yield "Una llamada que pasó por varias colas y fue atendida en más de una cuenta en cada una."
    yield "La espera va de la entrada a la cola a la contestación; un borde pertenece al tramo que termina en él."
