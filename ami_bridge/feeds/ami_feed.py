"""The records from AMI alone, for an Asterisk whose queue log is out of reach (`feed = "ami"`).

What happens while the session is down is lost. An open entry whose channel is gone afterwards ended meanwhile: it is
closed with the anomaly `lost_end`, a wait as abandoned. What was open when Asterisk restarted is interrupted.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Set
from dataclasses import dataclass, replace

from ami_bridge.feeds.ami.translator import AmiTranslator
from ami_bridge.ledger.rows.row import NONE, Row, Verb
from ami_bridge.records.progress import RecordsLag
from ami_bridge.records.recorder import Cursor, Recorder
from ami_bridge.wire.items import AmiEvent
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

log = logging.getLogger(__name__)

SOURCE = "ami"
EVENTS_AT_ONCE = 2000
NO_STAMPS = (
    "events have no Timestamp: their moments are those of their arrival here, late by as much as Asterisk and the "
    "network are; set timestampevents = yes under [general] in manager.conf, then `manager reload`"
)
_DAY_US = 86_400 * MICROSECONDS
# Asterisk sends it to each new session by itself, without a stamp even where it stamps the others.
_NEVER_STAMPED = frozenset({"FullyBooted"})


@dataclass(frozen=True, slots=True)
class _Lost:
    """The session ended here."""


@dataclass(frozen=True, slots=True)
class _Back:
    """A session of the same boot, with these channels alive."""

    alive: Set[str]
    at: Moment


_Heard = AmiEvent | Row | Anomaly | _Lost | _Back


class AmiFeed:
    """Takes events from the live pipe's reader and records what they report."""

    def __init__(
        self, translator: AmiTranslator, recorder: Recorder, cursors: dict[str, Cursor], now_us: Callable[[], int]
    ) -> None:
        self._translator, self._recorder, self._now_us = translator, recorder, now_us
        self._unstamped_day = 0
        known = cursors.get(SOURCE)
        self._position, self._boot = (known.position, known.mark) if known else (0, "")
        self._waiting: deque[_Heard] = deque()
        self._open_when_lost = recorder.open_channels
        self._wake = asyncio.Event()
        self._recorded, self._recording = 0, 0

    def lag(self) -> RecordsLag:
        """How far the records are, and whether the database is waited for."""
        written = self._recorded + self._recording + len(self._waiting)
        return RecordsLag(written, self._recorded, waiting=self._recorder.waiting)

    def heard(self, event: AmiEvent) -> None:
        """An event came; called in the reader. Where Asterisk stamps none, its moment is that of its arrival."""
        if event.timestamp_us is None and event.name not in _NEVER_STAMPED:
            event = replace(event, timestamp_us=self._now_us())
            self._note_unstamped(Moment.exact(event.timestamp_us or 0))
        self._waiting.append(event)
        self._wake.set()

    def _note_unstamped(self, at: Moment) -> None:
        """Once to the log, once a day to the anomalies: there `troncal doctor` finds it."""
        if not self._unstamped_day:
            log.warning("AMI: %s", NO_STAMPS)
        day = at.earliest_us // _DAY_US
        if day != self._unstamped_day:
            self._waiting.append(Anomaly(AnomalyKind.NO_TIMESTAMP, self._position, at, NO_STAMPS))
        self._unstamped_day = day

    def lost(self) -> None:
        """The session ended."""
        self._waiting.append(_Lost())
        self._wake.set()

    def connected(self, boot: str, now_us: int, alive: Set[str] | None) -> None:
        """A new session, of this boot of Asterisk, with the channels (by Uniqueid and Linkedid) that are alive.

        Where Asterisk does not tell them (None), what was open stays open: nobody says that it ended.
        """
        at = Moment.exact(now_us)
        if boot and self._boot and boot != self._boot:
            self._waiting.append(Row(self._position, at, NONE, NONE, NONE, Verb.QUEUESTART, ()))
        elif alive is not None:
            self._waiting.append(_Back(alive, at))
        self._wake.set()
        self._boot = boot or self._boot

    async def run(self) -> None:
        """Record for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                heard = [self._waiting.popleft() for _ in range(min(len(self._waiting), EVENTS_AT_ONCE))]
                self._recording = len(heard)
                await self._record(heard)
                self._recorded, self._recording = self._recorded + len(heard), 0

    async def _record(self, heard: list[_Heard]) -> None:
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
                case Row() | Anomaly():
                    items.append(each)
                case AmiEvent():
                    items += self._translator.apply(each, self._position)
        await self._commit(items)

    def _departed(self, channel: str, at: Moment) -> Row:
        return Row(self._position, at, channel, NONE, NONE, Verb.DEPARTED, ("", "unseen"))

    async def _commit(self, items: list[Row | Anomaly]) -> None:
        if items:
            await self._recorder.record(items, [Cursor(SOURCE, self._boot, self._position)])
