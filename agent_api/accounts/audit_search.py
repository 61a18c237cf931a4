"""The audit log as it is read: the newest first, some at a time."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from callcenter.database.transactions import Database
from callcenter.records.users import audit_log

PAGE = 50


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What is looked for; what is empty or None asks nothing.

    Instants in microseconds: from `since_us`, before `until_us`. `before_id`: older than this row.
    """

    who: str = ""
    what: str = ""
    since_us: int | None = None
    until_us: int | None = None
    before_id: int | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what when."""

    id: int
    when_us: int
    who: str
    what: str
    details: dict[str, Any]


async def find(database: Database, asked: AuditQuery) -> tuple[AuditEntry, ...]:
    """At most PAGE + 1 of them: one more than is shown says that there are older ones. Raises DatabaseProblem."""
    return await database.long_read(lambda connection: _found(connection, asked))


def _found(connection: Connection, asked: AuditQuery) -> tuple[AuditEntry, ...]:
    row = audit_log.c
    wanted = select(audit_log).order_by(row.id.desc()).limit(PAGE + 1)
    if asked.who:
        wanted = wanted.where(row.who == asked.who)
    if asked.what:
        wanted = wanted.where(row.what == asked.what)
    if asked.since_us is not None:
        wanted = wanted.where(row.when_us >= asked.since_us)
    if asked.until_us is not None:
        wanted = wanted.where(row.when_us < asked.until_us)
    if asked.before_id is not None:
        wanted = wanted.where(row.id < asked.before_id)
    return tuple(AuditEntry(**each) for each in connection.execute(wanted).mappings())
