"""A folder that one process holds at a time: a lock that the kernel ends with its owner, however that ends.

The folder itself is locked and not a file in it: nothing has to be written, and nobody can remove what is held and make
it anew. No child inherits the lock.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE_SECONDS = 0.05


class FolderHeld(Exception):
    """Another process holds the folder."""


@contextmanager
def folder_locked(folder: Path, *, tries: int = 1) -> Iterator[None]:
    """Hold a folder until the end of the block. Raises FolderHeld after so many tries, OSError.

    More than one try is for a folder that others look at with `is_locked`, which holds it for that moment.
    """
    descriptor = _opened(folder)
    try:
        _lock(descriptor, folder, tries)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # also where a child that is just being started still has a copy
    finally:
        os.close(descriptor)


def is_locked(folder: Path) -> bool:
    """Whether a process, this one too, holds the folder. Raises OSError."""
    descriptor = _opened(folder)
    try:
        return not _is_had(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path, tries: int) -> None:
    for left in reversed(range(tries)):
        if _is_had(descriptor, fcntl.LOCK_EX):
            return
        if left:
            time.sleep(PAUSE_SECONDS)
    raise FolderHeld(str(folder))


def _is_had(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
