"""The centre, invented customers, and an API with everything."""

from collections.abc import AsyncIterator

import pytest

from backoffice.demo import customers as demo
from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.customers import CustomerView
from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.settings import PROJECT
from tests.agent_api.api_site import Site, open_site


@pytest.fixture(scope="session")
def centre() -> Centre:
    """The centre that comes with the product."""
    return load(PROJECT / "centre.yaml")


@pytest.fixture
def customers() -> tuple[CustomerView, ...]:
    """One invented customer in each situation."""
    return demo.generate(seed=7, count=12, now_us=now_us())


@pytest.fixture
async def directory(database: Database, customers: tuple[CustomerView, ...]) -> SmartflexStore:
    """The built-in directory, with the invented customers in it."""
    store = SmartflexStore(database)
    await store.save(customers)
    return store


@pytest.fixture
async def site(database: Database, directory: SmartflexStore, centre: Centre) -> AsyncIterator[Site]:
    """An API with everything, its bridge up."""
    async with open_site(database, directory, centre) as opened:
        await opened.linked()
        yield opened


@pytest.fixture
async def quick_site(database: Database, directory: SmartflexStore, centre: Centre) -> AsyncIterator[Site]:
    """The same, with orders that expire at once where nobody carries them out."""
    async with open_site(database, directory, centre, expiry_seconds=0.3) as opened:
        await opened.linked()
        yield opened
