"""What the tables know of an agent's campaigns: which there are, and the attempts that are the agent's.

Runs in transactions of `agent_desk`, by way of `agent_attempts`. Instants are microseconds, UTC.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from agent_api.campaigns.agent_model import Preview, SaidAttempt
from callcenter.records.campaigns import campaign_agents, campaign_attempts, campaign_contacts, campaigns
from callcenter.records.contacts import contact_notes
from callcenter.records.outgoing_calls import outgoing_calls
from dialer.campaigns.model import Campaign, CampaignState, DialMode
from dialer.campaigns.rows import campaign, select_campaigns
from dialer.contacts.rows import StoredContact, attempt, contact, select_contacts

_SHOWN_STATES = (CampaignState.READY.value, CampaignState.RUNNING.value, CampaignState.PAUSED.value)
_CALLS_AT_MOST = 5
_ATTEMPTS = campaign_attempts.c


@dataclass(frozen=True, slots=True)
class CallKey:
    """A queue's call: the node and the customer's channel. `number` as it was dialled, empty where it is not known."""

    node: str
    uniqueid: str
    number: str = ""


def previewed(connection: Connection, member: str, queues: Collection[str]) -> tuple[Preview, ...]:
    """The campaigns with preview of these queues in which the agent has a part, the oldest first."""
    table, agents = campaigns.c, campaign_agents.c
    of_queues = (table.mode == DialMode.PREVIEW.value, table.state.in_(_SHOWN_STATES), table.queue.in_(queues))
    found = [campaign(row) for row in connection.execute(select_campaigns().where(*of_queues).order_by(table.id))]
    query = select(campaign_agents).where(agents.campaign_id.in_([each.id for each in found]))
    shared = connection.execute(query).all() if found else []
    return tuple(mine for each in found if (mine := _part_of(each, member, shared)) is not None)


def _part_of(found: Campaign, member: str, shared: Sequence[Row[Any]]) -> Preview | None:
    of_campaign = {row.member: row.service for row in shared if row.campaign_id == found.id}
    if of_campaign and member not in of_campaign:
        return None
    service = of_campaign.get(member, "")
    return Preview(found, (service,) if service else ())


def campaign_of(connection: Connection, campaign_id: int) -> Campaign:
    """One campaign, which is there."""
    return campaign(connection.execute(select_campaigns().where(campaigns.c.id == campaign_id)).one())


def contact_of(connection: Connection, contact_id: int) -> StoredContact:
    """One customer, who is there."""
    query = select_contacts().where(campaign_contacts.c.id == contact_id)
    return contact(connection.execute(query).one())


def attempt_named(connection: Connection, reference: str) -> SaidAttempt | None:
    """One attempt."""
    row = connection.execute(select(campaign_attempts).where(_ATTEMPTS.reference == reference)).one_or_none()
    return _said(row) if row is not None else None


def attempts_at(connection: Connection, contact_id: int) -> tuple[SaidAttempt, ...]:
    """What was tried with a customer, the last first."""
    query = select(campaign_attempts).where(_ATTEMPTS.contact_id == contact_id).order_by(_ATTEMPTS.begun_us.desc())
    return tuple(map(_said, connection.execute(query)))


def attempts_by(connection: Connection, member: str, since_us: int, most: int) -> tuple[SaidAttempt, ...]:
    """The agent's own since then, the last first."""
    own = (_ATTEMPTS.member == member, _ATTEMPTS.begun_us >= since_us)
    query = select(campaign_attempts).where(*own).order_by(_ATTEMPTS.begun_us.desc()).limit(most)
    return tuple(map(_said, connection.execute(query)))


def attempt_of_call(connection: Connection, call: CallKey) -> SaidAttempt | None:
    """The attempt that a queue's call came of: as the records have it, else the one that calls this number now."""
    table = outgoing_calls.c
    of_call = (table.uniqueid == call.uniqueid, table.node == call.node)
    reference = connection.scalar(select(table.reference).where(*of_call))
    if reference:
        return attempt_named(connection, reference)
    calling = (_ATTEMPTS.number == call.number, _ATTEMPTS.closed_us.is_(None))
    row = connection.execute(select(campaign_attempts).where(*calling)).one_or_none() if call.number else None
    return _said(row) if row is not None else None


def calls_to_write_up(
    connection: Connection, member: str, queues: Collection[str], since_us: int
) -> tuple[CallKey, ...]:
    """Calls of these queues that the agent took and has not finished with, the last first."""
    table = contact_notes.c
    own = (table.member == member, table.closed_us.is_(None), table.queue.in_(queues), table.saved_us >= since_us)
    query = select(contact_notes).where(*own).order_by(table.saved_us.desc()).limit(_CALLS_AT_MOST)
    return tuple(CallKey(row.node, row.uniqueid) for row in connection.execute(query))


def _said(row: Row[Any]) -> SaidAttempt:
    return SaidAttempt(attempt(row), row.said_by or "", row.agreed_us, row.note)
