"""What the agent writes down of a contact: saved as typed, closed with a disposition where the queue wants one."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path

from agent_api.accounts.sessions import SessionUser
from agent_api.contacts.contact_schemas import (
    ChannelName,
    ContactChange,
    ContactClosed,
    ContactView,
    NodeName,
    OpenContacts,
)
from agent_api.contacts.store import Contact, ContactKey, DispositionMissing, NotYours, UnknownDisposition
from agent_api.web.access import AgentUser
from agent_api.web.errors import documented
from agent_api.web.parts import Parts, Wired
from callcenter.centre.pause_reasons import AFTER_CALL_WORK
from callcenter.messages.commands import Unpause
from callcenter.messages.facts import AgentStatus

router = APIRouter(prefix="/api/contacts", tags=["contacts"])

NOT_YOURS = "No es un contacto suyo de este turno."
UNKNOWN_DISPOSITION = "No es un resultado de esta cola."
MISSING = "Elija el resultado del contacto antes de terminarlo."
CLOSED = "Contacto terminado."
CLOSED_READY = "Contacto terminado. Ya puede recibir llamadas."


async def _asked(
    user: AgentUser, node: Annotated[NodeName, Path()], uniqueid: Annotated[ChannelName, Path()]
) -> ContactKey:
    return ContactKey(node, uniqueid, user.login)


Key = Annotated[ContactKey, Depends(_asked)]


@router.get("", responses=documented(401, 409, 503))
async def own(user: AgentUser, parts: Wired) -> OpenContacts:
    """The caller's contacts that are not closed."""
    return OpenContacts(contacts=tuple(contact_view(each) for each in await parts.contacts.open_of(user.login)))


@router.put("/{node}/{uniqueid}", responses=documented(401, 409, 422, 503))
async def save(parts: Wired, key: Key, change: ContactChange) -> ContactView:
    """Save what was typed."""
    await _begin_during_the_call(parts, key)
    try:
        return contact_view(await parts.contacts.save(key, _changed(change)))
    except NotYours:
        raise HTTPException(409, NOT_YOURS) from None
    except UnknownDisposition:
        raise HTTPException(422, UNKNOWN_DISPOSITION) from None


@router.post("/{node}/{uniqueid}/close", responses=documented(401, 409, 422, 503, 504))
async def close(user: AgentUser, parts: Wired, key: Key) -> ContactClosed:
    """The agent has finished; calls come again if only this kept them away."""
    try:
        await parts.contacts.close(key)
    except NotYours:
        raise HTTPException(409, NOT_YOURS) from None
    except DispositionMissing:
        raise HTTPException(409, MISSING) from None
    return await _back_to_calls(user, parts)


def contact_view(contact: Contact) -> ContactView:
    """A contact for programs and pages."""
    return ContactView(
        node=contact.key.node,
        uniqueid=contact.key.uniqueid,
        queue=contact.queue,
        notes=contact.notes,
        disposition=contact.disposition,
        customer_number=contact.customer_number,
        saved_us=contact.saved_us,
        closed=contact.closed_us is not None,
        disposition_pending=contact.disposition_pending,
    )


def _changed(change: ContactChange) -> dict[str, object]:
    given = change.model_dump(exclude_none=True)
    if "customer_number" in given:
        given["customer_number"] = given["customer_number"] or None
    return given


async def _begin_during_the_call(parts: Parts, key: ContactKey) -> None:
    state = parts.live_state.agents.get(key.member)
    if state is None or state.with_whom != key.uniqueid or state.node != key.node:
        return
    call = await parts.desks.current(key.member)
    if call is not None:
        await parts.contacts.ensure(key, call.pop.queue.number, call.answered_us or parts.clock())


async def _back_to_calls(user: SessionUser, parts: Parts) -> ContactClosed:
    state = parts.live_state.agents.get(user.login)
    held_back = state is not None and state.state is AgentStatus.PAUSED and state.reason == AFTER_CALL_WORK
    if state is None or not held_back or await parts.contacts.has_pending_disposition(user.login):
        return ContactClosed(detail=CLOSED, ready=False)
    try:
        await parts.commands.send(user, Unpause)
    except HTTPException as refused:
        return ContactClosed(detail=f"{CLOSED} {refused.detail}", ready=False)
    return ContactClosed(detail=CLOSED_READY, ready=True)
