"""Whom campaigns called, and the lists that they came from: detail as soon as the campaign is over for so long."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, func, not_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from callcenter.instants import as_us
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns, contact_skips
from callcenter.records.lists import list_loads, list_problems, listed_customers, payments
from reports.retention.tables import DetailRows, Following

_ENDED = "ended"
_OF_CONTACT: tuple[Following, ...] = tuple(
    (table, {"contact_id": "id"}) for table in (campaign_attempts, contact_skips)
)
CAMPAIGN_TABLES: tuple[Table, ...] = (
    *(campaign_contacts, campaign_attempts, contact_skips),
    *(listed_customers, list_problems, payments),
)


def customers_before(connection: Connection, day: date, zone: ZoneInfo) -> Sequence[DetailRows]:
    """The customers of campaigns that ended before that day of the centre, and what the lists for them say."""
    over = (campaigns.c.state == _ENDED) & (campaigns.c.last_day < day)
    ended = select(campaigns.c.id).where(over)
    of_ended = or_(list_loads.c.campaign_id.is_(None), list_loads.c.campaign_id.in_(ended))
    contacts = campaign_contacts.c
    return (
        DetailRows(campaign_contacts, contacts.changed_us, (contacts.campaign_id.in_(ended),), _OF_CONTACT),
        *(_listed(table, of_ended) for table in (listed_customers, list_problems)),
        _listed(payments, list_loads.c.uploaded_us < _kept_since_us(connection, over, day, zone)),
    )


def _listed(table: Table, which: ColumnElement[bool]) -> DetailRows:
    source = table.join(list_loads, list_loads.c.id == table.c.load_id)
    return DetailRows(table, list_loads.c.uploaded_us, (which,), source=source)


def _kept_since_us(connection: Connection, over: ColumnElement[bool], day: date, zone: ZoneInfo) -> int:
    """Payments that were listed before any campaign which is kept began say nothing of one."""
    first_kept = connection.execute(select(func.min(campaigns.c.first_day)).where(not_(over))).scalar()
    since = min(day, first_kept) if first_kept is not None else day
    return as_us(datetime(since.year, since.month, since.day, tzinfo=zone))
