"""Signs of life that a service gives its supervisor, as systemd's `sd_notify(3)`: `WATCHDOG=1` to NOTIFY_SOCKET.

The service sends one a second from its own event loop: what is stopped or hangs there sends none. A datagram needs no
disk, which may be full, and never holds the service up; systemd's WatchdogSec= watches a service that runs elsewhere
by the same.
"""

import asyncio
import os
import socket
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress

ADDRESS = "NOTIFY_SOCKET"
BEAT = b"WATCHDOG=1"
BEAT_SECONDS = 1.0
SILENT_BEATS = 8  # in a row; noticed within 10 s
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid
_LONGEST = 256


async def give_signs_of_life() -> None:
    """One at once and then one a second, until cancelled; returns where nobody wants any."""
    name = os.environ.get(ADDRESS)
    if not name:
        return
    address = "\0" + name[1:] if name.startswith("@") else name
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as out:
        while True:
            # A supervisor that is gone, or so far behind that no datagram fits, has no use for this one.
            with suppress(ConnectionRefusedError, FileNotFoundError, BlockingIOError):
                out.sendto(BEAT, address)
            await asyncio.sleep(BEAT_SECONDS)


class SignsOfLife:
    """Counts turns in a row without a sign, from the first sign on."""

    def __init__(self) -> None:
        self._begun, self._missed = False, 0

    def heard(self) -> None:
        """A sign came."""
        self._begun, self._missed = True, 0

    def turn(self) -> bool:
        """One more second went by; whether it is silence by now."""
        self._missed += self._begun
        return self._missed >= SILENT_BEATS


class Heartbeat:
    """What a supervisor hears of one process; `on_silence` is called once.

    Silence is counted in turns of our own loop, one a second, and not by the clock: where the whole machine stood
    still, or had no time for us either, nobody was silent.
    """

    def __init__(self, on_silence: Callable[[], None]) -> None:
        self._on_silence = on_silence
        self._pid: int | None = None
        self._signs = SignsOfLife()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._socket.bind("")  # an abstract name of the kernel's choice: no file, no folder
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._hear)
        self._timer = self._loop.call_later(BEAT_SECONDS, self._turn)

    @property
    def environment(self) -> Mapping[str, str]:
        """What the process needs in its environment."""
        return {ADDRESS: "@" + self._socket.getsockname()[1:].decode()}

    def expect(self, pid: int) -> None:
        """The process whose signs count: anybody may write to an abstract name."""
        self._pid = pid

    def close(self) -> None:
        """Hear no more."""
        self._timer.cancel()
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._socket.close()

    def _hear(self) -> None:
        text, notes, _, _ = self._socket.recvmsg(_LONGEST, socket.CMSG_SPACE(_CREDENTIALS.size))
        senders = [_CREDENTIALS.unpack(data[: _CREDENTIALS.size])[0] for _, _, data in notes]
        if text == BEAT and senders == [self._pid]:
            self._signs.heard()

    def _turn(self) -> None:
        if self._signs.turn():
            self.close()
            self._on_silence()
        else:
            self._timer = self._loop.call_later(BEAT_SECONDS, self._turn)
