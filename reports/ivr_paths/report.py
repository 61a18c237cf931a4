"""The report on the menus as one of the catalogue."""

from sqlalchemy import Connection

from reports.ivr_paths.document import METRICS, ivr_document
from reports.ivr_paths.queries import ivr_report_in
from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.render.document import ReportDocument


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """What callers of these lines did in the menus in these days."""
    return ivr_document(ivr_report_in(connection, scene.centre, asked), asked, scene)


KIND = ReportKind(
    name="menus",
    title="Recorrido por los menús",
    about="Qué teclas marcaron quienes llamaron, qué autoservicios usaron, dónde colgaron y a cuántos no les hizo falta"
    " un agente.",
    group=ReportGroup.SELF_SERVICE,
    make=make,
    filters=frozenset({Filter.LINE}),
    metrics=METRICS,
)
