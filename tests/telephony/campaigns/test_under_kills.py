"""Processes of a campaign, killed at each step of an attempt: nothing is lost, and nobody is called twice.

It leaves the centre with a new Asterisk, in which nobody is logged in: it comes last.
"""

import asyncio

import pytest

from callcenter.database.transactions import Database
from tests.telephony.campaigns.conftest import campaign_of, closed
from tests.telephony.campaigns.network import Reaction, network
from tests.telephony.campaigns.test_progressive import hang_up_each
from tests.telephony.phones.duty import on_duty
from tests.telephony.running_centre import RunningCentre

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(300)]

BUSY, ANSWERS, RINGS_ON = Reaction.BUSY, Reaction.ANSWERS, Reaction.RINGS_ON


async def test_no_attempt_is_lost_or_made_twice_when_the_dialer_the_bridge_or_asterisk_is_killed(
    open_centre: RunningCentre, outside_port: int, database: Database
) -> None:
    numbers = [f"7060000{index}" for index in range(6)]
    reactions = dict(zip(numbers, (BUSY, ANSWERS, BUSY, ANSWERS, BUSY, RINGS_ON), strict=True))

    def dialer() -> None:
        open_centre.child("troncal.cli", "dialer").kill()

    def bridge() -> None:
        open_centre.bridge().kill()

    def asterisk() -> None:
        open_centre.asterisk().kill()

    campaign = await campaign_of(database, numbers)
    async with network(open_centre, outside_port, reactions) as outside, on_duty(open_centre, "1003", "prepago") as one:
        outside.harms = dict(zip(numbers, (dialer, dialer, bridge, bridge, lambda: None, asterisk), strict=True))
        talks = asyncio.create_task(hang_up_each(one))
        found = await closed(open_centre, campaign, len(numbers))
        talks.cancel()
    assert found == {
        **dict.fromkeys((numbers[0], numbers[2], numbers[4]), ("busy", "busy")),
        **dict.fromkeys((numbers[1], numbers[3]), ("answered", None)),
        numbers[5]: ("interrupted", "failed"),
    }
    assert set(outside.called.values()) == {1}
