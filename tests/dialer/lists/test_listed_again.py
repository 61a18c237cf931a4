"""Customers whose list is undone, loaded again, or followed by another, after somebody had to do with them."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import pytest
from sqlalchemy import Connection, update

from callcenter.database.transactions import Database
from callcenter.instants import as_us
from callcenter.records.campaigns import campaign_attempts, campaigns
from callcenter.routing.calendar import Calendar
from dialer.campaigns import stored_rules
from dialer.campaigns.model import CampaignState, DialMode, OrderBy
from dialer.campaigns.turns import Turns
from dialer.contacts.attempts import AttemptStore, DialOrder
from dialer.contacts.model import SkipReason
from dialer.contacts.rows import StoredContact
from dialer.contacts.store import ContactStore
from tests.dialer.held import HeldDatabase, is_over_or_waits
from tests.dialer.lists.loads import BY, RULES, ZONE, Loads, report, row

pytestmark = pytest.mark.database
NOW = as_us(datetime(2026, 11, 25, 10, tzinfo=ZONE))
AGENT, COLLEAGUE = "1001", "1002"
T = TypeVar("T")


@pytest.fixture
def loads(database: Database) -> Loads:
    return Loads(database)


async def turns_of(loads: Loads, campaign_id: int) -> Turns:
    """Those of the campaign, which runs."""
    one = update(campaigns).where(campaigns.c.id == campaign_id).values(state=CampaignState.RUNNING)
    await loads.database.write(lambda connection: connection.execute(one))
    campaign = await loads.store.campaign(campaign_id)
    assert campaign is not None
    return Turns(campaign, Calendar(ZONE), ZONE)


async def show(loads: Loads, campaign_id: int, member: str) -> StoredContact | None:
    turns = await turns_of(loads, campaign_id)
    return await ContactStore(loads.database).show_next(member, turns, NOW)


async def skip(loads: Loads, campaign_id: int, reason: SkipReason) -> None:
    shown = await show(loads, campaign_id, AGENT)
    assert shown is not None
    turns = await turns_of(loads, campaign_id)
    assert await ContactStore(loads.database).skip(shown.id, AGENT, reason, turns, NOW)


async def states(loads: Loads) -> dict[str, str]:
    return {name.removeprefix("customer_code:"): state for name, (state, _) in (await loads.contacts()).items()}


async def test_who_was_shown_to_an_agent_is_anybodys_once_the_list_is_undone_and_loaded_again(loads: Loads) -> None:
    campaign = await loads.campaign()
    load = await loads.loaded(campaign, report(row(1)))
    await loads.attempt("customer_code:1")
    assert await show(loads, campaign, AGENT) is not None
    await loads.undone(load.id)
    await loads.loaded(campaign, report(row(1)))
    assert await show(loads, campaign, COLLEAGUE) is not None


async def test_who_was_skipped_as_paid_comes_back_by_no_list_but_one_with_a_later_expiry(loads: Loads) -> None:
    campaign = await loads.campaign()
    first = await loads.loaded(campaign, report(row(1, expires="30/11/2026"), row(2)))
    await skip(loads, campaign, SkipReason.ALREADY_PAID)
    assert await states(loads) == {"1": "over", "2": "ready"}
    await loads.loaded(campaign, report(row(1, expires="30/11/2026", telephone="4251111")))
    assert await states(loads) == {"1": "over", "2": "ready"}
    later = await loads.loaded(campaign, report(row(1, expires="31/12/2026")))
    assert await states(loads) == {"1": "ready", "2": "ready"}
    await loads.undone(later.id)
    assert await states(loads) == {"1": "over", "2": "ready"}
    await loads.undone(first.id)
    assert await states(loads) == {"1": "over"}


@pytest.mark.parametrize(("expires", "state"), [("30/11/2026", "over"), ("31/12/2026", "ready")])
async def test_nor_where_the_only_list_was_undone_and_is_loaded_again(loads: Loads, expires: str, state: str) -> None:
    campaign = await loads.campaign()
    first = await loads.loaded(campaign, report(row(1, expires="30/11/2026")))
    await skip(loads, campaign, SkipReason.ALREADY_PAID)
    await loads.undone(first.id)
    assert await states(loads) == {"1": "withdrawn"}
    await loads.loaded(campaign, report(row(1, expires=expires)))
    assert await states(loads) == {"1": state}


async def test_who_was_skipped_for_wrong_data_is_called_once_they_are_listed_anew(loads: Loads) -> None:
    campaign = await loads.campaign()
    first = await loads.loaded(campaign, report(row(1)))
    await loads.attempt("customer_code:1")
    await skip(loads, campaign, SkipReason.WRONG_DATA)
    await loads.undone(first.id)
    await loads.loaded(campaign, report(row(1, telephone="70000009")))
    assert await states(loads) == {"1": "ready"}
    assert await show(loads, campaign, AGENT) is not None


async def test_whose_call_begins_while_their_list_is_undone_stays_for_the_records(
    loads: Loads, database_url: str
) -> None:
    campaign, held = await loads.campaign(), HeldDatabase(database_url)
    load = await loads.loaded(campaign, report(row(1), row(2)))
    turns = await turns_of(loads, campaign)
    shown = await show(loads, campaign, AGENT)
    assert shown is not None
    await loads.store.undo(load.id, BY)
    order = DialOrder(shown.id, DialMode.PREVIEW, AGENT)
    begin = asyncio.create_task(AttemptStore(held).begin(order, turns, None, NOW))
    await held.written.wait()
    undoing = asyncio.create_task(loads.work(load.id))
    await is_over_or_waits(loads.database, undoing)
    held.may_commit.set()
    assert await begin is not None
    await undoing
    await held.close()
    assert await states(loads) == {"1": "withdrawn"}
    assert [each["contact_id"] for each in await loads.rows(campaign_attempts)] == [shown.id]


async def test_nobody_is_called_who_leaves_with_their_list_just_before(loads: Loads, database_url: str) -> None:
    campaign, held = await loads.campaign(), HeldDatabase(database_url)
    load = await loads.loaded(campaign, report(row(1)))
    turns, shown = await turns_of(loads, campaign), await show(loads, campaign, AGENT)
    assert shown is not None
    await loads.store.undo(load.id, BY)
    undoing = asyncio.create_task(loads.work(load.id, held))
    await held.written.wait()
    order = DialOrder(shown.id, DialMode.PREVIEW, AGENT)
    begin = asyncio.create_task(AttemptStore(loads.database).begin(order, turns, None, NOW))
    await is_over_or_waits(loads.database, begin)
    held.may_commit.set()
    await undoing
    assert await begin is None
    await held.close()
    assert await states(loads) == {}


async def test_who_was_listed_by_rules_that_were_changed_meanwhile_follows_the_new_ones(
    loads: Loads, database_url: str
) -> None:
    campaign = await loads.campaign()
    load = await loads.read(campaign, report(*(row(each) for each in range(1, 500))))
    await loads.store.load(load.id, BY)
    slow = ChangedMeanwhile(database_url, campaign)
    await loads.work(load.id, slow)
    await slow.close()
    (found,) = await loads.rows(campaigns)
    assert found["followed_to"] == ""


class ChangedMeanwhile(Database):
    """The campaign's order is changed after the first write of the work on its list."""

    def __init__(self, url: str, campaign: int) -> None:
        super().__init__(url)
        rules = stored_rules.as_json(replace(RULES, order=(OrderBy.ATTEMPTS,)))
        self._change = update(campaigns).where(campaigns.c.id == campaign).values(rules=rules)
        self._writes = 0

    async def write(self, work: Callable[[Connection], T]) -> T:
        made = await super().write(work)
        self._writes += 1
        if self._writes == 1:
            await super().write(lambda connection: connection.execute(self._change))
        return made
