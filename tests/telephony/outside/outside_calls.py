"""Calls to the outside as tests make them, and what Asterisk and the records have of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from tests.telephony.phones.duty import STRAIGHT_HOST, caller
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre
from tests.waiting import answered, eventually

CHANNELS, CHANNELS_PER_AGENT = 3, 2
AGENT, COLLEAGUE = "1003", "1004"
FIRST, SECOND, THIRD, FOURTH = "70712341", "70712342", "70712343", "70712344"
CALLER, CUSTOMER = "70760001", "70761234"


def counted(centre: RunningCentre) -> list[str]:
    """What calls to the outside are counted as, one word for each count."""
    lines = [line.split() for line in centre.console("group show channels").splitlines()]
    return sorted(words[1] for words in lines if len(words) == 3 and words[0].startswith("PJSIP/"))


async def dialled(phone: SipPhone, number: str, outside: SipPhone) -> tuple[Leg, Leg]:
    """The agent's leg and the outside telephone's, connected."""
    leg = await phone.call(number)
    there = await outside.offered()
    await there.answer()
    await leg.until(leg.answered)
    return leg, there


async def ringing(phone: SipPhone, number: str, outside: SipPhone) -> tuple[Leg, Leg]:
    """The same before anybody answers; the agent's leg has learned what the ringing is named by."""
    leg = await phone.call(number)
    there = await outside.offered()
    await leg.until(leg.ringing)
    return leg, there


async def last_outgoing(centre: RunningCentre, columns: str, number: str) -> tuple[object, ...]:
    query = f"SELECT {columns} FROM outgoing_calls WHERE number = '{number}' AND ended_us IS NOT NULL"
    found = await answered(lambda: asyncio.to_thread(centre.rows, f"{query} ORDER BY dialled_us"), bool, 20)
    return found[-1]


@asynccontextmanager
async def conversation(centre: RunningCentre, agent: SipPhone, line: str = "102") -> AsyncIterator[tuple[Leg, Leg]]:
    """Somebody who called the centre, connected to the agent: both legs."""
    phone = await caller(centre, CALLER, host=STRAIGHT_HOST)
    leg = await phone.call(line)
    try:
        taken = await agent.offered(40)
        await taken.answer()
        await leg.until(leg.answered)
        yield leg, taken
    finally:
        await phone.close()


async def hears_each_other(one: Leg, other: Leg) -> None:
    """Sound both ways."""
    for speaker, listener, hertz in ((one, other, 500), (other, one, 700)):
        speaker.sound.play(hertz)
        await eventually(partial(_is_heard, listener, hertz), 20, f"the tone of {hertz} Hz")
        speaker.sound.hush()


def _is_heard(listener: Leg, hertz: int) -> bool:
    return listener.sound.hears(hertz) > 0.5


def last_call(centre: RunningCentre) -> object:
    """The channel of whoever called the centre last."""
    return centre.ledger("SELECT callid FROM queue_log WHERE event = 'ARRIVED' ORDER BY id DESC LIMIT 1")[0][0]
