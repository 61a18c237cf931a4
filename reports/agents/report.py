"""`agentes`: the report on agents in the catalogue."""

from sqlalchemy import Connection

from reports.agents.document import FIGURES, TITLE, agents_document
from reports.agents.queries import read_agents
from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.measures.dimensions import dimensions
from reports.measures.metric import meanings
from reports.reading.people import names
from reports.render.document import ReportDocument


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of the days that were asked for."""
    return agents_document(read_agents(connection, asked, scene), asked, scene, names(connection, scene))


METRICS = {**meanings(*FIGURES), **dimensions("Agente", "Motivo", "Día", "Ingreso", "Salida")}
KIND = ReportKind(
    "agentes",
    TITLE,
    "Sesiones, pausas, ocupación, conversaciones y llamadas sin contestar, por agente y día",
    ReportGroup.AGENTS,
    make,
    frozenset({Filter.AGENT}),
    metrics=METRICS,
)
