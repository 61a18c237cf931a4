"""How far campaigns are, in figures: of their customers and of the attempts to reach them.

They read all rows of a campaign by its index: long reads, which nobody's look-up waits for.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.database.transactions import Database
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaign_attempts, campaign_contacts
from dialer.campaigns.explanation import Due
from dialer.campaigns.model import FINAL
from dialer.contacts.agreements import KEPT_FOR_US

# Somebody was talked to: a promise and a refusal are contacts both.
REACHED = FINAL | {CallOutcome.CALL_AGAIN}
_TRIED = campaign_attempts.c
# As `campaign_outcomes.is_call` has it, of rows.
_IS_CALL = or_(
    _TRIED.result.is_(None),
    _TRIED.result.not_in([OutgoingResult.UNPLACED.value, OutgoingResult.CANCELLED.value]),
    and_(
        _TRIED.result == OutgoingResult.CANCELLED.value,
        or_(_TRIED.outcome.is_(None), _TRIED.outcome != CallOutcome.FAILED.value),
    ),
)
_LEFT = (ContactState.READY, ContactState.WAITING, ContactState.SHOWN, ContactState.CALLING)


@dataclass(frozen=True, slots=True)
class CampaignProgress:
    """The customers of a campaign, but for the withdrawn. `called`: once at least; `contacted`: at the last attempt.

    `left`: those that may still be called. `held_out`: not called, to compare with; they are none of the others.
    `set_aside`: of the customers, those who cannot be called because of what is written of them.
    """

    customers: int = 0
    called: int = 0
    contacted: int = 0
    promised: int = 0
    left: int = 0
    held_out: int = 0
    set_aside: int = 0


@dataclass(frozen=True, slots=True)
class AttemptCount:
    """Attempts that have something in common: an outcome, an agent, a service; empty: it is not known, or nobody's."""

    name: str
    attempts: int
    contacted: int
    promised: int


@dataclass(frozen=True, slots=True)
class AttemptCounts:
    """A campaign's calls, counted in three ways; most first. Outcomes are the agent's word, else the telephone's."""

    by_outcome: tuple[AttemptCount, ...]
    by_member: tuple[AttemptCount, ...]
    by_service: tuple[AttemptCount, ...]


class CampaignFigures:
    """Counts. Every method raises DatabaseProblem."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def progress(self, campaign_ids: Collection[int]) -> dict[int, CampaignProgress]:
        """Of each of these campaigns, also of those without a customer."""
        query = _progress(campaign_ids)
        rows = await self._database.long_read(lambda connection: connection.execute(query).mappings().all())
        found = {row["campaign_id"]: _counted(row) for row in rows}
        return {each: found.get(each, CampaignProgress()) for each in campaign_ids}

    async def attempts(self, campaign_id: int) -> AttemptCounts:
        """Everything that was tried, but for what was no call to the customer, as the campaign's report has it."""
        return await self._database.long_read(lambda connection: _attempts(connection, campaign_id))

    async def due(self, campaign_id: int, at_us: int) -> Due:
        """Whose turn it is at that instant as far as is known now, if the campaign may call then."""
        return await self._database.long_read(lambda connection: _due(connection, campaign_id, at_us))


def _progress(campaign_ids: Collection[int]) -> Select[Any]:
    table = campaign_contacts.c
    is_customer = table.state.not_in([ContactState.HELD_OUT.value, ContactState.WITHDRAWN.value])
    counted = {
        "customers": is_customer,
        "called": is_customer & (table.attempts > 0),
        "contacted": is_customer & table.outcome.in_(_values(REACHED)),
        "promised": is_customer & (table.outcome == CallOutcome.PROMISED.value),
        "left": table.state.in_([state.value for state in _LEFT]),
        "held_out": table.state == ContactState.HELD_OUT.value,
        "set_aside": table.state == ContactState.SET_ASIDE.value,
    }
    sums = [_how_many(condition).label(name) for name, condition in counted.items()]
    return select(table.campaign_id, *sums).where(table.campaign_id.in_(campaign_ids)).group_by(table.campaign_id)


def _counted(row: Mapping[Any, Any]) -> CampaignProgress:
    return CampaignProgress(**{name: int(row[name]) for name in CampaignProgress.__dataclass_fields__})


def _attempts(connection: Connection, campaign_id: int) -> AttemptCounts:
    outcome = func.coalesce(_TRIED.outcome, _TRIED.result, "")
    named = (outcome, func.coalesce(_TRIED.member, ""))
    calls = (_TRIED.campaign_id == campaign_id, _IS_CALL)
    by_outcome, by_member = (_named(connection, _counts(name).where(*calls)) for name in named)
    contact = campaign_contacts.c
    by_service = _counts(contact.service).join(campaign_contacts, contact.id == _TRIED.contact_id).where(*calls)
    return AttemptCounts(by_outcome, by_member, _named(connection, by_service))


def _counts(name: ColumnElement[Any]) -> Select[Any]:
    outcome = campaign_attempts.c.outcome
    reached = _how_many(outcome.in_(_values(REACHED))).label("contacted")
    promised = _how_many(outcome == CallOutcome.PROMISED.value).label("promised")
    columns = (name.label("name"), func.count().label("attempts"), reached, promised)
    return select(*columns).select_from(campaign_attempts).group_by(name).order_by(func.count().desc(), name)


def _named(connection: Connection, query: Select[Any]) -> tuple[AttemptCount, ...]:
    rows = connection.execute(query)
    return tuple(AttemptCount(row.name, row.attempts, int(row.contacted), int(row.promised)) for row in rows)


def _due(connection: Connection, campaign_id: int, at_us: int) -> Due:
    table = campaign_contacts.c
    of_campaign = table.campaign_id == campaign_id
    waits = (of_campaign, table.state == ContactState.WAITING.value)
    ready = _count(connection, of_campaign, table.state == ContactState.READY.value)
    turned = _count(connection, *waits, table.due_us <= at_us)
    waiting = _count(connection, *waits, table.due_us > at_us)
    in_hand = _count(connection, of_campaign, table.state.in_(_in_hand()))
    next_due = connection.scalar(select(func.min(table.due_us)).where(*waits, table.due_us > at_us))
    set_aside = _count(connection, of_campaign, table.state == ContactState.SET_ASIDE.value)
    kept = _count(connection, of_campaign, *_kept(at_us))
    return Due(ready + turned, waiting, in_hand, next_due, set_aside, kept)


def _kept(at_us: int) -> tuple[ColumnElement[bool], ...]:
    """Whose turn it is then, and whose call is their agent's, as `agreements.is_anothers` has it for any other."""
    table = campaign_contacts.c
    is_ready = or_(
        table.state == ContactState.READY.value,
        and_(table.state == ContactState.WAITING.value, table.due_us <= at_us),
    )
    is_agreed = (table.priority == 0, table.member.is_not(None), table.agreed_us > at_us - KEPT_FOR_US)
    return (table.state.in_([ContactState.READY.value, ContactState.WAITING.value]), is_ready, *is_agreed)


def _in_hand() -> Iterator[str]:
    return (state.value for state in (ContactState.SHOWN, ContactState.CALLING))


def _count(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(campaign_contacts).where(*conditions)) or 0


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _values(outcomes: Collection[CallOutcome]) -> list[str]:
    return sorted(each.value for each in outcomes)
