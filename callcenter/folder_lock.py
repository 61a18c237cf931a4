"""A folder that one process holds at a time: a lock that the kernel ends with its owner, however that ends.

What is locked is an empty file in it that its owner alone may open. The folder itself would do without one, but whoever
may read a folder may lock it, and would keep every owner out. The file stays when the lock is given up: who waits for
it would else hold one that nobody finds any more. No child inherits the lock.
"""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

LOCK_FILE = "troncal.lock"
PAUSE_SECONDS = 0.05
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class FolderHeld(Exception):
    """Another process holds the folder."""


@contextmanager
def folder_locked(folder: Path, *, tries: int = 1) -> Iterator[None]:
    """Hold a folder until the end of the block. Raises FolderHeld after so many tries, OSError.

    More than one try is for a folder that others look at with `is_locked`, which holds it for that moment.
    """
    with _locked(folder / LOCK_FILE, tries):
        yield


def is_locked(folder: Path) -> bool:
    """Whether a process, this one too, holds the folder. Raises OSError."""
    try:
        descriptor = os.open(folder / LOCK_FILE, _FLAGS)
    except FileNotFoundError:
        folder.stat()
        return False
    try:
        return not _is_had(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def openness(folder: Path) -> str:
    """How users other than the owner could hold this folder, or put another file in the lock's place; empty where they
    cannot. `folder_locked` mends the lock's own mode as far as it may. Raises OSError.
    """
    lock = folder / LOCK_FILE
    if lock.exists() and lock.stat().st_mode & _OTHERS:
        return f"other users may open {lock}, and so keep the folder locked"
    mode = folder.stat().st_mode
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"other users may write in {folder}, and so replace its lock and all else there"
    return ""


def _locked(lock: Path, tries: int) -> ExitStack:
    for left in reversed(range(tries)):
        if (held := _tried(lock)) is not None:
            return held
        if left:
            time.sleep(PAUSE_SECONDS)
    raise FolderHeld(str(lock.parent))


def _tried(lock: Path) -> ExitStack | None:
    """What ends the lock; None where it was not to be had."""
    with ExitStack() as held:
        descriptor = os.open(lock, _FLAGS | os.O_CREAT, 0o600)
        held.callback(os.close, descriptor)
        _make_ours_alone(descriptor)
        if _is_had(descriptor, fcntl.LOCK_EX) and _is_there(descriptor, lock):
            # Also where a child that is just being started still has a copy.
            held.callback(fcntl.flock, descriptor, fcntl.LOCK_UN)
            return held.pop_all()
    return None


def _make_ours_alone(descriptor: int) -> None:
    if os.fstat(descriptor).st_mode & _OTHERS:
        with suppress(OSError):  # another's file, or a disk without modes: `openness` says so to the operator
            os.fchmod(descriptor, 0o600)


def _is_there(descriptor: int, lock: Path) -> bool:
    """Whether what is held is still what others find under that name."""
    try:
        return os.path.samestat(os.fstat(descriptor), lock.stat())
    except FileNotFoundError:
        return False


def _is_had(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
