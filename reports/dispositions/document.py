"""The report on dispositions as people read it. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from reports.dispositions.figures import DispositionsReport
from reports.kinds.asked import Asked, Scene
from reports.measures import metrics as m
from reports.measures.frame import AGENT, NO_CALLS, QUEUE, Names, framed
from reports.measures.lengths import share
from reports.measures.metric import Metric, columns
from reports.render.document import Chart, ChartForm, Column, KeyFigure, ReportDocument, Row, Series, Table, ValueKind

TITLE = "Resultados de los contactos"
RULE = "Llamadas atendidas en estos días, con el resultado que anotó el agente"
CONTACTS = Metric("Contactos", ValueKind.WHOLE, "Conversaciones a las que se anotó ese resultado.")
SHARE = Metric("% de los contactos", ValueKind.PERCENT, "Su parte de las llamadas atendidas.", "%")
GIVEN = Metric("Con resultado", ValueKind.WHOLE, "Llamadas atendidas con un resultado anotado.")
GIVEN_PERCENT = Metric("% con resultado", ValueKind.PERCENT, "Con resultado sobre las atendidas, por cien.")
FIGURES = (m.ANSWERED, GIVEN, GIVEN_PERCENT, CONTACTS, SHARE)
NOT_GIVEN = "sin resultado"


def dispositions_document(report: DispositionsReport, asked: Asked, scene: Scene, names: Names) -> ReportDocument:
    """The document of these figures."""
    titles = {each.code: each.title for each in scene.centre.dispositions}
    body: list[Table | Chart | None] = [
        *_charts(report, titles),
        _results("Por resultado", report, titles),
        _table("Por cola", QUEUE, report.queues, names.queue, titles),
        _table("Por agente", AGENT, report.members, names.agent, titles),
    ]
    notes = [] if report.total.total() else [NO_CALLS]
    return framed(TITLE, asked, scene, RULE, _key_figures(report), body, notes)


def _key_figures(report: DispositionsReport) -> Iterator[KeyFigure]:
    yield m.ANSWERED.figure(report.total.total())
    yield GIVEN.figure(report.given)
    yield GIVEN_PERCENT.figure(share(report.given, report.total.total()))


def _title(code: str, titles: Mapping[str, str]) -> str:
    """One that is no longer in the centre file by its code."""
    return titles.get(code, code) or NOT_GIVEN


def _results(title: str, report: DispositionsReport, titles: Mapping[str, str]) -> Table:
    rows = list(_shares(report.total, titles))
    return Table(title, (Column("Resultado"), *columns(CONTACTS, SHARE)), rows)


def _shares(codes: Counter[str], titles: Mapping[str, str]) -> Iterator[Row]:
    """The most frequent first."""
    for code, number in sorted(codes.items(), key=lambda each: (-each[1], each[0])):
        yield (_title(code, titles), number, share(number, codes.total()))


def _table(
    title: str,
    of: Column,
    groups: Mapping[str, Counter[str]],
    called: Callable[[str], str],
    titles: Mapping[str, str],
) -> Table:
    rows = [(called(name), *row) for name, codes in groups.items() for row in _shares(codes, titles)]
    return Table(title, (of, Column("Resultado"), *columns(CONTACTS, SHARE)), rows)


def _charts(report: DispositionsReport, titles: Mapping[str, str]) -> Iterator[Chart]:
    if report.total:
        found = sorted(report.total.items(), key=lambda each: (-each[1], each[0]))
        labels = tuple(_title(code, titles) for code, _ in found)
        series = (Series(CONTACTS.heading, tuple(number for _, number in found)),)
        yield Chart(TITLE, ChartForm.BARS, ValueKind.WHOLE, labels, series)
