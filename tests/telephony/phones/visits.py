"""Callers who go into the self-services of a line: what they press, what they hear next, and how it ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.telephony.phones.duty import caller
from tests.telephony.phones.heard import Heard
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

OPTIONS = "troncal/servicio-opciones"


def goal(centre: RunningCentre, number: str) -> tuple[str, str] | None:
    """The self-service of a number's last call, and how it ended."""
    rows = centre.ledger(
        "SELECT g.data2, g.data3 FROM queue_log g JOIN queue_log a ON a.callid = g.callid AND a.event = 'ARRIVED'"
        f" WHERE a.data2 = '{number}' AND g.data1 = 'IVRGOAL' ORDER BY g.id DESC LIMIT 1"
    )
    return (str(rows[0][0]), str(rows[0][1])) if rows else None


def in_queue(centre: RunningCentre, number: str) -> bool:
    found = centre.ledger(
        "SELECT 1 FROM queue_log g JOIN queue_log a ON a.callid = g.callid AND a.event = 'ARRIVED'"
        f" WHERE a.data2 = '{number}' AND g.event = 'ENTERQUEUE'"
    )
    return bool(found)


class Visit:
    """A caller in the menus of a line."""

    def __init__(self, centre: RunningCentre, heard: Heard, number: str, leg: Leg) -> None:
        self.centre, self.heard, self.number, self.leg = centre, heard, number, leg
        self._speaking = asyncio.Lock()

    async def press(self, keys: str) -> None:
        async with self._speaking:
            await self.leg.sound.press(keys)

    async def breathe(self) -> None:
        """Send sound now and then, never in the middle of a key: a line that is dead is given up."""
        while True:
            async with self._speaking:
                await self.leg.sound.silence()
            await asyncio.sleep(4)  # world: pace

    async def hears(self, *sounds: str, then: str = OPTIONS) -> None:
        """These sounds one after the other, and that one next. Raises AssertionError."""
        wanted = [*sounds, then]
        await eventually(lambda: wanted == self._tail(wanted), 40, f"{wanted}, not {self.heard.by(self.number)}")

    async def reaches_a_person(self) -> None:
        await eventually(lambda: in_queue(self.centre, self.number), 30, "the caller is in a queue")

    def _tail(self, wanted: list[str]) -> list[str]:
        return self.heard.by(self.number)[-len(wanted) :]


@asynccontextmanager
async def visit(centre: RunningCentre, number: str, line: str, key: str) -> AsyncIterator[Visit]:
    """A call that chooses a service."""
    heard, phone = Heard(centre), await caller(centre, number)
    leg = await phone.call(line)
    await leg.until(leg.answered)
    call = Visit(centre, heard, number, leg)
    breathing = asyncio.create_task(call.breathe())
    try:
        await heard.until(number, f"troncal/bienvenida-{line}")
        await call.press(key)
        yield call
    finally:
        breathing.cancel()
        await phone.close()
