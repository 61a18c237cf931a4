"""How often a password may be tried: for each login, and for each address that tries many logins.

An attempt is written down before the password is tried, so attempts at the same time count too. The audit log is the
counter, so every process of the API counts the same.
"""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.audit import AuditAction
from callcenter.instants import MICROSECONDS
from callcenter.records.users import audit_log

ATTEMPTS = 5
LOCKED_SECONDS = 15 * 60
# A whole centre may begin its shift behind one address, so successes are not counted; what is left is guessing.
FAILURES_OF_AN_ADDRESS = 100

# Any number, the same in every process.
_TURN = 7_303_014

_WHEN = audit_log.c.when_us
_ATTEMPT = audit_log.c.what == AuditAction.SESSION_ATTEMPT.value
_OPENED = audit_log.c.what == AuditAction.SESSION_OPENED.value


async def wait_seconds(connection: AsyncConnection, login: str, address: str, now_us: int) -> int:
    """How long this login, or this address, must wait for its next attempt; 0: it may try now.

    Until the transaction ends nobody else counts: attempts at the same time would not see one another.
    """
    # SQLite has one writer at a time anyway.
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
    begun = [await _of_login(connection, login, now_us), await _of_address(connection, address, now_us)]
    return max(_left_seconds(begun_us, now_us) for begun_us in begun)


def _left_seconds(begun_us: int | None, now_us: int) -> int:
    if begun_us is None:
        return 0
    left_us = begun_us + LOCKED_SECONDS * MICROSECONDS - now_us
    return max(1, -(-left_us // MICROSECONDS))


def _recently(now_us: int) -> ColumnElement[bool]:
    """What counts: also what a clock that is ahead wrote. With both its ends, no database takes it for half the log."""
    locked_us = LOCKED_SECONDS * MICROSECONDS
    when_us = audit_log.c.when_us
    return (when_us > now_us - locked_us) & (when_us < now_us + locked_us)


async def _of_login(connection: AsyncConnection, login: str, now_us: int) -> int | None:
    """When the oldest of the last ATTEMPTS since the last success was made, if they are that many; else None."""
    of_login = (audit_log.c.who == login, _recently(now_us))
    last_success = await connection.scalar(select(func.max(_WHEN)).where(*of_login, _OPENED))
    return await _oldest_of(connection, ATTEMPTS, *of_login, audit_log.c.when_us > (last_success or 0))


async def _of_address(connection: AsyncConnection, address: str, now_us: int) -> int | None:
    """When the oldest of the last attempts was made from an address that failed too often; else None."""
    of_address = (audit_log.c.details["address"].as_string() == address, _recently(now_us))
    opened = await connection.scalar(select(func.count()).select_from(audit_log).where(_OPENED, *of_address))
    return await _oldest_of(connection, FAILURES_OF_AN_ADDRESS + int(opened or 0), *of_address)


async def _oldest_of(connection: AsyncConnection, many: int, *which: ColumnElement[bool]) -> int | None:
    attempts = select(_WHEN).where(_ATTEMPT, *which).order_by(_WHEN.desc()).limit(many)
    made = (await connection.scalars(attempts)).all()
    return made[-1] if len(made) == many else None
