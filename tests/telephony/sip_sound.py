"""The sound side of a test phone: keeps the stream alive, sends keys (RFC 4733) and tones, and tells what it hears."""

import asyncio
import math
import struct
from collections import deque
from functools import cache

_SILENCE = b"\xd5" * 160
_KEYS = "0123456789*#ABCD"
_STEP_SECONDS = 0.02
_RATE, _STEP = 8000, 160
_TONE_AMPLITUDE = 8000


def _from_alaw(code: int) -> int:
    """One sample of G.711 A-law as a 16-bit one."""
    code ^= 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    size = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return size if code & 0x80 else -size


_SAMPLES = tuple(_from_alaw(code) for code in range(256))


def _to_alaw(sample: int) -> int:
    """The code whose sample is nearest."""
    return min(range(256), key=lambda code: abs(_SAMPLES[code] - sample))


@cache
def _tone(hertz: int) -> bytes:
    """One second of a tone as A-law; a whole number of waves, so that it can be repeated.

    It takes half a second to make, in which no phone of the process would send anything: made once.
    """
    return bytes(_to_alaw(round(_TONE_AMPLITUDE * math.sin(2 * math.pi * hertz * at / _RATE))) for at in range(_RATE))


def prepare(*tones: int) -> None:
    """Make tones before they are needed in the middle of a call."""
    for hertz in tones:
        _tone(hertz)


def tone_share(samples: list[int], hertz: int) -> float:
    """How much of a sound's energy is in one tone, 0 to 1 (Goertzel's filter)."""
    energy = sum(sample * sample for sample in samples)
    if not energy:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * hertz / _RATE)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    power = before * before + last * last - turn * before * last
    return 2 * power / (energy * len(samples))


class Sound(asyncio.DatagramProtocol):
    """One RTP port, G.711 A-law."""

    def __init__(self) -> None:
        self._transport: asyncio.DatagramTransport | None = None
        self._sequence, self._clock = 0, 0
        self.port = 0
        self.received = 0
        self._heard: deque[bytes] = deque(maxlen=_RATE // _STEP)
        self._playing: asyncio.Task[None] | None = None
        self.remote: tuple[str, int] | None = None

    @classmethod
    async def open(cls, host: str) -> "Sound":
        """A port that the system chose."""
        loop = asyncio.get_running_loop()
        transport, sound = await loop.create_datagram_endpoint(cls, local_addr=(host, 0))
        sound._transport, sound.port = transport, transport.get_extra_info("sockname")[1]
        return sound

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Sound from the other side."""
        self.received += 1
        if data[1] & 0x7F == 8:
            self._heard.append(data[12:])

    @property
    def loudest(self) -> int:
        """The largest sample of the last second heard, of 32,768."""
        return max((abs(sample) for sample in self._last()), default=0)

    def hears(self, hertz: int) -> float:
        """The share of a tone in the last second heard, 0 to 1; 0 where that was all but silent."""
        return tone_share(self._last(), hertz) if self.loudest > 200 else 0.0

    def forget(self) -> None:
        """What was heard up to now counts no more."""
        self._heard.clear()

    def _last(self) -> list[int]:
        return [_SAMPLES[code] for packet in self._heard for code in packet]

    def play(self, hertz: int) -> None:
        """Send a tone from now on, until `hush` or the end."""
        self.hush()
        self._playing = asyncio.create_task(self._play(_tone(hertz)))

    def count_from(self, number: int) -> None:
        """Give the next packet that number, 0 to 65,535; phones begin anywhere."""
        self._sequence = number - 1

    def hush(self) -> None:
        """Send no tone any more."""
        if self._playing is not None:
            self._playing.cancel()
            self._playing = None

    async def _play(self, second: bytes) -> None:
        loop, place = asyncio.get_running_loop(), 0
        due = loop.time()
        while True:
            self._send(8, second[place : place + _STEP])
            self._clock += _STEP
            place = (place + _STEP) % _RATE
            due += _STEP_SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))

    def close(self) -> None:
        """No more sound."""
        self.hush()
        if self._transport is not None:
            self._transport.close()

    async def silence(self, packets: int = 5) -> None:
        """Let the other side know where the sound comes from."""
        for _ in range(packets):
            self._send(8, _SILENCE)
            self._clock += 160
            await asyncio.sleep(_STEP_SECONDS)

    async def press(self, keys: str) -> None:
        """One key after the other, each a tenth of a second."""
        await self.silence()
        for key in keys:
            for step in range(1, 9):
                ending = step > 5
                event = struct.pack("!BBH", _KEYS.index(key), (0x80 if ending else 0) | 10, min(step, 6) * 160)
                self._send(101, event, marker=step == 1)
                await asyncio.sleep(_STEP_SECONDS)
            self._clock += 960
            await self.silence()

    def _send(self, payload: int, data: bytes, *, marker: bool = False) -> None:
        self._sequence += 1
        head = struct.pack("!BBHII", 0x80, (0x80 if marker else 0) | payload, self._sequence, self._clock, 7)
        if self.remote and self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(head + data, self.remote)
