"""A month's report as it is now: the closed version that is in force, or what the records say. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from callcenter.centre.model import Centre
from callcenter.instants import as_datetime
from callcenter.spanish import date_time
from reports.att.call_list import every_call
from reports.att.closing import ClosedMonth, closed_month
from reports.att.document import AboutReport, att_document
from reports.att.figures import AttReport
from reports.att.frozen import fingerprint
from reports.att.queries import att_report_in
from reports.att.since_closed import differences_now
from reports.periods.month import Month
from reports.render.document import ReportDocument


@dataclass(frozen=True, slots=True)
class MonthNow:
    """A month: its report, and the closed version that it is of, if any.

    `changed`: what the records say otherwise since it was closed; nothing where that was not asked.
    """

    report: AttReport
    closed: ClosedMonth | None
    changed: tuple[str, ...] = ()

    @property
    def version(self) -> int:
        """0: not closed."""
        return self.closed.version if self.closed is not None else 0


def month_now(connection: Connection, centre: Centre, month: Month, *, look_for_changes: bool = True) -> MonthNow:
    """Raises LookupError where no rule was in force then and the month is not closed."""
    closed = closed_month(connection, month)
    if closed is None:
        return MonthNow(att_report_in(connection, centre, month), None)
    if not look_for_changes:
        return MonthNow(closed.report, closed)
    return MonthNow(closed.report, closed, tuple(differences_now(connection, centre, closed.report)))


def document_of(now: MonthNow, centre: Centre, made: datetime, calls_in: Connection | None = None) -> ReportDocument:
    """The document of it; `made` is an aware moment. `calls_in`: with the detail of every call, which is read from
    this view of the database when the document is written.
    """
    closed, last_day = now.closed, _last_day(now.report.month)
    about = AboutReport(
        centre=", ".join(filter(None, (centre.about.organization, centre.about.name))),
        zone=centre.zone,
        made=made if closed is None else as_datetime(closed.closed_us, centre.zone),
        through=min(last_day, made.astimezone(centre.zone).date()),
        version=_version(closed, centre) if closed is not None else "",
        fingerprint=closed.fingerprint if closed is not None else fingerprint(now.report),
        details=f"{closed.details} ({closed.entries} entradas)" if closed is not None else "",
        stamp=stamp_of(now),
        corrections=_corrections(closed) if closed is not None else (),
        calls=every_call(calls_in, centre, now.report.month) if calls_in is not None else None,
    )
    return att_document(now.report, about)


def stamp_of(now: MonthNow) -> str:
    """Which month, version and figures a file is of: `reports.att.closing.note_file` reads it."""
    of_figures = now.closed.fingerprint if now.closed is not None else fingerprint(now.report)
    return "|".join((str(now.report.month), str(now.version), of_figures))


def _last_day(month: Month) -> date:
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return following - timedelta(days=1)


def _version(closed: ClosedMonth, centre: Centre) -> str:
    return f"versión {closed.version}, cerrada el {date_time(as_datetime(closed.closed_us, centre.zone))}"


def _corrections(closed: ClosedMonth) -> tuple[str, ...]:
    if not closed.corrections:
        return ()
    why = f"La versión {closed.version} corrige la anterior: {closed.reason}"
    return (why, *(f"Corrección: {text}" for text in closed.corrections))
