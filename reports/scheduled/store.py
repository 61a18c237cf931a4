"""The reports that people have sent to them. The one writer of scheduled_reports. Instants in microseconds, UTC."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select, update

from callcenter.audit import AuditAction, write_within
from callcenter.database.transactions import Database
from callcenter.mail_addresses import is_mail_address
from callcenter.records.scheduled import scheduled_reports
from callcenter.records.users import users
from callcenter.roles import Role
from reports.scheduled.recurrence import Every, Recurrence

log = logging.getLogger(__name__)

FORMS = ("xlsx", "pdf", "csv")
_LONGEST_PROBLEM, _RECIPIENTS_AT_MOST = 300, 20
_MAY = tuple(role.value for role in Role if role.includes(Role.SUPERVISOR))
_r = scheduled_reports.c


class BadSchedule(ValueError):
    """What is asked for cannot be scheduled; says why, in Spanish."""


@dataclass(frozen=True, slots=True)
class WantedByMail:
    """A report that somebody wants by mail. `asked`: JSON of `lines`, `queues`, `agents`; `form`: xlsx, pdf or csv.

    Raises BadSchedule.
    """

    report: str
    asked: str
    when: Recurrence
    form: str
    recipients: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.recipients) <= _RECIPIENTS_AT_MOST or len(set(self.recipients)) < len(self.recipients):
            raise BadSchedule(f"escriba de una a {_RECIPIENTS_AT_MOST} direcciones de correo, cada una una vez")
        wrong = [each for each in self.recipients if not is_mail_address(each)]
        if wrong:
            raise BadSchedule(f"«{wrong[0][:60]}» no es una dirección de correo")
        if self.when.minute:
            raise BadSchedule("los informes programados salen a la hora en punto")
        if self.form not in FORMS:
            raise BadSchedule(f"un informe sale como {', '.join(FORMS)}")
        if not _is_an_object(self.asked):
            raise BadSchedule("lo que se pide del informe no se entiende")


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One of them. `may`: whoever made it may still have reports; `last_run_us`: when the last that ended was due."""

    id: int
    made_by: str
    wanted: WantedByMail
    enabled: bool
    changed_us: int
    may: bool
    last_run_us: int | None = None
    last_problem: str = ""


class ScheduledReports:
    """Everybody's scheduled reports. Every method raises DatabaseProblem. `by`: a login, which is written down."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._database, self._clock = database, clock

    async def all(self) -> Sequence[Scheduled]:
        """All of them, in the order in which they were made."""
        return await self._database.read(lambda connection: _read(connection, _select()))

    async def find(self, report_id: int) -> Scheduled | None:
        """One of them."""
        found = await self._database.read(lambda there: _read(there, _select().where(_r.id == report_id)))
        return found[0] if found else None

    async def add(self, wanted: WantedByMail, by: str) -> int:
        """Schedule one; its id. It is due from now on."""
        now_us = self._clock()
        values = {**_values(wanted), "made_by": by, "enabled": True, "changed_us": now_us, "last_problem": ""}

        def added(connection: Connection) -> int:
            new = connection.execute(scheduled_reports.insert().values(**values).returning(_r.id)).scalar_one()
            write_within(connection, by, AuditAction.REPORT_SCHEDULED, now_us, _details(new, wanted))
            return int(new)

        return await self._database.write(added)

    async def change(self, report_id: int, wanted: WantedByMail, by: str, *, enabled: bool) -> bool:
        """Change one, which is whoever changed it from then on; whether there is one of that id."""
        now_us = self._clock()
        values = {**_values(wanted), "made_by": by, "enabled": enabled, "changed_us": now_us, "last_problem": ""}

        def changed(connection: Connection) -> bool:
            if not connection.execute(update(scheduled_reports).where(_r.id == report_id).values(**values)).rowcount:
                return False
            details = {**_details(report_id, wanted), "enabled": enabled}
            write_within(connection, by, AuditAction.REPORT_SCHEDULED, now_us, details)
            return True

        return await self._database.write(changed)

    async def remove(self, report_id: int, by: str) -> bool:
        """Take one away; whether there was one of that id."""
        now_us = self._clock()

        def removed(connection: Connection) -> bool:
            if not connection.execute(scheduled_reports.delete().where(_r.id == report_id)).rowcount:
                return False
            write_within(connection, by, AuditAction.REPORT_UNSCHEDULED, now_us, {"scheduled": report_id})
            return True

        return await self._database.write(removed)


def ran(connection: Connection, each: Scheduled, due_us: int, problem: str) -> bool:
    """Write down that its run of that moment ended. False: it was changed, switched off or taken away meanwhile."""
    as_it_was = (_r.id == each.id, _r.enabled, _r.changed_us == each.changed_us)
    values = {"last_run_us": due_us, "last_problem": problem[:_LONGEST_PROBLEM]}
    return connection.execute(update(scheduled_reports).where(*as_it_was).values(**values)).rowcount == 1


def mailed(connection: Connection, each: Scheduled, asked: str, now_us: int) -> None:
    """Write down to whom a report goes: it may have data of persons."""
    details = {**_details(each.id, each.wanted), "asked": json.loads(asked)}
    write_within(connection, each.made_by, AuditAction.REPORT_MAILED, now_us, details)


def _is_an_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _details(report_id: int, wanted: WantedByMail) -> dict[str, Any]:
    what = {"scheduled": report_id, "report": wanted.report, "form": wanted.form}
    return {**what, "every": wanted.when.every, "hour": wanted.when.hour, "recipients": list(wanted.recipients)}


def _values(wanted: WantedByMail) -> dict[str, Any]:
    when = {"every": wanted.when.every, "hour": wanted.when.hour}
    to = {"form": wanted.form, "recipients": json.dumps(wanted.recipients)}
    return {"report": wanted.report, "asked": wanted.asked, **when, **to}


def _select() -> Select[Any]:
    may = and_(users.c.active, users.c.role.in_(_MAY))
    of_maker = scheduled_reports.outerjoin(users, users.c.login == _r.made_by)
    return select(scheduled_reports, may.label("may")).select_from(of_maker).order_by(_r.id)


def _read(connection: Connection, query: Select[Any]) -> list[Scheduled]:
    found = []
    for row in connection.execute(query):
        try:
            found.append(_scheduled(row))
        except (ValueError, TypeError) as error:
            log.error("scheduled report %d cannot be read, the others are made: %s", row.id, error)
    return found


def _scheduled(row: Row[Any]) -> Scheduled:
    when = Recurrence(Every(row.every), row.hour)
    wanted = WantedByMail(row.report, row.asked, when, row.form, tuple(json.loads(row.recipients)))
    state = (row.enabled, row.changed_us, bool(row.may), row.last_run_us, row.last_problem)
    return Scheduled(row.id, row.made_by, wanted, *state)
