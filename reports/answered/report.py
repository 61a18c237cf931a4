"""`atendidas`: the report on answered calls in the catalogue."""

from sqlalchemy import Connection

from reports.answered.document import FIGURES, TITLE, answered_document
from reports.answered.queries import read_answered
from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.measures.dimensions import dimensions
from reports.measures.level_rules import level_rules
from reports.measures.metric import meanings
from reports.reading.people import names
from reports.render.document import ReportDocument


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of the days that were asked for."""
    rules = level_rules(scene.centre, asked)
    report = read_answered(connection, asked, scene, rules)
    return answered_document(report, asked, scene, names(connection, scene), rules)


METRICS = {**meanings(*FIGURES), **dimensions("Cola", "Agente", "Tramo de espera", "Destino")}
KIND = ReportKind(
    "atendidas",
    TITLE,
    "Esperas, conversaciones, quién cortó y transferencias, por cola y por agente",
    ReportGroup.CALLS,
    make,
    frozenset(Filter),
    metrics=METRICS,
)
