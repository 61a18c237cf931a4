"""The month for the ATT as one of the catalogue."""

from sqlalchemy import Connection

from reports.att.closing import note_file
from reports.att.making import document_of, month_now
from reports.att.words import METRICS
from reports.kinds.asked import Asked, Scene
from reports.kinds.kind import ReportGroup, ReportKind, ReportPeriod
from reports.periods.month import Month
from reports.render.document import ReportDocument


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The month, closed or as it is, with every call. Raises LookupError where no rule was in force then."""
    month = Month(asked.first_day.year, asked.first_day.month)
    return document_of(
        month_now(connection, scene.centre, month, look_for_changes=False), scene.centre, scene.made, connection
    )


KIND = ReportKind(
    name="att",
    title="Informe mensual para la ATT",
    about="El nivel de servicio del mes, por línea y en total, con lo que se cuenta aparte y el detalle de cada llamada"
    " (GC-PRC-OPE-ASE-02).",
    group=ReportGroup.INDICATORS,
    make=make,
    period=ReportPeriod.MONTH,
    personal=True,
    metrics=METRICS,
    note_file=note_file,
)
