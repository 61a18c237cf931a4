"""What follows for a customer from what is written of them: their turn, kept so that an index finds whose it is."""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection, case, null, select, update

from callcenter.campaign_outcomes import ContactState
from callcenter.instants import MICROSECONDS, as_datetime, as_us
from callcenter.records.campaigns import campaign_attempts, campaign_contacts
from dialer.campaigns.turns import CampaignContact, Turn, Turns
from dialer.contacts.model import rank_of
from dialer.contacts.rows import (
    UNREADABLE,
    StoredAttempt,
    StoredContact,
    attempt,
    contact,
    in_one_line,
    select_contacts,
    with_attempts,
)

log = logging.getLogger(__name__)

# A telephone that could not be rung at all is tried again after this: the trunk is full, or Asterisk busy.
TRIED_AGAIN_US = 30 * MICROSECONDS
_NOT_SETTLED = frozenset({ContactState.HELD_OUT, ContactState.WITHDRAWN, ContactState.SET_ASIDE})
_MAY_BE_CALLED = (ContactState.READY, ContactState.WAITING, ContactState.SHOWN, ContactState.CALLING)
_TABLE = campaign_contacts.c
# What is written of a customer at whom no agent looks any more: who agreed with an agent remains theirs.
FREED: Mapping[str, Any] = {
    "held_until_us": None,
    "member": case((_TABLE.agreed_us.is_(None), null()), else_=_TABLE.member),
}


def standing(connection: Connection, stored: StoredContact, turns: Turns, now_us: int) -> CampaignContact:
    """The customer with everything that their turn follows from. Raises ValueError where nobody can read that."""
    return with_attempts(connection, stored, as_us(turns.begins), _day_us(turns, now_us))


def counted_since_us(turns: Turns, now_us: int) -> int:
    """Calls since then count: of the campaign, and of this day for the numbers of others."""
    return min(as_us(turns.begins), _day_us(turns, now_us))


def _day_us(turns: Turns, now_us: int) -> int:
    return as_us(datetime.combine(as_datetime(now_us, turns.zone).date(), time.min, turns.zone))


def locked(connection: Connection, contact_id: int) -> StoredContact | None:
    """The customer, whom nobody else changes until the transaction ends. None: nobody can read them: set aside."""
    query = select_contacts().where(_TABLE.id == contact_id).with_for_update()
    try:
        row = connection.execute(query).one_or_none()
        return contact(row) if row is not None else None
    except UNREADABLE as problem:
        set_aside_unread(connection, contact_id, problem)
        return None


def known_or_set_aside(
    connection: Connection, stored: StoredContact, turns: Turns, now_us: int
) -> CampaignContact | None:
    """`standing`; None: nobody can read what was tried with them: set aside."""
    try:
        return standing(connection, stored, turns, now_us)
    except ValueError as problem:
        set_aside(connection, stored.id, f"an attempt of theirs cannot be read: {in_one_line(problem)}")
        return None


def set_aside_unread(connection: Connection, contact_id: int, problem: Exception) -> None:
    """`set_aside` of one whose row raised `UNREADABLE`."""
    set_aside(connection, contact_id, f"their row cannot be read: {in_one_line(problem)}")


def set_aside(connection: Connection, contact_id: int, why: str) -> None:
    """Nobody calls this customer until somebody mends what is wrong, which costs no other customer anything."""
    of_this = (_TABLE.id == contact_id, _TABLE.state.in_([state.value for state in _MAY_BE_CALLED]))
    values = {"state": ContactState.SET_ASIDE.value, "due_us": None, **FREED}
    if connection.execute(update(campaign_contacts).where(*of_this).values(values)).rowcount:
        log.error("customer %d of campaign_contacts is set aside and not called: %s", contact_id, why)


def lock_each(connection: Connection, contact_ids: Collection[int]) -> None:
    """Have nobody else change several customers until the transaction ends.

    In the order of their ids: two who change several at once never wait for one another.
    """
    query = select(_TABLE.id).where(_TABLE.id.in_(contact_ids)).order_by(_TABLE.id).with_for_update()
    connection.execute(query).all()


def locked_attempt(connection: Connection, reference: str) -> StoredAttempt | None:
    """The attempt, which nobody else changes until the transaction ends."""
    of_name = select(campaign_attempts).where(campaign_attempts.c.reference == reference)
    row = connection.execute(of_name.with_for_update()).one_or_none()
    return attempt(row) if row is not None else None


def settle(
    connection: Connection, contact_id: int, turns: Turns, now_us: int, *, not_before_us: int = 0
) -> StoredContact | None:
    """Write down whose turn it is after something changed; the customer as they stand then.

    Nothing changes for one who is held out, withdrawn or set aside, or with whom an agent still talks. None: nobody
    can read them.
    """
    stored = locked(connection, contact_id)
    if stored is None or stored.state in _NOT_SETTLED:
        return stored
    known = known_or_set_aside(connection, stored, turns, now_us)
    if known is None:
        return None
    if known.attempts and known.attempts[-1].outcome is None:
        return stored
    turn = turns.next_of(known, now_us)
    if turn is not None and turn.due_us < not_before_us:
        turn = Turn(not_before_us, turn.number)
    outcome = known.attempts[-1].outcome if known.attempts else None
    change(
        connection,
        stored.id,
        now_us,
        **turn_values(turn, now_us, agreed_us=stored.agreed_us),
        rank=rank_of(turns.rules, stored.expires_on, stored.segment, len(known.counted)),
        attempts=len(known.counted),
        outcome=outcome.value if outcome is not None else None,
    )
    return locked(connection, contact_id)


def turn_values(turn: Turn | None, now_us: int, *, agreed_us: int | None = None) -> dict[str, Any]:
    """The columns that keep a turn, of a customer who agreed on an hour or not. No agent looks at them any more."""
    priority = 1 if agreed_us is None else 0
    if turn is None:
        return {**FREED, "state": ContactState.OVER.value, "due_us": None, "priority": 1}
    if turn.due_us <= now_us:
        return {**FREED, "state": ContactState.READY.value, "due_us": None, "priority": priority}
    return {**FREED, "state": ContactState.WAITING.value, "due_us": turn.due_us, "priority": priority}


def change(connection: Connection, contact_id: int, now_us: int, **values: object) -> None:
    """Change a customer's columns."""
    connection.execute(update(campaign_contacts).where(_TABLE.id == contact_id).values(changed_us=now_us, **values))
