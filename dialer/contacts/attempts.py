"""Attempts: each is begun in the table before a telephone is rung, and once only, whoever dials and whatever dies when.

The rules are asked in the transaction in which it is begun: the campaign runs, it is the customer's turn, no list bars
the number, nobody rings it now, the queue log has no call to it that is forgotten here, and the process still holds the
lease.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.database.leases import Lease, is_held
from callcenter.database.transactions import Database, put_missing
from callcenter.instants import MICROSECONDS
from callcenter.outgoing_calls import CustomerKey, OutgoingResult
from callcenter.records.campaigns import campaign_attempts, campaign_contacts
from dialer.attempt_results import AttemptResult
from dialer.campaigns import outcomes
from dialer.campaigns.model import CampaignState, DialMode
from dialer.campaigns.rows import find_campaign
from dialer.campaigns.turns import Turns
from dialer.contacts.agreements import is_anothers
from dialer.contacts.forgotten import put_back_forgotten, reference_of
from dialer.contacts.rows import StoredAttempt, StoredContact, readable_attempts
from dialer.contacts.saying import CUSTOMER, Said, say
from dialer.contacts.settling import (
    TRIED_AGAIN_US,
    change,
    counted_since_us,
    known_or_set_aside,
    lock_each,
    locked,
    locked_attempt,
    settle,
    turn_values,
)
from dialer.do_not_call import bar
from dialer.pacing.situation import LEAST_RING_SECONDS

# So long after the ringing a call can be reported at the latest; without a report nothing was heard of it.
_REPORTED_WITHIN_SECONDS = 60
# An agent who has said nothing of a call by then says nothing any more: it was a contact.
SAID_WITHIN_US = 30 * 60 * MICROSECONDS
# Whose telephone was not rung is soon tried again; whose telephone we gave up, while it rang, is left alone.
_AGAIN_US = {OutgoingResult.UNPLACED: TRIED_AGAIN_US, OutgoingResult.CANCELLED: 15 * 60 * MICROSECONDS}
_OPEN = campaign_attempts.c.closed_us.is_(None)


@dataclass(frozen=True, slots=True)
class DialOrder:
    """Whom to call, and who does. `member`: the agent who dials, and who alone was shown the customer."""

    contact_id: int
    mode: DialMode
    member: str | None = None


class AttemptStore:
    """The attempts of all campaigns. Every method raises DatabaseProblem; instants are microseconds, UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unreadable = set[str]()

    async def begin(self, order: DialOrder, turns: Turns, lease: Lease | None, now_us: int) -> StoredAttempt | None:
        """Begin one if all rules allow it. `lease`: the dialer's, None where an agent dials.

        None: it is not to be; where it is not the customer's turn, what their turn is has been written down.
        """
        return await self._database.write(lambda connection: _begin(connection, order, turns, lease, now_us))

    async def begin_first(
        self, contact_ids: Sequence[int], mode: DialMode, turns: Turns, lease: Lease, now_us: int
    ) -> tuple[StoredAttempt | None, int]:
        """Begin one with the first of these customers whom the dialer may call now, if any; how many were looked at.

        The turns of those before are written down, so that they do not stand at the front any more. 0: nobody may be
        called at all.
        """
        return await self._database.write(
            lambda connection: _begin_first(connection, contact_ids, mode, turns, lease, now_us)
        )

    async def open(self) -> tuple[StoredAttempt, ...]:
        """All whose telephone may ring or be talked at."""
        query = select(campaign_attempts).where(_OPEN).order_by(campaign_attempts.c.begun_us)

        def found(connection: Connection) -> tuple[StoredAttempt, ...]:
            return readable_attempts(connection.execute(query), self._unreadable)

        return await self._database.read(found)

    async def last_of(self, campaign_id: int, most: int) -> tuple[StoredAttempt, ...]:
        """The campaign's last attempts that are over, the oldest of them first."""
        table = campaign_attempts.c
        query = select(campaign_attempts).where(table.campaign_id == campaign_id, table.closed_us.is_not(None))

        def found(connection: Connection) -> tuple[StoredAttempt, ...]:
            rows = connection.execute(query.order_by(table.begun_us.desc()).limit(most)).all()
            return readable_attempts(reversed(rows), self._unreadable)

        return await self._database.read(found)

    async def close(
        self, ended: StoredAttempt, result: AttemptResult, turns: Turns, now_us: int, *, not_before_us: int = 0
    ) -> StoredContact | None:
        """The telephone's part is over. Where an agent talked, what it came to is the agent's to say.

        `not_before_us`: the customer is not called before that.
        """
        return await self._database.write(
            lambda connection: _close(connection, ended, result, turns, now_us, not_before_us)
        )

    async def unsaid(self, campaign_ids: Collection[int], now_us: int, most: int = 100) -> tuple[StoredAttempt, ...]:
        """Attempts of these campaigns that ended long ago, and of which the agent has not said what they came to."""
        table, contact = campaign_attempts.c, campaign_contacts.c
        silent = select(campaign_attempts).where(table.outcome.is_(None), table.closed_us <= now_us - SAID_WITHIN_US)
        # Whoever waits for it is found however long nobody looked; of others, whose list was undone, it is a record.
        of_waiting = silent.join(campaign_contacts, contact.id == table.contact_id).where(
            contact.campaign_id.in_(campaign_ids), contact.state == ContactState.CALLING.value
        )
        lately = silent.where(table.closed_us > now_us - 2 * SAID_WITHIN_US)

        def found(connection: Connection) -> tuple[StoredAttempt, ...]:
            rows = [row for query in (of_waiting, lately) for row in connection.execute(query.limit(most))]
            wanted = {row.reference: row for row in rows if row.campaign_id in campaign_ids}
            return readable_attempts(wanted.values(), self._unreadable)

        return await self._database.read(found)

    async def say(
        self,
        reference: str,
        outcome: CallOutcome,
        turns: Turns,
        now_us: int,
        *,
        said_by: str | None,
        agreed_us: int | None = None,
        note: str = "",
    ) -> StoredContact | None:
        """What the call came to. `said_by`: the agent, whom it names as having talked; None: nobody said it.

        `agreed_us`: when the customer asked to be called again; the same agent does. None: nobody can read the
        customer; it is said all the same. What an outcome before it did is taken back. Raises NotTheirCall (there is no
        such attempt, it came to another agent or to nobody, or, where nobody said it, somebody has meanwhile) and
        NotAgreeable.
        """
        told = Said(reference, outcome, said_by, agreed_us, note)
        return await self._database.write(lambda connection: say(connection, told, turns, now_us))


def _begin(
    connection: Connection, order: DialOrder, turns: Turns, lease: Lease | None, now_us: int
) -> StoredAttempt | None:
    if lease is not None and not is_held(connection, lease, now_us):
        return None
    stored = locked(connection, order.contact_id)
    if stored is None or not _is_theirs(stored, order, now_us) or not _runs(connection, turns):
        return None
    if put_back_forgotten(connection, stored, counted_since_us(turns, now_us)):
        return None
    known = known_or_set_aside(connection, stored, turns, now_us)
    if known is None:
        return None
    turn = turns.next_of(known, now_us)
    if turn is None or turn.due_us > now_us or turns.closed(now_us) is not None:
        change(connection, stored.id, now_us, **turn_values(turn, now_us, agreed_us=stored.agreed_us))
        return None
    row = {
        "reference": reference_of(stored.id, now_us),
        "contact_id": stored.id,
        "campaign_id": stored.campaign_id,
        "number": turn.number,
        "mode": order.mode.value,
        "member": order.member,
        "begun_us": now_us,
        "epoch": lease.epoch if lease is not None else 0,
        "ends_us": now_us + (turns.rules.ring_seconds + _REPORTED_WITHIN_SECONDS) * MICROSECONDS,
    }
    if not put_missing(connection, campaign_attempts, [row]):
        # Somebody else is called at this number now.
        later = turn_values(type(turn)(now_us + TRIED_AGAIN_US, turn.number), now_us, agreed_us=stored.agreed_us)
        change(connection, stored.id, now_us, **later)
        return None
    # An hour that was agreed is kept until the telephone has been rung.
    calling = {"state": ContactState.CALLING.value, "due_us": None, "held_until_us": None, "priority": 1}
    change(connection, stored.id, now_us, **calling, attempts=stored.attempts + 1)
    return locked_attempt(connection, str(row["reference"]))


def _begin_first(
    connection: Connection, contact_ids: Sequence[int], mode: DialMode, turns: Turns, lease: Lease, now_us: int
) -> tuple[StoredAttempt | None, int]:
    may_call = is_held(connection, lease, now_us) and _runs(connection, turns)
    if not may_call or turns.closed(now_us) is not None:
        return None, 0
    lock_each(connection, contact_ids)
    for looked_at, contact_id in enumerate(contact_ids, 1):
        begun = _begin(connection, DialOrder(contact_id, mode), turns, lease, now_us)
        if begun is not None:
            return begun, looked_at
    return None, len(contact_ids)


def _is_theirs(stored: StoredContact, order: DialOrder, now_us: int) -> bool:
    if stored.state is ContactState.SHOWN:
        return order.member is not None and stored.member == order.member
    waits = is_anothers(stored.agreed_us, stored.member, order.member, now_us)
    return stored.state is ContactState.READY and not waits


def _runs(connection: Connection, turns: Turns) -> bool:
    """By the rules that the turn is about to follow from: others may have been set since those were read."""
    found, seen = find_campaign(connection, turns.campaign.id), turns.campaign
    is_as_seen = found is not None and (found.rules, found.window) == (seen.rules, seen.window)
    return is_as_seen and found is not None and found.state is CampaignState.RUNNING


def _close(
    connection: Connection,
    ended: StoredAttempt,
    result: AttemptResult,
    turns: Turns,
    now_us: int,
    not_before_us: int,
) -> StoredContact | None:
    talked = result.talked_us is not None or (
        ended.mode is DialMode.PREVIEW and result.result is OutgoingResult.ANSWERED
    )
    values: dict[str, object] = {"closed_us": now_us, "result": result.result.value}
    if result.member:
        values["member"] = result.member
    outcome = None if talked else _outcome(ended, result)
    table = campaign_attempts.c
    changed = connection.execute(
        update(campaign_attempts).where(table.reference == ended.reference, table.closed_us.is_(None)).values(values)
    )
    if changed.rowcount and result.result is not OutgoingResult.UNPLACED:
        _end_agreement(connection, ended, now_us)
    if changed.rowcount and outcome is not None:
        silent = (table.reference == ended.reference, table.outcome.is_(None))
        connection.execute(update(campaign_attempts).where(*silent).values(outcome=outcome.value))
        if outcome is CallOutcome.NEVER_AGAIN:
            bar(connection, ended.number, CUSTOMER, ended.reference, now_us)
    again_us = now_us + _AGAIN_US.get(result.result, 0)
    return settle(connection, ended.contact_id, turns, now_us, not_before_us=max(again_us, not_before_us))


def _end_agreement(connection: Connection, rung: StoredAttempt, now_us: int) -> None:
    """The customer was called at the hour that they agreed on; what they agreed on in this call stands."""
    of_call = select(campaign_attempts.c.agreed_us).where(campaign_attempts.c.reference == rung.reference)
    change(connection, rung.contact_id, now_us, agreed_us=of_call.scalar_subquery())


def _had_time(ended: StoredAttempt, result: AttemptResult) -> bool:
    """To answer. An agent gives up what rings because nobody answers, the dialer for reasons of its own."""
    rang_us = (result.ended_us or ended.begun_us) - ended.begun_us
    return ended.mode is DialMode.PREVIEW or rang_us >= LEAST_RING_SECONDS * MICROSECONDS


def _outcome(ended: StoredAttempt, result: AttemptResult) -> CallOutcome:
    if result.result is not OutgoingResult.ANSWERED:
        return outcomes.of_unanswered(result.result, had_time=_had_time(ended, result))
    if result.pressed == CustomerKey.NEVER_AGAIN:
        return CallOutcome.NEVER_AGAIN
    informed = ended.mode is DialMode.AGENTLESS and bool(result.told) and not result.left_alone
    return outcomes.of_answered(result.answered_by, informed=informed, left_alone=result.left_alone)
