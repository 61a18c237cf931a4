"""`distribucion`: the distribution in time in the catalogue."""

from sqlalchemy import Connection

from reports.distribution.document import FIGURES, TITLE, distribution_document
from reports.distribution.figures import distribution
from reports.distribution.queries import read_hours
from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.measures.dimensions import dimensions
from reports.measures.level_rules import level_rules
from reports.measures.metric import meanings
from reports.render.document import ReportDocument


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of the days that were asked for."""
    rules = level_rules(scene.centre, asked)
    found = distribution(read_hours(connection, asked, scene, rules), asked.first_day, asked.last_day)
    return distribution_document(found, asked, scene, rules)


METRICS = {**meanings(*FIGURES), **dimensions("Hora", "Día de la semana", "Día", "Semana", "Mes")}
KIND = ReportKind(
    "distribucion",
    TITLE,
    "Atendidas, abandonadas, nivel de servicio y esperas por hora, día, semana y mes",
    ReportGroup.CALLS,
    make,
    frozenset({Filter.LINE, Filter.QUEUE}),
    metrics=METRICS,
)
