"""The agent's campaigns: the next customer, dialling or skipping them, and what a call came to."""

from datetime import datetime

from fastapi import APIRouter, HTTPException

from agent_api.accounts.sessions import SessionUser
from agent_api.campaigns.agent_model import (
    BegunAttempt,
    NobodyToCall,
    NotServed,
    NotShown,
    NotTheirs,
    OutcomeMissing,
    OutcomeSaid,
)
from agent_api.campaigns.agent_schemas import AgentCampaignsView, DialCustomerOrder, OutcomeOrder, SkipCustomerOrder
from agent_api.campaigns.agent_views import campaigns_view
from agent_api.campaigns.agent_words import NOT_AGREED, OUTCOME_KEYS, OUTCOMES, WHY_NOT
from agent_api.schemas import CommandDone, Detail
from agent_api.web.access import AgentUser
from agent_api.web.errors import documented
from agent_api.web.parts import Parts, Wired
from callcenter.campaign_outcomes import CallOutcome
from callcenter.messages.call_commands import Originate
from callcenter.messages.facts import AgentStatus
from callcenter.numbers import normalise, show
from callcenter.spanish import short_date
from dialer.contacts.agreements import NotAgreeable

router = APIRouter(prefix="/api/agent/campaign", tags=["campaign"])

RING_SECONDS = 20
UNKNOWN_STATUS = 504
NOT_SERVED = "No atiende ninguna campaña con vista previa. Ingrese a su cola, o avise a supervisión."
NOBODY = "No hay más clientes por llamar ahora."
MISSING = "Anote primero el resultado de la llamada anterior."
IN_A_CALL = "Tiene una llamada en curso: termínela antes de marcar."
NOT_SHOWN = "Ya no tiene a este cliente, o no se lo puede llamar ahora. Pida el siguiente."
DIALLED = "Su teléfono contesta y llama a {shown}."
UNRUNG = "{why} No se llamó al cliente, que vuelve a la lista."
SKIPPED = "Cliente omitido."
NOT_THEIRS = "No es una llamada suya de hoy."
NO_OUTCOME = "No es un resultado que se pueda anotar."
NO_MOMENT = "Elija el día y la hora en que hay que volver a llamar."
PASSED = "Ese momento ya pasó. Elija otro."
SAID = "Anotado: {outcome}."
_ANSWERS = documented(401, 409, 422, 503)
_WITH_A_CALL = frozenset({AgentStatus.RINGING, AgentStatus.ON_CALL})


@router.get("", responses=documented(401, 409, 503))
async def own(user: AgentUser, parts: Wired) -> AgentCampaignsView:
    """The campaigns with preview that the agent serves, the customer who is shown, and the last call."""
    return campaigns_view(await parts.campaign_desk.now(user.login), parts.centre)


@router.post("/next", responses=documented(401, 409, 503))
async def show_next(user: AgentUser, parts: Wired) -> AgentCampaignsView:
    """Show the next customer: nobody else is shown them for ten minutes."""
    try:
        await parts.campaign_desk.next(user.login)
    except NotServed:
        raise HTTPException(409, NOT_SERVED) from None
    except OutcomeMissing:
        raise HTTPException(409, MISSING) from None
    except NobodyToCall as refused:
        raise HTTPException(409, WHY_NOT[refused.why_not] if refused.why_not is not None else NOBODY) from None
    return await own(user, parts)


@router.post("/dial", responses=documented(401, 409, 422, 503, 504))
async def dial(user: AgentUser, parts: Wired, order: DialCustomerOrder) -> CommandDone:
    """Ring the agent's phone and, when it is answered, call the customer: at the number whose turn it is."""
    state = parts.live_state.agents.get(user.login)
    if state is not None and state.state in _WITH_A_CALL:
        raise HTTPException(409, IN_A_CALL)
    try:
        begun = await parts.campaign_desk.begin(user.login, order.contact)
    except OutcomeMissing:
        raise HTTPException(409, MISSING) from None
    except NotShown:
        raise HTTPException(409, NOT_SHOWN) from None
    return await _ring(user, parts, begun)


@router.post("/skip", responses=_ANSWERS)
async def skip(user: AgentUser, parts: Wired, order: SkipCustomerOrder) -> Detail:
    """Do not call the customer who is shown."""
    try:
        await parts.campaign_desk.skip(user.login, order.contact, order.reason)
    except NotShown:
        raise HTTPException(409, NOT_SHOWN) from None
    return Detail(detail=SKIPPED)


@router.post("/outcome", responses=_ANSWERS)
async def outcome(user: AgentUser, parts: Wired, order: OutcomeOrder) -> Detail:
    """What the call came to, said by the agent who had it; on the same day also a correction."""
    try:
        await parts.campaign_desk.say(user.login, _said(order, parts))
    except NotTheirs:
        raise HTTPException(409, NOT_THEIRS) from None
    except NotAgreeable as refused:
        raise HTTPException(422, _not_agreed(refused)) from None
    await _close_contacts(user, parts)
    return Detail(detail=SAID.format(outcome=OUTCOMES[order.outcome]))


async def _ring(user: SessionUser, parts: Parts, begun: BegunAttempt) -> CommandDone:
    """The number is the attempt's: what is dialled never comes from a request."""
    number = begun.attempt.number
    ring = {"caller_id": number, "ring_seconds": RING_SECONDS, "awaited": False}
    campaign = {"reference": begun.attempt.reference, "queue": begun.turns.campaign.queue}
    try:
        done = await parts.commands.send(user, Originate, exten=number, **ring, **campaign)
    except HTTPException as refused:
        if refused.status_code == UNKNOWN_STATUS:  # the phone may ring: what comes of it, the records know
            raise
        await parts.campaign_desk.unrung(begun)
        raise HTTPException(refused.status_code, UNRUNG.format(why=refused.detail)) from None
    shown = show(normalise(number, parts.centre.about.area_code))
    return done.model_copy(update={"detail": DIALLED.format(shown=shown)})


def _said(order: OutcomeOrder, parts: Parts) -> OutcomeSaid:
    if order.outcome not in OUTCOME_KEYS:
        raise HTTPException(422, NO_OUTCOME)
    if order.outcome is not CallOutcome.CALL_AGAIN:
        return OutcomeSaid(order.reference, order.outcome, note=order.note.strip())
    if order.day is None or order.hour is None:
        raise HTTPException(422, NO_MOMENT)
    agreed = datetime.combine(order.day, order.hour.replace(tzinfo=None), parts.centre.zone)
    return OutcomeSaid(order.reference, order.outcome, agreed, order.note.strip())


def _not_agreed(refused: NotAgreeable) -> str:
    if refused.why_not is None:
        return PASSED
    window = refused.campaign.window
    return NOT_AGREED[refused.why_not].format(first=short_date(window.first), last=short_date(window.last))


async def _close_contacts(user: SessionUser, parts: Parts) -> None:
    """Of a campaign's call the outcome is all that is asked for."""
    for each in await parts.contacts.open_of(user.login):
        if each.queue in parts.centre.outbound_by_queue:
            await parts.contacts.close(each.key)
