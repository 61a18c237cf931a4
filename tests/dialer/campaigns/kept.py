"""Campaigns to keep, and the centre that keeps them."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from callcenter.centre.file import load
from callcenter.database.transactions import Database
from callcenter.instants import as_us
from callcenter.records.users import audit_log
from callcenter.settings import PROJECT
from dialer.campaigns import monthly
from dialer.campaigns.model import Campaign, CampaignKind
from dialer.campaigns.settings import CampaignSettings, NewCampaign
from dialer.campaigns.store import CampaignStore
from dialer.campaigns.window import Window

CENTRE = load(PROJECT / "centre.yaml")
ZONE = CENTRE.zone


def moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """A date and time in the centre's zone."""
    return datetime(year, month, day, hour, minute, second, tzinfo=ZONE)


def at(year: int, month: int, day: int, *time: int) -> int:
    """The instant of it."""
    return as_us(moment(year, month, day, *time))


NOW = at(2026, 11, 20, 10)


def settings(**changes: Any) -> CampaignSettings:
    """Those of a general campaign of the last week of November 2026, but for these."""
    prepaid = monthly.prepaid_campaign(moment(2026, 11, 1), CENTRE, None)
    assert prepaid is not None
    wanted = replace(prepaid.settings, title="Corte programado", window=Window(date(2026, 11, 23), date(2026, 11, 30)))
    return replace(wanted, **changes)


def rules(**changes: Any) -> CampaignSettings:
    """The same with other rules."""
    return settings(rules=replace(settings().rules, **changes))


async def made(store: CampaignStore, name: str = "corte", now_us: int = NOW, **changes: Any) -> Campaign:
    """A general campaign that was just made."""
    new = NewCampaign(CampaignKind.GENERAL, name, settings(**changes))
    campaign = await store.create(new, by="jefa", now_us=now_us)
    assert campaign is not None
    return campaign


async def audited(database: Database) -> list[tuple[str, str, Any]]:
    """Who did what, with its details, in order."""
    rows = await database.long_read(
        lambda connection: connection.execute(select(audit_log).order_by(audit_log.c.id)).all()
    )
    return [(row.who, row.what, row.details) for row in rows]
