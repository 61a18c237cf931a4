"""The report on satisfaction as one of the catalogue."""

from sqlalchemy import Connection

from reports.kinds.asked import Asked, Scene
from reports.kinds.days import half_year_of
from reports.kinds.kind import ReportGroup, ReportKind, ReportPeriod
from reports.render.document import ReportDocument
from reports.satisfaction.document import METRICS, satisfaction_document
from reports.satisfaction.queries import satisfaction_report_in


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The survey's answers of the half-year. Raises LookupError where no rule was in force then."""
    half_year = half_year_of(asked.first_day)
    return satisfaction_document(satisfaction_report_in(connection, scene.centre, half_year), scene.centre, scene.made)


KIND = ReportKind(
    name="satisfaccion",
    title="Satisfacción por encuesta",
    about="Cuántos de los clientes que respondieron la encuesta quedaron satisfechos, por pregunta, cola y agente"
    " (COM-DSC-P01).",
    group=ReportGroup.INDICATORS,
    make=make,
    period=ReportPeriod.HALF_YEAR,
    metrics=METRICS,
)
