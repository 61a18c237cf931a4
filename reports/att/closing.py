"""Closes months: keeps the figures as they are, with their rule and names, and the fingerprint of the calls behind.

The only writer of `att_months` and `att_files`. A month that is closed again, because its records changed since, is a
new version that says what changed.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Row, select, update

from callcenter.audit import AuditAction, write_within
from callcenter.centre.model import Centre
from callcenter.database.transactions import REPORT_SECONDS, Database, put_missing
from callcenter.level.formulas import Period
from callcenter.level.rollup import is_settled
from callcenter.records.level import att_files, att_months
from reports.att.details import Fingerprint, details_fingerprint
from reports.att.figures import AttReport
from reports.att.frozen import differences, fingerprint, in_groups, packed, unpacked
from reports.att.queries import att_report_in
from reports.att.since_closed import differences_now
from reports.kinds.kind import WrittenFile
from reports.periods.month import Month


class MonthNotOver(ValueError):
    """A month can be closed when it is over; says so, in Spanish."""


class ReasonMissing(ValueError):
    """A later version says why it is made; says so, in Spanish."""


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """A version of a month. `details`: the fingerprint of the entries behind it, which are `entries`."""

    month: str
    version: int
    closed_us: int
    closed_by: str
    reason: str
    report: AttReport
    fingerprint: str
    details: str
    entries: int
    corrections: tuple[str, ...]


def versions_of(connection: Connection, month: Month) -> list[ClosedMonth]:
    """Every version of a month, the last one first."""
    table = att_months.c
    query = select(att_months).where(table.month == str(month)).order_by(table.version.desc())
    return [_version(row) for row in connection.execute(query)]


def closed_month(connection: Connection, month: Month) -> ClosedMonth | None:
    """The version of a month that is in force; None: it is not closed."""
    return next(iter(versions_of(connection, month)), None)


def closed_months(connection: Connection) -> frozenset[str]:
    """Which months are closed, as `2026-10`."""
    return frozenset(connection.scalars(select(att_months.c.month).distinct()))


def _version(row: Row[tuple[object, ...]]) -> ClosedMonth:
    found = dict(row._mapping)
    found["report"] = unpacked(found["report"])
    found["corrections"] = tuple(json.loads(found["corrections"]))
    return ClosedMonth(**found)


class Closing:
    """Closes months. `clock`: microseconds, UTC. Methods raise DatabaseProblem."""

    def __init__(self, database: Database, centre: Centre, clock: Callable[[], int]) -> None:
        self._database, self._centre, self._clock = database, centre, clock

    async def close(self, month: Month, login: str = "", reason: str = "") -> ClosedMonth:
        """The version that is in force then: a new one, or the last, where the records still say the same.

        Raises MonthNotOver, ReasonMissing where another version is needed, and LookupError without a rule.
        """
        period = Period(*month.span_us(self._centre.zone))
        if self._clock() < period.until_us:
            raise MonthNotOver(f"{month} todavía no ha terminado: se cierra a partir del primer día del mes siguiente")

        def read(connection: Connection) -> tuple[AttReport, Fingerprint, ClosedMonth | None, bool]:
            report, last = att_report_in(connection, self._centre, month), closed_month(connection, month)
            details = details_fingerprint(connection, period)
            same = last is not None and self._says_the_same(connection, last, report, details, period)
            return report, details, last, same

        report, details, last, same = await self._database.long_read(read, limit_seconds=REPORT_SECONDS)
        if last is not None and same:
            return last
        if last is not None and not reason.strip():
            raise ReasonMissing(f"{month} ya está cerrado: escriba por qué hace falta una versión nueva")
        return await self._keep(self._next(month, report, details, last, login, reason.strip()))

    def _says_the_same(
        self, connection: Connection, last: ClosedMonth, report: AttReport, details: Fingerprint, period: Period
    ) -> bool:
        """Of details that retention deletes the figures stay."""
        if (last.fingerprint, last.details) == (fingerprint(report), in_groups(details.digest)):
            return True
        is_less = details.entries < last.entries and is_settled(connection, period)
        return is_less and not differences_now(connection, self._centre, last.report)

    def _next(
        self, month: Month, report: AttReport, details: Fingerprint, last: ClosedMonth | None, login: str, reason: str
    ) -> ClosedMonth:
        corrections = differences(last.report, report) if last is not None else []
        if last is not None and not corrections:
            corrections = ["Cambió el detalle de llamadas sin que cambie ninguna cifra"]
        return ClosedMonth(
            str(month),
            last.version + 1 if last is not None else 1,
            self._clock(),
            login[:40],
            reason[:200],
            report,
            fingerprint(report),
            in_groups(details.digest),
            details.entries,
            tuple(corrections),
        )

    async def _keep(self, closed: ClosedMonth) -> ClosedMonth:
        """Whoever closed it at the same moment was first: theirs is in force."""
        row = {name: getattr(closed, name) for name in ClosedMonth.__slots__}
        row |= {"report": packed(closed.report), "corrections": json.dumps(closed.corrections, ensure_ascii=False)}
        details = {"month": closed.month, "version": closed.version, "reason": closed.reason}

        def put(connection: Connection) -> None:
            if put_missing(connection, att_months, [row]):
                write_within(connection, closed.closed_by, AuditAction.MONTH_CLOSED, closed.closed_us, details)

        await self._database.write(put)
        month = Month(int(closed.month[:4]), int(closed.month[5:]))
        found = await self._database.read(lambda connection: closed_month(connection, month))
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file of a month's report, known by its digest. `version` 0: of a month that was not closed."""

    sha256: str
    month: str
    version: int
    form: str
    made_us: int
    fingerprint: str


def note_file(connection: Connection, file: WrittenFile) -> None:
    """From now on this file is known; its stamp is that of `reports.att.making`.

    A CSV does not say of which version it is: where it has the same bytes it is of the last one.
    """
    month, version, of_figures = file.stamp.split("|")
    made = MadeFile(file.sha256, month, int(version), file.form, file.made_us, of_figures)
    row, known = {name: getattr(made, name) for name in MadeFile.__slots__}, att_files.c
    if not put_missing(connection, att_files, [row]):
        earlier = (known.sha256 == made.sha256, known.month == month, known.version < made.version)
        connection.execute(update(att_files).where(*earlier).values(row))


def file_of(connection: Connection, sha256: str) -> MadeFile | None:
    """The file of that digest, where it was made here."""
    row = connection.execute(select(att_files).where(att_files.c.sha256 == sha256)).one_or_none()
    return None if row is None else MadeFile(**row._mapping)
