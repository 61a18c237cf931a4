"""`troncal report att`, `close` and `verify`: months for the ATT, their files, and whether those are still right."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from sqlalchemy import Connection

from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.instants import as_datetime
from callcenter.operator_problem import OperatorProblem
from reports.att.closing import ClosedMonth, Closing, MonthNotOver, ReasonMissing, note_file
from reports.att.making import MonthNow, document_of, month_now
from reports.att.verify import Verified, sha256_of, verify
from reports.kinds.kind import WrittenFile
from reports.periods.month import BadMonth, Month
from reports.render.document import ReportDocument
from reports.render.files import write_file
from troncal.installation import state_folder

out = Console(highlight=False)
T = TypeVar("T")


class WrongClosing(OperatorProblem):
    """A month that cannot be closed, or a file that cannot be looked at."""

    exit_code = 2


def close(month: str, reason: str) -> None:
    """Close a month and say which version is in force then. Raises OperatorProblem."""

    async def closed(database: Database, centre: Centre) -> ClosedMonth:
        found = Month.parse(month, as_datetime(now_us(), centre.zone).date())
        return await Closing(database, centre, now_us).close(found, reason=reason)

    done = _with_database(closed)
    out.print(f"{done.month}: versión {done.version}, {done.entries} entradas a colas")
    out.print(f"huella de las cifras y la regla: {done.fingerprint}", soft_wrap=True)
    for text in done.corrections:
        out.print(text, markup=False)


def verified(file: Path) -> bool:
    """Print what is found of a file. Raises OperatorProblem."""

    async def looked_at(database: Database, centre: Centre) -> Verified:
        return await verify(database, centre, file)

    found = _with_database(looked_at)
    for text in found.findings:
        out.print(text, markup=False)
    return found.is_right


async def write_month(
    database: Database, centre: Centre, month: Month, files: Sequence[Path]
) -> tuple[MonthNow, ReportDocument]:
    """The month as it is now, and its document, written to files that are known from then on."""
    made = as_datetime(now_us(), centre.zone)

    def written(connection: Connection) -> tuple[MonthNow, ReportDocument]:
        now = month_now(connection, centre, month)
        document = document_of(now, centre, made, connection)
        for path in files:
            write_file(document, path)
        return now, document

    now, document = await database.long_read(written, limit_seconds=REPORT_SECONDS)
    for path in files:
        file = WrittenFile(sha256_of(path), path.suffix.lower().lstrip("."), now_us(), document.stamp)
        await database.write(lambda connection, file=file: note_file(connection, file))  # type: ignore[misc]
    return now, document


def _with_database(work: Callable[[Database, Centre], Awaitable[T]]) -> T:
    settings = state_folder.settings()
    centre = load(settings.centre)

    async def with_it() -> T:
        database = Database(settings.database)
        try:
            await database.require_current_schema()
            return await work(database, centre)
        finally:
            await database.close()

    try:
        return asyncio.run(with_it())
    except (BadMonth, MonthNotOver, ReasonMissing, LookupError) as error:
        raise WrongClosing(str(error)) from error
