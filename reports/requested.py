"""A report as it was requested: limited, and where it was wanted beside that of the time before."""

from sqlalchemy import Connection

from reports.compared import compared, without_before
from reports.kinds.asked import Asked, Scene
from reports.kinds.kind import ReportKind
from reports.kinds.request import BadRequest, ReportRequest, asked_of
from reports.render.document import ReportDocument

NO_RULE = "en esos días no había una regla vigente con que calcularlo"


def document_of(connection: Connection, kind: ReportKind, request: ReportRequest, scene: Scene) -> ReportDocument:
    """The report. Raises BadRequest, for days without a rule too."""
    asked = asked_of(kind, request, scene.centre, scene.made.date())
    try:
        document = _made(connection, kind, asked, scene)
    except _NoRule as error:
        raise BadRequest(NO_RULE) from error
    return _compared(connection, kind, asked, document, scene) if request.compare else document


def _compared(
    connection: Connection, kind: ReportKind, asked: Asked, document: ReportDocument, scene: Scene
) -> ReportDocument:
    try:
        before = _made(connection, kind, asked.before(), scene)
    except _NoRule:
        return without_before(document, NO_RULE)
    return compared(document, before, is_over=asked.last_day < scene.made.date())


class _NoRule(Exception):
    """What a kind raises a LookupError for."""


def _made(connection: Connection, kind: ReportKind, asked: Asked, scene: Scene) -> ReportDocument:
    try:
        return kind.make(connection, asked, scene)
    except (KeyError, IndexError):
        raise  # they are LookupErrors too, and defects
    except LookupError as error:
        raise _NoRule from error
