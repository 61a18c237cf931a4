"""Campaigns as rows of their table."""

import logging
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, or_, select

from callcenter.campaign_outcomes import ContactState
from callcenter.database.raw import day_of, raw
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns
from dialer.campaigns import stored_rules
from dialer.campaigns.model import Campaign, CampaignKind, CampaignState, DialMode
from dialer.campaigns.window import Window

log = logging.getLogger(__name__)

_NOT_ENDED = tuple(state.value for state in CampaignState if state is not CampaignState.ENDED)
# What became of the calls of a campaign that ended is mostly known by then.
_AFTER_ITS_END_US = 2 * 3600 * MICROSECONDS
_DAYS = ("first_day", "last_day")


async def at_work(database: Database, now_us: int) -> tuple[Campaign, ...]:
    """Those that have not ended, and those that just did or of whose calls something is still to be known, the oldest
    first. Raises DatabaseProblem.
    """
    table = campaigns.c
    lately = and_(table.state == CampaignState.ENDED.value, table.changed_us > now_us - _AFTER_ITS_END_US)
    # A call may last for hours, and whoever dials may have been away for days.
    called = select(campaign_attempts.c.campaign_id).where(campaign_attempts.c.closed_us.is_(None))
    contact = campaign_contacts.c
    unsaid = exists().where(contact.campaign_id == table.id, contact.state == ContactState.CALLING.value)
    standing = or_(table.state.in_(_NOT_ENDED), lately, table.id.in_(called), unsaid)
    query = select_campaigns().where(standing).order_by(table.id)

    rows = await database.read(lambda connection: connection.execute(query).all())
    return readable(rows)


def select_campaigns() -> Select[Any]:
    """Whole rows of campaigns, for `campaign`; their days raw, so that each is read by itself."""
    table = campaigns.c
    days = [raw(table[name], name) for name in _DAYS]
    return select(*(column for column in table if column.name not in _DAYS), *days)


def readable(rows: Iterable[Row[Any]]) -> tuple[Campaign, ...]:
    """The campaigns of these rows. One that nobody can read keeps the others from nothing."""
    found = list[Campaign]()
    for row in rows:
        try:
            found.append(campaign(row))
        except ValueError as problem:
            log.error("campaign %s cannot be read and does not dial: %s", row.name, problem)
    return tuple(found)


def find_campaign(connection: Connection, campaign_id: int) -> Campaign | None:
    """One of them, within whatever transaction."""
    row = connection.execute(select_campaigns().where(campaigns.c.id == campaign_id)).one_or_none()
    return campaign(row) if row is not None else None


def campaign(row: Row[Any]) -> Campaign:
    """A row of `select_campaigns`. Raises ValueError for one that nobody can read, its rules or days, say."""
    return Campaign(
        id=row.id,
        kind=CampaignKind(row.kind),
        name=row.name,
        title=row.title,
        mode=DialMode(row.mode),
        state=CampaignState(row.state),
        window=Window(day_of(row.first_day), day_of(row.last_day)),
        rules=stored_rules.from_json(row.rules),
        queue=row.queue,
        line=row.line,
        script=row.script,
        held_out_percent=row.held_out_percent,
        held_out_seed=row.held_out_seed,
        detects_machines=row.detects_machines,
    )
