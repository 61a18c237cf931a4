"""What is read of a campaign finds its rows by an index, however many customers the others have."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from callcenter.campaign_outcomes import ContactState
from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaign_attempts, campaign_contacts
from dialer.campaigns.model import CampaignKind
from dialer.campaigns.store import CampaignStore
from dialer.contacts.progress import CampaignFigures
from tests.conftest import Databases
from tests.dialer.campaigns.kept import CENTRE, NOW, made
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
    works: dict[str, Work] = {
        "one": lambda: store.one(small.id),
        "standing": store.standing,
        "latest": lambda: store.latest_of(CampaignKind.GENERAL),
        "agents": lambda: store.agents(small.id),
        "progress": lambda: figures.progress([small.id]),
        "attempts": lambda: figures.attempts(small.id),
        "due": lambda: figures.due(small.id, NOW + 9),
    }
    with statements_of() as seen:
        await works["due"]()
    assert len(seen) == 5
    found = {name: await scans_of(database, WaitedFor(work, 10 * FEW)) for name, work in works.items()}
    assert {name: scans for name, scans in found.items() if scans} == {}
