"""A campaign without agents, with real calls: the message, and what a customer's key does."""

import asyncio

import pytest

from callcenter.database.transactions import Database
from dialer.campaigns.model import DialMode
from tests.telephony.campaigns.conftest import campaign_of, closed
from tests.telephony.campaigns.network import Network, Reaction, network
from tests.telephony.phones.duty import on_duty
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.running_centre import RunningCentre
from tests.waiting import answered

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(300)]

KEYS = {"70705001": "1", "70705002": "2", "70705009": "9"}
OUTCOMES = {"70705001": None, "70705002": "contacted", "70705009": "never_again"}


async def test_customers_hear_the_message_and_press_what_they_want(
    open_centre: RunningCentre, outside_port: int, database: Database
) -> None:
    campaign = await campaign_of(database, list(KEYS), DialMode.AGENTLESS)
    async with (
        network(open_centre, outside_port, dict.fromkeys(KEYS, Reaction.ANSWERS)) as outside,
        on_duty(open_centre, "1003", "prepago") as agent,
    ):
        pressing = [asyncio.create_task(press(outside, number, key)) for number, key in KEYS.items()]
        conversation = await agent.offered(60)
        await conversation.until(conversation.answered)
        await asyncio.gather(*pressing)
        await conversation.hang_up()
        found = await closed(open_centre, campaign, len(KEYS))
    assert found == {number: ("answered", outcome) for number, outcome in OUTCOMES.items()}
    assert open_centre.rows("SELECT number, added_by FROM do_not_call") == [  # at once: settled
        ("70705009", "customer")
    ]


async def press(outside: Network, number: str, key: str) -> None:
    """Once the message is heard."""
    leg = await answered(lambda: _leg(outside, number), lambda found: found is not None, 30)
    assert leg is not None
    await answered(lambda: _loudest(leg), lambda loudest: loudest > 500, 20)
    await leg.sound.press(key)


async def _leg(outside: Network, number: str) -> Leg | None:
    return outside.answered.get(number)


async def _loudest(leg: Leg) -> int:
    return leg.sound.loudest
