"""Workbooks (.xlsx, .xls, .ods), read by a process of its own with little memory and time.

A small file can ask for any amount of memory (one cell in the last row and the last column is enough), and the reader
then ends its process: so it is not ours.
"""

import json
import logging
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from backoffice.extracts.files.refusals import ExtractRefused
from backoffice.extracts.files.sheets import Cell, Row, Sheet
from backoffice.extracts.files.uploads import MEGABYTE, ExtractLimits, Upload

log = logging.getLogger(__name__)

MOST_MEMORY = 300 * MEGABYTE
MOST_SECONDS = 60
_READER = Path(__file__).with_name("workbook_process.py")
# How a process ends that asked for too much: by its own hand, by the processor's time, by the kernel.
_TOO_MUCH = frozenset({-signal.SIGABRT, -signal.SIGXCPU, -signal.SIGKILL})

_DAMAGED = (
    "El libro está dañado o incompleto: ábralo en Excel o LibreOffice, guárdelo de nuevo como "
    "«Libro de Excel (.xlsx)» y vuelva a subirlo."
)
_SAID = {
    "locked": "El libro tiene contraseña: guárdelo sin contraseña y vuelva a subirlo.",
    "other": "El archivo comprimido no es un libro de Excel: descomprímalo y suba la lista que contiene (.xlsx o CSV).",
}
_TOO_LARGE = "El libro es demasiado grande (¿hay datos sueltos muy abajo o muy a la derecha?)"


def sheets(upload: Upload, limits: ExtractLimits) -> Generator[Sheet, None, None]:
    """The visible sheets. Raises ExtractRefused, also on the way."""
    with (
        _on_disk(upload) as file,
        tempfile.TemporaryFile() as complaints,
        _reader(file, complaints, limits) as process,
    ):
        assert process.stdout is not None
        lines = _Lines(process.stdout)
        while (title := lines.next_sheet()) is not None:
            yield Sheet(title, lines.rows())
        if lines.last in _SAID:
            raise ExtractRefused(_SAID[lines.last])
        limits.refuse_bytes(lines.unpacked_bytes)
        if lines.last != "end":
            raise _failure(process, complaints, limits)


@contextmanager
def _on_disk(upload: Upload) -> Iterator[IO[bytes]]:
    """The upload as a file that another process can open."""
    with upload.opened() as file:
        if isinstance(upload.content, Path):
            yield file
            return
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(file, copy)
            copy.seek(0)
            yield copy


@contextmanager
def _reader(file: IO[bytes], complaints: IO[bytes], limits: ExtractLimits) -> Iterator[subprocess.Popen[bytes]]:
    """The process that reads; it ends with whoever reads from it."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(_READER), str(MOST_MEMORY), str(MOST_SECONDS), str(limits.most_bytes)],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=complaints,
        env={"RUST_BACKTRACE": "0"},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


class _Lines:
    """What the process writes, line by line. `last` is the kind of the line at hand, "" when there is none."""

    def __init__(self, written: IO[bytes]) -> None:
        self._written = written
        self._go_on()

    def next_sheet(self) -> str | None:
        """The title of the next sheet, past what is left of the one before; None after all of them."""
        while self.last == "rows":
            self._go_on()
        if self.last != "sheet":
            return None
        title = str(self._said[1])
        self._go_on()
        return title

    def rows(self) -> Iterator[Row]:
        """The rows of the sheet that was begun."""
        while self.last == "rows":
            yield from self._said[1]
            self._go_on()

    @property
    def unpacked_bytes(self) -> int:
        """What the line at hand says that the workbook has of them, where it is refused for that."""
        return int(self._said[1]) if self.last == "large" else 0

    def _go_on(self) -> None:
        line = self._written.readline()
        self._said: list[Any] = json.loads(line, object_hook=_moment) if line.endswith(b"\n") else [""]
        self.last = str(self._said[0])


def _moment(named: dict[str, str]) -> Cell:
    if "date" in named:
        return date.fromisoformat(named["date"])
    return datetime.fromisoformat(named["moment"])


def _failure(process: subprocess.Popen[bytes], complaints: IO[bytes], limits: ExtractLimits) -> ExtractRefused:
    code = process.wait()
    complaints.seek(0)
    said = complaints.read(MEGABYTE).decode(errors="replace").strip()
    log.warning("a workbook could not be read: its reader ended with %s: %s", code, said[-500:])
    if code in _TOO_MUCH or "MemoryError" in said:
        return limits.refusal(_TOO_LARGE)
    return ExtractRefused(_DAMAGED)
