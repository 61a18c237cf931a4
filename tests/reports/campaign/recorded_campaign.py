"""A campaign in the records, with its calls and with payments of two lists that overlap."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.database.transactions import Database
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns
from callcenter.records.lists import list_loads, payments
from callcenter.records.users import users
from reports.campaign.customers import CampaignAttempt
from tests.reports.campaign.made_campaigns import ABOUT, call, day

CAMPAIGN_ID = 7
RULES = {"hours": [], "paid_within_days": ABOUT.paid_within_days, "ceiling_percent": float(ABOUT.ceiling_percent)}
_CAMPAIGN = {
    **{"id": CAMPAIGN_ID, "name": ABOUT.name, "title": ABOUT.title, "kind": "prepaid_expiry", "mode": "progressive"},
    **{"state": "ended", "first_day": ABOUT.first_day, "last_day": ABOUT.last_day, "queue": ABOUT.queue},
    **{"line": "102", "rules": json.dumps(RULES), "created_us": 1, "created_by": "dialer", "changed_us": 1},
}
CALLED: dict[int, tuple[CampaignAttempt, ...]] = {
    1: (call(0, CallOutcome.BUSY), call(1, CallOutcome.PROMISED, member="1001", agreed_on=day(3))),
    2: (call(1, CallOutcome.CONTACTED, member="1002"),),
    3: (call(1, CallOutcome.ABANDONED),),
}


async def record_campaign(database: Database) -> None:
    """Customers 1 to 5 (4 is held out, 5 was never called), of whom 1, 2 and 4 pay; and another campaign with one."""
    await _insert(database, users, [{"login": "1001", "display_name": "Ana Rojas", "role": "agent", **_USER}])
    await _insert(database, campaigns, [_CAMPAIGN, {**_CAMPAIGN, "id": 8, "name": "otra"}])
    await _insert(database, campaign_contacts, [*map(_contact, range(1, 6)), _contact(6, campaign_id=8)])
    attempts = [_attempt(contact, number, each) for contact in CALLED for number, each in enumerate(CALLED[contact])]
    await _insert(database, campaign_attempts, [*attempts, _attempt(6, 0, CALLED[2][0], campaign_id=8)])
    await _insert(database, list_loads, [_load(1), _load(2), _load(3, state="undoing"), _load(4, state="loading")])
    paid = [("C1", "", 2), ("", "K2", 5), ("C4", "", 4), ("X9", "", 6)]
    loads = [(1, paid), (2, paid[:2]), (3, [("C3", "", 3)]), (4, [("C3", "", 3)])]
    await _insert(database, payments, [_payment(load, *each) for load, listed in loads for each in listed])


_USER = {"password_hash": "", "extension": "1001", "active": True}


async def _insert(database: Database, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    async with database.transaction() as connection:
        await connection.execute(table.insert(), rows)


def _contact(number: int, campaign_id: int = CAMPAIGN_ID) -> dict[str, Any]:
    state = ContactState.HELD_OUT if number == 4 else ContactState.OVER
    services = [{"service": "internet", "expires_on": "2026-11-30", "contract": f"K{number}", "amount": None}]
    code = "" if number == 2 else f"C{number}"
    return {
        **{"id": number, "campaign_id": campaign_id, "customer": f"who:{number}", "customer_code": code},
        **{"name": f"Cliente {number}", "numbers": '["70712345"]', "services": json.dumps(services)},
        **{"service": "internet", "state": state.value, "rank": 1, "changed_us": 1},
    }


def _attempt(contact: int, number: int, made: CampaignAttempt, campaign_id: int = CAMPAIGN_ID) -> dict[str, Any]:
    agreed_us = made.begun_us + 2 * 86_400_000_000 if made.agreed_on is not None else None
    return {
        **{"reference": f"campaign-{contact}-{number}", "contact_id": contact, "campaign_id": campaign_id},
        **{"number": made.number, "mode": "progressive", "member": made.member or None, "begun_us": made.begun_us},
        **{"epoch": 1, "ends_us": made.begun_us, "closed_us": made.begun_us, "agreed_us": agreed_us},
        **{"result": made.result.value or OutgoingResult.ANSWERED.value, "outcome": made.outcome},
    }


def _load(number: int, **more: Any) -> dict[str, Any]:
    about = {"kind": "payments", "file_name": "pagos.xlsx", "file_hash": str(number), "state": "loaded"}
    return {"id": number, **about, "uploaded_us": 1, "uploaded_by": "ada", "changed_us": 1, "loaded_us": 5} | more


def _payment(load: int, code: str, contract: str, at: int) -> dict[str, Any]:
    paid_on: date = day(at)
    return {
        **{"load_id": load, "customer_code": code, "contract": contract, "paid_on": paid_on},
        **{"amount": Decimal("150.00"), "service": "internet"},
    }
