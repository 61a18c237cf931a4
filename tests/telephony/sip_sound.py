"""The sound side of a test phone: it hears nothing, keeps the stream alive and sends keys (RFC 4733)."""

import asyncio
import struct

_SILENCE = b"\xd5" * 160
_KEYS = "0123456789*#ABCD"
_STEP_SECONDS = 0.02


class Sound(asyncio.DatagramProtocol):
    """One RTP port."""

    def __init__(self) -> None:
        self._transport: asyncio.DatagramTransport | None = None
        self._sequence, self._clock = 0, 0
        self.port = 0
        self.received = 0
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

    def close(self) -> None:
        """No more sound."""
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
