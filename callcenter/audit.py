"""One row in the audit log, in the transaction of the action. For actions that more than one room carries out."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.records.users import audit_log

LONGEST_WHO = 40


class RoutingAuditAction(StrEnum):
    """What supervisors change in the routing."""

    DAY_SET = "calendar.day_set"
    DAY_UNSET = "calendar.day_unset"
    OUTAGE_BEGUN = "outage.begun"
    OUTAGE_ENDED = "outage.ended"


async def append(
    connection: AsyncConnection, who: str, what: RoutingAuditAction, when_us: int, details: Mapping[str, Any]
) -> None:
    """Add a row. `details` must hold no secret and no telephone number."""
    row = {"who": who[:LONGEST_WHO], "what": what.value, "when_us": when_us, "details": dict(details)}
    await connection.execute(audit_log.insert(), row)
