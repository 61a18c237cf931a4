"""Campaigns on the agent's desk: the customer to call, the call that goes on, and the outcomes' keys."""

from dataclasses import dataclass

from agent_api.accounts.sessions import SessionUser
from agent_api.campaigns.agent_model import AttemptStage, CampaignsNow
from agent_api.campaigns.agent_schemas import AgentCampaignsView
from agent_api.campaigns.agent_views import campaigns_view
from agent_api.campaigns.agent_words import OUTCOME_KEYS, OUTCOMES, SKIP_REASONS
from agent_api.pop.composer import KnownCustomers
from agent_api.web.parts import Parts
from callcenter.campaign_outcomes import CallOutcome
from callcenter.instants import as_datetime
from dialer.campaigns.model import DialMode
from dialer.contacts.model import SkipReason

_NOBODY = KnownCustomers((), ())


@dataclass(frozen=True, slots=True)
class OutcomeButton:
    """One outcome as a button. `asks_moment`: day and hour are asked for, too."""

    code: str
    title: str
    key: str
    asks_moment: bool


OUTCOME_BUTTONS = tuple(
    OutcomeButton(outcome.value, OUTCOMES[outcome], key, outcome is CallOutcome.CALL_AGAIN)
    for outcome, key in OUTCOME_KEYS.items()
)


@dataclass(frozen=True, slots=True)
class CampaignBox:
    """What the desk shows. `known`: the customers of the number that is to be dialled, or was, where no pop shows them.

    `today`: of the centre, for fields of the page.
    """

    serves: bool
    now: AgentCampaignsView
    known: KnownCustomers
    today: str
    outcomes: tuple[OutcomeButton, ...] = OUTCOME_BUTTONS
    skip_reasons: tuple[tuple[SkipReason, str], ...] = tuple(SKIP_REASONS.items())


async def campaign_box(user: SessionUser, parts: Parts, *, with_known: bool = True) -> CampaignBox:
    """What the agent's desk shows now. `with_known`: also what other systems know of the customer."""
    serves = bool(parts.campaign_desk.queues_of(user.login))
    now = await parts.campaign_desk.now(user.login)
    number = _number_looked_up(now) if with_known else ""
    known = await parts.pops.customers_at(number) if number else _NOBODY
    today = as_datetime(parts.clock(), parts.centre.zone).date().isoformat()
    return CampaignBox(serves, campaigns_view(now, parts.centre), known, today)


def _number_looked_up(now: CampaignsNow) -> str:
    """A call of the dialer comes with the pop of a queue's call, which has the customer."""
    attempt = now.attempt
    if attempt is not None and (attempt.is_unsaid or attempt.stage is AttemptStage.OFFERED):
        previewed = attempt.said.attempt.mode is DialMode.PREVIEW
        return attempt.said.attempt.number if previewed else ""
    if now.shown is None:
        return ""
    return now.shown.number or next(iter(now.shown.contact.numbers), "")
