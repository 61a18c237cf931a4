"""Reports as open files, each made by a process of its own.

The report of 100,000 customers keeps Python busy for eight seconds, and for nine more where a workbook is written. In a
thread of this process it would hold the interpreter's lock against every screen-pop. So a process of its own makes it,
at the least priority, and writes it to a file without a name, from which it is sent piece by piece.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from callcenter.centre.model import Centre
from callcenter.database.problems import ReadTooLong
from callcenter.database.transactions import Database
from reports.export.order import CampaignOrder, ExportForm, ExportOrder, KindOrder
from reports.export.progress import Tell
from reports.export.running import run_export, unheard

_PIECE_BYTES = 1 << 18
NO_ROOM = (
    "No queda lugar en el disco del servidor para hacer el archivo. Avise a soporte, para que libere espacio, y pídalo"
    " de nuevo."
)


class ReportMaker:
    """Makes `at_once` reports at once, the others wait; each for `seconds` at most. `clock`: microseconds, UTC."""

    def __init__(
        self, database: Database, centre: Centre, clock: Callable[[], int], *, at_once: int, seconds: float
    ) -> None:
        self._database, self._centre, self._clock = database, centre, clock
        self._turns, self._seconds = asyncio.Semaphore(at_once), seconds

    async def make(self, report: KindOrder | CampaignOrder, form: ExportForm, tell: Tell = unheard) -> BinaryIO:
        """An open file with the whole of it, for `pieces`; `tell` hears how far it is. Cancelled, it ends the process.

        Raises ReportNotPossible, DatabaseProblem, NoRoomForReport, and ReportNotMade for a defect.
        """
        with _closed_on_error(TemporaryFile()) as out:
            address = self._database.address
            try:
                async with asyncio.timeout(self._seconds), self._turns:
                    order = ExportOrder(address, report, form, self._centre, self._clock(), out.fileno())
                    await run_export(order, tell)
            except TimeoutError as error:
                raise ReadTooLong(f"a report took longer than {self._seconds:g} s") from error
            out.seek(0)
            return out


@contextmanager
def _closed_on_error(file: BinaryIO) -> Iterator[BinaryIO]:
    try:
        yield file
    except BaseException:
        file.close()
        raise


def size_of(file: BinaryIO) -> int:
    """In bytes."""
    return os.fstat(file.fileno()).st_size


def again(file: BinaryIO) -> BinaryIO:
    """The same file from its beginning, for one of several who read it."""
    return Path(f"/proc/self/fd/{file.fileno()}").open("rb")


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """The file from where it is, which is closed at the end."""
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece
