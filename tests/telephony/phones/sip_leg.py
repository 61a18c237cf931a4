"""One call of a test phone."""

import asyncio
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.telephony.phones.sip_sound import Sound
from tests.telephony.phones.sip_text import SipMessage, address_in, offer, tag_in

if TYPE_CHECKING:
    from tests.telephony.phones.sip_phone import SipPhone

LIMIT_SECONDS = 10


class Manner(Enum):
    """What a phone does with a call that comes in."""

    RING = "rings until the test answers"
    ANSWER = "answers at once"
    REFUSE = "busy"


class Leg:
    """One call of a phone."""

    def __init__(self, phone: "SipPhone", call_id: str, sound: Sound, *, incoming: bool) -> None:
        self.phone, self.call_id, self.sound, self.incoming = phone, call_id, sound, incoming
        self.local, self.remote, self.target = "", "", ""
        self.sequence = 0
        self.invite: SipMessage | None = None
        self.status = 0
        self.ringing, self.answered, self.ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def until(self, event: asyncio.Event, seconds: float = LIMIT_SECONDS) -> None:
        """Wait for `ringing`, `answered` or `ended`. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            await event.wait()

    async def answer(self) -> None:
        """Pick up."""
        assert self.invite is not None
        body = offer(self.phone.host, self.sound.port)
        self.phone.respond(self.invite, 200, "OK", self.local, body)
        await self.until(self.answered)
        await self.sound.silence()

    def refuse(self, status: int = 486) -> None:
        """Not this call."""
        assert self.invite is not None
        self.phone.respond(self.invite, status, "No", self.local)
        self.end()

    async def hang_up(self) -> None:
        """BYE, or CANCEL of a call that nobody answered."""
        if self.ended.is_set():
            return
        if self.incoming or self.answered.is_set():
            await self.ask("BYE")
            self.end()
        else:
            assert self.invite is not None
            self.phone.cancel(self, self.invite)
            await self._given_up()

    async def _given_up(self) -> None:
        """After CANCEL: the call ends, or it was answered while that was on its way and is hung up."""
        async with asyncio.timeout(LIMIT_SECONDS):
            ends = [asyncio.ensure_future(event.wait()) for event in (self.ended, self.answered)]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        if not self.ended.is_set():
            await self.ask("BYE")
            self.end()

    async def transfer(self, extension: str) -> SipMessage:
        """Blind transfer: REFER to an extension."""
        return await self.ask("REFER", {"refer-to": f"<sip:{extension}@{self.phone.server_text}>"})

    async def transfer_to(self, other: "Leg") -> SipMessage:
        """Attended transfer: REFER to the other leg's far end, replacing that leg."""
        where = f"<{address_in(other.target)}?Replaces={quote(other.replaces, safe='')}>"
        return await self.ask("REFER", {"refer-to": where})

    @property
    def replaces(self) -> str:
        """The value of a Replaces header that names this call, as the far end knows it."""
        return f"{self.call_id};to-tag={tag_in(self.remote)};from-tag={tag_in(self.local)}"

    async def hold(self) -> None:
        """The other side hears music."""
        body = offer(self.phone.host, self.sound.port, direction="sendonly")
        reply = await self.ask("INVITE", {}, body)
        self.phone.acknowledge(self, reply)

    async def ask(self, method: str, extra: dict[str, str] | None = None, body: str = "") -> SipMessage:
        """A request inside the call, and its final answer."""
        return await self.phone.request(method, self, extra or {}, body)

    def end(self) -> None:
        """The call is over."""
        self.ended.set()
        self.sound.close()
        self.phone.legs.pop(self.call_id, None)
