"""Attempts that the tables have forgotten and the queue log has not: the database is a copy of an hour ago, say.

The bridge reads the queue log again, so `outgoing_calls` has every call that was made since the copy, and
`campaign_attempts` has not. Before a number is rung such a call to it is put back, as an attempt that is not over: what
came of it is then read and settled as of any other, and the customer is not called beyond their limits.
"""

import logging
import re
from dataclasses import dataclass

from sqlalchemy import Connection, exists, select, update

from callcenter.campaign_outcomes import ContactState
from callcenter.database.transactions import put_missing
from callcenter.outgoing_calls import OutgoingPurpose
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns
from callcenter.records.outgoing_calls import outgoing_calls
from dialer.campaigns.model import DialMode
from dialer.contacts.rows import StoredContact

log = logging.getLogger(__name__)

_REFERENCE = re.compile(r"campaign-([0-9]{1,18})-([0-9]{1,18})")
_CALLABLE = (ContactState.READY.value, ContactState.WAITING.value, ContactState.SHOWN.value)


@dataclass(frozen=True, slots=True)
class _Forgotten:
    """A call that no attempt tells of. `contact_id`, `begun_us`: of the attempt, by its name."""

    reference: str
    contact_id: int
    begun_us: int
    number: str
    member: str | None


def reference_of(contact_id: int, begun_us: int) -> str:
    """The name of an attempt, by which the queue log knows it."""
    return f"campaign-{contact_id}-{begun_us}"


def put_back_forgotten(connection: Connection, stored: StoredContact, since_us: int) -> bool:
    """Put back the first forgotten call since then to one of the customer's numbers. Whether there was any.

    It becomes an attempt at whom it was made to, if they are still known by that number, else at this customer.
    """
    return any(_put_back(connection, each, stored) for each in _forgotten(connection, stored, since_us))


def _forgotten(connection: Connection, stored: StoredContact, since_us: int) -> list[_Forgotten]:
    call = outgoing_calls.c
    of_campaigns = (call.purpose == OutgoingPurpose.CAMPAIGN.value, call.dialled_us >= since_us)
    known = exists().where(campaign_attempts.c.reference == call.reference)
    query = select(call.reference, call.number, call.member).where(call.number.in_(stored.numbers), *of_campaigns)
    rows = connection.execute(query.where(~known).order_by(call.dialled_us))
    named = [(row, _REFERENCE.fullmatch(row.reference)) for row in rows]
    return [
        _Forgotten(row.reference, int(name[1]), int(name[2]), row.number, row.member) for row, name in named if name
    ]


def _put_back(connection: Connection, call: _Forgotten, stored: StoredContact) -> bool:
    """False: another call to that number is not over yet."""
    contact_id, campaign_id = _whose(connection, call, stored)
    row = {
        "reference": call.reference,
        "contact_id": contact_id,
        "campaign_id": campaign_id,
        "number": call.number,
        "mode": DialMode.PREVIEW.value if call.member else _mode_of(connection, campaign_id),
        "member": call.member,
        "begun_us": call.begun_us,
        "epoch": 0,
        "ends_us": call.begun_us,
    }
    if not put_missing(connection, campaign_attempts, [row]):
        return False
    log.warning("%s: the database does not know of this call, the queue log does: put back", call.reference)
    theirs = (campaign_contacts.c.id == contact_id, campaign_contacts.c.state.in_(_CALLABLE))
    calling = {"state": ContactState.CALLING.value, "due_us": None, "held_until_us": None}
    connection.execute(update(campaign_contacts).where(*theirs).values(calling))
    return True


def _mode_of(connection: Connection, campaign_id: int) -> str:
    """As the campaign dials now: whether an agent was to have it is nowhere else."""
    return str(connection.execute(select(campaigns.c.mode).where(campaigns.c.id == campaign_id)).scalar_one())


def _whose(connection: Connection, call: _Forgotten, stored: StoredContact) -> tuple[int, int]:
    """Customer and campaign. A list of after the copy has other customers when it is loaded once more."""
    contact = campaign_contacts.c
    query = select(contact.campaign_id, contact.numbers).where(contact.id == call.contact_id)
    named = connection.execute(query).one_or_none()
    # As text: nobody may be able to read the whole of another customer's row.
    if named is not None and f'"{call.number}"' in named.numbers:
        return call.contact_id, named.campaign_id
    return stored.id, stored.campaign_id
