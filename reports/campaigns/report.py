"""`campanas`: the campaigns of some days in the catalogue."""

from sqlalchemy import Connection

from reports.campaigns.document import FIGURES, TITLE, campaigns_document
from reports.campaigns.queries import read_campaigns
from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.measures.dimensions import dimensions
from reports.measures.metric import meanings
from reports.render.document import ReportDocument


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of the days that were asked for."""
    return campaigns_document(list(read_campaigns(connection, asked, scene)), asked, scene)


METRICS = {**meanings(*FIGURES), **dimensions("Campaña", "Desde", "Hasta")}
KIND = ReportKind(
    "campanas",
    TITLE,
    "Las campañas de estos días, una por fila: gestionados, contactados, pagos y abandono",
    ReportGroup.INDICATORS,
    make,
    frozenset({Filter.QUEUE}),
    metrics=METRICS,
)
