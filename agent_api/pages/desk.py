"""The agent's desk `/escritorio` and the recall list `/perdidas`: whole pages, and the parts that are read again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from agent_api.accounts.sessions import SessionUser
from agent_api.contacts.contact_schemas import RecallEntryView
from agent_api.contacts.recall_list import DONE, queues_seen_by, recall_entry_view
from agent_api.pages import desk_parts
from agent_api.pages.desk_campaign import campaign_box
from agent_api.pages.rendering import render
from agent_api.pages.visitors import AgentVisitor, Visitor
from agent_api.pop.pop_schemas import CustomerDetail
from agent_api.supervision.announcements import announcement_view, queues_read_by
from agent_api.web.access import AgentUser, Anyone
from agent_api.web.parts import Parts, Wired
from backoffice import identity_card
from backoffice.smartflex.customers import CustomerView
from callcenter.numbers import Number, normalise
from callcenter.recalls.rules import RecallState

router = APIRouter(include_in_schema=False)

RECALLS_ON_THE_DESK = 4
_KEYS = 9  # of pauses: Alt+1 to Alt+9
_ORDER = (RecallState.TAKEN, RecallState.OPEN, RecallState.NOT_REACHED)

Values = dict[str, Any]


@router.get("/escritorio")
async def desk(request: Request, visitor: AgentVisitor, parts: Wired) -> HTMLResponse:
    """Everything the agent works with."""
    gathered = await asyncio.gather(*(values(visitor, parts) for _, values in PARTS.values()))
    places: Values = {
        "destinations": _destinations(visitor, parts),
        "outbound": " ".join(parts.centre.outbound_by_queue),
    }
    return render(request, "desk/page.html", **places, **_merged(gathered))


@router.get("/escritorio/parte/{name}")
async def part(request: Request, user: AgentUser, parts: Wired, name: str) -> HTMLResponse:
    """One part of the desk as it is now."""
    if name not in PARTS:
        raise HTTPException(404)
    template, values = PARTS[name]
    return render(request, template, **await values(user, parts))


@router.get("/escritorio/clientes")
async def customers(
    request: Request, user: AgentUser, parts: Wired, dato: Annotated[str, Query(max_length=40)] = ""
) -> HTMLResponse:
    """Customers by whatever the agent typed: a telephone, an identity card, a tax number, a contract."""
    found, call = await asyncio.gather(_found(parts, dato.strip()), desk_parts.call_of(user, parts))
    return render(request, "desk/customers.html", customers=found, asked=dato.strip() or "ese dato", call=call)


@router.get("/perdidas")
async def recall_page(request: Request, visitor: Visitor, parts: Wired) -> HTMLResponse:
    """Callers whom nobody answered."""
    return render(request, "desk/recall_page.html", callers=await _recalls(visitor, parts))


@router.get("/perdidas/lista")
async def recall_list(request: Request, user: Anyone, parts: Wired) -> HTMLResponse:
    """The list of that page as it is now."""
    return render(request, "desk/recall_list.html", callers=await _recalls(user, parts))


async def _state(user: SessionUser, parts: Parts) -> Values:
    own = await parts.users.queues_of(user.login)
    queues = [parts.centre.queues_by_name[name] for name in own if name in parts.centre.queues_by_name]
    reasons, state = parts.centre.pause_reasons[:_KEYS], await desk_parts.state_of(user, parts)
    return {"state": state, "reasons": reasons, "own_queues": queues}


async def _call(user: SessionUser, parts: Parts) -> Values:
    return {"call": await desk_parts.call_of(user, parts)}


async def _campaign(user: SessionUser, parts: Parts) -> Values:
    return {"campaign": await campaign_box(user, parts)}


async def _outcome(user: SessionUser, parts: Parts) -> Values:
    return {"campaign": await campaign_box(user, parts, with_known=False)}


async def _contacts(user: SessionUser, parts: Parts) -> Values:
    return {"forms": await desk_parts.forms_of(user, parts)}


async def _day(user: SessionUser, parts: Parts) -> Values:
    return {"day": await desk_parts.day_of(user, parts)}


async def _next_recalls(user: SessionUser, parts: Parts) -> Values:
    waiting = [each for each in await _recalls(user, parts) if RecallState(each.state) not in DONE]
    own = [each for each in waiting if each.state != RecallState.TAKEN or each.owner == user.login]
    return {"recalls": own[:RECALLS_ON_THE_DESK], "open_recalls": len(own)}


async def _announcements(user: SessionUser, parts: Parts) -> Values:
    found = await parts.announcements.now(await queues_read_by(user, parts.users, parts.live_state))
    return {"announcements": [announcement_view(each, parts.centre) for each in found]}


PARTS: dict[str, tuple[str, Callable[[SessionUser, Parts], Awaitable[Values]]]] = {
    "estado": ("desk/state.html", _state),
    "llamada": ("desk/call.html", _call),
    "campana": ("desk/campaign.html", _campaign),
    "resultado": ("desk/campaign_outcome.html", _outcome),
    "contactos": ("desk/contacts.html", _contacts),
    "dia": ("desk/day.html", _day),
    "perdidas": ("desk/recalls.html", _next_recalls),
    "mensajes": ("desk/announcements.html", _announcements),
}


async def _recalls(user: SessionUser, parts: Parts) -> list[RecallEntryView]:
    """Those to be called back first, with one's own at the top; each group newest first."""
    found = await parts.recall_list.listed(await queues_seen_by(user, parts.centre, parts.users))
    entries = [recall_entry_view(each, parts.centre) for each in found]
    return sorted(entries, key=lambda each: (_rank(each, user), -each.entered_us))


def _rank(each: RecallEntryView, user: SessionUser) -> int:
    state = RecallState(each.state)
    if state in DONE:
        return len(_ORDER) + 1
    return 0 if state is RecallState.TAKEN and each.owner == user.login else 1


async def _found(parts: Parts, text: str) -> tuple[CustomerDetail, ...]:
    if not text:
        return ()
    ways: list[Awaitable[tuple[CustomerView, ...]]] = [parts.directory.by_contract(text)]
    number, card = normalise(text, parts.centre.about.area_code), identity_card.read(text)
    if isinstance(number, Number):
        ways.append(parts.directory.by_telephone(number))
    if card is not None:
        ways.append(parts.directory.by_document(card))
    views = [view for found in await asyncio.gather(*ways) for view in found]
    return desk_parts.one_of_each(tuple(parts.pops.customer(view) for view in views))


def _destinations(user: SessionUser, parts: Parts) -> list[Values]:
    """Where a call may be passed on to: colleagues' extensions, then lines."""
    others = [agent.extension for agent in parts.centre.agents if agent.extension != user.extension]
    lines = [{"number": line.number, "name": line.name} for line in parts.centre.lines]
    return [*({"number": each, "name": f"Anexo {each}"} for each in others), *lines]


def _merged(gathered: list[Values]) -> Values:
    return {name: value for values in gathered for name, value in values.items()}
