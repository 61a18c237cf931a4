"""An agent's campaigns as values: what stands on the desk, what the agent says, and why something is refused."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callcenter.campaign_outcomes import CallOutcome
from dialer.campaigns.model import Campaign
from dialer.campaigns.turns import Turns, WhyNot
from dialer.contacts.rows import StoredAttempt, StoredContact


class NotServed(Exception):
    """The agent serves no campaign with preview."""


class OutcomeMissing(Exception):
    """What the last call came to is not said yet."""


class NobodyToCall(Exception):
    """`why_not`: why the campaign may not call now; None: it is no customer's turn."""

    def __init__(self, why_not: WhyNot | None) -> None:
        super().__init__(why_not)
        self.why_not = why_not


class NotShown(Exception):
    """The agent is not shown this customer (any more), or the customer is not to be called now."""


class NotTheirs(Exception):
    """No attempt of this agent, or none of this day."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A campaign whose customers the agent is shown. `services`: only those of these; empty: all."""

    campaign: Campaign
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CampaignStanding:
    """A campaign with preview that the agent serves. `why_not`: why it may not call now; None: it may."""

    campaign: Campaign
    why_not: WhyNot | None


@dataclass(frozen=True, slots=True)
class SaidAttempt:
    """An attempt with what was said of it. `said_by` empty: the telephone did, or nobody."""

    attempt: StoredAttempt
    said_by: str
    agreed_us: int | None
    note: str


@dataclass(frozen=True, slots=True)
class CampaignCustomer:
    """A customer of a campaign. `number`: the one to be dialled next; None: none now. `attempts`: the last first."""

    campaign: Campaign
    contact: StoredContact
    number: str | None
    attempts: tuple[SaidAttempt, ...]


class AttemptStage(StrEnum):
    """How far an agent's call of a campaign is: their queue offers it, it goes on as far as is known, or it is over."""

    OFFERED = "offered"
    LIVE = "live"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class AgentAttempt:
    """The call of a campaign that the agent is offered, has, or had last."""

    said: SaidAttempt
    customer: CampaignCustomer
    stage: AttemptStage

    @property
    def is_unsaid(self) -> bool:
        """What it came to is asked for: not while it is only offered, when it may become a colleague's."""
        return self.said.attempt.outcome is None and self.stage is not AttemptStage.OFFERED


@dataclass(frozen=True, slots=True)
class CampaignsNow:
    """What stands on the desk. `shown`: the customer whom the agent looks at before dialling."""

    campaigns: tuple[CampaignStanding, ...] = ()
    shown: CampaignCustomer | None = None
    attempt: AgentAttempt | None = None


@dataclass(frozen=True, slots=True)
class OutcomeSaid:
    """What an agent says of an attempt. `agreed`: when to call again, in the centre's zone; with CALL_AGAIN only."""

    reference: str
    outcome: CallOutcome
    agreed: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class BegunAttempt:
    """An attempt that was begun: its number is to be dialled, or it is to be ended as unrung."""

    attempt: StoredAttempt
    turns: Turns
