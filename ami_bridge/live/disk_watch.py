"""Watches the disks of the queue log and of the recordings: who needs room least, goes without it first.

Below the limit no recording is begun, and screens say so; just before the disk is full the queue log gets its reserve.
"""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from ami_bridge.actions.forms.answers import ActionOutcome, Succeeded
from ami_bridge.feeds.reserve import Reserve
from ami_bridge.link.session import AmiLink
from callcenter.bus.protocol import Bus
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import DiskState

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
EVERY_US = 4 * MICROSECONDS


def free_bytes_at(folder: Path) -> int:
    """What this user may still write there; of a folder that is not there yet, where it will be. Raises OSError."""
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    return shutil.disk_usage(existing).free


def recording_is_refused(free_bytes: int, least_bytes: int, was_refused: bool) -> bool:
    """Once refused, recordings begin again only with a fifth more: they would take the room at once."""
    return free_bytes < (least_bytes * 6 // 5 if was_refused else least_bytes)


class DiskWatch:
    """One node's disks. `tell_asterisk` is told whether there is room for recordings, anew in each session of `link`.

    `reserve` is on the disk of the first folder; None: there is no queue log here.
    """

    def __init__(
        self,
        node: str,
        folders: Sequence[Path],
        reserve: Reserve | None,
        least_bytes: int,
        link: AmiLink,
        tell_asterisk: Callable[[bool], Awaitable[ActionOutcome]],
        bus: Bus,
        now_us: Callable[[], int],
        free_bytes: Callable[[Path], int] = free_bytes_at,
    ) -> None:
        self._node, self._folders, self._reserve, self._least_bytes = node, folders, reserve, least_bytes
        self._link, self._tell, self._bus, self._now_us = link, tell_asterisk, bus, now_us
        self._free_bytes = free_bytes
        self._told: tuple[int, bool] | None = None
        self._state: DiskState | None = None
        self._problem = ""

    async def run(self) -> None:
        """Look once a second, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Measure, and do what follows."""
        try:
            free = await asyncio.to_thread(self._measure)
        except OSError as error:
            if str(error) != self._problem:
                log.error("the room on the disks is not known: %s", error)
            self._problem = str(error)
            return
        self._problem = ""
        self._report(free)
        await self._tell_asterisk()

    def _measure(self) -> int:
        free = [self._free_bytes(folder) for folder in self._folders]
        if self._reserve is not None:
            self._reserve.tend(free[0], self._least_bytes)
        return min(free)

    def _report(self, free: int) -> None:
        before, now_us = self._state, self._now_us()
        refused = recording_is_refused(free, self._least_bytes, before is not None and before.recording_refused)
        is_news = before is None or before.recording_refused is not refused
        if before is not None and not is_news and 0 <= now_us - before.as_of_us < EVERY_US:
            return
        since_us = now_us if before is None or is_news else before.since_us
        self._state = DiskState(
            node=self._node, free_bytes=free, recording_refused=refused, since_us=since_us, as_of_us=now_us
        )
        self._bus.publish(self._state)
        if is_news and (refused or before is not None):
            log.warning(
                "%d MB are free: recordings are %s", free // 1_000_000, "not begun" if refused else "begun again"
            )

    async def _tell_asterisk(self) -> None:
        if self._state is None or not self._link.is_up:
            return
        news = (self._link.state.session, self._state.recording_refused)
        if news == self._told:
            return
        outcome = await self._tell(not self._state.recording_refused)
        if isinstance(outcome, Succeeded):
            self._told = news
        else:
            log.warning("Asterisk was not told whether there is room for recordings, it is tried again: %s", outcome)
