"""`por-devolver`: the report in the catalogue."""

from sqlalchemy import Connection

from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.measures.dimensions import dimensions
from reports.measures.metric import meanings
from reports.reading.people import names
from reports.recall.document import FIGURES, TITLE, recall_document
from reports.recall.queries import read_recall
from reports.render.document import ReportDocument


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of the days that were asked for."""
    return recall_document(read_recall(connection, asked, scene), asked, scene, names(connection, scene))


METRICS = {
    **meanings(*FIGURES),
    **dimensions("Cola", "Llamada", "Teléfono", "Resultado", "Estado", "Agente", "Nota", "Cuándo"),
}
KIND = ReportKind(
    "por-devolver",
    TITLE,
    "Clientes que nadie atendió y si se los llamó de vuelta",
    ReportGroup.CALLERS,
    make,
    frozenset({Filter.LINE, Filter.QUEUE}),
    personal=True,
    metrics=METRICS,
)
