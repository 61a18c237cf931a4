"""`grabaciones`: the report in the catalogue."""

from sqlalchemy import Connection

from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.measures.dimensions import dimensions
from reports.measures.metric import meanings
from reports.reading.people import names
from reports.recordings.document import FIGURES, TITLE, recordings_document
from reports.recordings.queries import read_recordings
from reports.render.document import ReportDocument


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of the days that were asked for."""
    return recordings_document(read_recordings(connection, asked, scene), asked, scene, names(connection, scene))


METRICS = {**meanings(*FIGURES), **dimensions("Cola")}
KIND = ReportKind(
    "grabaciones",
    TITLE,
    "Cuántas grabaciones hay, su tamaño, las borradas y las escuchadas, por cola",
    ReportGroup.CALLS,
    make,
    frozenset({Filter.QUEUE}),
    metrics=METRICS,
)
