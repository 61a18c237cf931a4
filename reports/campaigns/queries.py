"""The reports of the campaigns of some days. Reads only, one campaign after the other."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from callcenter.records.campaigns import campaigns
from reports.campaign.figures import CampaignReport
from reports.campaign.queries import read_campaign
from reports.kinds.asked import Asked, Scene


def read_campaigns(
    connection: Connection, asked: Asked, scene: Scene, *, kind: str | None = None
) -> Iterator[CampaignReport]:
    """Of each campaign (of that kind) that had one of these days, whole, in the order in which they began."""
    query = (
        select(campaigns.c.id)
        .where(campaigns.c.first_day <= asked.last_day, campaigns.c.last_day >= asked.first_day)
        .order_by(campaigns.c.first_day, campaigns.c.id)
    )
    if kind is not None:
        query = query.where(campaigns.c.kind == kind)
    if asked.queues:
        query = query.where(campaigns.c.queue.in_(asked.queues))
    for campaign in connection.execute(query).scalars().all():
        yield read_campaign(connection, scene.zone, campaign).report
