"""The records from AMI alone, for an Asterisk whose queue log is out of reach (`feed = "ami"`).

What happens while the session is down is lost; a call whose channel is gone afterwards is closed as interrupted.
"""

import asyncio
import logging
from collections import deque

from ami_bridge.recorder import Cursor, Recorder
from ami_bridge.rows import NONE, Row, Verb
from ami_bridge.transcript import Transcript
from ami_bridge.wire import AmiEvent
from callcenter.calls import Anomaly
from callcenter.moments import Moment

log = logging.getLogger(__name__)

SOURCE = "ami"
EVENTS_AT_ONCE = 2000


class AmiFeed:
    """Takes events from the live pipe's reader and records what they tell."""

    def __init__(self, transcript: Transcript, recorder: Recorder, cursors: dict[str, Cursor]) -> None:
        self._transcript, self._recorder = transcript, recorder
        known = cursors.get(SOURCE)
        self._position, self._boot = (known.position, known.identity) if known else (0, "")
        self._waiting: deque[AmiEvent | Row] = deque()
        self._wake = asyncio.Event()

    def heard(self, event: AmiEvent) -> None:
        """An event came; called in the reader."""
        self._waiting.append(event)
        self._wake.set()

    def connected(self, boot: str, booted_us: int) -> None:
        """A new session, of this boot of Asterisk. Another boot than before interrupted what was open."""
        if self._boot and boot != self._boot:
            self._waiting.append(Row(self._position, Moment.exact(booted_us), NONE, NONE, NONE, Verb.QUEUESTART, ()))
            self._wake.set()
        self._boot = boot

    async def run(self) -> None:
        """Record for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                await self._record([self._waiting.popleft() for _ in range(min(len(self._waiting), EVENTS_AT_ONCE))])

    async def _record(self, heard: list[AmiEvent | Row]) -> None:
        items: list[Row | Anomaly] = []
        for each in heard:
            self._position += 1
            items += [each] if isinstance(each, Row) else self._transcript.apply(each, self._position)
        if items:
            await self._recorder.record(items, [Cursor(SOURCE, self._boot, self._position)])
