"""Customers whose list is undone, loaded again, or followed by another, after somebody had to do with them."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import pytest
from sqlalchemy import Connection, select, update

from callcenter.database.engines import Dialect
from callcenter.database.transactions import Database
from callcenter.instants import as_us
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns
from callcenter.routing.calendar import Calendar
from dialer.campaigns import stored_rules
from dialer.campaigns.model import CampaignState, DialMode, OrderBy
from dialer.campaigns.turns import Turns
from dialer.contacts.attempts import AttemptStore, DialOrder
from dialer.contacts.model import SkipReason
from dialer.contacts.rows import StoredContact
from dialer.contacts.store import ContactStore
from dialer.lists.model import LoadState
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


async def overwrite(loads: Loads, column: str, value: str, state: str = "set_aside") -> None:
    """Customer 1, past the types of the table, as only SQLite takes it."""
    if loads.database.dialect is not Dialect.SQLITE:
        pytest.skip("the database has types")
    async with loads.database.transaction() as connection:
        spoilt = f"UPDATE campaign_contacts SET {column} = :value, state = :state WHERE customer = 'customer_code:1'"
        await connection.exec_driver_sql(spoilt, {"value": value, "state": state})


@pytest.mark.parametrize("state", ["set_aside", "ready", "waiting", "over"])
@pytest.mark.parametrize("column", ["expires_on", "amount", "rank", "numbers", "services"])
async def test_what_nobody_can_read_of_a_customer_a_list_says_anew(loads: Loads, column: str, state: str) -> None:
    campaign = await loads.campaign()
    await loads.loaded(campaign, report(row(1), row(2)))
    before = await loads.contact_rows()
    await overwrite(loads, column, "{", state)
    again = await loads.loaded(campaign, report(row(1), row(3)))
    assert again.state is LoadState.LOADED
    expected = "ready" if state == "set_aside" else state
    assert await states(loads) == {"1": expected, "2": "ready", "3": "ready"}
    assert (await loads.contact_rows())[0] == before[0] | {"state": expected}


@pytest.mark.parametrize(
    ("column", "left"), [("paid_until", "set_aside"), ("attempts", "set_aside"), ("state", "lunch")]
)
async def test_whom_no_list_can_mend_keeps_its_other_customers_from_nothing(
    loads: Loads, column: str, left: str, caplog: pytest.LogCaptureFixture
) -> None:
    campaign = await loads.campaign()
    await loads.loaded(campaign, report(row(1), row(2)))
    await overwrite(loads, *(("name", "Ana", "lunch") if column == "state" else (column, "some", "ready")))
    again = await loads.loaded(campaign, report(row(1), row(3)))
    assert again.state is LoadState.LOADED
    assert (await states_as_kept(loads)) == [left, "ready", "ready"]
    assert ("is set aside and not called" in caplog.text) is (left == "set_aside")


@pytest.mark.parametrize("column", ["expires_on", "paid_until"])
async def test_a_list_with_a_customer_whom_nobody_can_read_is_undone(loads: Loads, column: str) -> None:
    campaign = await loads.campaign()
    await loads.loaded(campaign, report(row(1), row(2)))
    second = await loads.loaded(campaign, report(row(1), row(3)))
    await overwrite(loads, column, "tomorrow")
    undone = await loads.undone(second.id)
    assert undone.state is LoadState.UNDONE
    assert len(await states_as_kept(loads)) == 2


async def states_as_kept(loads: Loads) -> list[str]:
    query = select(campaign_contacts.c.state).order_by(campaign_contacts.c.customer)
    return await loads.database.long_read(lambda connection: list(connection.execute(query).scalars()))
