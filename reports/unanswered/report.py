"""`no-atendidas`: the report on unanswered calls in the catalogue."""

from sqlalchemy import Connection

from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.measures.dimensions import dimensions
from reports.measures.metric import meanings
from reports.reading.people import names
from reports.render.document import ReportDocument
from reports.unanswered.document import FIGURES, TITLE, unanswered_document
from reports.unanswered.queries import read_unanswered


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of the days that were asked for."""
    return unanswered_document(read_unanswered(connection, asked, scene), asked, scene, names(connection, scene))


METRICS = {**meanings(*FIGURES), **dimensions("Causa", "Cola", "Posición al entrar")}
KIND = ReportKind(
    "no-atendidas",
    TITLE,
    "Abandonadas y rechazadas por causa, por cola y por posición, con sus esperas",
    ReportGroup.CALLS,
    make,
    frozenset({Filter.LINE, Filter.QUEUE}),
    metrics=METRICS,
)
