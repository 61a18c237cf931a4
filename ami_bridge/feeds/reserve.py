"""Keeps room for the queue log on a disk that fills up.

Asterisk does not write a row again that found no room, and a call whose end is missing stays open until its next start.
The plain file has blocks behind its end that nobody else can take, also of a disk that is filled in an instant. For the
table lies a file beside it, which is given up when the disk is about to be full.
"""

import logging
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

# A call is about a thousand bytes in both copies: the rows of sixty thousand calls.
RESERVE_BYTES = 64_000_000
GIVEN_UP_BELOW_BYTES = 32_000_000
# Those of some sixteen thousand calls, and again when half of it is written.
AHEAD_BYTES = 8_000_000
_BLOCK_BYTES = 512  # of `st_blocks`
# A thread that waits for its disk while the file is rotated writes into the former one so much later at most.
_ROTATED_SECONDS = 300


class Reserve:
    """Room for the two copies of the queue log: `plain_file`, and the table, which is in `folder`.

    What the disk or its rights do not allow is logged once, and done without.
    """

    def __init__(
        self, folder: Path, plain_file: Path, size: int = RESERVE_BYTES, given_up_below: int = GIVEN_UP_BELOW_BYTES
    ) -> None:
        self._path, self._plain_file, self._size, self._given_up_below = (
            folder / "reserve",
            plain_file,
            size,
            given_up_below,
        )
        self._problems: dict[str, str] = {}

    def tend(self, free_bytes: int, enough_bytes: int) -> None:
        """Give the table's up where so little is free; make what is not there and would still leave enough free."""
        self._try("there is no reserve for the queue log on a full disk", lambda: self._table(free_bytes, enough_bytes))
        if free_bytes >= self._given_up_below + AHEAD_BYTES:
            self._try("on a full disk Asterisk cannot write its queue_log", lambda: allocate_ahead(self._plain_file))
        self._try("rotated queue logs keep blocks behind their ends", lambda: free_rotated(self._plain_file))

    def _try(self, without: str, do: Callable[[], None]) -> None:
        try:
            do()
        except OSError as error:
            if str(error) != self._problems.get(without):
                log.warning("%s: %s", without, error)
            self._problems[without] = str(error)
        else:
            self._problems.pop(without, None)

    def _table(self, free_bytes: int, enough_bytes: int) -> None:
        is_there = self._path.exists()
        if is_there and free_bytes < self._given_up_below:
            self._path.unlink()
            log.error("the disk is full: the queue log's reserve is given up for it; make room at %s", self._path)
        elif not is_there and free_bytes >= enough_bytes + self._size:
            self._make()

    def _make(self) -> None:
        """Whole or not at all."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, self._size)
        except OSError:
            self._path.unlink()
            raise
        finally:
            os.close(descriptor)


def allocate_ahead(path: Path, size: int = AHEAD_BYTES) -> None:
    """Give a file blocks behind its end, unless it has enough of them; of a file that is not there, nothing.

    Whoever reads it sees nothing of that. Raises OSError.
    """
    if not path.exists():
        return
    found = path.stat()
    if _ahead(found) >= size // 2:
        return
    command = ["fallocate", "--keep-size", "--length", str(found.st_size + size), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(done.stderr.strip())


def free_rotated(path: Path, at_least: int = AHEAD_BYTES // 2) -> None:
    """Take the blocks behind their ends from the files that were rotated: nobody writes to them any more.

    That is so when the file of that name was written `_ROTATED_SECONDS` after them. Raises OSError.
    """
    if not path.exists():
        return
    written = path.stat().st_mtime
    for rotated in path.parent.glob(f"{path.name}.*"):
        found = rotated.stat()
        if _ahead(found) >= at_least and written - found.st_mtime >= _ROTATED_SECONDS:
            # Their order is that of their times, which only their owner may set: that is tried before they are cut.
            times = (found.st_atime_ns, found.st_mtime_ns)
            os.utime(rotated, ns=times)
            os.truncate(rotated, found.st_size)
            os.utime(rotated, ns=times)


def _ahead(found: os.stat_result) -> int:
    """How many bytes are allocated behind the end of a file."""
    return found.st_blocks * _BLOCK_BYTES - found.st_size
