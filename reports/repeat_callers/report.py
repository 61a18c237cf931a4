"""`repetidas`: the report on repeat callers in the catalogue."""

from sqlalchemy import Connection

from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.measures.dimensions import dimensions
from reports.measures.metric import meanings
from reports.reading.people import names
from reports.render.document import ReportDocument
from reports.repeat_callers.document import FIGURES, TITLE, repeat_document
from reports.repeat_callers.figures import WINDOW
from reports.repeat_callers.queries import read_repeats


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of the days that were asked for."""
    report = read_repeats(connection, asked, scene, WINDOW)
    return repeat_document(report, asked, scene, names(connection, scene), WINDOW)


METRICS = {**meanings(*FIGURES), **dimensions("Línea")}
KIND = ReportKind(
    "repetidas",
    TITLE,
    "Clientes atendidos que volvieron a llamar a la misma línea: resolución en la primera llamada",
    ReportGroup.CALLERS,
    make,
    frozenset({Filter.LINE}),
    metrics=METRICS,
)
