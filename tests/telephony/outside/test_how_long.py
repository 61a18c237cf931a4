"""How long a call to the outside lasts, wherever it is transferred."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.telephony.outside.outside_calls import AGENT, COLLEAGUE, CUSTOMER, FIRST, conversation, counted, dialled
from tests.telephony.phones.heard import Heard
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]


@contextmanager
def longest(centre: RunningCentre, seconds: int) -> Iterator[None]:
    """Calls that are dialled in this block last so long at the most."""
    before = centre.console("dialplan show globals").partition("TRONCAL_LONGEST=")[2].split()[0]
    assert before == "3600"
    centre.console(f"dialplan set global TRONCAL_LONGEST {seconds}")
    try:
        yield
    finally:
        centre.console(f"dialplan set global TRONCAL_LONGEST {before}")


@pytest.fixture
def short(open_centre: RunningCentre) -> Iterator[None]:
    """Calls last three seconds at the most."""
    with longest(open_centre, 3):
        yield


@pytest.mark.usefixtures("short")
async def test_a_forgotten_call_ends(agent: SipPhone, outside: SipPhone) -> None:
    leg, there = await dialled(agent, FIRST, outside)
    await there.until(there.ended)
    await leg.until(leg.ended)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("to", ["104", COLLEAGUE])
async def test_a_transfer_does_not_make_it_longer(
    agent: SipPhone, colleague: SipPhone, outside: SipPhone, to: str
) -> None:
    leg, there = await dialled(agent, CUSTOMER, outside)
    assert (await leg.transfer(to)).status == 202
    if to == COLLEAGUE:
        await (await colleague.offered()).answer()
    await there.until(there.ended)


@pytest.mark.usefixtures("short")
async def test_nor_does_a_caller_who_was_sent_outside_stay_there(
    open_centre: RunningCentre, agent: SipPhone, outside: SipPhone
) -> None:
    async with conversation(open_centre, agent) as (leg, taken):
        await taken.transfer(FIRST)
        there = await outside.offered()
        await there.answer()
        assert counted(open_centre) == [AGENT, "outside"]
        await there.until(there.ended)
        await leg.until(leg.ended)


async def test_the_agent_is_told_when_a_minute_is_left(
    open_centre: RunningCentre, agent: SipPhone, outside: SipPhone
) -> None:
    heard = Heard(open_centre)
    with longest(open_centre, 61):
        await dialled(agent, FIRST, outside)
        await eventually(lambda: "troncal/salida-ultimo-minuto" in heard.anybody(), 20, "the agent is told")
