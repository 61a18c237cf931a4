"""The audit log: who did what and when, written in the transaction of the action. The one writer of audit_log."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.records.users import audit_log

LONGEST_WHO = 40


class AuditAction(StrEnum):
    """The actions that are written down, by whichever room carries them out."""

    SESSION_ATTEMPT = "session.attempt"
    SESSION_OPENED = "session.opened"
    SESSION_CLOSED = "session.closed"
    COMMAND = "command"
    COMMAND_FAILED = "command.failed"
    PHONE_REFUSED = "phone.refused"
    RECORDING_PLAYED = "recording.played"
    RECORDING_DELETED = "recording.deleted"
    ANNOUNCED = "announcement.said"
    ANNOUNCEMENT_WITHDRAWN = "announcement.withdrawn"
    WALLBOARD_LINK_MADE = "wallboard_link.made"
    WALLBOARD_LINK_REVOKED = "wallboard_link.revoked"
    USER_CREATED = "user.created"
    USER_CHANGED = "user.changed"
    PASSWORD_CHANGED = "user.password_changed"  # noqa: S105 - the name of an action
    DAY_SET = "calendar.day_set"
    DAY_UNSET = "calendar.day_unset"
    OUTAGE_BEGUN = "outage.begun"
    OUTAGE_ENDED = "outage.ended"
    LIST_UPLOADED = "list.uploaded"
    LIST_COLUMNS_SAID = "list.columns_said"
    LIST_LOADED = "list.loaded"
    LIST_CANCELLED = "list.cancelled"
    LIST_UNDONE = "list.undone"
    DO_NOT_CALL_ADDED = "do_not_call.added"
    DO_NOT_CALL_REMOVED = "do_not_call.removed"
    CAMPAIGN_CREATED = "campaign.created"
    CAMPAIGN_CHANGED = "campaign.changed"
    CAMPAIGN_AGENTS_SET = "campaign.agents_set"
    CAMPAIGN_READY = "campaign.ready"
    CAMPAIGN_EMPTIED = "campaign.emptied"
    CAMPAIGN_STARTED = "campaign.started"
    CAMPAIGN_PAUSED = "campaign.paused"
    CAMPAIGN_ENDED = "campaign.ended"
    NEVER_AGAIN = "do_not_call.said"
    REPORT_SCHEDULED = "report.scheduled"
    REPORT_UNSCHEDULED = "report.unscheduled"
    REPORT_MAILED = "report.mailed"
    CALL_DETAIL_DELETED = "call_detail.deleted"
    PERSONAL_DATA_EMPTIED = "personal_data.emptied"
    CAMPAIGN_REPORT_TAKEN = "campaign_report.taken"
    REPORT_TAKEN = "report.taken"
    CAMPAIGN_CUSTOMER_SHOWN = "campaign.customer_shown"
    CAMPAIGN_OUTCOME = "campaign.outcome"
    MONTH_CLOSED = "att_month.closed"
    CALLS_LISTED = "att_month.calls_listed"


async def write(
    connection: AsyncConnection, who: str, what: AuditAction, when_us: int, details: Mapping[str, Any] | None = None
) -> None:
    """Add a row. `details` must hold no secret."""
    await connection.execute(audit_log.insert(), _row(who, what, when_us, details or {}))


def write_within(
    connection: Connection, who: str, what: AuditAction, when_us: int, details: Mapping[str, Any] | None = None
) -> None:
    """Add a row, within a transaction of a thread."""
    write_each(connection, who, what, when_us, [details or {}])


def write_each(
    connection: Connection, who: str, what: AuditAction, when_us: int, details: Sequence[Mapping[str, Any]]
) -> None:
    """Add a row for each of them, within a transaction of a thread."""
    if details:
        connection.execute(audit_log.insert(), [_row(who, what, when_us, each) for each in details])


def write_total(
    connection: Connection, who: str, what: AuditAction, when_us: int, details: Mapping[str, Any], total_id: int | None
) -> int:
    """Add a row, or bring the row up to date that an earlier transaction of the same work added; its id.

    So work that is done in many small transactions is one row, and right whenever it is cut off.
    """
    if total_id is None:
        added = audit_log.insert().values(**_row(who, what, when_us, details)).returning(audit_log.c.id)
        return int(connection.execute(added).scalar_one())
    connection.execute(update(audit_log).where(audit_log.c.id == total_id).values(details=dict(details)))
    return total_id


def _row(who: str, what: AuditAction, when_us: int, details: Mapping[str, Any]) -> dict[str, Any]:
    return {"who": who[:LONGEST_WHO], "what": what.value, "when_us": when_us, "details": dict(details)}
