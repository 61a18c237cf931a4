"""The audit log: who did what and when; written in the transaction of the action."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter import recording_files
from callcenter.records.users import audit_log

LONGEST_WHO = 40


class AuditAction(StrEnum):
    """The actions that are written down."""

    SESSION_ATTEMPT = "session.attempt"
    SESSION_OPENED = "session.opened"
    SESSION_CLOSED = "session.closed"
    COMMAND = "command"
    COMMAND_FAILED = "command.failed"
    PHONE_REFUSED = "phone.refused"
    RECORDING_PLAYED = "recording.played"
    RECORDING_DELETED = recording_files.DELETED
    ANNOUNCED = "announcement.said"
    ANNOUNCEMENT_WITHDRAWN = "announcement.withdrawn"
    WALLBOARD_LINK_MADE = "wallboard_link.made"
    WALLBOARD_LINK_REVOKED = "wallboard_link.revoked"
    USER_CREATED = "user.created"
    USER_CHANGED = "user.changed"
    PASSWORD_CHANGED = "user.password_changed"  # noqa: S105 - the name of an action


async def write(
    connection: AsyncConnection, who: str, what: AuditAction, when_us: int, details: Mapping[str, Any] | None = None
) -> None:
    """Add a row. `details` must hold no secret."""
    row = {"who": who[:LONGEST_WHO], "what": what.value, "when_us": when_us, "details": dict(details or {})}
    await connection.execute(audit_log.insert(), row)
