"""A report as the bytes of a file, for whoever sends it on: made by a process of its own."""

import asyncio
from collections.abc import Callable, Mapping
from tempfile import TemporaryFile
from typing import Any

from pydantic import ValidationError

from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from reports.export.order import ExportForm, ExportOrder, KindOrder
from reports.export.running import run_export
from reports.kinds.request import BadRequest, ReportRequest


class ReportFiles:
    """Makes them. `clock`: microseconds since 1970, UTC."""

    def __init__(self, database: Database, centre: Centre, clock: Callable[[], int]) -> None:
        self._database, self._centre, self._clock = database, centre, clock

    async def make_file(self, name: str, asked: Mapping[str, Any], form: str) -> bytes:
        """The report `name` of what `asked` says (`ReportRequest` as JSON), in that form: `xlsx`, `pdf` or `csv`.

        Days that are relative ("last month") are seen from today. Raises BadRequest for what is no request,
        ReportNotPossible, DatabaseUnavailable, NoRoomForReport, and ReportNotMade for a defect.
        """
        report = KindOrder(name, request_in(asked))
        with TemporaryFile() as out:
            address, fd = self._database.address, out.fileno()
            order = ExportOrder(address, report, ExportForm(form), self._centre, self._clock(), fd)
            await run_export(order)
            out.seek(0)
            return await asyncio.to_thread(out.read)


def request_in(asked: Mapping[str, Any]) -> ReportRequest:
    """The request that was kept as JSON. Raises BadRequest where it is none."""
    try:
        return ReportRequest.model_validate(asked)
    except ValidationError as error:
        raise BadRequest(f"lo que se guardó de este informe no se entiende: {error.errors()[0]['msg']}") from error
