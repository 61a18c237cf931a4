"""The reports of the catalogue, for pages, programs and as files; who takes data of persons is written down."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from agent_api.accounts.sessions import SessionUser
from agent_api.reports.making import ReportMaker
from callcenter.audit import AuditAction, write
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from reports.export.order import ExportForm, KindOrder
from reports.kinds.asked import Asked
from reports.kinds.kind import ReportKind
from reports.kinds.request import ReportRequest, asked_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report of the catalogue that can be made: what of it, and which days that comes to."""

    kind: ReportKind
    request: ReportRequest
    asked: Asked

    @property
    def stem(self) -> str:
        """What its file is called, without the ending: `satisfaccion-2026-07-01-2026-12-31`."""
        first, last = self.asked.first_day, self.asked.last_day
        return f"{self.kind.name}-{first}" if first == last else f"{self.kind.name}-{first}-{last}"


class CatalogueReports:
    """Makes them. Methods raise DatabaseProblem, ReportNotPossible, and ReportNotMade for a defect."""

    def __init__(self, database: Database, centre: Centre, maker: ReportMaker, clock: Callable[[], int]) -> None:
        self._database, self._centre, self._maker, self._clock = database, centre, maker, clock

    def wanted(self, kind: ReportKind, request: ReportRequest) -> Wanted:
        """The report of what is requested, seen from today. Raises BadRequest."""
        today = as_datetime(self._clock(), self._centre.zone).date()
        return Wanted(kind, request, asked_of(kind, request, self._centre, today))

    async def shown(self, wanted: Wanted, user: SessionUser) -> dict[str, Any]:
        """What a page shows of it, as `reports.render.shown` has it."""
        with await self.file(wanted, ExportForm.PAGE, user) as file:
            found: dict[str, Any] = json.load(file)
            return found

    async def file(self, wanted: Wanted, form: ExportForm, user: SessionUser) -> BinaryIO:
        """An open file with the whole of it, for `pieces`."""
        await self.write_down(wanted, form, user)
        return await self._maker.make(order_of(wanted), form)

    async def write_down(self, wanted: Wanted, form: ExportForm, user: SessionUser) -> None:
        """Before it is made: who takes it, where it has data of persons."""
        if not wanted.kind.personal:
            return
        days = {"first_day": str(wanted.asked.first_day), "last_day": str(wanted.asked.last_day)}
        details = {"report": wanted.kind.name, **days, "form": form.value}
        async with self._database.transaction() as connection:
            await write(connection, user.login, AuditAction.REPORT_TAKEN, self._clock(), details)


def order_of(wanted: Wanted) -> KindOrder:
    """What the process that makes it is told: the days themselves, for midnight may come before its turn."""
    return KindOrder(wanted.kind.name, wanted.request.of_days(wanted.asked))
