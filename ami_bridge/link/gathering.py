"""Bytes of one connection that come within a few milliseconds, handed on together.

Asterisk writes each event by itself, and those of a call come in bursts. To handle a burst at once costs little more
than to handle one event.
"""

import asyncio
from collections.abc import Callable

GATHER_SECONDS = 0.01
ENOUGH_BYTES = 65_536


class Gathering:
    """What is added is handed on after GATHER_SECONDS at the latest, or when there is enough of it."""

    def __init__(self, hand_on: Callable[[bytes], None]) -> None:
        self._hand_on = hand_on
        self._pieces: list[bytes] = []
        self._bytes = 0
        self._alarm: asyncio.TimerHandle | None = None

    def add(self, data: bytes, *, at_once: bool) -> None:
        """More bytes; `at_once` when somebody waits for what may be in them."""
        self._pieces.append(data)
        self._bytes += len(data)
        if at_once or self._bytes >= ENOUGH_BYTES:
            self.hand_on()
        elif self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(GATHER_SECONDS, self.hand_on)

    def hand_on(self) -> None:
        """Hand on what is there, now."""
        if self._alarm is not None:
            self._alarm.cancel()
        pieces, self._pieces, self._bytes, self._alarm = self._pieces, [], 0, None
        if pieces:
            self._hand_on(b"".join(pieces))
