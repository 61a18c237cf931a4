"""The process that makes a report (`reports.export.process`), started, watched and ended."""

import asyncio
import errno
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from callcenter.database.problems import DatabaseUnavailable
from callcenter.operator_problem import OperatorProblem
from reports.export.order import ExportEnd, ExportOrder, as_json
from reports.export.progress import ExportProgress, Tell, progress_in

COMMAND = (sys.executable, "-m", "reports.export.process")
_FULL = (errno.ENOSPC, errno.EDQUOT)


class ReportNotMade(Exception):
    """The process that makes reports failed; the message is what it said of it."""


class ReportNotPossible(Exception):
    """There is no such report of what was asked for; the message says why."""


class NoRoomForReport(OperatorProblem):
    """The disk that files are made on is full; the message is for the log."""


def unheard(_progress: ExportProgress) -> None:
    """Hears it where whoever wants the report only waits for its end."""


async def run_export(order: ExportOrder, tell: Tell = unheard) -> None:
    """Make the report into the order's file; `tell` hears how far it is. Cancelled, it ends the process.

    Raises ReportNotPossible, DatabaseUnavailable, NoRoomForReport, and ReportNotMade for a defect.
    """
    with _folder_beside() as folder:
        process = await asyncio.create_subprocess_exec(
            *COMMAND, stdin=PIPE, stdout=PIPE, stderr=PIPE, pass_fds=(order.file,), env={**os.environ, "TMPDIR": folder}
        )
        try:
            said, _, _ = await asyncio.gather(_said(process), _listen(process, tell), _order(process, order))
            await process.wait()
        finally:
            await _end(process)
    match process.returncode:
        case ExportEnd.DONE:
            return
        case ExportEnd.NO_DATABASE:
            raise DatabaseUnavailable(said)
        case ExportEnd.NOT_POSSIBLE:
            raise ReportNotPossible(said)
        case ExportEnd.NO_ROOM:
            raise NoRoomForReport(said)
        case code:
            raise ReportNotMade(f"exit {code}: {said}")


def is_of_full_disk(error: BaseException | None) -> bool:
    """Whether it comes of a disk that is full, whatever a library made of that."""
    while error is not None and not (isinstance(error, OSError) and error.errno in _FULL):
        error = error.__cause__ or error.__context__
    return error is not None


@contextmanager
def _folder_beside() -> Iterator[str]:
    """For what the process writes beside its file: killed, it does not take that away itself."""
    try:
        made = TemporaryDirectory()
    except OSError as error:
        if not is_of_full_disk(error):
            raise
        raise NoRoomForReport(str(error)) from error
    with made as folder:
        yield folder


async def _order(process: Process, order: ExportOrder) -> None:
    assert process.stdin is not None
    process.stdin.write(as_json(order))
    try:
        await process.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        return  # it ended before it read its order: its exit code says why
    process.stdin.close()


async def _listen(process: Process, tell: Tell) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        tell(progress_in(line))


async def _said(process: Process) -> str:
    assert process.stderr is not None
    return (await process.stderr.read()).decode(errors="replace").strip()


async def _end(process: Process) -> None:
    """Whoever asked may have gone meanwhile: nobody else ends it."""
    if process.returncode is None:
        process.kill()
        await process.wait()
