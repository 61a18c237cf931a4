"""Outbound campaigns `/campanas`: their list, one of them live, its settings, its agents, and a new one."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from agent_api.campaigns.campaign_schemas import CampaignFields, CampaignId, CampaignView
from agent_api.campaigns.fields import fields_of
from agent_api.pages import campaign_words
from agent_api.pages.rendering import render
from agent_api.pages.visitors import SupervisorVisitor
from agent_api.web.access import Supervisor
from agent_api.web.parts import Parts, Wired
from callcenter.instants import as_datetime, as_us
from dialer.campaigns.monthly import blank_settings
from dialer.campaigns.settings import SCRIPT_FIELDS, CampaignRefusal
from dialer.campaigns.window import EARLIEST, LATEST

router = APIRouter(include_in_schema=False)

Values = dict[str, Any]
NO_MOMENT = "No se entiende la fecha: escriba día, mes, año y hora."
_LAST_ID = 2**63 - 1
# Rows of hours that are empty, to write more into.
_SPARE_SPANS = 2


@router.get("/campanas")
async def campaigns(
    request: Request,
    _visitor: SupervisorVisitor,
    parts: Wired,
    antes: Annotated[int | None, Query(ge=1, le=_LAST_ID)] = None,
) -> HTMLResponse:
    """All that have not ended, and a page of those that have."""
    ended = await parts.campaigns.ended(antes)
    standing = {} if antes else await _standing(parts)
    return render(request, "campaigns/page.html", **{**standing, **_words()}, ended=ended, before=antes)


@router.get("/campanas/parte/en-pie")
async def standing(request: Request, _user: Supervisor, parts: Wired) -> HTMLResponse:
    """The list as it is now."""
    return render(request, "campaigns/standing.html", **await _standing(parts))


@router.get("/campanas/nueva")
async def new_campaign(request: Request, _visitor: SupervisorVisitor, parts: Wired) -> HTMLResponse:
    """The form for a general one, with what the centre calls with otherwise."""
    now = as_datetime(parts.clock(), parts.centre.zone)
    fields = fields_of(blank_settings(now, parts.centre))
    return render(request, "campaigns/settings.html", campaign=None, **_form(parts, fields))


@router.get("/campanas/{campaign_id}")
async def campaign(
    request: Request, _visitor: SupervisorVisitor, parts: Wired, campaign_id: CampaignId
) -> HTMLResponse:
    """One, as it goes on."""
    found = await _found(parts, campaign_id)
    values = {**await _attempts(parts, campaign_id), "explained": await parts.campaigns.explained(campaign_id)}
    return render(request, "campaigns/campaign.html", campaign=found, **values)


@router.get("/campanas/{campaign_id}/parte/{name}")
async def part(request: Request, _user: Supervisor, parts: Wired, campaign_id: CampaignId, name: str) -> HTMLResponse:
    """A part of its page as it is now."""
    if name not in PARTS:
        raise HTTPException(404)
    template, values = PARTS[name]
    return render(request, template, **await values(parts, campaign_id))


@router.get("/campanas/{campaign_id}/explicacion")
async def explanation(
    request: Request,
    _user: Supervisor,
    parts: Wired,
    campaign_id: CampaignId,
    cuando: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Why it calls or does not, at a moment of the centre; now where none is written."""
    try:
        explained = await parts.campaigns.explained(campaign_id, _moment_us(parts, cuando.strip()))
    except CampaignRefusal as refusal:
        raise HTTPException(409, str(refusal)) from None
    return render(request, "campaigns/explanation.html", explained=explained)


@router.get("/campanas/{campaign_id}/ajustes")
async def settings(
    request: Request, _visitor: SupervisorVisitor, parts: Wired, campaign_id: CampaignId
) -> HTMLResponse:
    """The form for its settings."""
    found = await _found(parts, campaign_id)
    return render(request, "campaigns/settings.html", campaign=found, **_form(parts, found.settings))


@router.get("/campanas/{campaign_id}/agentes")
async def agents(request: Request, _visitor: SupervisorVisitor, parts: Wired, campaign_id: CampaignId) -> HTMLResponse:
    """The form for its agents and their services."""
    found = await _found(parts, campaign_id)
    members = [user for user in await parts.users.listed() if user.active and user.extension]
    chosen = await parts.campaigns.agents(campaign_id)
    return render(request, "campaigns/agents.html", campaign=found, members=members, chosen=chosen, **_words())


def _words() -> Values:
    return {"words": campaign_words}


async def _standing(parts: Parts) -> Values:
    return {"campaigns": (await parts.campaigns.standing()).campaigns, **_words()}


async def _progress(parts: Parts, campaign_id: int) -> Values:
    found = await _found(parts, campaign_id)
    return {"campaign": found, "explained": await parts.campaigns.explained(campaign_id), **_words()}


async def _attempts(parts: Parts, campaign_id: int) -> Values:
    names = {user.login: user.display_name for user in await parts.users.listed()}

    def member_name(login: str) -> str:
        return names.get(login, login) or "Ninguno"

    return {"attempts": await parts.campaigns.attempts(campaign_id), "member_name": member_name, **_words()}


async def _found(parts: Parts, campaign_id: int) -> CampaignView:
    try:
        return await parts.campaigns.one(campaign_id)
    except CampaignRefusal as refusal:
        raise HTTPException(409, str(refusal)) from None


def _form(parts: Parts, fields: CampaignFields) -> Values:
    return {
        "fields": fields,
        "spans": [*fields.hours, *([None] * _SPARE_SPANS)],
        "queues": {each.name: each.title for each in parts.centre.outbound},
        "lines": {line.number: f"{line.number} · {line.name}" for line in parts.centre.lines},
        "script_fields": SCRIPT_FIELDS,
        **_words(),
    }


def _moment_us(parts: Parts, written: str) -> int | None:
    """The instant of a date and time of the centre; None where nothing is written."""
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written).replace(tzinfo=parts.centre.zone)
    except ValueError:
        raise HTTPException(422, NO_MOMENT) from None
    if not EARLIEST <= moment.date() <= LATEST:
        raise HTTPException(422, NO_MOMENT)
    return as_us(moment)


PARTS: dict[str, tuple[str, Callable[[Parts, int], Awaitable[Values]]]] = {
    "marcha": ("campaigns/progress.html", _progress),
    "intentos": ("campaigns/attempts.html", _attempts),
}
