"""The sound side of a test phone: keeps the stream alive, sends keys (RFC 4733) and tones, and knows what it hears."""

import asyncio
import struct
from collections import deque

from tests.telephony.phones import a_law

_SILENCE = b"\xd5" * a_law.FRAME
_KEYS = "0123456789*#ABCD"
_FRAME_SECONDS = a_law.FRAME / a_law.RATE


class Sound(asyncio.DatagramProtocol):
    """One RTP port, G.711 A-law."""

    def __init__(self) -> None:
        self._transport: asyncio.DatagramTransport | None = None
        self._sequence, self._clock = 0, 0
        self.port = 0
        self.received = 0
        self._heard: deque[bytes] = deque(maxlen=a_law.RATE // a_law.FRAME)
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
        return a_law.share(self._last(), hertz) if self.loudest > 200 else 0.0

    def forget(self) -> None:
        """What was heard up to now counts no more."""
        self._heard.clear()

    def _last(self) -> list[int]:
        return a_law.samples_of(self._heard)

    def play(self, hertz: int) -> None:
        """Send a tone from now on, until `hush` or the end."""
        self.hush()
        self._playing = asyncio.create_task(self._play(a_law.tone(hertz)))

    def say(self, sound: bytes) -> None:
        """Send that sound from now on, once, and then silence as a telephone does, until `hush` or the end."""
        self.hush()
        self._playing = asyncio.create_task(self._say(sound))

    async def _say(self, sound: bytes) -> None:
        await self._send_paced(sound, asyncio.get_running_loop().time())
        await self._play(_SILENCE * (a_law.RATE // a_law.FRAME))

    def count_from(self, number: int) -> None:
        """Give the next packet that number, 0 to 65,535; phones begin anywhere."""
        self._sequence = number - 1

    async def go_on_silently(self) -> None:
        """No tone any more, but silence as a telephone sends it."""
        self.hush()
        self._playing = asyncio.create_task(self._play(_SILENCE * (a_law.RATE // a_law.FRAME)))

    def hush(self) -> None:
        """Send no tone any more."""
        if self._playing is not None:
            self._playing.cancel()
            self._playing = None

    async def _play(self, second: bytes) -> None:
        due = asyncio.get_running_loop().time()
        while True:
            due = await self._send_paced(second, due)

    async def _send_paced(self, sound: bytes, due: float) -> float:
        """Send it packet by packet from that moment on; the moment at which what follows is due."""
        loop = asyncio.get_running_loop()
        for at in range(0, len(sound) - a_law.FRAME + 1, a_law.FRAME):
            self._send(8, sound[at : at + a_law.FRAME])
            self._clock += a_law.FRAME
            due += _FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))  # world: pace
        return due

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
            await asyncio.sleep(_FRAME_SECONDS)  # world: pace

    async def press(self, keys: str) -> None:
        """One key after the other, each a tenth of a second."""
        await self.silence()
        for key in keys:
            for step in range(1, 9):
                ending = step > 5
                event = struct.pack("!BBH", _KEYS.index(key), (0x80 if ending else 0) | 10, min(step, 6) * 160)
                self._send(101, event, marker=step == 1)
                await asyncio.sleep(_FRAME_SECONDS)  # world: pace
            self._clock += 960
            await self.silence()

    def _send(self, payload: int, data: bytes, *, marker: bool = False) -> None:
        self._sequence += 1
        head = struct.pack("!BBHII", 0x80, (0x80 if marker else 0) | payload, self._sequence, self._clock, 7)
        if self.remote and self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(head + data, self.remote)
