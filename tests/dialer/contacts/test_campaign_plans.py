"""What is read of a campaign finds its rows by an index, however many customers the others have."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import update

from callcenter.campaign_outcomes import ContactState
from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns
from callcenter.routing.calendar import Calendar
from dialer.campaigns.model import CampaignKind, CampaignState, DialMode
from dialer.campaigns.store import CampaignStore
from dialer.campaigns.turns import Turns
from dialer.contacts.attempts import AttemptStore, DialOrder
from dialer.contacts.following import RulesFollowed
from dialer.contacts.progress import CampaignFigures
from dialer.contacts.store import ContactStore
from tests.conftest import Databases
from tests.dialer.campaigns.kept import CENTRE, NOW, at, made
from tests.query_plans import statements_of
from tests.test_waited_for import scans_of, without_statistics
from tests.waited_for import WaitedFor, Work

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]
MANY, FEW = 20_000, 60
STATES = (ContactState.READY, ContactState.WAITING, ContactState.OVER)


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    """A campaign of many customers and one of few, and an attempt for each; no statistics."""
    opened = Database(await asyncio.to_thread(databases.migrated))
    await without_statistics(opened)
    store = CampaignStore(opened, CENTRE)
    for name, customers in (("large", MANY), ("small", FEW)):
        await _fill(opened, (await made(store, name)).id, customers)
    yield opened
    await opened.close()


async def _fill(database: Database, campaign_id: int, customers: int) -> None:
    first = campaign_id * MANY * 10
    contacts = [
        {
            **{"id": first + number, "campaign_id": campaign_id, "customer": f"c{number}", "numbers": "[]"},
            **{"services": "[]", "service": "internet", "state": STATES[number % 3].value, "rank": number},
            **{"due_us": NOW + number, "attempts": 1, "changed_us": NOW},
        }
        for number in range(customers)
    ]
    attempts = [
        {
            **{"reference": f"campaign-{first + number}-1", "contact_id": first + number, "campaign_id": campaign_id},
            **{"number": "70712345", "mode": "preview", "member": f"100{number % 9}", "begun_us": NOW + number},
            **{"epoch": 1, "ends_us": NOW, "closed_us": NOW, "result": "no_answer"},
        }
        for number in range(customers)
    ]
    async with database.transaction() as connection:
        await connection.execute(campaign_contacts.insert(), contacts)
        await connection.execute(campaign_attempts.insert(), attempts)


async def test_the_figures_of_a_small_campaign_read_no_row_of_a_large_one(database: Database) -> None:
    store, figures = CampaignStore(database, CENTRE), CampaignFigures(database)
    small = await store.named("small")
    assert small is not None
    contacts, attempts = ContactStore(database), AttemptStore(database)
    running = Turns(replace(small, state=CampaignState.RUNNING), Calendar(CENTRE.zone), CENTRE.zone)
    running_us = at(2026, 11, 23, 10)
    order = DialOrder(small.id * MANY * 10, DialMode.PREVIEW, "1001")
    followed = RulesFollowed(database, CENTRE.zone, lambda: NOW)
    async with database.transaction() as connection:
        behind = update(campaigns).where(campaigns.c.id == small.id)
        await connection.execute(behind.values(state=CampaignState.RUNNING.value, followed_to=""))
    works: dict[str, Work] = {
        "one": lambda: store.one(small.id),
        "standing": store.standing,
        "latest": lambda: store.latest_of(CampaignKind.GENERAL),
        "agents": lambda: store.agents(small.id),
        "progress": lambda: figures.progress([small.id]),
        "attempts": lambda: figures.attempts(small.id),
        "due": lambda: figures.due(small.id, NOW + 9),
        "ready": lambda: contacts.ready(small.id, 31, NOW),
        "agreed": lambda: contacts.agreed(small.id, ["1001", "1002"], NOW),
        "shown to": lambda: contacts.shown_to("1001", small.id),
        "woken": lambda: contacts.wake_due(small.id, NOW + 9),
        "shown": lambda: contacts.show_next("1001", running, running_us),
        "shown of a service": lambda: contacts.show_next("1002", running, running_us, ("internet",)),
        "begun": lambda: attempts.begin(order, running, None, running_us),
        "followed": lambda: followed.look(),
    }
    with statements_of() as seen:
        await works["due"]()
    assert len(seen) == 6
    found = {name: await scans_of(database, WaitedFor(work, 10 * FEW)) for name, work in works.items()}
    assert {name: scans for name, scans in found.items() if scans} == {}
