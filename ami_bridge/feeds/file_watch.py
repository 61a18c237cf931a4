"""Wakes whoever waits for a file to be written to: Linux's inotify, three calls of the C library and no thread.

A wake is no promise: a file system of another machine reports nothing, a file that is made later is not watched yet,
and what was read already may wake once more. Whoever waits looks at the file itself, and does so without a wake, too.
"""

import asyncio
import ctypes
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Self

log = logging.getLogger(__name__)

_MODIFIED = 0x2  # IN_MODIFY of <sys/inotify.h>
_BYTES_AT_ONCE = 4096
_libc = ctypes.CDLL(None, use_errno=True)


class FileWatch:
    """Writes to the file of a name. Enter it in the loop where `written` is awaited."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._watched = -1
        self._woken = asyncio.Event()

    def __enter__(self) -> Self:
        try:
            self._descriptor = _answer(_libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        except OSError as error:
            log.warning(
                "%s is only looked at now and then, no write to it is noticed at once: %s; "
                "see fs.inotify.max_user_instances",
                self._path,
                error,
            )
        else:
            asyncio.get_running_loop().add_reader(self._descriptor, self._wake)
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            asyncio.get_running_loop().remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor, self._watched = None, -1

    def renew(self) -> None:
        """Watch the file that has the name now, and forget the wakes so far: what they tell of is looked at next."""
        self._woken.clear()
        if self._descriptor is None:
            return
        # Of a file that is watched already, the kernel answers with the same number.
        watched: int = _libc.inotify_add_watch(self._descriptor, os.fsencode(self._path), _MODIFIED)
        if watched != self._watched and self._watched >= 0:
            _libc.inotify_rm_watch(self._descriptor, self._watched)
        self._watched = watched

    async def written(self, limit_seconds: float) -> bool:
        """True at the next write since `renew`, False after so long without one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_seconds):
                return await self._woken.wait()
        return False

    def _wake(self) -> None:
        """What happened does not matter, and how often: the kernel itself joins equal events."""
        assert self._descriptor is not None
        with suppress(BlockingIOError):
            os.read(self._descriptor, _BYTES_AT_ONCE)
        self._woken.set()


def _answer(answer: int) -> int:
    """What a call returned. Raises OSError where it failed."""
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer
