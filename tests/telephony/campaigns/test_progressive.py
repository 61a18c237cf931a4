"""A progressive campaign with real calls: every customer ends as their telephone did."""

import asyncio
import os
from contextlib import AsyncExitStack

import pytest

from callcenter.database.transactions import Database
from tests.telephony.campaigns.conftest import AGENTS, campaign_of, closed
from tests.telephony.campaigns.network import Reaction, network
from tests.telephony.phones.duty import on_duty
from tests.telephony.phones.sip_leg import Manner
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(3600)]

# What the telephone was, and what that came to; with whom an agent talked, the agent has said nothing yet.
ENDS = {
    Reaction.ANSWERS: ("answered", None),
    Reaction.BUSY: ("busy", "busy"),
    Reaction.REJECTS: ("rejected", "busy"),
    Reaction.UNKNOWN: ("wrong_number", "wrong_number"),
    Reaction.CONGESTED: ("congestion", "failed"),
    Reaction.RINGS_ON: ("no_answer", "no_answer"),
}
# As telephones are, roughly; who does not answer takes longest.
MIX = (
    *(Reaction.ANSWERS, Reaction.BUSY, Reaction.ANSWERS, Reaction.REJECTS, Reaction.ANSWERS),
    *(Reaction.UNKNOWN, Reaction.ANSWERS, Reaction.CONGESTED, Reaction.ANSWERS, Reaction.RINGS_ON),
)
WHOLE = "TRONCAL_TEST_CONTACTS" in os.environ
CONTACTS = int(os.environ.get("TRONCAL_TEST_CONTACTS", "50"))


async def test_each_customer_is_called_once_and_ends_as_their_telephone_did(
    open_centre: RunningCentre, outside_port: int, database: Database
) -> None:
    reactions = {f"7070{index:04d}": MIX[index % len(MIX)] for index in range(CONTACTS)}
    campaign = await campaign_of(database, list(reactions))
    async with network(open_centre, outside_port, reactions) as outside, AsyncExitStack() as duty:
        phones = [await duty.enter_async_context(on_duty(open_centre, each, "prepago")) for each in AGENTS]
        talks = [asyncio.create_task(hang_up_each(phone)) for phone in phones]
        found = await closed(open_centre, campaign, len(reactions), CONTACTS * 4)
        for talk in talks:
            talk.cancel()
    assert found == {number: ENDS[kind] for number, kind in reactions.items()}
    assert set(outside.most_at_once.values()) == {1} and set(outside.called.values()) == {1}
    # Not one of them is a call that was registered.
    assert open_centre.rows("SELECT * FROM calls") == []  # at once: settled


async def test_who_answers_and_finds_no_agent_is_told_who_called_and_counts_as_abandoned(
    open_centre: RunningCentre, outside_port: int, database: Database
) -> None:
    number = "70701111"
    campaign = await campaign_of(database, [number])
    async with (
        network(open_centre, outside_port, {number: Reaction.ANSWERS}),
        on_duty(open_centre, "1003", "prepago", manner=Manner.REFUSE),
    ):
        found = await closed(open_centre, campaign, 1)
    assert found == {number: ("answered", "abandoned")}


async def hang_up_each(phone: SipPhone) -> None:
    """An agent who answers every call and ends it."""
    while True:
        leg = await phone.incoming.get()
        await leg.until(leg.answered)
        await leg.hang_up()
