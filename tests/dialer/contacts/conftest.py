"""A campaign with customers, over both kinds of database."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from backoffice.smartflex.customers import ProductKind
from callcenter.centre.model import OpenSpan
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_us
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns, do_not_call
from callcenter.routing.calendar import Calendar
from dialer.campaigns import stored_rules
from dialer.campaigns.model import Campaign, CampaignKind, CampaignRules, CampaignState, DialMode
from dialer.campaigns.turns import Turns
from dialer.campaigns.window import prepaid_window
from dialer.contacts.attempts import AttemptStore
from dialer.contacts.model import ContactState, ListedService, rank_of, service_of, services_as_json
from dialer.contacts.rows import StoredContact
from dialer.contacts.store import ContactStore
from dialer.lease import Lease, Leases

ZONE = ZoneInfo("America/La_Paz")
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
HOURS = (OpenSpan.model_validate({"days": WEEK, "from": "08:00", "to": "20:00"}),)
FIXED, MOBILE = "44123456", "70712345"
EXPIRES = date(2026, 11, 30)


def at(day: int, hour: int = 10, minute: int = 0) -> int:
    """An instant of November 2026 in La Paz."""
    return as_us(datetime(2026, 11, day, hour, minute, tzinfo=ZONE))


@dataclass
class Dialled:
    """The stores, the campaign and the clock that the test moves."""

    database: Database
    campaign: Campaign
    now_us: int = at(25)
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.contacts, self.attempts = ContactStore(self.database), AttemptStore(self.database)
        self.leases = Leases(self.database, lambda: self.now_us)

    @property
    def turns(self) -> Turns:
        return Turns(self.campaign, Calendar(ZONE), ZONE)

    def pass_seconds(self, seconds: float) -> None:
        self.now_us += round(seconds * MICROSECONDS)

    async def lease(self) -> Lease:
        taken = await self.leases.take("dialer")
        assert taken is not None
        return taken

    async def set_state(self, state: CampaignState) -> None:
        self.campaign = replace(self.campaign, state=state)
        async with self.database.transaction() as connection:
            await connection.execute(campaigns.update().values(state=state.value))

    async def add(self, *numbers: str, service: ProductKind = ProductKind.INTERNET, expires: date = EXPIRES) -> int:
        listed = (ListedService(service, expires),)
        row = {
            "campaign_id": self.campaign.id,
            "customer": f"customer_code:{next(self.ids)}",
            "numbers": json.dumps(numbers or (MOBILE, FIXED)),
            "services": services_as_json(listed),
            "service": service_of(listed),
            "expires_on": expires,
            "state": ContactState.READY.value,
            "rank": rank_of(self.campaign.rules, expires, "", 0),
            "changed_us": self.now_us,
        }
        async with self.database.transaction() as connection:
            found = await connection.execute(campaign_contacts.insert().returning(campaign_contacts.c.id), row)
            return int(found.scalar_one())

    async def contact(self, contact_id: int) -> StoredContact:
        found = await self.contacts.find(contact_id)
        assert found is not None
        return found

    async def bar(self, number: str) -> None:
        async with self.database.transaction() as connection:
            await connection.execute(do_not_call.insert(), {"number": number, "added_us": 1, "added_by": "ana"})

    async def barred(self) -> Sequence[str]:
        async with self.database.reading() as connection:
            return list((await connection.execute(select(do_not_call.c.number))).scalars())

    async def references(self) -> Sequence[str]:
        async with self.database.reading() as connection:
            return list((await connection.execute(select(campaign_attempts.c.reference))).scalars())


@pytest.fixture
async def dialled(database: Database) -> Dialled:
    """A running campaign without customers, on its first day at 10:00."""
    rules = CampaignRules(HOURS)
    campaign = Campaign(
        *(1, CampaignKind.PREPAID_EXPIRY, "prepago-2026-11", "Prepago", DialMode.PROGRESSIVE, CampaignState.RUNNING),
        *(prepaid_window(EXPIRES), rules, "prepago", "102"),
    )
    row = {
        **{"name": campaign.name, "kind": campaign.kind.value, "title": campaign.title, "mode": campaign.mode.value},
        **{"state": campaign.state.value, "first_day": campaign.window.first, "last_day": campaign.window.last},
        **{"queue": campaign.queue, "line": campaign.line, "rules": stored_rules.as_json(rules)},
        **{"created_us": 1, "created_by": "dialer", "changed_us": 1},
    }
    async with database.transaction() as connection:
        made = await connection.execute(campaigns.insert().returning(campaigns.c.id), row)
        return Dialled(database, replace(campaign, id=int(made.scalar_one())))
