"""A campaign with customers, over both kinds of database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from backoffice.smartflex.customers import ProductKind
from callcenter.database.leases import Lease, Leases
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_us
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns, do_not_call
from callcenter.routing.calendar import Calendar
from dialer.campaigns import stored_rules
from dialer.campaigns.model import Campaign, CampaignState
from dialer.campaigns.turns import Turns
from dialer.campaigns.window import prepaid_window
from dialer.contacts.attempts import AttemptStore
from dialer.contacts.rows import StoredContact
from dialer.contacts.store import ContactStore
from tests.dialer.campaign_rows import EXPIRES, ZONE, add_contact, make_campaign

FIXED, MOBILE = "44123456", "70712345"


def at(day: int, hour: int = 10, minute: int = 0) -> int:
    """An instant of November 2026 in La Paz."""
    return as_us(datetime(2026, 11, day, hour, minute, tzinfo=ZONE))


@dataclass
class Dialled:
    """The stores, the campaign and the clock that the test moves."""

    database: Database
    campaign: Campaign
    now_us: int = at(25)

    def __post_init__(self) -> None:
        self.contacts, self.attempts = ContactStore(self.database), AttemptStore(self.database)
        self.leases = Leases(self.database, "dialer", lambda: self.now_us)

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

    async def set_rules(self, **rules: Any) -> None:
        """As somebody sets them; nobody follows them yet."""
        self.campaign = replace(self.campaign, rules=replace(self.campaign.rules, **rules))
        kept = {"rules": stored_rules.as_json(self.campaign.rules), "followed_to": ""}
        async with self.database.transaction() as connection:
            await connection.execute(campaigns.update().values(kept))

    async def add(self, *numbers: str, service: ProductKind = ProductKind.INTERNET, expires: date = EXPIRES) -> int:
        numbers = numbers or (MOBILE, FIXED)
        return await add_contact(self.database, self.campaign, *numbers, service=service, expires=expires)

    async def contact(self, contact_id: int) -> StoredContact:
        found = await self.contacts.find(contact_id)
        assert found is not None
        return found

    async def shown(self) -> StoredContact:
        """The next customer, to agent 1001."""
        found = await self.contacts.show_next("1001", self.turns, self.now_us)
        assert found is not None
        return found

    async def spoil(self, contact_id: int) -> None:
        """Nobody can read this customer any more."""
        spoilt = campaign_contacts.update().where(campaign_contacts.c.id == contact_id)
        async with self.database.transaction() as connection:
            await connection.execute(spoilt.values(numbers="{"))

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
    return Dialled(database, await make_campaign(database, prepaid_window(EXPIRES)))
