"""Campaigns and their customers as the tables have them."""

import json
from dataclasses import replace
from datetime import date
from itertools import count
from zoneinfo import ZoneInfo

from backoffice.smartflex.customers import ProductKind
from callcenter.campaign_outcomes import ContactState
from callcenter.centre.model import OpenSpan
from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaign_contacts, campaigns
from dialer.campaigns import stored_rules
from dialer.campaigns.model import Campaign, CampaignKind, CampaignRules, CampaignState, DialMode
from dialer.campaigns.window import Window
from dialer.contacts.model import ListedService, rank_of, service_of, services_as_json

ZONE = ZoneInfo("America/La_Paz")
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
HOURS = (OpenSpan.model_validate({"days": WEEK, "from": "08:00", "to": "20:00"}),)
ALWAYS = (OpenSpan.model_validate({"days": WEEK, "from": "00:00", "to": "24:00"}),)
EXPIRES = date(2026, 11, 30)
_numbers = count(1)


async def make_campaign(
    database: Database,
    window: Window,
    *,
    mode: DialMode = DialMode.PROGRESSIVE,
    hours: tuple[OpenSpan, ...] = HOURS,
    detects_machines: bool = False,
    **rules: int,
) -> Campaign:
    """A running campaign of the queue `prepago`, without customers."""
    kept = CampaignRules(hours, **rules)  # type: ignore[arg-type]
    made = Campaign(
        *(0, CampaignKind.PREPAID_EXPIRY, f"campaign-{next(_numbers)}", "Prepago", mode, CampaignState.RUNNING),
        *(window, kept, "prepago", "102"),
    )
    row = {
        **{"name": made.name, "kind": made.kind.value, "title": made.title, "mode": mode.value},
        **{"state": made.state.value, "first_day": window.first, "last_day": window.last},
        **{"queue": made.queue, "line": made.line, "rules": stored_rules.as_json(kept)},
        **{"created_us": 1, "created_by": "dialer", "changed_us": 1, "detects_machines": detects_machines},
    }
    async with database.transaction() as connection:
        found = await connection.execute(campaigns.insert().returning(campaigns.c.id), row)
        return replace(made, id=int(found.scalar_one()))


async def add_contact(
    database: Database,
    campaign: Campaign,
    *numbers: str,
    service: ProductKind = ProductKind.INTERNET,
    expires: date = EXPIRES,
) -> int:
    """A customer whose turn it is."""
    listed = (ListedService(service, expires),)
    row = {
        "campaign_id": campaign.id,
        "customer": f"customer_code:{next(_numbers)}",
        "numbers": json.dumps(numbers),
        "services": services_as_json(listed),
        "service": service_of(listed),
        "expires_on": expires,
        "state": ContactState.READY.value,
        "rank": rank_of(campaign.rules, expires, "", 0),
        "changed_us": 1,
    }
    async with database.transaction() as connection:
        found = await connection.execute(campaign_contacts.insert().returning(campaign_contacts.c.id), row)
        return int(found.scalar_one())
