"""Customers of a campaign, and attempts to reach them, put straight into the tables."""

from typing import Any

from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaign_attempts, campaign_contacts
from dialer.campaigns.model import DialMode


async def contact(
    database: Database,
    campaign_id: int,
    customer: str,
    state: ContactState,
    *,
    outcome: CallOutcome | None = None,
    **fields: Any,
) -> int:
    """One customer; its number in the table."""
    row = {"campaign_id": campaign_id, "customer": customer, "numbers": '["70712345"]', "services": "[]"}
    row |= {"state": state.value, "rank": 1, "outcome": outcome.value if outcome else None, "changed_us": 1, **fields}
    async with database.transaction() as connection:
        made = await connection.execute(campaign_contacts.insert(), row)
        assert made.inserted_primary_key is not None
        return int(made.inserted_primary_key[0])


async def attempt(
    database: Database,
    campaign_id: int,
    contact_id: int,
    number: int,
    *,
    member: str | None = None,
    result: str | None = None,
    outcome: CallOutcome | None = None,
    mode: DialMode = DialMode.PREVIEW,
) -> None:
    """One attempt, which is over."""
    row = {"reference": f"campaign-{contact_id}-{number}", "contact_id": contact_id, "campaign_id": campaign_id}
    row |= {"number": "70712345", "mode": mode.value, "member": member, "begun_us": number, "epoch": 1, "ends_us": 9}
    row |= {"closed_us": 5, "result": result, "outcome": outcome.value if outcome else None}
    async with database.transaction() as connection:
        await connection.execute(campaign_attempts.insert(), row)
