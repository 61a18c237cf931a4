"""A row that nobody can read costs that row only."""

import pytest
from sqlalchemy import update

from callcenter.callbacks.rules import CallbackReason, QueuePosition, Rules
from callcenter.callbacks.store import CallbackRequest, CallbackStore
from callcenter.campaign_outcomes import ContactState
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaign_attempts, campaign_contacts
from dialer.contacts.progress import CampaignFigures
from tests.dialer.campaign_rows import add_contact
from tests.dialer.engine.looks import looking, states
from tests.dialer.engine.stage import dialing
from tests.dialer.engine.test_campaigns import begun_attempt, free, recorded, results, running_campaign
from tests.waiting import answered

pytestmark = pytest.mark.database


async def spoil(database: Database, contact_id: int, **values: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(update(campaign_contacts).where(campaign_contacts.c.id == contact_id).values(values))


@pytest.mark.parametrize(
    "values",
    [
        *({"numbers": each} for each in ("", "7", "[7]", "{", '["707"', "null")),
        *({"services": each} for each in ("", "{}", '[{"service": "x"}]')),
        *({"amount": "much"}, {"expires_on": "tomorrow"}),
    ],
    ids=str,
)
async def test_a_customer_whom_nobody_can_read_costs_nobody_else_anything(
    database: Database, values: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    campaign = await running_campaign(database)
    unreadable = await add_contact(database, campaign, "70700001")
    await add_contact(database, campaign, "70700002")
    async with database.transaction() as connection:
        for name, value in values.items():
            # As a hand or another program would write it, past the types of the table.
            spoilt = f"UPDATE campaign_contacts SET {name} = :value WHERE id = :id"
            await connection.exec_driver_sql(spoilt, {"value": value, "id": unreadable})
    async with looking(database) as looks:
        looks.free("1003", "prepago")
        await looks.look()
        assert looks.rung == ["70700002"]
    assert await states(database) == [ContactState.SET_ASIDE, ContactState.CALLING]
    assert (await CampaignFigures(database).progress([campaign.id]))[campaign.id].set_aside == 1
    assert (await CampaignFigures(database).due(campaign.id, now_us())).set_aside == 1
    assert sum(f"customer {unreadable} of campaign_contacts is set aside" in each for each in caplog.messages) == 1


async def test_a_customer_who_becomes_unreadable_in_a_call_keeps_it_from_ending_nowhere(database: Database) -> None:
    campaign = await running_campaign(database, "70700001", "70700002")
    begun = await begun_attempt(database, campaign, now_us() - 20 * MICROSECONDS)
    await recorded(database, begun.reference, OutgoingResult.BUSY)
    await spoil(database, begun.contact_id, numbers="{")
    async with looking(database) as looks:
        looks.free("1003", "prepago")
        await looks.look()
        assert looks.rung == ["70700002"]
    assert await results(database) == [OutgoingResult.BUSY]


@pytest.mark.parametrize("values", [{"mode": "by_hand"}, {"outcome": "lunch"}, {"result": "lunch"}], ids=str)
async def test_an_attempt_that_nobody_can_read_costs_its_customer_only(
    database: Database, values: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    campaign = await running_campaign(database, "70700001", "70700002")
    begun = await begun_attempt(database, campaign, now_us() - 20 * MICROSECONDS)
    async with database.transaction() as connection:
        await connection.execute(update(campaign_attempts).values(values))
        woken = update(campaign_contacts).where(campaign_contacts.c.id == begun.contact_id)
        await connection.execute(woken.values(state=ContactState.READY.value))
    async with looking(database) as looks:
        looks.free("1003", "prepago")
        for _ in range(3):
            await looks.look(1)
        assert looks.rung == ["70700002"]
    assert sum(f"{begun.reference} cannot be read" in each for each in caplog.messages) == 1


async def test_what_nobody_can_read_of_another_customer_of_that_number_does_not_matter(database: Database) -> None:
    campaign = await running_campaign(database, "70700001")
    await begun_attempt(database, campaign, now_us() - 20 * MICROSECONDS)
    async with database.transaction() as connection:
        await connection.execute(update(campaign_attempts).values(closed_us=now_us(), result="busy", outcome="lunch"))
    await add_contact(database, campaign, "70700001")
    async with looking(database) as looks:
        looks.free("1003", "prepago")
        await looks.look()
        assert looks.rung == ["70700001"]
    assert await states(database) == [ContactState.CALLING] * 2


async def test_callbacks_go_on_beside_a_customer_whom_nobody_can_read(database: Database) -> None:
    campaign = await running_campaign(database)
    await spoil(database, await add_contact(database, campaign, "70700001"), numbers="{")
    at_us = now_us()
    asked = CallbackRequest("70000001", "102", "102", "c1", QueuePosition(0, at_us), CallbackReason.KEY)
    async with dialing(database) as bridge:
        free(bridge, "1003")

        async def found() -> list[str]:
            bridge.wake()
            return await states(database)

        await answered(found, lambda seen: seen == [ContactState.SET_ASIDE])
        await CallbackStore(database, "central", Rules()).ask(asked, at_us)
        bridge.publish_queue("102", available=1)
        assert (await bridge.next_command()).exten == "callback"
