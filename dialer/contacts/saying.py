"""What agents say that calls came to: who may, and what follows for the customer and for the number."""

from dataclasses import dataclass

from sqlalchemy import Connection, or_, select, update

from callcenter.campaign_outcomes import CallOutcome
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaign_attempts
from dialer.attempt_results import may_be_with
from dialer.campaigns.turns import Turns
from dialer.contacts.agreements import agreed_hour
from dialer.contacts.rows import StoredAttempt, StoredContact
from dialer.contacts.settling import change, locked_attempt, settle
from dialer.do_not_call import bar, unbar

# Who put a number on the list of those that are never called, where no agent did.
CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Said:
    """What a call came to. `by`: the agent who says it; None: nobody did. `agreed_us`: when to call again."""

    reference: str
    outcome: CallOutcome
    by: str | None
    agreed_us: int | None
    note: str


class NotTheirCall(Exception):
    """There is no such attempt, the call came to another agent or to nobody, or, where nobody says it, somebody did."""


def say(connection: Connection, said: Said, turns: Turns, now_us: int) -> StoredContact | None:
    """`AttemptStore.say` within a transaction: it is said; the customer, None where nobody can read them.

    Raises NotTheirCall and NotAgreeable; then nothing is.
    """
    found = locked_attempt(connection, said.reference)
    if found is None or not _may_say(connection, found, said.by):
        raise NotTheirCall(said.reference)
    agreed_us = agreed_hour(said.outcome, said.agreed_us, turns, now_us)
    table = campaign_attempts.c
    values = {"outcome": said.outcome.value, "said_us": now_us, "agreed_us": agreed_us, "note": said.note}
    if said.by is not None:
        values |= {"said_by": said.by, "member": said.by}
    connection.execute(update(campaign_attempts).where(table.reference == said.reference).values(values))
    if agreed_us is not None:
        change(connection, found.contact_id, now_us, agreed_us=agreed_us, member=said.by)
    elif _is_last(connection, found):
        change(connection, found.contact_id, now_us, agreed_us=None)
    _bar_or_not(connection, found, said, now_us)
    return settle(connection, found.contact_id, turns, now_us)


def _may_say(connection: Connection, found: StoredAttempt, by: str | None) -> bool:
    """Nobody says what a call came to that came to no agent; of one that goes on the records know whose it is."""
    if by is None:
        return found.outcome is None
    if found.member is not None or found.closed_us is not None:
        return found.member == by
    return may_be_with(connection, found.reference, by)


def _is_last(connection: Connection, found: StoredAttempt) -> bool:
    """Whether the customer's telephone was not rung after this attempt: of the last one an agreed hour is spoken."""
    table = campaign_attempts.c
    later = (table.contact_id == found.contact_id, table.begun_us > found.begun_us)
    rung = or_(table.result.is_(None), table.result != OutgoingResult.UNPLACED.value)
    return connection.execute(select(table.reference).where(*later, rung).limit(1)).first() is None


def _bar_or_not(connection: Connection, found: StoredAttempt, said: Said, now_us: int) -> None:
    """The number is never called again by what is said; said instead of that, it may be, as far as it is for this."""
    if said.outcome is CallOutcome.NEVER_AGAIN:
        bar(connection, found.number, said.by or CUSTOMER, found.reference, now_us)
    elif found.outcome is CallOutcome.NEVER_AGAIN:
        table = campaign_attempts.c
        asked = (table.number == found.number, table.outcome == CallOutcome.NEVER_AGAIN.value)
        others = select(table.reference).where(*asked, table.reference != found.reference).limit(1)
        other = connection.execute(others).scalar_one_or_none()
        unbar(connection, found.number, found.reference, now_us, by=said.by or CUSTOMER, instead=other)
