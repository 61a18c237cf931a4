"""An attempt with the first of some customers who may be called, and customers who are set aside."""

import asyncio

import pytest
from sqlalchemy import select

from callcenter.campaign_outcomes import ContactState
from callcenter.database.engines import Dialect
from callcenter.database.leases import Lease
from callcenter.instants import MICROSECONDS
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaign_contacts
from dialer.attempt_results import AttemptResult
from dialer.campaigns.model import CampaignState, DialMode
from dialer.contacts.rows import StoredAttempt
from tests.dialer.contacts.conftest import FIXED, MOBILE, Dialled, at
from tests.dialer.held import is_over_or_waits

NIGHT = at(25, 23)
UNPLACED = AttemptResult(OutgoingResult.UNPLACED, is_over=True)


async def first_of(dialled: Dialled, *contacts: int, lease: Lease | None = None) -> tuple[StoredAttempt | None, int]:
    held = await dialled.lease() if lease is None else lease
    return await dialled.attempts.begin_first(contacts, DialMode.PROGRESSIVE, dialled.turns, held, dialled.now_us)


async def test_those_before_the_first_who_may_be_called_stand_at_the_front_no_more(dialled: Dialled) -> None:
    await dialled.bar(FIXED)
    barred, unreadable, callable_, later = [await dialled.add(each) for each in (FIXED, MOBILE, MOBILE, "70000001")]
    await dialled.spoil(unreadable)
    begun, looked_at = await first_of(dialled, barred, unreadable, callable_, later)
    assert begun is not None and (begun.contact_id, looked_at) == (callable_, 3)
    assert (await dialled.contact(barred)).state is ContactState.OVER
    assert (await dialled.contact(later)).state is ContactState.READY
    assert await dialled.contacts.ready(dialled.campaign.id, 9, dialled.now_us) == (later,)


async def test_where_none_of_them_may_be_called_all_were_looked_at(dialled: Dialled) -> None:
    await dialled.bar(FIXED)
    assert await first_of(dialled, await dialled.add(FIXED), await dialled.add(FIXED)) == (None, 2)


async def test_nobody_is_looked_at_where_nobody_may_be_called(dialled: Dialled) -> None:
    contact, lost = await dialled.add(MOBILE), Lease("dialer", "lost", 0)
    assert await first_of(dialled, contact, lease=lost) == (None, 0)
    dialled.now_us = NIGHT
    assert await first_of(dialled, contact) == (None, 0)
    dialled.now_us = at(25)
    await dialled.set_state(CampaignState.PAUSED)
    assert await first_of(dialled, contact) == (None, 0)
    assert (await dialled.contact(contact)).state is ContactState.READY


async def test_whose_call_was_refused_waits_as_long_as_is_said_and_no_attempt_counts(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    begun, _ = await first_of(dialled, contact)
    assert begun is not None
    until_us = dialled.now_us + 600 * MICROSECONDS
    await dialled.attempts.close(begun, UNPLACED, dialled.turns, dialled.now_us, not_before_us=until_us)
    stored = await dialled.contact(contact)
    assert (stored.state, stored.due_us, stored.attempts) == (ContactState.WAITING, until_us, 0)


async def test_who_is_set_aside_is_called_by_nobody_and_nothing_brings_them_back(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    begun, _ = await first_of(dialled, contact)
    assert begun is not None
    await dialled.contacts.set_aside(contact, "their calls are refused")
    await dialled.attempts.close(begun, UNPLACED, dialled.turns, dialled.now_us)
    dialled.pass_seconds(3600)
    assert await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us) == 0
    assert (await dialled.contact(contact)).state is ContactState.SET_ASIDE


async def test_who_is_over_is_not_set_aside(dialled: Dialled) -> None:
    await dialled.bar(FIXED)
    contact = await dialled.add(FIXED)
    await first_of(dialled, contact)
    await dialled.contacts.set_aside(contact, "their calls are refused")
    assert (await dialled.contact(contact)).state is ContactState.OVER


async def test_they_are_locked_in_one_order_whoever_changes_several(dialled: Dialled) -> None:
    """Else PostgreSQL ends one of two who wait for one another."""
    low, high = await dialled.add(FIXED), await dialled.add(FIXED)
    await dialled.bar(FIXED)
    if dialled.database.dialect is Dialect.SQLITE:
        pytest.skip("there one writes at a time, whatever it is")
    one_by_one = select(campaign_contacts.c.id).with_for_update()
    async with dialled.database.transaction() as connection:
        await connection.execute(one_by_one.where(campaign_contacts.c.id == low))
        looking = asyncio.create_task(first_of(dialled, high, low))
        await is_over_or_waits(dialled.database, looking)
        await connection.execute(one_by_one.where(campaign_contacts.c.id == high))
    assert await looking == (None, 2)
