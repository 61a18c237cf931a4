"""`indicadores`: the indicators of the procedures in the catalogue."""

from sqlalchemy import Connection

from reports.indicators.document import FIGURES, TITLE, indicators_document
from reports.indicators.queries import half_year, read_indicators
from reports.kinds.asked import Asked, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.measures.dimensions import dimensions
from reports.measures.metric import meanings
from reports.render.document import ReportDocument


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of the days that were asked for."""
    return indicators_document(read_indicators(connection, asked, scene), asked, scene, half_year(asked))


METRICS = {
    **meanings(*FIGURES),
    **dimensions("Indicador", "Procedimiento", "Fórmula", "Período", "Meta", "Resultado", "Por qué"),
}
KIND = ReportKind(
    "indicadores",
    TITLE,
    "Valor, fórmula, meta y resultado de cada indicador de los procedimientos",
    ReportGroup.INDICATORS,
    make,
    metrics=METRICS,
)
