"""Requests and answers about an agent's campaigns, ready to read. Amounts and dates are texts in Spanish."""

from datetime import date, time
from typing import Annotated, Any

from pydantic import BaseModel, Field

from agent_api.campaigns.agent_model import AttemptStage
from agent_api.schemas import with_example
from callcenter.campaign_outcomes import CallOutcome
from dialer.contacts.model import SkipReason

ContactId = Annotated[int, Field(ge=1, lt=2**63)]
Reference = Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,64}$")]
NoteText = Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]

_ATTEMPT: dict[str, Any] = {
    **{"reference": "campaign-12-1790000000000000", "when": "26/11/2026 09:15", "number": "707 55440"},
    **{"outcome": "call_again", "text": "Volver a llamar", "said_by": "1003", "agreed": "27/11/2026 a las 10:30"},
    **{"note": "Pide que la llamen temprano"},
}
_CUSTOMER: dict[str, Any] = {
    **{"contact": 12, "campaign": "Prepago noviembre", "name": "Ana Quispe", "segment": "Masivo"},
    "numbers": [{"number": "70755440", "shown": "707 55440", "next": True}],
    "services": [{"service": "Internet", "contract": "2000006", "expires": "30/11/2026", "amount": "Bs 120,50"}],
    **{"agreed": "", "attempts": [_ATTEMPT], "script": "Buenos días, Ana Quispe: su servicio vence el 30/11/2026."},
}


class CampaignStandingView(BaseModel):
    """A campaign with preview that the agent serves. `reason`: why it calls nobody now; empty: it does."""

    id: int
    title: str
    reason: str


class CampaignNumberView(BaseModel):
    """A customer's number: `number` as it is dialled, `shown` as people read it. `next`: this one is dialled next."""

    number: str
    shown: str
    next: bool


class ListedServiceView(BaseModel):
    """What the customer is called about."""

    service: str
    contract: str
    expires: str
    amount: str


class CampaignAttemptView(BaseModel):
    """An attempt. `outcome` null and `text` empty: what it came to is not said. `said_by` empty: the telephone did."""

    reference: str
    when: str
    number: str
    outcome: CallOutcome | None
    text: str
    said_by: str
    agreed: str
    note: str


class CampaignCustomerView(BaseModel):
    """A customer of a campaign. `agreed`: when they asked to be called. `attempts`: the last first."""

    model_config = with_example(**_CUSTOMER)

    contact: int
    campaign: str
    name: str
    segment: str
    numbers: tuple[CampaignNumberView, ...]
    services: tuple[ListedServiceView, ...]
    agreed: str
    attempts: tuple[CampaignAttemptView, ...]
    script: str


class AgentAttemptView(BaseModel):
    """The agent's call of a campaign, the one that goes on or the last. `unsaid`: what it came to is asked for."""

    attempt: CampaignAttemptView
    stage: AttemptStage
    unsaid: bool
    customer: CampaignCustomerView


class AgentCampaignsView(BaseModel):
    """What stands on the agent's desk. `customer`: whom the agent looks at before dialling."""

    model_config = with_example(
        campaigns=[{"id": 3, "title": "Prepago noviembre", "reason": ""}],
        customer=_CUSTOMER,
        attempt={"attempt": _ATTEMPT, "stage": "over", "unsaid": False, "customer": _CUSTOMER},
    )

    campaigns: tuple[CampaignStandingView, ...]
    customer: CampaignCustomerView | None
    attempt: AgentAttemptView | None


class DialCustomerOrder(BaseModel):
    """Call the customer who is shown. Which number is dialled is not asked."""

    model_config = with_example(contact=12)

    contact: ContactId


class SkipCustomerOrder(BaseModel):
    """Do not call the customer who is shown now."""

    model_config = with_example(contact=12, reason="not_now")

    contact: ContactId
    reason: SkipReason


class OutcomeOrder(BaseModel):
    """What a call came to. `day` and `hour` in the centre's zone: when to call again, with `call_again` only."""

    model_config = with_example(
        reference="campaign-12-1790000000000000",
        outcome="call_again",
        day="2026-11-27",
        hour="10:30",
        note="Pide que la llamen temprano",
    )

    reference: Reference
    outcome: CallOutcome
    day: date | None = None
    hour: time | None = None
    note: NoteText = ""
