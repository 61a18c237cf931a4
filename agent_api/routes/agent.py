"""The agent's own telephony: queues, pauses, the current call, and live events."""

from functools import partial
from typing import Any

from fastapi import APIRouter, HTTPException, Response
from starlette.status import HTTP_204_NO_CONTENT

from agent_api.accounts.sessions import SessionUser
from agent_api.contacts.after_call_work import pause_at_log_in
from agent_api.live.live_schemas import AgentNow
from agent_api.live.streams import EventStream
from agent_api.live.views import link_view, no_state, own_state
from agent_api.phone.order_schemas import LogInOrder, PauseOrder
from agent_api.pop.pop_schemas import CurrentCall
from agent_api.schemas import CommandDone
from agent_api.web.access import AgentUser
from agent_api.web.errors import documented
from agent_api.web.parts import Parts, Wired
from callcenter.messages.commands import LogIn, LogOut, Pause, QueuePenalty, Unpause

router = APIRouter(prefix="/api/agent", tags=["agent"])

NO_QUEUES = "El anexo {extension} no tiene colas en la configuración del centro: avise a supervisión."
NOT_YOURS = "Su anexo no atiende estas colas: {queues}."
DISPOSITION_PENDING = "Falta el resultado de un contacto: elíjalo y termine el contacto para volver a recibir llamadas."

_ORDERED = documented(401, 409, 422, 503, 504)
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: bridge, state, pop (there is one to read at /api/agent/call), pop_ended, "
        "call_answered, call_ended, announcement",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": 'event: pop_ended\ndata: {"uniqueid":"1790000000.7","queue":"101",'
                '"reason":"no_answer","at_us":1790000027000000}\n\n',
            }
        },
    }
}
_NO_CALL: dict[int | str, dict[str, Any]] = {204: {"description": "No call now"}}


@router.post("/log-in", responses=_ORDERED)
async def log_in(user: AgentUser, parts: Wired, order: LogInOrder | None = None) -> CommandDone:
    """Serve queues: those asked for, or all that are the caller's: the user's own, or else the extension's.

    With a disposition pending the agent is paused from the beginning, as before logging out.
    """
    allowed = await _queues_of(user, parts)
    wanted = order.queues if order and order.queues else tuple(allowed)
    foreign = [queue for queue in wanted if queue not in allowed]
    if foreign:
        raise HTTPException(409, NOT_YOURS.format(queues=", ".join(foreign)))
    queues = tuple(QueuePenalty(queue=name, penalty=allowed[name]) for name in dict.fromkeys(wanted))
    return await parts.commands.send(user, LogIn, queues=queues, **await pause_at_log_in(parts.contacts, user.login))


@router.post("/log-out", responses=_ORDERED)
async def log_out(user: AgentUser, parts: Wired) -> CommandDone:
    """Leave every queue."""
    return await parts.commands.send(user, LogOut)


@router.post("/pause", responses=_ORDERED)
async def pause(user: AgentUser, parts: Wired, order: PauseOrder) -> CommandDone:
    """No more calls for now, for one of the centre's reasons."""
    return await parts.commands.send(user, Pause, reason=order.reason_of(parts.centre))


@router.post("/ready", responses=_ORDERED)
async def ready(user: AgentUser, parts: Wired) -> CommandDone:
    """Calls again; not while a queue waits for the disposition of a contact."""
    if await parts.contacts.has_pending_disposition(user.login):
        raise HTTPException(409, DISPOSITION_PENDING)
    return await parts.commands.send(user, Unpause)


@router.get("/state", responses=documented(401, 409, 503))
async def state(user: AgentUser, parts: Wired) -> AgentNow:
    """The agent's state, and whether it can be trusted."""
    known = parts.live_state.agents.get(user.login)
    return AgentNow(
        agent=own_state(known) if known else no_state(user.login),
        link=link_view(parts.live_state.link(known.node if known else parts.home)),
        pause_reasons=parts.centre.pause_reasons,
    )


@router.get("/call", response_model=CurrentCall, responses={**_NO_CALL, **documented(401, 409, 503)})
async def call(user: AgentUser, parts: Wired) -> CurrentCall | Response:
    """The call that rings or is connected now, with its pop."""
    return await parts.desks.current(user.login) or Response(status_code=HTTP_204_NO_CONTENT)


@router.get("/events", status_code=200, response_class=EventStream, responses={**_STREAM, **documented(401, 409, 503)})
async def events(user: AgentUser, parts: Wired) -> EventStream:
    """Live events of the agent. They begin with the present: `bridge`, `state`, and `pop` if there is a call."""
    still_allowed = partial(parts.sessions.is_open, user)
    return EventStream(lambda: parts.desks.attached(user.login), still_allowed, parts.heartbeat_seconds)


async def _queues_of(user: SessionUser, parts: Parts) -> dict[str, int]:
    own = await parts.users.queues_of(user.login)
    if not own:
        raise HTTPException(409, NO_QUEUES.format(extension=user.extension))
    return own
