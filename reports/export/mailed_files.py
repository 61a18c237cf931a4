"""The files of reports that are mailed, each made by a process of its own."""

import json

from reports.export.files import ReportFiles
from reports.export.running import ReportNotPossible
from reports.kinds.request import BadRequest
from reports.scheduled.report_job import CannotBeMade


class MailedFiles:
    """A `reports.scheduled.report_job.MakeFile`."""

    def __init__(self, files: ReportFiles) -> None:
        self._files = files

    async def __call__(self, kind: str, asked: str, form: str) -> bytes:
        """See `MakeFile`."""
        try:
            return await self._files.make_file(kind, json.loads(asked), form)
        except (BadRequest, ReportNotPossible, ValueError) as problem:
            raise CannotBeMade(str(problem)) from problem
