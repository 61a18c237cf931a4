"""An agent's campaigns as people and programs read them."""

from datetime import tzinfo

from agent_api.campaigns.agent_model import (
    AgentAttempt,
    CampaignCustomer,
    CampaignsNow,
    CampaignStanding,
    SaidAttempt,
)
from agent_api.campaigns.agent_schemas import (
    AgentAttemptView,
    AgentCampaignsView,
    CampaignAttemptView,
    CampaignCustomerView,
    CampaignNumberView,
    CampaignStandingView,
    ListedServiceView,
)
from agent_api.campaigns.agent_words import OUTCOMES, WHY_NOT, ScriptValues, moment_text, script_of
from backoffice.smartflex.customers import SPANISH
from callcenter.centre.model import Centre
from callcenter.instants import as_datetime
from callcenter.numbers import normalise, show
from callcenter.spanish import date_time, money, short_date
from dialer.contacts.model import ListedService


def campaigns_view(now: CampaignsNow, centre: Centre) -> AgentCampaignsView:
    """What stands on the desk."""
    return AgentCampaignsView(
        campaigns=tuple(_standing_view(each) for each in now.campaigns),
        customer=customer_view(now.shown, centre) if now.shown is not None else None,
        attempt=_agent_attempt_view(now.attempt, centre) if now.attempt is not None else None,
    )


def customer_view(customer: CampaignCustomer, centre: Centre) -> CampaignCustomerView:
    """A customer, with the script as the agent says it to them."""
    contact = customer.contact
    known = ScriptValues(contact.name, contact.services, contact.expires_on, contact.amount, centre.about.name)
    return CampaignCustomerView(
        contact=contact.id,
        campaign=customer.campaign.title,
        name=contact.name,
        segment=contact.segment,
        numbers=tuple(
            CampaignNumberView(number=each, shown=_shown(each, centre), next=each == customer.number)
            for each in contact.numbers
        ),
        services=tuple(_service_view(each) for each in contact.services),
        agreed=_moment(contact.agreed_us, centre.zone),
        attempts=tuple(_attempt_view(each, centre) for each in customer.attempts),
        script=script_of(customer.campaign.script, known),
    )


def _standing_view(standing: CampaignStanding) -> CampaignStandingView:
    campaign, why_not = standing.campaign, standing.why_not
    reason = WHY_NOT[why_not] if why_not is not None else ""
    return CampaignStandingView(id=campaign.id, title=campaign.title, reason=reason)


def _agent_attempt_view(attempt: AgentAttempt, centre: Centre) -> AgentAttemptView:
    return AgentAttemptView(
        attempt=_attempt_view(attempt.said, centre),
        stage=attempt.stage,
        unsaid=attempt.is_unsaid,
        customer=customer_view(attempt.customer, centre),
    )


def _attempt_view(said: SaidAttempt, centre: Centre) -> CampaignAttemptView:
    attempt = said.attempt
    return CampaignAttemptView(
        reference=attempt.reference,
        when=date_time(as_datetime(attempt.begun_us, centre.zone)),
        number=_shown(attempt.number, centre),
        outcome=attempt.outcome,
        text=OUTCOMES[attempt.outcome] if attempt.outcome is not None else "",
        said_by=said.said_by,
        agreed=_moment(said.agreed_us, centre.zone),
        note=said.note,
    )


def _service_view(listed: ListedService) -> ListedServiceView:
    return ListedServiceView(
        service=SPANISH[listed.service],
        contract=listed.contract,
        expires=short_date(listed.expires_on),
        amount=money(listed.amount) if listed.amount is not None else "",
    )


def _shown(number: str, centre: Centre) -> str:
    return show(normalise(number, centre.about.area_code))


def _moment(instant_us: int | None, zone: tzinfo) -> str:
    return moment_text(as_datetime(instant_us, zone)) if instant_us is not None else ""
