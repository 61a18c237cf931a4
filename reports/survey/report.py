"""`encuestas`: the survey's answers in the catalogue."""

from sqlalchemy import Connection

from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.measures.dimensions import dimensions
from reports.measures.metric import meanings
from reports.periods.half_year import HalfYear
from reports.reading.people import names
from reports.render.document import ReportDocument
from reports.satisfaction.figures import rule_on, satisfaction_report
from reports.satisfaction.queries import answers_in
from reports.survey.document import FIGURES, TITLE, survey_document


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of the days that were asked for."""
    first = asked.first_day
    answers = [
        count
        for count in answers_in(connection, asked.period(scene.zone))
        if (not asked.queues or count.queue in asked.queues) and (not asked.agents or count.member in asked.agents)
    ]
    report = satisfaction_report(HalfYear(first.year, 1 if first.month <= 6 else 2), rule_on(first), answers)
    return survey_document(report, asked, scene, names(connection, scene))


METRICS = {**meanings(*FIGURES), **dimensions("Pregunta", "De")}
KIND = ReportKind(
    "encuestas",
    TITLE,
    "Respuestas a cada pregunta de la encuesta, en total, por cola y por agente",
    ReportGroup.CALLERS,
    make,
    frozenset({Filter.QUEUE, Filter.AGENT}),
    metrics=METRICS,
)
