"""What a campaign is: its state, how it dials, and its rules. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from callcenter.campaign_outcomes import CallOutcome
from callcenter.centre.model import OpenSpan
from dialer.campaigns.window import Window


class CampaignKind(StrEnum):
    """What a campaign calls about. The prepaid-expiry campaign is made each month by itself."""

    PREPAID_EXPIRY = "prepaid_expiry"
    GENERAL = "general"


class CampaignState(StrEnum):
    """How far a campaign is. It begins to dial by itself when it is `ready` and its window opens."""

    DRAFT = "draft"  # waits for its list
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class CampaignEvent(StrEnum):
    """What moves a campaign from one state to another."""

    LIST_LOADED = "list_loaded"
    LIST_UNDONE = "list_undone"  # and nothing is left to call
    START = "start"
    PAUSE = "pause"
    END = "end"


_DRAFT, _READY, _RUNNING = CampaignState.DRAFT, CampaignState.READY, CampaignState.RUNNING
_PAUSED, _ENDED = CampaignState.PAUSED, CampaignState.ENDED
_NEXT: Mapping[tuple[CampaignState, CampaignEvent], CampaignState] = {
    (_DRAFT, CampaignEvent.LIST_LOADED): _READY,
    **{(state, CampaignEvent.LIST_LOADED): state for state in (_READY, _RUNNING, _PAUSED)},
    **{(state, CampaignEvent.LIST_UNDONE): _DRAFT for state in (_DRAFT, _READY, _RUNNING, _PAUSED)},
    (_READY, CampaignEvent.START): _RUNNING,
    (_PAUSED, CampaignEvent.START): _RUNNING,
    (_RUNNING, CampaignEvent.PAUSE): _PAUSED,
    (_READY, CampaignEvent.PAUSE): _PAUSED,
    **{(state, CampaignEvent.END): _ENDED for state in (_DRAFT, _READY, _RUNNING, _PAUSED)},
}


def after(state: CampaignState, event: CampaignEvent) -> CampaignState | None:
    """The state that an event leads to; None where it is not possible in this one."""
    return _NEXT.get((state, event))


class DialMode(StrEnum):
    """Who dials: the agent who has seen the customer, the dialer for a free agent, ahead of agents, or for nobody."""

    PREVIEW = "preview"  # as callcenter.records.campaigns.PREVIEW
    PROGRESSIVE = "progressive"
    PREDICTIVE = "predictive"
    AGENTLESS = "agentless"


# After these the customer is not called again in this campaign; a wrong number only ends that number.
FINAL = frozenset(
    {
        *(CallOutcome.CONTACTED, CallOutcome.PROMISED, CallOutcome.ALREADY_PAID),
        *(CallOutcome.REFUSED, CallOutcome.NEVER_AGAIN),
    }
)
_HOUR = 3600
_PAUSES: Mapping[CallOutcome, int] = {
    CallOutcome.BUSY: _HOUR // 4,
    CallOutcome.NO_ANSWER: 3 * _HOUR,
    CallOutcome.MACHINE: 3 * _HOUR,
    CallOutcome.ABANDONED: 24 * _HOUR,
    CallOutcome.FAILED: _HOUR,
    CallOutcome.WRONG_NUMBER: 0,
}


class OrderBy(StrEnum):
    """What decides who is called first: the first of a campaign's order, among equals the next."""

    EXPIRY = "expiry"
    SEGMENT = "segment"
    ATTEMPTS = "attempts"


@dataclass(frozen=True, slots=True)
class CampaignRules:
    """When, how often and in which order customers are called.

    `hours`: the calling hours, which no holiday has. Attempts are counted a number and a customer, a day and in all.
    `pauses_seconds`: how long after such an outcome the customer is left alone. `ring_seconds`: 15 at least.
    `segments`: in the order in which they are called, others after them. `ceiling_percent`: of a day's live answers
    that may be abandoned. `paid_within_days`: a payment so long after the contact is counted as its effect.
    """

    hours: tuple[OpenSpan, ...]
    order: tuple[OrderBy, ...] = (OrderBy.EXPIRY, OrderBy.SEGMENT, OrderBy.ATTEMPTS)
    segments: tuple[str, ...] = ()
    ceiling_percent: float = 3.0
    paid_within_days: int = 15
    number_a_day: int = 3
    customer_a_day: int = 3
    number_in_all: int = 6
    customer_in_all: int = 9
    ring_seconds: int = 25
    pauses_seconds: Mapping[CallOutcome, int] = field(default_factory=lambda: dict(_PAUSES))


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign. `queue`: whose agents get its calls; `line`: the number that customers see.

    `script`: what the agent says. `held_out_percent` of the customers, chosen by `held_out_seed`, are not called.
    """

    id: int
    kind: CampaignKind
    name: str
    title: str
    mode: DialMode
    state: CampaignState
    window: Window
    rules: CampaignRules
    queue: str
    line: str
    script: str = ""
    held_out_percent: int = 0
    held_out_seed: int = 0
    detects_machines: bool = False
