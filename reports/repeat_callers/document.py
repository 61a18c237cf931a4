"""The report on repeat callers as people read it. Pure."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from callcenter.spanish import whole
from reports.kinds.asked import Asked, Scene
from reports.measures import metrics as m
from reports.measures.frame import LINE, NO_CALLS, Names, framed
from reports.measures.lengths import share
from reports.measures.metric import Metric, columns
from reports.render.document import Chart, ChartForm, KeyFigure, ReportDocument, Row, Series, Table, ValueKind
from reports.repeat_callers.figures import AFTER_HOURS, LineRepeats, RepeatReport

TITLE = "Llamadas repetidas"
FIRST_CALL = Metric(
    "Resolución en la primera llamada",
    ValueKind.PERCENT,
    "Atendidas con número conocido que no volvieron a llamar a la misma línea dentro del plazo, sobre las atendidas"
    " con número conocido cuyo plazo venció o que volvieron a llamar, por cien.",
    "Resolución",
)
RESOLVED = Metric("Sin repetir", ValueKind.WHOLE, "Atendidas cuyo número no volvió a llamar a la línea en el plazo.")
REPEATED = Metric("Repetidas", ValueKind.WHOLE, "Atendidas cuyo número volvió a llamar a la línea dentro del plazo.")
UNDECIDED = Metric("Plazo abierto", ValueKind.WHOLE, "Atendidas sin repetir cuyo plazo no venció: no están en el %.")
WITHHELD = Metric("Número oculto", ValueKind.WHOLE, "Atendidas sin número: no se sabe si volvieron a llamar.")
BETWEEN = tuple(
    Metric(f"A las {since}-{until} h", ValueKind.WHOLE, f"Volvieron a llamar más de {since} y hasta {until} h después.")
    for since, until in pairwise((0, *AFTER_HOURS))
)
FIGURES = (m.ANSWERED, RESOLVED, REPEATED, FIRST_CALL, *BETWEEN, UNDECIDED, WITHHELD)


def repeat_document(
    report: RepeatReport, asked: Asked, scene: Scene, names: Names, window: timedelta
) -> ReportDocument:
    """The document of these figures."""
    rows = [(names.line(line), *_figures(each)) for line, each in report.lines.items()]
    totals = ("Total", *_figures(report.total)) if rows else None
    body: list[Table | Chart | None] = [
        *_charts(report, names),
        Table("Por línea", (LINE, *columns(*FIGURES)), rows, totals),
    ]
    notes = [*([] if report.total.answered else [NO_CALLS]), *_notes()]
    return framed(TITLE, asked, scene, _rule(window), _key_figures(report.total), body, notes)


def _rule(window: timedelta) -> str:
    hours = window // timedelta(hours=1)
    return (
        f"Plazo: {hours} h desde el fin de la llamada, el límite incluido; misma línea y mismo número,"
        " haya sido atendida o no la segunda"
    )


def _key_figures(total: LineRepeats) -> Iterator[KeyFigure]:
    yield FIRST_CALL.figure(share(total.resolved, total.decided), f"de {whole(total.decided)} llamadas")
    yield REPEATED.figure(total.times_repeated)
    yield m.ANSWERED.figure(total.answered)
    yield WITHHELD.figure(total.withheld)


def _figures(each: LineRepeats) -> Row:
    return (
        *(each.answered, each.resolved, each.times_repeated, share(each.resolved, each.decided), *each.repeated),
        *(each.undecided, each.withheld),
    )


def _charts(report: RepeatReport, names: Names) -> Iterator[Chart]:
    if report.total.decided:
        labels = tuple(map(names.line, report.lines))
        shares = tuple(share(each.resolved, each.decided) for each in report.lines.values())
        resolution = Series(FIRST_CALL.heading, shares)
        yield Chart("Resolución por línea", ChartForm.BARS, ValueKind.PERCENT, labels, (resolution,))


def _notes() -> Iterator[str]:
    yield "Se leen también las llamadas posteriores a estos días, hasta el fin de cada plazo."
    yield "Un número es un teléfono, no una persona ni un asunto: quien llama por otra cosa cuenta como repetida."
