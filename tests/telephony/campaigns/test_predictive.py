"""A predictive campaign with real calls: more telephones ring than agents are free, and the abandoned are counted."""

import asyncio
from contextlib import AsyncExitStack

import httpx
import pytest

from callcenter.database.transactions import Database
from dialer.campaigns.model import Campaign, DialMode
from tests.telephony.api_session import session
from tests.telephony.campaigns.conftest import AGENTS, campaign_of, closed
from tests.telephony.campaigns.network import Network, Reaction, network
from tests.telephony.phones.duty import on_duty
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre
from tests.waiting import answered, eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(300)]

TEAM, VOICE = AGENTS[:3], 1000
HASTY = "70730000"
TOGETHER = [f"7073{index:04d}" for index in range(1, 7)]
# They come after the others, and ring until somebody gives up.
RINGING = [f"7074{index:04d}" for index in range(60)]
# A call rings for fifteen seconds where it is not cancelled.
AT_ONCE_SECONDS = 8


async def test_whoever_heard_no_agent_was_abandoned_and_what_rings_ends_when_nobody_is_to_have_it(
    open_centre: RunningCentre, outside_port: int, database: Database
) -> None:
    reactions = {HASTY: Reaction.HANGS_UP, **dict.fromkeys(TOGETHER, Reaction.ANSWERS_TOGETHER)}
    reactions |= dict.fromkeys(RINGING, Reaction.RINGS_ON)
    campaign = await campaign_of(database, list(reactions), DialMode.PREDICTIVE, ceiling_percent=30)
    async with (
        network(open_centre, outside_port, reactions) as outside,
        session(open_centre, "supervisor") as http,
        AsyncExitStack() as duty,
    ):
        phones = [await duty.enter_async_context(on_duty(open_centre, each, "prepago")) for each in TEAM]
        await eventually(lambda: len(outside.ringing()) > len(TEAM), 30, "more telephones ring than there are agents")
        outside.reactions |= {each: Reaction.RINGS_ON for each in TOGETHER if each not in outside.called}
        outside.together.set()
        conversations = await asyncio.gather(*map(talk, phones))
        heard = await who_hears_an_agent(outside)
        await eventually(lambda: outside.talking() == heard, 40, "the others were told who called, and hung up on")
        abandoned = set(outside.answered) - heard - {HASTY}
        found = await closed(open_centre, campaign, 1 + len(abandoned), 20)
        assert found == {HASTY: ("answered", "hung_up"), **dict.fromkeys(abandoned, ("answered", "abandoned"))}
        assert abandoned
        await asyncio.gather(*(each.hang_up() for each in conversations))
        # Live answers are those of the network: machines there were none.
        await tallied(http, campaign, live_answers=len(outside.answered), abandoned=len(abandoned))

        await rings(outside)
        await http.post(f"/api/campaigns/{campaign.id}/pause")
        await given_up(outside)
        await http.post(f"/api/campaigns/{campaign.id}/start")
        await rings(outside)
        await duty.aclose()
        await given_up(outside)
        await counted_for_nothing(open_centre, campaign, outside)
        await http.post(f"/api/campaigns/{campaign.id}/end")


async def talk(phone: SipPhone) -> Leg:
    """The agent has a customer, and talks on."""
    leg = await phone.offered(30)
    await leg.until(leg.answered)
    leg.sound.play(VOICE)
    return leg


async def who_hears_an_agent(outside: Network) -> set[str]:
    """Those who do, once all agents have somebody."""

    def hearing() -> set[str]:
        return {number for number, leg in outside.answered.items() if leg.sound.hears(VOICE) > 0.5}

    await eventually(lambda: len(hearing()) == len(TEAM), 20, "each agent is heard by somebody")
    return hearing()


async def tallied(http: httpx.AsyncClient, campaign: Campaign, *, live_answers: int, abandoned: int) -> None:
    """Until the campaign's page has these figures of the day."""

    async def figures() -> tuple[int, int]:
        now = (await http.get(f"/api/campaigns/{campaign.id}")).json()["activity"]
        return now["live_answers_today"], now["abandoned_today"]

    async with asyncio.timeout(20):
        while await figures() != (live_answers, abandoned):
            await asyncio.sleep(0.2)  # world: pace


async def rings(outside: Network) -> None:
    await eventually(lambda: bool(outside.ringing()), 30, "a telephone rings")


async def given_up(outside: Network) -> None:
    """The network was told to stop ringing, long before the ringing would have ended."""
    await eventually(lambda: not outside.ringing(), AT_ONCE_SECONDS, "no telephone rings any longer")


async def counted_for_nothing(centre: RunningCentre, campaign: Campaign, outside: Network) -> None:
    """Asterisk has no call any more; the ledger says who gave up, and the customer has all their calls left."""
    rung = sorted(number for number in outside.called if outside.reactions[number] is Reaction.RINGS_ON)
    query = (
        "SELECT o.number, o.result, o.ended_by_customer, a.result, a.outcome, c.attempts, c.state"
        " FROM outgoing_calls o JOIN campaign_attempts a USING (reference)"
        " JOIN campaign_contacts c ON c.id = a.contact_id"
        f" WHERE a.campaign_id = {campaign.id} AND a.closed_us IS NOT NULL AND o.result = 'cancelled' ORDER BY o.number"
    )
    await eventually(lambda: len(centre.rows(query)) == len(rung), 20, "all are closed")
    end = ("cancelled", None, "cancelled", "failed", 0, "waiting")
    assert centre.rows(query) == [(number, *end) for number in rung]
    await answered(lambda: channels(centre), lambda shown: not shown.strip(), 10, "Asterisk has no call any more")


async def channels(centre: RunningCentre) -> str:
    return await asyncio.to_thread(centre.console, "core show channels concise")
