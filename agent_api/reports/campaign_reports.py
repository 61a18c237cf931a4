"""The reports of campaigns, for a page or as a file.

The report of 100,000 customers keeps Python busy for eight seconds, and for nine more where a workbook is written. In a
thread of this process it would hold the interpreter's lock against every screen-pop. So a process of its own makes it,
at the least priority, and writes it to a file without a name, from which it is sent piece by piece.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from sqlalchemy import select

from agent_api.accounts.sessions import SessionUser
from callcenter.audit import AuditAction, write
from callcenter.centre.model import Centre
from callcenter.database.problems import DatabaseUnavailable, ReadTooLong
from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaigns
from reports.campaign.order import NO_DATABASE, CampaignNotFound, ExportForm, ExportOrder, as_json

# Longer nobody waits for one, and more than these are not made at once: each takes 250 MB for 100,000 customers.
_SECONDS, _AT_ONCE = 300.0, 2
_PIECE_BYTES = 1 << 18
_COMMAND = (sys.executable, "-m", "reports.campaign.export")


class ReportNotMade(Exception):
    """The process that makes reports failed; the message is what it said of it."""


@dataclass(frozen=True, slots=True)
class CampaignName:
    """A campaign, as addresses and people call it."""

    id: int
    name: str
    title: str


class CampaignReports:
    """Makes them. Methods raise DatabaseProblem, and ReportNotMade for a defect."""

    def __init__(self, database: Database, centre: Centre, clock: Callable[[], int]) -> None:
        self._database, self._centre, self._clock = database, centre, clock
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def find(self, campaign_id: int) -> CampaignName:
        """Which campaign it is. Raises CampaignNotFound."""
        table = campaigns.c
        query = select(table.id, table.name, table.title).where(table.id == campaign_id)
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            raise CampaignNotFound(f"there is no campaign {campaign_id}")
        return CampaignName(row.id, row.name, row.title)

    async def shown(self, campaign: CampaignName) -> dict[str, Any]:
        """What a page shows of it, as `reports.render.shown` has it; no customer's data."""
        with await self._made(campaign, ExportForm.PAGE) as file:
            found: dict[str, Any] = json.load(file)
            return found

    async def file(self, campaign: CampaignName, form: ExportForm, user: SessionUser) -> BinaryIO:
        """An open file with the whole of it, for `pieces`. Who takes it is written down first."""
        details = {"campaign": campaign.name, "form": form.value}
        async with self._database.transaction() as connection:
            await write(connection, user.login, AuditAction.CAMPAIGN_REPORT_TAKEN, self._clock(), details)
        return await self._made(campaign, form)

    async def _made(self, campaign: CampaignName, form: ExportForm) -> BinaryIO:
        about, zone = self._centre.about.name, self._centre.zone.key
        order = ExportOrder(self._database.address, campaign.id, form, about, zone, self._clock())
        with _closed_on_error(TemporaryFile()) as out:
            try:
                async with asyncio.timeout(_SECONDS), self._turns:
                    await _export(order, out)
            except TimeoutError as error:
                raise ReadTooLong(f"a campaign's report took longer than {_SECONDS:g} s") from error
            out.seek(0)
            return out


async def _export(order: ExportOrder, out: BinaryIO) -> None:
    process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=PIPE, stdout=out, stderr=PIPE)
    try:
        _, said = await process.communicate(as_json(order))
    finally:
        await _end(process)
    if process.returncode == NO_DATABASE:
        raise DatabaseUnavailable(said.decode(errors="replace").strip())
    if process.returncode:
        raise ReportNotMade(f"exit {process.returncode}: {said.decode(errors='replace')}")


async def _end(process: Process) -> None:
    """Whoever asked may have gone meanwhile: nobody else ends it."""
    if process.returncode is None:
        process.kill()
        await process.wait()


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


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """The file from where it is, which is closed at the end."""
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece
