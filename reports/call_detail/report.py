"""`llamadas`: the call detail in the catalogue."""

from sqlalchemy import Connection

from reports.call_detail.document import FIGURES, TITLE, call_detail_document
from reports.call_detail.queries import read_call_detail
from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.measures.dimensions import dimensions
from reports.measures.metric import meanings
from reports.reading.people import names
from reports.render.document import ReportDocument


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of the days that were asked for."""
    return call_detail_document(read_call_detail(connection, asked, scene), asked, scene, names(connection, scene))


METRICS = {
    **meanings(*FIGURES),
    **dimensions("Resultado", "Llegada", "Línea", "Teléfono", "Cola", "Posición al entrar", "Agente"),
    **dimensions("Cortó", "Transferida a", "Grabación"),
}
KIND = ReportKind(
    "llamadas",
    TITLE,
    "Cada llamada con su línea, teléfono, colas, posición, espera, agente, conversación, resultado y grabación",
    ReportGroup.CALLS,
    make,
    frozenset(Filter),
    personal=True,
    metrics=METRICS,
)
