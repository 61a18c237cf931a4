"""The records from AMI alone, for an Asterisk whose queue log is out of reach (`feed = "ami"`).

What happens while the session is down is lost. An open entry whose channel is gone afterwards ended meanwhile: it is
closed with the anomaly `lost_end`, a wait as abandoned. What was open when Asterisk restarted is interrupted.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Set
from dataclasses import dataclass

from ami_bridge.feeds.ami.translator import AmiTranslator
from ami_bridge.ledger.rows import NONE, Row, Verb
from ami_bridge.records.recorder import Cursor, Recorder
from ami_bridge.wire.items import AmiEvent
from callcenter.calls import Anomaly
from callcenter.moments import Moment

log = logging.getLogger(__name__)

SOURCE = "ami"
EVENTS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class _Lost:
    """The session ended here."""


@dataclass(frozen=True, slots=True)
class _Back:
    """A session of the same boot, with these channels alive."""

    alive: Set[str]
    at: Moment


class AmiFeed:
    """Takes events from the live pipe's reader and records what they report."""

    def __init__(self, translator: AmiTranslator, recorder: Recorder, cursors: dict[str, Cursor]) -> None:
        self._translator, self._recorder = translator, recorder
        known = cursors.get(SOURCE)
        self._position, self._boot = (known.position, known.mark) if known else (0, "")
        self._waiting: deque[AmiEvent | Row | _Lost | _Back] = deque()
        self._open_when_lost = recorder.open_channels
        self._wake = asyncio.Event()

    def heard(self, event: AmiEvent) -> None:
        """An event came; called in the reader."""
        self._waiting.append(event)
        self._wake.set()

    def lost(self) -> None:
        """The session ended."""
        self._waiting.append(_Lost())
        self._wake.set()

    def connected(self, boot: str, now_us: int, alive: Set[str]) -> None:
        """A new session, of this boot of Asterisk, with the channels (by Uniqueid and Linkedid) that are alive."""
        at = Moment.exact(now_us)
        if self._boot and boot != self._boot:
            self._waiting.append(Row(self._position, at, NONE, NONE, NONE, Verb.QUEUESTART, ()))
        else:
            self._waiting.append(_Back(alive, at))
        self._wake.set()
        self._boot = boot

    async def run(self) -> None:
        """Record for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                await self._record([self._waiting.popleft() for _ in range(min(len(self._waiting), EVENTS_AT_ONCE))])

    async def _record(self, heard: list[AmiEvent | Row | _Lost | _Back]) -> None:
        items: list[Row | Anomaly] = []
        for each in heard:
            self._position += 1
            match each:
                case _Lost():
                    await self._commit(items)
                    items, self._open_when_lost = [], self._recorder.open_channels
                case _Back(alive, at):
                    since = self._recorder.last_sign or at
                    meanwhile = Moment(min(since.earliest_us, at.latest_us), at.latest_us)
                    items += [self._departed(channel, meanwhile) for channel in sorted(self._open_when_lost - alive)]
                    self._open_when_lost = frozenset()
                case Row():
                    items.append(each)
                case AmiEvent():
                    items += self._translator.apply(each, self._position)
        await self._commit(items)

    def _departed(self, channel: str, at: Moment) -> Row:
        return Row(self._position, at, channel, NONE, NONE, Verb.DEPARTED, ("", "unseen"))

    async def _commit(self, items: list[Row | Anomaly]) -> None:
        if items:
            await self._recorder.record(items, [Cursor(SOURCE, self._boot, self._position)])
