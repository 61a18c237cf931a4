"""Which attempt is an agent's now: that of the call that goes on, else the last one.

The table says whose an attempt is when an agent dials it, and of the dialer's when the call is over: until then it is
found by the call that the agent answered.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from agent_api.campaigns.agent_model import AgentAttempt, AttemptStage, CampaignCustomer, SaidAttempt
from agent_api.campaigns.agent_rows import (
    CallKey,
    attempt_named,
    attempt_of_call,
    attempts_at,
    attempts_by,
    calls_to_write_up,
    campaign_of,
    contact_of,
)
from dialer.campaigns.model import Campaign
from dialer.campaigns.turns import Turns
from dialer.contacts.rows import StoredContact
from dialer.contacts.settling import standing

_LAST_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class AskingAgent:
    """Who asks. `queues`: the outbound ones that they serve; `call`: of one of those, `is_answered` or only offered.

    `day_us`: when this day began; `since_us`: of calls since then the outcome is asked for.
    """

    member: str
    queues: tuple[str, ...]
    call: CallKey | None
    is_answered: bool
    now_us: int
    day_us: int
    since_us: int


TurnsOf = Callable[[Campaign], Turns]


def customer_of(connection: Connection, contact: StoredContact, turns_of: TurnsOf, now_us: int) -> CampaignCustomer:
    """A customer with what was tried, and whom to dial next."""
    campaign = campaign_of(connection, contact.campaign_id)
    turns = turns_of(campaign)
    turn = turns.next_of(standing(connection, contact, turns, now_us), now_us)
    number = turn.number if turn is not None else None
    return CampaignCustomer(campaign, contact, number, attempts_at(connection, contact.id))


def attempt_of(connection: Connection, agent: AskingAgent, turns_of: TurnsOf) -> AgentAttempt | None:
    """The attempt that stands on the agent's desk, with its customer."""
    offered = _of_call(connection, agent, agent.call) if agent.call is not None and not agent.is_answered else None
    said = offered or last_of(connection, agent)
    if said is None:
        return None
    contact = contact_of(connection, said.attempt.contact_id)
    stage = AttemptStage.LIVE if said.attempt.closed_us is None else AttemptStage.OVER
    customer = customer_of(connection, contact, turns_of, agent.now_us)
    return AgentAttempt(said, customer, AttemptStage.OFFERED if offered is not None else stage)


def last_of(connection: Connection, agent: AskingAgent) -> SaidAttempt | None:
    """The attempt of the call that goes on; else the last of which nothing is said; else the last of the day."""
    going_on = _of_call(connection, agent, agent.call) if agent.call is not None and agent.is_answered else None
    if going_on is not None:
        return going_on
    calls = calls_to_write_up(connection, agent.member, agent.queues, agent.since_us)
    found = [_of_call(connection, agent, each) for each in calls]
    since_us = min(agent.day_us, agent.since_us)
    own = [each for each in found if each is not None]
    own += attempts_by(connection, agent.member, since_us, _LAST_ATTEMPTS)
    unsaid = (each for each in own if each.attempt.outcome is None)
    return next(unsaid, None) or max(own, key=lambda each: each.attempt.begun_us, default=None)


def theirs(connection: Connection, agent: AskingAgent, reference: str) -> SaidAttempt | None:
    """The attempt of that reference, if the agent may say what it came to: their own, unsaid or of this day."""
    last = last_of(connection, agent)
    if last is not None and last.attempt.reference == reference:
        return last if _may_be_said(last, agent) else None
    found = attempt_named(connection, reference)
    if found is None or found.attempt.member != agent.member:
        return None
    return found if _may_be_said(found, agent) else None


def _may_be_said(said: SaidAttempt, agent: AskingAgent) -> bool:
    attempt = said.attempt
    return attempt.outcome is None or attempt.closed_us is None or attempt.begun_us >= agent.day_us


def _of_call(connection: Connection, agent: AskingAgent, call: CallKey) -> SaidAttempt | None:
    """Not of one that came to nobody: what the telephone said of it stands."""
    found = attempt_of_call(connection, call)
    if found is None:
        return None
    goes_on = found.attempt.member is None and found.attempt.closed_us is None
    return found if goes_on or found.attempt.member == agent.member else None
