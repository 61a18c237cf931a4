"""Customers who are listed already, once the rules of their campaign are others."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.centre.model import OpenSpan
from callcenter.database.engines import Dialect
from callcenter.instants import MICROSECONDS
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaign_contacts, campaigns
from dialer.attempt_results import AttemptResult
from dialer.campaigns.model import CampaignRules, DialMode, OrderBy
from dialer.contacts import following
from dialer.contacts.attempts import DialOrder
from dialer.contacts.following import RulesFollowed
from dialer.contacts.model import SkipReason, rank_of
from dialer.contacts.store import SKIPPED_FOR_US
from tests.dialer.campaign_rows import EXPIRES, WEEK, ZONE, make_campaign
from tests.dialer.contacts.conftest import FIXED, MOBILE, Dialled, at

pytestmark = pytest.mark.database
HOUR = 3600 * MICROSECONDS
BUSY = AttemptResult(OutgoingResult.BUSY, is_over=True)
LATER = (OpenSpan.model_validate({"days": WEEK, "from": "16:00", "to": "20:00"}),)


async def busy(dialled: Dialled, contact: int) -> int:
    """They were called: when that began."""
    order = DialOrder(contact, DialMode.PROGRESSIVE)
    attempt = await dialled.attempts.begin(order, dialled.turns, await dialled.lease(), dialled.now_us)
    assert attempt is not None
    await dialled.attempts.close(attempt, BUSY, dialled.turns, dialled.now_us)
    return attempt.begun_us


async def overwrite(dialled: Dialled, contact: int, column: str, value: str) -> None:
    """As a hand or another program would, past the types of the table: only SQLite takes it."""
    if dialled.database.dialect is not Dialect.SQLITE:
        pytest.skip("the database has types")
    async with dialled.database.transaction() as connection:
        spoilt = f"UPDATE campaign_contacts SET {column} = :value WHERE id = :id"
        await connection.exec_driver_sql(spoilt, {"value": value, "id": contact})


async def follow(dialled: Dialled) -> None:
    await RulesFollowed(dialled.database, ZONE, lambda: dialled.now_us).look()


async def ranks(dialled: Dialled) -> list[int]:
    async with dialled.database.reading() as connection:
        query = select(campaign_contacts.c.rank).order_by(campaign_contacts.c.id)
        return list((await connection.execute(query)).scalars())


async def states(dialled: Dialled) -> list[str]:
    async with dialled.database.reading() as connection:
        query = select(campaign_contacts.c.state).order_by(campaign_contacts.c.id)
        return list((await connection.execute(query)).scalars())


async def followed_to(dialled: Dialled) -> str | None:
    async with dialled.database.reading() as connection:
        found: str | None = (await connection.execute(select(campaigns.c.followed_to))).scalar_one()
    return found


async def of_segment(dialled: Dialled, number: str, segment: str) -> int:
    contact = await dialled.add(number)
    one = update(campaign_contacts).where(campaign_contacts.c.id == contact)
    async with dialled.database.transaction() as connection:
        await connection.execute(one.values(segment=segment))
    return contact


async def test_they_are_called_in_the_new_order(dialled: Dialled) -> None:
    silver, gold = await of_segment(dialled, MOBILE, "Plata"), await of_segment(dialled, FIXED, "Oro")
    assert await dialled.contacts.ready(dialled.campaign.id, 9, dialled.now_us) == (silver, gold)
    await dialled.set_rules(segments=("Oro", "Plata"))
    await follow(dialled)
    assert await dialled.contacts.ready(dialled.campaign.id, 9, dialled.now_us) == (gold, silver)
    assert await followed_to(dialled) is None


@pytest.mark.parametrize("seconds", [60, 7200])
async def test_who_waits_waits_as_long_as_is_said_now(dialled: Dialled, seconds: int) -> None:
    contact = await dialled.add(MOBILE)
    began_us = await busy(dialled, contact)
    await dialled.set_rules(pauses_seconds={CallOutcome.BUSY: seconds})
    await follow(dialled)
    assert (await dialled.contact(contact)).due_us == began_us + seconds * MICROSECONDS


async def test_who_was_due_is_not_where_the_pause_is_longer_now(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    began_us = await busy(dialled, contact)
    dialled.now_us += HOUR
    await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)
    await dialled.set_rules(pauses_seconds={CallOutcome.BUSY: 7200})
    await follow(dialled)
    found = await dialled.contact(contact)
    assert (found.state, found.due_us) == (ContactState.WAITING, began_us + 2 * HOUR)


async def test_who_waits_for_an_hour_that_is_none_any_more_waits_for_the_next(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    await busy(dialled, contact)
    await dialled.set_rules(hours=LATER)
    await follow(dialled)
    assert (await dialled.contact(contact)).due_us == at(25, 16)


async def test_whom_the_old_rules_were_done_with_may_be_called_again(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    await dialled.set_rules(customer_in_all=1)
    await busy(dialled, contact)
    assert (await dialled.contact(contact)).state is ContactState.OVER
    await dialled.set_rules(customer_in_all=2)
    await follow(dialled)
    assert (await dialled.contact(contact)).state is ContactState.WAITING


@pytest.mark.parametrize("reason", [SkipReason.ALREADY_PAID, SkipReason.WRONG_DATA, SkipReason.NOT_NOW])
async def test_what_an_agent_said_in_skipping_them_holds(dialled: Dialled, reason: SkipReason) -> None:
    contact = await dialled.add(MOBILE)
    await dialled.contacts.show_next("1001", dialled.turns, dialled.now_us)
    await dialled.contacts.skip(contact, "1001", reason, dialled.turns, dialled.now_us)
    before = await dialled.contact(contact)
    await dialled.set_rules(pauses_seconds={}, customer_in_all=3)
    await follow(dialled)
    after = await dialled.contact(contact)
    assert (after.state, after.due_us) == (before.state, before.due_us)
    assert after.due_us in (None, dialled.now_us + SKIPPED_FOR_US)


async def test_whom_an_agent_looks_at_keeps_them_and_follows(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    await dialled.contacts.show_next("1001", dialled.turns, dialled.now_us)
    await dialled.set_rules(order=(OrderBy.ATTEMPTS, OrderBy.EXPIRY))
    await follow(dialled)
    assert (await dialled.contact(contact)).state is ContactState.SHOWN
    assert await ranks(dialled) == [rank_of(dialled.campaign.rules, EXPIRES, "", 0)]


async def test_they_follow_some_at_a_time_and_anew_where_the_rules_change_meanwhile(
    dialled: Dialled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_CUSTOMERS_AT_ONCE", 2)
    for each in range(5):
        await dialled.add(str(70000000 + each))
    first = CampaignRules(dialled.campaign.rules.hours, order=(OrderBy.ATTEMPTS, OrderBy.EXPIRY))
    second = (OrderBy.SEGMENT, OrderBy.EXPIRY)
    await dialled.set_rules(order=first.order)
    write, steps = dialled.database.write, 0

    async def changing(work: Callable[[Connection], Any]) -> Any:
        nonlocal steps
        made = await write(work)
        steps += 1
        if steps == 2:
            assert (await ranks(dialled)).count(rank_of(first, EXPIRES, "", 0)) == 4
            await dialled.set_rules(order=second)
        return made

    monkeypatch.setattr(dialled.database, "write", changing)
    await follow(dialled)
    assert await ranks(dialled) == [rank_of(dialled.campaign.rules, EXPIRES, "", 0)] * 5
    assert steps == 2 + 3 + 1


async def test_of_those_whose_hour_is_to_be_found_fewer_follow_at_a_time(
    dialled: Dialled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_HOURS_AT_ONCE", 1)
    contacts = [await dialled.add(str(70000000 + each)) for each in range(3)]
    begun = [await busy(dialled, each) for each in contacts]
    await dialled.set_rules(pauses_seconds={CallOutcome.BUSY: 60})
    await follow(dialled)
    assert [(await dialled.contact(each)).due_us for each in contacts] == [one + 60 * MICROSECONDS for one in begun]


@pytest.mark.parametrize(
    ("column", "value"),
    [("expires_on", "tomorrow"), ("amount", "much"), ("attempts", "some"), ("rank", "first"), ("numbers", "{")],
)
async def test_a_customer_whom_nobody_can_read_keeps_nobody_from_following(
    dialled: Dialled, column: str, value: str
) -> None:
    unreadable, other = await dialled.add(MOBILE), await dialled.add(FIXED)
    await overwrite(dialled, unreadable, column, value)
    await dialled.set_rules(order=(OrderBy.ATTEMPTS, OrderBy.EXPIRY))
    await follow(dialled)
    assert await followed_to(dialled) is None
    assert (await ranks(dialled))[other - unreadable] == rank_of(dialled.campaign.rules, EXPIRES, "", 0)


@pytest.mark.parametrize("column", ["expires_on", "attempts"])
async def test_who_can_follow_no_rules_is_set_aside(
    dialled: Dialled, column: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(following, "_CUSTOMERS_AT_ONCE", 1)
    unreadable = [await dialled.add(str(70000000 + each)) for each in range(2)]
    for each in unreadable:
        await overwrite(dialled, each, column, "many")
    other = await dialled.add(FIXED)
    await dialled.set_rules(order=(OrderBy.ATTEMPTS, OrderBy.EXPIRY))
    await follow(dialled)
    assert await states(dialled) == ["set_aside", "set_aside", "ready"]
    assert (await dialled.contact(other)).state is ContactState.READY
    assert (await ranks(dialled))[-1] == rank_of(dialled.campaign.rules, EXPIRES, "", 0)
    assert sum("is set aside and not called" in each for each in caplog.messages) == 2


async def test_a_campaign_with_days_that_nobody_can_read_keeps_no_other_from_following(dialled: Dialled) -> None:
    if dialled.database.dialect is not Dialect.SQLITE:
        pytest.skip("the database has types")
    other = await make_campaign(dialled.database, dialled.campaign.window)
    await dialled.add(MOBILE)
    await dialled.set_rules(order=(OrderBy.ATTEMPTS, OrderBy.EXPIRY))
    async with dialled.database.transaction() as connection:
        await connection.exec_driver_sql("UPDATE campaigns SET first_day = 'soon' WHERE id = :id", {"id": other.id})
    await follow(dialled)
    assert await ranks(dialled) == [rank_of(dialled.campaign.rules, EXPIRES, "", 0)]
