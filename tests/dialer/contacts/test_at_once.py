"""A customer whom two change at once."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from callcenter.campaign_outcomes import ContactState
from callcenter.database.engines import Dialect
from callcenter.records.campaigns import campaign_contacts
from dialer.campaigns.model import DialMode
from dialer.contacts.attempts import AttemptStore, DialOrder
from dialer.contacts.settling import lock_each
from dialer.contacts.store import SHOWN_FOR_US
from tests.dialer.contacts.conftest import FIXED, MOBILE, Dialled
from tests.dialer.held import HeldDatabase, is_over_or_waits
from tests.query_plans import statements_of

pytestmark = pytest.mark.database
AGENT = "1001"


@pytest.fixture
async def held(database_url: str) -> AsyncIterator[HeldDatabase]:
    opened = HeldDatabase(database_url)
    yield opened
    await opened.close()


async def test_whom_an_agent_dials_at_last_is_not_woken_as_one_whom_nobody_looks_at(
    dialled: Dialled, held: HeldDatabase
) -> None:
    contact = await dialled.add(MOBILE)
    await dialled.contacts.show_next(AGENT, dialled.turns, dialled.now_us)
    dialled.now_us += SHOWN_FOR_US
    order = DialOrder(contact, DialMode.PREVIEW, AGENT)
    begin = asyncio.create_task(AttemptStore(held).begin(order, dialled.turns, None, dialled.now_us))
    await held.written.wait()
    waking = asyncio.create_task(dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us))
    await is_over_or_waits(dialled.database, waking)
    held.may_commit.set()
    assert await begin is not None
    await waking
    assert (await dialled.contact(contact)).state is ContactState.CALLING


async def test_waking_never_waits_for_whoever_changes_a_customer(dialled: Dialled, held: HeldDatabase) -> None:
    if dialled.database.dialect is Dialect.SQLITE:
        pytest.skip("there one writes at a time, whatever it is")
    taken, free = await dialled.add(MOBILE), await dialled.add(FIXED)
    for agent in ("1001", "1002"):
        await dialled.contacts.show_next(agent, dialled.turns, dialled.now_us)
    dialled.now_us += SHOWN_FOR_US
    changing = asyncio.create_task(held.write(lambda connection: lock_each(connection, [taken])))
    await held.written.wait()
    assert await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us) == 1
    held.may_commit.set()
    await changing
    assert await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us) == 1
    assert {(await dialled.contact(each)).state for each in (taken, free)} == {ContactState.READY}


async def test_several_are_locked_in_the_order_of_their_ids(dialled: Dialled) -> None:
    ids = [await dialled.add(str(70000000 + each)) for each in range(5)]

    with statements_of() as statements:
        await dialled.database.write(lambda connection: lock_each(connection, list(reversed(ids))))
    (statement,) = statements
    assert "ORDER BY campaign_contacts.id" in statement
    async with dialled.database.reading() as connection:
        found = (await connection.execute(select(campaign_contacts.c.id))).scalars().all()
    assert sorted(found) == ids
