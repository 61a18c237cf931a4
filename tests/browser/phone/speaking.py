"""Telephones that speak: each sends a tone of its own, keeps what it hears, and says which tones are in it."""

import asyncio
from collections import deque

from tests.telephony.phones.a_law import FRAME, RATE, loudness, rms, samples_of, tone
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.phones.sip_sound import Sound
from tests.telephony.phones.sip_text import token

FRAME_SECONDS = FRAME / RATE
LISTENED = 25
# A tone is there when its part of the sound is this loud (of 1.0), and gone when it is a fifth of that.
THERE, GONE = 0.02, 0.004
PCMA, EVENTS = 8, 101
_KEYS = "0123456789*#ABCD"
_HEAD, _STAMP = 12, slice(4, 8)


class SpeakingSound(Sound):
    """A stream with a tone in it, from the answer until it is closed. `keys`: those that were pressed over there."""

    def __init__(self, tone_hz: int = 1000) -> None:
        super().__init__()
        self.keys = ""
        self._frame = tone(tone_hz)[:FRAME]
        self._heard: deque[bytes] = deque(maxlen=LISTENED)
        self._speaking: asyncio.Task[None] | None = None
        self._last_key = b""
        self._loud_at, self._longest = 0.0, 0.0

    @classmethod
    async def saying(cls, host: str, tone_hz: int) -> "SpeakingSound":
        """On a port that the system chose."""
        loop = asyncio.get_running_loop()
        transport, sound = await loop.create_datagram_endpoint(lambda: cls(tone_hz), local_addr=(host, 0))
        sound._transport, sound.port = transport, transport.get_extra_info("sockname")[1]
        return sound

    async def silence(self, packets: int = 5) -> None:
        """Begin to speak: this telephone is never silent."""
        if self._speaking is None:
            self._speaking = asyncio.create_task(self._speak())

    def close(self) -> None:
        if self._speaking is not None:
            self._speaking.cancel()
        super().close()

    def datagram_received(self, data: bytes, addr: object) -> None:
        super().datagram_received(data, addr)
        if data[1] & 0x7F == PCMA:
            if rms(samples_of([data[_HEAD:]])) > THERE / 2:
                self._loud()
        elif data[1] & 0x7F == EVENTS and data[_STAMP] != self._last_key:
            self._last_key = data[_STAMP]
            self.keys += _KEYS[data[_HEAD]]

    def hears(self, tone_hz: int) -> bool:
        """Whether a tone is in the last half second."""
        return len(self._heard) == LISTENED and loudness(self._last(), tone_hz) > THERE

    def hears_no(self, tone_hz: int) -> bool:
        """Whether half a second was heard, and that tone is not in it."""
        return len(self._heard) == LISTENED and loudness(self._last(), tone_hz) < GONE

    def is_loud(self) -> bool:
        """Whether the last half second is anything but silence."""
        return len(self._heard) == LISTENED and rms(self._last()) > THERE / 2

    def _loud(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._loud_at:
            self._longest = max(self._longest, now - self._loud_at)
        self._loud_at = now

    @property
    def longest_silence(self) -> float:
        """The longest time since `forget` in which nothing was heard, seconds."""
        now = asyncio.get_running_loop().time()
        return max(self._longest, now - self._loud_at) if self._loud_at else 0.0

    def described(self) -> str:
        """What is heard, for a test that failed."""
        tones = {hz: round(loudness(self._last(), hz), 3) for hz in (400, 450, 600, 700, 1000)}
        return f"{tones} in {len(self._heard)} frames, {self.received} packets in all"

    def forget(self) -> None:
        """Nothing was heard so far."""
        self._heard.clear()
        self._loud_at, self._longest = asyncio.get_running_loop().time(), 0.0

    async def _speak(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._send(PCMA, self._frame)
            self._clock += FRAME
            due += FRAME_SECONDS
            await asyncio.sleep(due - loop.time())  # world: pace


class SpeakingPhone(SipPhone):
    """A telephone whose calls have a tone in them."""

    async def speak_to(self, extension: str, tone_hz: int = 1000) -> tuple[Leg, SpeakingSound]:
        """Call an extension: the call, and its sound."""
        sound = await SpeakingSound.saying(self.host, tone_hz)
        leg = Leg(self, token(), sound, incoming=False)
        leg.local = f"<sip:{self.user}@{self.server_text}>;tag={token()}"
        leg.remote = f"<sip:{extension}@{self.server_text}>"
        leg.target = f"sip:{extension}@{self.server_text}"
        self.legs[leg.call_id] = leg
        self._spawn(self._call(leg))
        return leg, sound
