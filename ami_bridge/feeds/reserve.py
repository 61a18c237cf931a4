"""A file beside the queue log that keeps room for it: given up when the disk is about to be full.

Asterisk does not write a row again that found no room, and a call whose end is missing stays open until its next start.
"""

import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)

# A call is about a thousand bytes in both copies: the rows of sixty thousand calls.
RESERVE_BYTES = 64_000_000
GIVEN_UP_BELOW_BYTES = 32_000_000


class Reserve:
    """Room for the queue log in a folder. What the disk or its rights do not allow is logged once, and done without."""

    def __init__(self, folder: Path, size: int = RESERVE_BYTES, given_up_below: int = GIVEN_UP_BELOW_BYTES) -> None:
        self._path, self._size, self._given_up_below = folder / "reserve", size, given_up_below
        self._problem = ""

    def tend(self, free_bytes: int, enough_bytes: int) -> None:
        """Give it up where so little is free; make it where it is not there and enough would still be free."""
        try:
            is_there = self._path.exists()
            if is_there and free_bytes < self._given_up_below:
                self._path.unlink()
                log.error("the disk is full: the queue log's reserve is given up for it; make room at %s", self._path)
            elif not is_there and free_bytes >= enough_bytes + self._size:
                self._make()
        except OSError as error:
            if str(error) != self._problem:
                log.warning("there is no reserve for the queue log on a full disk: %s", error)
            self._problem = str(error)
        else:
            self._problem = ""

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
