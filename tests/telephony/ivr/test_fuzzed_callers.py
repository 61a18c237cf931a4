"""Callers who press anything, say nothing, hang up at any moment, and come with numbers that are no numbers."""

import asyncio
from random import Random
from urllib.parse import quote

import pytest

from tests.telephony.phones.duty import caller
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(300)]
CALLERS, AT_ONCE, SEED = 60, 15, 20261122
KEYS = "0123456789*#"
LINES = ("101", "102", "103", "104", "109", "4200224", "4522222")
NAMES = (
    "7071\r\n\r\nEvent: Hangup",
    "${SHELL(touch hacked)}",
    '"7071" <evil>',
    "7071,1)&Playback(tt-monkeys",
    "70712345|CONNECT|1",
    "$[1/0]",
    "${EVAL(${CALLERID(num)})}",
    "anonymous",
    "7" * 60,
)


async def test_nothing_that_callers_do_leaves_a_channel_or_an_error(centre: RunningCentre) -> None:
    draw, gate = Random(SEED), asyncio.Semaphore(AT_ONCE)
    calls = [_one(centre, Random(draw.random()), gate, number) for number in range(CALLERS)]
    heard = await asyncio.gather(*calls)
    await eventually(lambda: "0 active channels" in centre.console("core show channels"), 40, "no channel is left")
    assert sum(heard) > CALLERS // 2
    assert centre.asterisk_problems() == []
    log = (centre.state / "log/agi.log").read_text()
    assert "Traceback" not in log
    assert " ERROR " not in log
    departed = "SELECT count(*) FROM queue_log WHERE event = 'DEPARTED'"
    arrived = "SELECT count(*) FROM queue_log WHERE event = 'ARRIVED'"
    await eventually(lambda: centre.ledger(departed) == centre.ledger(arrived), 10, "who arrived has departed")


async def _one(centre: RunningCentre, draw: Random, gate: asyncio.Semaphore, number: int) -> bool:
    """One caller: presses, floods, is silent, hangs up. Whether it heard anything."""
    async with gate:
        name = quote(draw.choice(NAMES), safe="") if draw.random() < 0.4 else f"7{number:07}"
        phone = await caller(centre, name)
        leg = await phone.call(draw.choice(LINES))
        try:
            hurried = draw.random() < 0.1
            await _within(0.02 if hurried else 30, leg.answered)
            if not hurried:
                await _behave(leg, draw)
        finally:
            await phone.close()
        return leg.sound.received > 0


async def _behave(leg: Leg, draw: Random) -> None:
    for _ in range(draw.randint(0, 6)):
        if await _within(draw.uniform(0, 3), leg.ended):
            return
        await leg.sound.press("".join(draw.choices(KEYS, k=draw.choice((1, 1, 2, 12)))))


async def _within(seconds: float, event: asyncio.Event) -> bool:
    """Whether it happens in that time."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
