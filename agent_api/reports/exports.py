"""Reports that are being made as files for supervisors, who look on, take them when they are done, or give them up.

They belong to this process, which ends them with itself, and each to one person. A file is kept for a while, without a
name on the disk, and then is gone.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from secrets import token_urlsafe
from typing import BinaryIO

from agent_api.accounts.sessions import SessionUser
from agent_api.reports.catalogue_reports import CatalogueReports, Wanted, order_of
from agent_api.reports.making import NO_ROOM, ReportMaker
from callcenter.database.problems import DatabaseProblem, ReadTooLong
from reports.export.order import ExportForm
from reports.export.progress import READING, ExportProgress
from reports.export.running import NoRoomForReport, ReportNotMade, ReportNotPossible

log = logging.getLogger(__name__)
# Of one person: more are refused until some are taken away or gone.
MOST_OF_ONE = 5
KEPT_SECONDS = 1800.0


class ExportState(StrEnum):
    """Where the making of a file is."""

    WAITING = "waiting"
    READING = "reading"
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"


class TooManyExports(Exception):
    """Somebody has as many as one may have."""


class NoExport(LookupError):
    """There is no such export of this person; it may be gone."""


@dataclass(eq=False)
class Export:
    """One file on its way. `problem`: why it failed, in Spanish; `begun_us`: UTC."""

    key: str
    owner: str
    wanted: Wanted
    form: ExportForm
    begun_us: int
    state: ExportState = ExportState.WAITING
    progress: ExportProgress = READING
    problem: str = ""
    file: BinaryIO | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"{self.wanted.stem}.{self.form.value}"

    @property
    def is_over(self) -> bool:
        """Whether nothing changes any more."""
        return self.state in (ExportState.DONE, ExportState.FAILED)

    def told(self, progress: ExportProgress) -> None:
        """How far it is, from the process that makes it."""
        self.progress = progress
        self.state = ExportState.WRITING if progress.of else ExportState.READING


class Exports:
    """Those of this process. `kept_seconds`: how long one is there after its end."""

    def __init__(
        self,
        reports: CatalogueReports,
        maker: ReportMaker,
        clock: Callable[[], int],
        *,
        kept_seconds: float = KEPT_SECONDS,
    ) -> None:
        self._reports, self._maker, self._clock, self._kept_seconds = reports, maker, clock, kept_seconds
        self._exports: dict[str, Export] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While the application runs; what is being made ends with it."""
        try:
            yield
        finally:
            tasks = [each.task for each in self._exports.values() if each.task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for key in list(self._exports):
                self._forget(key)

    async def start(self, wanted: Wanted, form: ExportForm, user: SessionUser) -> Export:
        """Begin to make the file; who takes personal data is written down. Raises TooManyExports, DatabaseProblem."""
        self._refuse_too_many(user)
        await self._reports.write_down(wanted, form, user)
        self._refuse_too_many(user)  # others may have been begun meanwhile
        export = Export(token_urlsafe(12), user.login, wanted, form, self._clock())
        self._exports[export.key] = export
        export.task = asyncio.create_task(self._make(export), name=f"export {export.name}")
        return export

    def of(self, user: SessionUser) -> list[Export]:
        """Those of this person, the newest first."""
        return [each for each in reversed(self._exports.values()) if each.owner == user.login]

    def find(self, key: str, user: SessionUser) -> Export:
        """Raises NoExport."""
        found = self._exports.get(key)
        if found is None or found.owner != user.login:
            raise NoExport
        return found

    async def cancel(self, key: str, user: SessionUser) -> None:
        """End it, or take its file away. Raises NoExport."""
        export = self.find(key, user)
        if export.task is not None and not export.task.done():
            export.task.cancel()
            await asyncio.wait([export.task])
        self._forget(key)

    def _refuse_too_many(self, user: SessionUser) -> None:
        if len(self.of(user)) >= MOST_OF_ONE:
            raise TooManyExports

    async def _make(self, export: Export) -> None:
        try:
            export.file = await self._maker.make(order_of(export.wanted), export.form, export.told)
            export.state = ExportState.DONE
        except Exception as error:
            export.state, export.problem = ExportState.FAILED, _problem(error)
            log.error("export %s of %s: %s", export.name, export.owner, error, exc_info=_defect(error))
        asyncio.get_running_loop().call_later(self._kept_seconds, self._forget, export.key)

    def _forget(self, key: str) -> None:
        export = self._exports.pop(key, None)
        if export is not None and export.file is not None:
            export.file.close()


_KNOWN = (ReportNotPossible, ReportNotMade, NoRoomForReport, DatabaseProblem)


def _defect(error: Exception) -> Exception | None:
    """What the log shows the trace of."""
    return None if isinstance(error, _KNOWN) else error


def _problem(error: Exception) -> str:
    match error:
        case ReportNotPossible():
            return f"No se puede hacer: {error}."
        case ReadTooLong():
            return "Tardó demasiado y se detuvo: pida menos días."
        case DatabaseProblem():
            return "La base de datos no responde. Intente de nuevo en un momento."
        case NoRoomForReport():
            return NO_ROOM
    return "Ocurrió un error interno y quedó registrado. Intente de nuevo; si se repite, avise a soporte."
