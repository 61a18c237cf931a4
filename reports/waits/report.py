"""`esperas`: the waits in the catalogue."""

from sqlalchemy import Connection

from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.measures.dimensions import dimensions
from reports.measures.metric import meanings
from reports.reading.people import names
from reports.render.document import ReportDocument
from reports.waits.document import FIGURES, TITLE, waits_document
from reports.waits.queries import read_waits


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of the days that were asked for."""
    return waits_document(read_waits(connection, asked, scene), asked, scene, names(connection, scene))


METRICS = {**meanings(*FIGURES), **dimensions("Tramo de espera")}
KIND = ReportKind(
    "esperas",
    TITLE,
    "Cuántos esperaron cuánto, atendidos y abandonados por separado, por cola y en total",
    ReportGroup.CALLS,
    make,
    frozenset({Filter.LINE, Filter.QUEUE}),
    metrics=METRICS,
)
