"""Outbound campaigns: seen, made, changed, started, paused and ended by supervisors."""

from collections.abc import Awaitable
from typing import Annotated, TypeVar

from fastapi import APIRouter, HTTPException, Query

from agent_api.accounts.sessions import SessionUser
from agent_api.campaigns.campaign_schemas import (
    AttemptCountsView,
    CampaignAgent,
    CampaignAgents,
    CampaignChange,
    CampaignDone,
    CampaignFields,
    CampaignId,
    CampaignList,
    CampaignView,
    ExplanationView,
)
from agent_api.schemas import Detail
from agent_api.web.access import Supervisor
from agent_api.web.errors import documented
from agent_api.web.parts import Parts, Wired
from dialer.campaigns.model import Campaign, CampaignEvent
from dialer.campaigns.settings import CampaignRefusal

router = APIRouter(prefix="/api/campaigns", tags=["campaigns"])

CREATED = "Campaña creada: cargue su lista para que pueda llamar."
SAVED = "Ajustes de la campaña guardados."
AGENTS_SAVED = "Agentes de la campaña guardados."
DONE = {
    CampaignEvent.START: "Campaña iniciada.",
    CampaignEvent.PAUSE: "Campaña en pausa: no se hacen más llamadas; las que están en curso siguen.",
    CampaignEvent.END: "Campaña terminada.",
}
T = TypeVar("T")
_READ, _CHANGED = documented(401, 403, 409, 422, 503), documented(401, 403, 409, 422, 503)
_FIRST_US, _LAST_US = 946_771_200_000_000, 4_102_358_400_000_000  # within the years that the calendar knows
Before = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


@router.get("", responses=documented(401, 403, 422, 503))
async def campaigns(_user: Supervisor, parts: Wired, ended: bool = False, before: Before = None) -> CampaignList:
    """Those that have not ended; with `ended` a page of those that have, older than the campaign `before`."""
    return await (parts.campaigns.ended(before) if ended else parts.campaigns.standing())


@router.post("", responses=_CHANGED)
async def create(user: Supervisor, parts: Wired, fields: CampaignFields) -> CampaignDone:
    """A general campaign. Its customers come from lists."""
    made = await _unless_refused(parts.campaigns.create(fields, by=user.login))
    return _done(CREATED, made)


@router.get("/{campaign_id}", responses=_READ)
async def campaign(_user: Supervisor, parts: Wired, campaign_id: CampaignId) -> CampaignView:
    """One, with its settings and how far it is."""
    return await _unless_refused(parts.campaigns.one(campaign_id))


@router.put("/{campaign_id}", responses=_CHANGED)
async def change(user: Supervisor, parts: Wired, campaign_id: CampaignId, wanted: CampaignChange) -> CampaignDone:
    """Other settings, which hold from the next call on."""
    return _done(SAVED, await _unless_refused(parts.campaigns.change(campaign_id, wanted, by=user.login)))


@router.post("/{campaign_id}/start", responses=_CHANGED)
async def start(user: Supervisor, parts: Wired, campaign_id: CampaignId) -> CampaignDone:
    """Have it call, within its days and hours."""
    return await _move(user, parts, campaign_id, CampaignEvent.START)


@router.post("/{campaign_id}/pause", responses=_CHANGED)
async def pause(user: Supervisor, parts: Wired, campaign_id: CampaignId) -> CampaignDone:
    """No more calls until it is started again: what rings is given up, conversations go on."""
    return await _move(user, parts, campaign_id, CampaignEvent.PAUSE)


@router.post("/{campaign_id}/end", responses=_CHANGED)
async def end(user: Supervisor, parts: Wired, campaign_id: CampaignId) -> CampaignDone:
    """No more calls, for good: what rings is given up, conversations go on."""
    return await _move(user, parts, campaign_id, CampaignEvent.END)


@router.get("/{campaign_id}/attempts", responses=_READ)
async def attempts(_user: Supervisor, parts: Wired, campaign_id: CampaignId) -> AttemptCountsView:
    """What was tried, by outcome, agent and service."""
    return await parts.campaigns.attempts(campaign_id)


@router.get("/{campaign_id}/explanation", responses=_READ)
async def explanation(
    _user: Supervisor,
    parts: Wired,
    campaign_id: CampaignId,
    at_us: Annotated[int | None, Query(ge=_FIRST_US, le=_LAST_US)] = None,
) -> ExplanationView:
    """Why it calls or does not, now or at another instant."""
    return await _unless_refused(parts.campaigns.explained(campaign_id, at_us))


@router.get("/{campaign_id}/agents", responses=_READ)
async def agents(_user: Supervisor, parts: Wired, campaign_id: CampaignId) -> CampaignAgents:
    """Who previews which of its customers; nobody: all agents of its service preview all."""
    found = await _unless_refused(parts.campaigns.agents(campaign_id))
    return CampaignAgents(agents=tuple(_agent(member, service) for member, service in found.items()))


@router.put("/{campaign_id}/agents", responses=_CHANGED)
async def set_agents(user: Supervisor, parts: Wired, campaign_id: CampaignId, wanted: CampaignAgents) -> Detail:
    """Make these its agents."""
    services: dict[str, str] = {each.member: each.service for each in wanted.agents}
    await _unless_refused(parts.campaigns.set_agents(campaign_id, services, by=user.login))
    return Detail(detail=AGENTS_SAVED)


async def _move(user: SessionUser, parts: Parts, campaign_id: int, event: CampaignEvent) -> CampaignDone:
    return _done(DONE[event], await _unless_refused(parts.campaigns.move(campaign_id, event, by=user.login)))


def _done(detail: str, campaign: Campaign) -> CampaignDone:
    return CampaignDone(detail=detail, id=campaign.id, state=campaign.state)


def _agent(member: str, service: str) -> CampaignAgent:
    return CampaignAgent.model_validate({"member": member, "service": service})


async def _unless_refused(work: Awaitable[T]) -> T:
    try:
        return await work
    except CampaignRefusal as refusal:
        raise HTTPException(409, str(refusal)) from None
