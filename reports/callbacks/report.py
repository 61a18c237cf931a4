"""`devoluciones`: the report in the catalogue."""

from sqlalchemy import Connection

from reports.callbacks.document import FIGURES, TITLE, callbacks_document
from reports.callbacks.queries import read_callbacks
from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.measures.dimensions import dimensions
from reports.measures.metric import meanings
from reports.reading.people import names
from reports.render.document import ReportDocument


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of the days that were asked for."""
    return callbacks_document(read_callbacks(connection, asked, scene), asked, scene, names(connection, scene))


METRICS = {**meanings(*FIGURES), **dimensions("Cola")}
KIND = ReportKind(
    "devoluciones",
    TITLE,
    "Pedidas, devueltas y sin respuesta, con el tiempo hasta devolver, por cola",
    ReportGroup.CALLERS,
    make,
    frozenset({Filter.LINE, Filter.QUEUE}),
    metrics=METRICS,
)
