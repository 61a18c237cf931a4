"""A progressive campaign with real calls: every customer ends as their telephone did."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.settings import PROJECT
from dialer.campaigns.model import DialMode
from dialer.campaigns.window import Window
from tests.dialer.campaign_rows import ALWAYS, ZONE, add_contact, make_campaign
from tests.telephony.campaigns.network import Reaction, network
from tests.telephony.phones.duty import TRUNK_HOST, on_duty
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre, centre_open
from tests.waiting import answered
from troncal.machines.ports import free_ports

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(300)]

ENDS = {
    Reaction.ANSWERS: ("answered", None),
    Reaction.BUSY: ("busy", "busy"),
    Reaction.REJECTS: ("rejected", "busy"),
    Reaction.UNKNOWN: ("wrong_number", "wrong_number"),
    Reaction.CONGESTED: ("congestion", "failed"),
    Reaction.RINGS_ON: ("no_answer", "no_answer"),
}


@pytest.fixture(scope="module")
def outside_port() -> int:
    """Where the public network takes the centre's calls."""
    return free_ports(1, host=TRUNK_HOST, udp=True)[0]


@pytest.fixture(scope="module")
def open_centre(outside_port: int) -> Iterator[RunningCentre]:
    text = (PROJECT / "centre.yaml").read_text(encoding="utf-8").replace("127.0.0.2:5060", f"127.0.0.2:{outside_port}")
    with centre_open(text) as running:
        yield running


@pytest.fixture
async def database(open_centre: RunningCentre) -> AsyncIterator[Database]:
    """That of the centre."""
    opened = Database(f"sqlite+aiosqlite:///{open_centre.state / 'troncal.sqlite'}")
    yield opened
    await opened.close()


async def test_each_customer_is_called_once_and_ends_as_their_telephone_did(
    open_centre: RunningCentre, outside_port: int, database: Database
) -> None:
    kinds = list(Reaction)
    reactions = {f"7070{index:04d}": kinds[index % len(kinds)] for index in range(12)}
    today = as_datetime(now_us(), ZONE).date()
    window = Window(today - timedelta(days=1), today + timedelta(days=1))
    campaign = await make_campaign(database, window, mode=DialMode.PROGRESSIVE, hours=ALWAYS, ring_seconds=15)
    for number in reactions:
        await add_contact(database, campaign, number)
    async with network(open_centre, outside_port, reactions) as outside, on_duty(open_centre, "1003", "prepago") as one:
        talks = asyncio.create_task(hang_up_each(one))
        query = "SELECT number, result, outcome FROM campaign_attempts WHERE closed_us IS NOT NULL"
        rows = await answered(
            lambda: asyncio.to_thread(open_centre.rows, query), lambda found: len(found) == len(reactions), 150
        )
        talks.cancel()
    assert {number: result for number, result, _ in rows} == {n: ENDS[kind][0] for n, kind in reactions.items()}
    assert set(outside.most_at_once.values()) == {1} and set(outside.called.values()) == {1}
    # Of those with whom an agent talked the agent has said nothing.
    said = {number: outcome for number, _, outcome in rows}
    assert said == {n: ENDS[kind][1] for n, kind in reactions.items()}
    # Not one of them is a call that was registered.
    assert open_centre.rows("SELECT * FROM calls") == []  # at once: settled


async def hang_up_each(phone: SipPhone) -> None:
    """An agent who answers every call and ends it."""
    while True:
        leg = await phone.incoming.get()
        await leg.until(leg.answered)
        await leg.hang_up()
