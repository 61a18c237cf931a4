"""Calls that the centre makes, real ones: each is in the records from its beginning to its end, and moves no level."""

import asyncio
from collections.abc import Iterator

import pytest

from callcenter.settings import PROJECT
from tests.telephony.phones.duty import STRAIGHT_HOST, TRUNK_HOST, caller, on_duty, public_phone
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre, centre_open
from tests.waiting import answered
from troncal.machines.ports import free_ports

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(200)]

NUMBER = "70712345"
REFUSALS = {486: "busy", 603: "rejected", 404: "wrong_number", 503: "congestion"}
COLUMNS = "purpose, member, number, result, rang, answered_us IS NOT NULL, handed_to, ended_us >= dialled_us"


@pytest.fixture(scope="module")
def outside_port() -> int:
    """Where the public network takes the centre's calls."""
    return free_ports(1, host=TRUNK_HOST, udp=True)[0]


@pytest.fixture(scope="module")
def open_centre(outside_port: int) -> Iterator[RunningCentre]:
    text = (PROJECT / "centre.yaml").read_text(encoding="utf-8").replace("127.0.0.2:5060", f"127.0.0.2:{outside_port}")
    with centre_open(text) as running:
        yield running


async def last_recorded(centre: RunningCentre, count: int) -> tuple[object, ...]:
    """The last outgoing call, once so many are over."""
    query = f"SELECT {COLUMNS} FROM outgoing_calls WHERE ended_us IS NOT NULL ORDER BY dialled_us"
    rows = await answered(lambda: asyncio.to_thread(centre.rows, query), lambda found: len(found) == count, 20)
    return rows[-1]


async def test_every_call_to_the_outside_is_recorded_with_what_became_of_it(
    open_centre: RunningCentre, outside_port: int
) -> None:
    async with on_duty(open_centre, "1003", "102") as agent, public_phone(open_centre, NUMBER, outside_port) as outside:
        talk = await agent.call(NUMBER)
        there = await outside.offered()
        await there.answer()
        await talk.until(talk.answered)
        await there.hang_up()
        assert await last_recorded(open_centre, 1) == ("agent", "1003", NUMBER, "answered", 1, 1, None, 1)
        for count, (status, result) in enumerate(REFUSALS.items(), 2):
            await agent.call(NUMBER)
            (await outside.offered()).refuse(status)
            found = await last_recorded(open_centre, count)
            assert found == ("agent", "1003", NUMBER, result, 1, 0, None, 1)
        await sent_outside(open_centre, agent, outside)
        found = await last_recorded(open_centre, len(REFUSALS) + 2)
        assert found == ("transfer", None, NUMBER, "answered", 1, 1, None, 1)
        # One who called is registered, and nobody who was called.
        assert open_centre.rows("SELECT caller FROM calls") == [("70760001",)]  # at once: settled
        assert open_centre.rows("SELECT caller FROM queue_entries") == [("70760001",)]  # at once: settled


async def sent_outside(centre: RunningCentre, agent: SipPhone, outside: SipPhone) -> None:
    """Somebody calls, and the agent sends them to the outside number."""
    phone = await caller(centre, "70760001", host=STRAIGHT_HOST)
    leg = await phone.call("102")
    conversation = await agent.offered()
    await leg.until(leg.answered)
    await conversation.transfer(NUMBER)
    there = await outside.offered()
    await there.answer()
    await there.hang_up()
    await phone.close()
