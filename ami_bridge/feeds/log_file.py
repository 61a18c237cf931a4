"""The plain queue_log file, read by complete lines from where the records end.

Where that is, is known by what stands before it: a position and a mark, the digest of the bytes before the position. A
copy, a restored file and one on another device have the same mark there; a file that was replaced, cut or rotated has
not. A file that was rotated is read to its end first, wherever it lies beside the new one.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from ami_bridge.feeds.file import QueueLogLine, lines_in
from ami_bridge.feeds.file import moment as moment_of
from ami_bridge.feeds.places import Place

log = logging.getLogger(__name__)

# Some 2500 lines: what is read at once is parsed in one turn of the event loop.
BYTES_AT_ONCE = 1 << 17
MARKED_BYTES = 512
NO_MARK = "-"
_HEAD_BYTES = 64
_DAY_SECONDS = 86_400


class QueueLogFile:
    """Reads on from a place. `at_end`: there was nothing more; `problem`: why it cannot be read now, else empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = 0
        self.at_end = False
        self.problem = ""
        self._was_replaced = False
        self._mark = NO_MARK
        self._stream: BinaryIO | None = None

    def go_on_from(self, place: Place) -> None:
        """Begin at the end of the records."""
        self.close()
        self.position, self._mark = place.position, place.mark or NO_MARK

    def place(self, position: int | None = None) -> Place | None:
        """Where it was read to, or a position before that, with its mark; None while that cannot be read."""
        if position is None or position == self.position:
            return Place(self.position, self._mark)
        try:
            return None if self._stream is None else Place(position, mark_at(self._stream, position))
        except OSError:
            return None

    def new_lines(self, *, to_next_file: bool = True) -> list[QueueLogLine]:
        """Complete lines since the last time; of a file that was begun after this one only if `to_next_file`.

        Where what was read before is not there any more, everything is read from its beginning (`take_replaced`).
        """
        try:
            lines = self._read_on(to_next_file=to_next_file)
        except OSError as error:
            self._note_problem(error)
            self.close()
            self.at_end = True
            return []
        self._note_problem(None)
        return lines

    def take_replaced(self) -> bool:
        """Whether the file was found to be another one, since this was asked last."""
        was_replaced, self._was_replaced = self._was_replaced, False
        return was_replaced

    def has_grown(self) -> bool:
        """Whether there is something to read; a missing file has not grown."""
        try:
            status = self.path.stat()
            return self._stream is None or status.st_size != self.position or not self._is_named(self._stream)
        except OSError:
            return False

    def lines_before(self, earliest_us: int) -> Iterator[QueueLogLine]:
        """What was read before, in this file, of that moment and later: lines up to the position. Raises OSError.

        Reads on only as far as it is gone through.
        """
        if self._stream is None:
            self._stream = self._open_where_it_goes_on()
        begin = self.position
        while begin > 0:
            begin = max(0, begin - BYTES_AT_ONCE)
            self._stream.seek(begin)
            found = moment_of(_first_line(self._stream.read(MARKED_BYTES * 8), whole=begin == 0).partition("|")[0])
            if found is not None and found.earliest_us < earliest_us:
                break
        self._stream.seek(begin)
        begin += len(self._stream.readline()) if begin > 0 else 0
        for each in self._stream:
            if begin >= self.position:
                return
            yield from _lines(begin, each[: self.position - begin])
            begin += len(each)

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    # -- where to read -------------------------------------------------------------------------------

    def _read_on(self, *, to_next_file: bool) -> list[QueueLogLine]:
        if self._stream is None:
            self._stream = self._open_where_it_goes_on()
        elif not self._is_at_mark(self._stream):
            self.close()
            self._stream = self._open_where_it_goes_on()
        lines = self._complete_lines(self._stream)
        following = self._next_after(self._stream) if not lines and self.at_end else None
        if following is not None:
            if to_next_file:
                lines = self._complete_lines(self._turn_to(following))
            self.at_end = False
        return lines

    def _complete_lines(self, stream: BinaryIO) -> list[QueueLogLine]:
        stream.seek(self.position)
        chunk = stream.read(BYTES_AT_ONCE)
        self.at_end = len(chunk) < BYTES_AT_ONCE
        # A whole chunk without a line end was not written by Asterisk: it is a hole or rubbish, and is skipped.
        complete = chunk[: chunk.rfind(b"\n") + 1] or (b"" if self.at_end else chunk)
        lines = list(_lines(self.position, complete))
        if complete:
            self.position += len(complete)
            self._mark = mark_at(stream, self.position)
        return lines

    def _open_where_it_goes_on(self) -> BinaryIO:
        """The file that has what was read before, also if it was rotated. Where none has: those of the last day.

        What was cut and then rotated stands in none of them as it was read, and nowhere else. Where nothing is left at
        all, the place stays what it is until there is a line: it may be rotated before it is read.
        """
        for path in (self.path, *self._siblings()):
            with suppress(FileNotFoundError):
                stream = path.open("rb")
                if self._is_at_mark(stream):
                    return stream
                stream.close()
        first = self._first_of_last_day()
        anew = (self.path if first is None or not self.position else first).open("rb")
        if self.position and first is not None:
            log.warning("%s was replaced; reading the new file", self.path)
            self._was_replaced = True
            self.position, self._mark = 0, NO_MARK
        return anew

    def _first_of_last_day(self) -> Path | None:
        """The first of those with lines that were written to on the last day, however old their first lines are."""
        there = [path for path in (self.path, *self._siblings()) if path.exists() and path.stat().st_size]
        newest = max((path.stat().st_mtime for path in there), default=0.0)
        late = [path for path in there if path.stat().st_mtime > newest - _DAY_SECONDS]
        return min(late, default=None, key=_age_of)

    def _next_after(self, stream: BinaryIO) -> Path | None:
        """A copy of this file that has more, else the file that was begun after it; None while this is the last one."""
        if self._is_named(stream):
            return None
        files = [path for path in (self.path, *self._siblings()) if path.exists()]
        this = _age(stream)
        later = sorted((age, path) for age, path in ((_age_of(path), path) for path in files) if age > this)
        named = [path for path in files if path == self.path]
        copies = [path for path in files if self._goes_on_in(path)]
        return next(iter([*copies, *(path for _, path in later), *named]), None)

    def _turn_to(self, path: Path) -> BinaryIO:
        opened = path.open("rb")
        if self._mark == NO_MARK or not self._is_at_mark(opened):
            self.position, self._mark = 0, NO_MARK
        self.close()
        self._stream = opened
        return opened

    def _goes_on_in(self, path: Path) -> bool:
        """Whether a file has what was read, and more."""
        with suppress(FileNotFoundError), path.open("rb") as stream:
            return (
                self._mark != NO_MARK and self._is_at_mark(stream) and os.fstat(stream.fileno()).st_size > self.position
            )
        return False

    def _siblings(self) -> list[Path]:
        """Files that were rotated, the last one first."""
        beside = [path for path in self.path.parent.glob(f"{self.path.name}.*") if path.is_file()]
        return sorted(beside, key=lambda path: path.stat().st_mtime_ns, reverse=True)

    def _is_named(self, stream: BinaryIO) -> bool:
        """Whether the open file is the one of that name."""
        try:
            named = self.path.stat()
        except FileNotFoundError:
            return False
        opened = os.fstat(stream.fileno())
        return (named.st_dev, named.st_ino) == (opened.st_dev, opened.st_ino)

    def _is_at_mark(self, stream: BinaryIO) -> bool:
        """Whether a file has what was read before. A place without a mark is believed where the file is so long."""
        found = mark_at(stream, self.position)
        (head, before), (found_head, found_before) = self._mark.split("-"), found.split("-")
        if not found_before:
            return False
        return not before or (found_before == before and head in ("", found_head))

    def _note_problem(self, error: OSError | None) -> None:
        problem = "" if error is None or isinstance(error, FileNotFoundError) else str(error)
        if problem and problem != self.problem:
            log.error("only the table of the queue log is left to read: %s", problem)
        self.problem = problem


def mark_at(stream: BinaryIO, position: int) -> str:
    """What a file begins with, and what stands before a position, as digests. Raises OSError.

    The first is empty where there is no line yet, the second where the file is not so long.
    """
    stream.seek(0)
    head, end, _ = stream.read(MARKED_BYTES).partition(b"\n")
    begin = max(0, position - MARKED_BYTES)
    stream.seek(begin)
    before = stream.read(position - begin)
    return f"{_digest(head) if end else ''}-{_digest(before) if len(before) == position - begin else ''}"


def _digest(raw: bytes) -> str:
    return blake2b(raw, digest_size=8).hexdigest()


def _age(stream: BinaryIO) -> tuple[int, int]:
    """Orders files: the moment of the first line, 0 where there is none, and of the last change."""
    stream.seek(0)
    found = moment_of(_first_line(stream.read(_HEAD_BYTES), whole=True).partition("|")[0])
    return found.earliest_us if found is not None else 0, os.fstat(stream.fileno()).st_mtime_ns


def _age_of(path: Path) -> tuple[int, int]:
    with path.open("rb") as stream:
        return _age(stream)


def _first_line(raw: bytes, *, whole: bool) -> str:
    """The first line that begins in these bytes."""
    text = raw if whole else raw.partition(b"\n")[2]
    return text.partition(b"\n")[0].decode("utf-8", "replace").lstrip("\0\ufeff")


def _lines(begin: int, raw: bytes) -> Iterator[QueueLogLine]:
    for each in raw.splitlines(keepends=True):
        yield from lines_in(begin, each)
        begin += len(each)
