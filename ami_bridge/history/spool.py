"""Lines on disk, by days and copies: what is given in any order is taken up again day by day.

A copy is one telling of the log. A file whose time goes back further than any disk stands still tells its rows again
from there on: that is another copy. A table has the order of its own numbers.
"""

import struct
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ami_bridge.history.lines import DAY_SECONDS, SECOND_DIGITS, sort_key
from ami_bridge.ledger.rows.folded import LONGEST_STORE_US
from callcenter.instants import MICROSECONDS

LINES_IN_MEMORY = 400_000
_BACK_SECONDS = LONGEST_STORE_US // MICROSECONDS
_HEAD = struct.Struct("<q?q")
_FAST = 1


class Spool:
    """Made by `opened_spool`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._days: set[int] = set()
        self._waiting: dict[tuple[int, int, bool], list[str]] = defaultdict(list)
        self._count, self._copies = 0, 0

    def new_copy(self) -> "CopyOfLog":
        """Lines of one file."""
        return CopyOfLog(self)

    def next_number(self) -> int:
        """The number of another copy."""
        self._copies += 1
        return self._copies

    def add(self, day: int, copy: int, line: str, *, numbered: bool) -> None:
        """One line of that copy."""
        self._waiting[day, copy, numbered].append(line)
        self._count += 1
        if self._count >= LINES_IN_MEMORY:
            self.flush()

    def flush(self) -> None:
        """What is in memory goes to disk. Raises OSError."""
        for (day, copy, numbered), lines in self._waiting.items():
            packed = zlib.compress("\n".join(lines).encode(), _FAST)
            with self._path(day).open("ab") as stream:
                stream.write(_HEAD.pack(copy, numbered, len(packed)) + packed)
        self._days.update(day for day, _, _ in self._waiting)
        self._waiting.clear()
        self._count = 0

    def days(self) -> list[int]:
        """The days that have lines, days since 1970, in order."""
        self.flush()
        return sorted(self._days)

    def copies(self, day: int) -> list[list[str]]:
        """The lines of a day, each copy in its order."""
        found: dict[tuple[int, bool], list[str]] = defaultdict(list)
        with self._path(day).open("rb") as stream:
            for copy, numbered, lines in _parts(stream):
                found[copy, numbered] += lines
        return [_in_order(lines) if numbered else lines for (_, numbered), lines in found.items()]

    def _path(self, day: int) -> Path:
        return self._folder / str(day)


class CopyOfLog:
    """Takes the lines of one file, in its order."""

    def __init__(self, spool: Spool) -> None:
        self._spool, self._number, self._latest = spool, spool.next_number(), 0

    def add(self, number: int, line: str) -> None:
        """One more. `number`: of a table's row; 0: the order of the file counts."""
        second = int(line[:SECOND_DIGITS])
        if number:
            return self._spool.add(second // DAY_SECONDS, self._number, f"{number:019d}{line}", numbered=True)
        if second < self._latest - _BACK_SECONDS:
            self._number, self._latest = self._spool.next_number(), 0
        self._latest = max(self._latest, second)
        return self._spool.add(second // DAY_SECONDS, self._number, line, numbered=False)


@contextmanager
def opened_spool() -> Iterator[Spool]:
    """A spool in a folder of its own, which is gone at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="troncal-history-") as folder:
        yield Spool(Path(folder))


def _parts(stream: BinaryIO) -> Iterator[tuple[int, bool, list[str]]]:
    while head := stream.read(_HEAD.size):
        copy, numbered, length = _HEAD.unpack(head)
        yield copy, numbered, zlib.decompress(stream.read(length)).decode().split("\n")


def _in_order(numbered: list[str]) -> list[str]:
    """By time, and of one moment by number."""
    lines = [line[19:] for line in sorted(numbered)]
    return sorted(lines, key=sort_key)
