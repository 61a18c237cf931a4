"""Wakes whoever waits for a file to be written to, by Linux's inotify.

A wake is no promise: a file system of another machine reports nothing, a file that is made later is not watched yet,
and what was read already may wake once more. Whoever waits looks at the file itself, and does so without a wake, too.
"""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path
from typing import Self

from asyncinotify import Inotify, Mask, Watch

log = logging.getLogger(__name__)


class FileWatch:
    """Writes to the file of a name. Enter it in the loop where `written` is awaited."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inotify: Inotify | None = None
        self._watch: Watch | None = None

    def __enter__(self) -> Self:
        try:
            self._inotify = Inotify(sync_timeout=0)
        except OSError as error:
            log.warning(
                "%s is only looked at now and then, no write to it is noticed at once: %s; "
                "see fs.inotify.max_user_instances",
                self._path,
                error,
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self._inotify is not None:
            self._inotify.close()
            self._inotify = self._watch = None

    def renew(self) -> None:
        """Watch the file that has the name now, and forget the wakes so far: what they tell of is looked at next."""
        if self._inotify is None:
            return
        before, self._watch = self._watch, self._watch_of(self._inotify)
        if before is not None and before is not self._watch:
            with suppress(OSError):  # the watch of a file that is no more has ended with it
                self._inotify.rm_watch(before)
        for _ in self._inotify:
            pass

    async def written(self, limit_seconds: float) -> bool:
        """True at the next write since `renew`, False after so long without one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_seconds):
                if self._inotify is None:
                    await asyncio.Event().wait()
                else:
                    await self._inotify.get()
                    return True
        return False

    def _watch_of(self, inotify: Inotify) -> Watch | None:
        """Of a file that is watched already, it is the same one. None: there is no file."""
        with suppress(OSError):
            return inotify.add_watch(self._path, Mask.MODIFY)
        return None
