"""The reports of campaigns, for a page or as a file."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from sqlalchemy import select

from agent_api.accounts.sessions import SessionUser
from agent_api.reports.making import ReportMaker
from callcenter.audit import AuditAction, write
from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaigns
from reports.campaign.queries import CampaignNotFound
from reports.export.order import CampaignOrder, ExportForm


@dataclass(frozen=True, slots=True)
class CampaignName:
    """A campaign, as addresses and people call it."""

    id: int
    name: str
    title: str


class CampaignReports:
    """Makes them. Methods raise DatabaseProblem, and ReportNotMade for a defect."""

    def __init__(self, database: Database, maker: ReportMaker, clock: Callable[[], int]) -> None:
        self._database, self._maker, self._clock = database, maker, clock

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
        with await self._maker.make(CampaignOrder(campaign.id), ExportForm.PAGE) as file:
            found: dict[str, Any] = json.load(file)
            return found

    async def file(self, campaign: CampaignName, form: ExportForm, user: SessionUser) -> BinaryIO:
        """An open file with the whole of it, for `pieces`. Who takes it is written down first."""
        details = {"campaign": campaign.name, "form": form.value}
        async with self._database.transaction() as connection:
            await write(connection, user.login, AuditAction.CAMPAIGN_REPORT_TAKEN, self._clock(), details)
        return await self._maker.make(CampaignOrder(campaign.id), form)
