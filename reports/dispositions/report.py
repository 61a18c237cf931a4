"""`resultados`: the report in the catalogue."""

from sqlalchemy import Connection

from reports.dispositions.document import FIGURES, TITLE, dispositions_document
from reports.dispositions.queries import read_dispositions
from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.measures.dimensions import dimensions
from reports.measures.metric import meanings
from reports.reading.people import names
from reports.render.document import ReportDocument


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of the days that were asked for."""
    return dispositions_document(read_dispositions(connection, asked, scene), asked, scene, names(connection, scene))


METRICS = {**meanings(*FIGURES), **dimensions("Resultado", "Cola", "Agente")}
KIND = ReportKind(
    "resultados",
    TITLE,
    "Resultados que los agentes anotaron a sus contactos, por cola y por agente",
    ReportGroup.AGENTS,
    make,
    frozenset(Filter),
    metrics=METRICS,
)
