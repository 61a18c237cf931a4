"""The last calls of a number, from the records; and a call that rang before this process began."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, select, union_all

from agent_api.pop.pop_schemas import LastCall
from callcenter.call_words import OUTCOMES
from callcenter.calls import LONGEST_CALL_US, Outcome
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.messages.facts import AgentState, AgentStatus, CallOffered
from callcenter.numbers import Number, NumberKind
from callcenter.records.calls import queue_entries
from callcenter.records.users import users
from callcenter.spanish import date_time

LAST_CALLS = 5

# A fixed number of parameters, so that the statement is compiled once.
_FORMS = 6
_BY_A_COLLEAGUE = (queue_entries.c.member != bindparam("agent")) & queue_entries.c.answered_us.is_not(None)


def _last_of(form: BindParameter[str]) -> Select[Any]:
    """The last calls of one form of the number: five steps back along its index, however often it called."""
    entry = queue_entries.c
    return (
        select(entry.entered_us, entry.queue, entry.outcome, entry.member)
        .where(entry.caller == form, (entry.uniqueid != bindparam("but")) | _BY_A_COLLEAGUE)
        .order_by(entry.entered_us.desc())
        .limit(LAST_CALLS)
    )


# Of all forms at once a database may go back through everybody's calls until it has found five.
_OF_FORMS = union_all(
    *(select(_last_of(bindparam(f"form{index}")).subquery(f"of_form{index}")) for index in range(_FORMS))
).subquery()
_LAST = (
    select(_OF_FORMS, users.c.display_name)
    .outerjoin(users, users.c.login == _OF_FORMS.c.member)
    .order_by(_OF_FORMS.c.entered_us.desc())
    .limit(LAST_CALLS)
)
_ENTRY = (
    select(queue_entries)
    .where(queue_entries.c.node == bindparam("node"), queue_entries.c.uniqueid == bindparam("asked"))
    .where(queue_entries.c.entered_us >= bindparam("since"))
    .order_by(queue_entries.c.entered_us.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class RecoveredCall:
    """A call that was under way before it was heard of here."""

    offer: CallOffered
    answered_us: int | None


class History:
    """Reads the records. Every method raises DatabaseProblem."""

    def __init__(self, database: Database, centre: Centre) -> None:
        self._database, self._centre = database, centre

    async def last_calls(self, number: Number, offer: CallOffered) -> tuple[LastCall, ...]:
        """The number's last queue entries, newest first. Of the offered call, those with colleagues before."""
        forms = dict.fromkeys(forms_of(offer.caller, number))
        named = {f"form{index}": form for index, form in enumerate([*forms, *[None] * (_FORMS - len(forms))])}
        asked = {**named, "but": offer.uniqueid, "agent": offer.member}
        rows = await self._database.read(lambda connection: connection.execute(_LAST, asked).all())
        return tuple(self._last_call(row) for row in rows)

    async def recover(self, state: AgentState) -> RecoveredCall | None:
        """The call of an agent's state; None when the records do not have it (yet)."""
        return await self._database.read(lambda connection: self._entry(connection, state))

    def _last_call(self, row: Any) -> LastCall:
        queue = self._centre.queues_by_name.get(row.queue)
        return LastCall(
            at_us=row.entered_us,
            when=date_time(as_datetime(row.entered_us, self._centre.zone)),
            queue=queue.title if queue else row.queue,
            outcome=OUTCOMES[Outcome(row.outcome)],
            agent=row.display_name or row.member or "",
        )

    def _entry(self, connection: Connection, state: AgentState) -> RecoveredCall | None:
        since = state.since_us - LONGEST_CALL_US
        row = connection.execute(_ENTRY, {"node": state.node, "asked": state.with_whom, "since": since}).first()
        if row is None:
            return None
        if not state.uniqueid:  # came by a transfer: the wait had ended with somebody else
            waited_until_us = row.answered_us or row.ended_us or state.since_us
            return RecoveredCall(offer_in(row, state.member, waited_until_us), state.since_us)
        offer = offer_in(row, state.member, state.since_us)
        connected = state.state is AgentStatus.ON_CALL
        return RecoveredCall(offer, (row.answered_us or state.since_us) if connected else None)


def offer_in(row: Any, member: str, offered_us: int) -> CallOffered:
    """A row of `queue_entries` as the offer to this member that came of it."""
    return CallOffered(
        node=row.node,
        member=member,
        uniqueid=row.uniqueid,
        linkedid=row.call or row.uniqueid,
        queue=row.queue,
        line=row.line,
        caller=row.caller,
        joined_us=row.joined_us or row.entered_us,
        offered_us=offered_us,
    )


def forms_of(signalled: str, number: Number) -> tuple[str, ...]:
    """How networks write this number in the records: as signalled now, national, local, from abroad.

    Seven digits are a local number where they begin with the area code: others may be a mobile that lacks a digit.
    """
    digits = number.digits
    is_local = number.kind is NumberKind.FIXED and digits[1] == digits[0]
    local = digits[1:] if is_local else digits
    return (signalled, digits, local, f"+591{digits}", f"591{digits}", f"0{digits}")
