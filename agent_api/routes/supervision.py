"""What supervisors do on the floor: hear a call, change an agent's state or queues, move or pick who waits."""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, HTTPException

from agent_api.accounts.sessions import SessionUser
from agent_api.contacts.after_call_work import pause_at_log_in
from agent_api.phone.command_sender import REFUSALS, UNKNOWN
from agent_api.phone.order_schemas import PauseOrder
from agent_api.schemas import CommandDone
from agent_api.supervision.supervision_schemas import NOT_WAITING, Login, MoveOrder, QueuesOrder, SpyOrder, Uniqueid
from agent_api.web.access import NO_EXTENSION, Supervisor
from agent_api.web.errors import documented
from agent_api.web.parts import Parts, Wired
from callcenter.centre.phones import extension_of, interface_of
from callcenter.messages.call_commands import RedirectQueuedCall, Spy, SpyMode
from callcenter.messages.commands import Command, LogIn, LogOut, Pause, QueuePenalty, Refusal, SetQueues, Unpause
from callcenter.messages.facts import AgentState, AgentStatus, QueueState

router = APIRouter(prefix="/api/supervision", tags=["supervision"])

NOT_IN_QUEUES = "{login} no está en ninguna cola."
NO_CALL = "{login} no está en una llamada."
NOT_YOURSELF = "No puede escuchar su propia llamada."
NO_QUEUE = "No existe la cola {queue}."
NO_PHONE = "{login} no tiene anexo, o su usuario está desactivado."
NO_COLLEAGUE = "{extension} no es un anexo de este centro."
SAME_QUEUE = "La llamada ya espera en esa cola."
ONE_GOAL = "Indique una cola o un anexo, y solo uno."
RINGS = {
    SpyMode.LISTEN: "Suena su teléfono: al contestar escucha la llamada de {name}; nadie lo oye.",
    SpyMode.WHISPER: "Suena su teléfono: al contestar {name} lo oye; el cliente no.",
    SpyMode.BARGE: "Suena su teléfono: al contestar entra en la llamada de {name}; los dos lo oyen.",
}
PICKED = "La llamada suena en su anexo {extension}."
# Refusals are worded for the agent; here the same for a supervisor.
_FOR_SUPERVISORS = {
    REFUSALS[Refusal.UNKNOWN_MEMBER]: "Esta persona no está en ninguna cola.",
    REFUSALS[Refusal.WRONG_STATE]: "El estado de esta persona no permite esta orden.",
    REFUSALS[Refusal.INVALID]: "La central no entiende esta orden. Avise a soporte.",
    REFUSALS[Refusal.ASTERISK_REFUSED]: "La central telefónica rechazó la orden. Si se repite, avise a soporte.",
    UNKNOWN: "La central no confirmó la orden a tiempo: no se sabe si se cumplió. Mire el piso antes de repetirla.",
}
_ANSWERS = documented(401, 403, 409, 422, 503, 504)
C = TypeVar("C", bound=Command)


async def _in_queues(parts: Wired, login: Login) -> AgentState:
    """An agent who is in a queue."""
    state = parts.live_state.agents.get(login)
    if state is None or state.state is AgentStatus.LOGGED_OUT:
        raise HTTPException(409, NOT_IN_QUEUES.format(login=login))
    return state


def _waits(parts: Wired, uniqueid: Uniqueid) -> QueueState:
    """The queue that a caller waits in."""
    for queue in parts.live_state.queues.values():
        if any(each.uniqueid == uniqueid for each in queue.waiting):
            return queue
    raise HTTPException(409, NOT_WAITING)


Working = Annotated[AgentState, Depends(_in_queues)]
WaitingIn = Annotated[QueueState, Depends(_waits)]


@router.post("/agents/{login}/spy", responses=_ANSWERS)
async def spy(user: Supervisor, parts: Wired, agent: Working, order: SpyOrder) -> CommandDone:
    """Ring the supervisor's own phone; once it is answered the agent's call is heard. Hanging up ends it."""
    if agent.member == user.login:
        raise HTTPException(409, NOT_YOURSELF)
    if agent.state is not AgentStatus.ON_CALL:
        raise HTTPException(409, NO_CALL.format(login=agent.member))
    _own_extension(user)
    heard = {"extension": extension_of(agent.interface), "mode": order.mode}
    done = await _send(parts, user, Spy, node=agent.node, **heard)
    heard_agent = await parts.users.find(agent.member)
    name = heard_agent.display_name if heard_agent else agent.member
    return done.model_copy(update={"detail": RINGS[order.mode].format(name=name)})


@router.post("/agents/{login}/pause", responses=_ANSWERS)
async def pause(user: Supervisor, parts: Wired, agent: Working, order: PauseOrder) -> CommandDone:
    """No more calls for this agent, for one of the centre's reasons."""
    return await _send(parts, user, Pause, member=agent.member, reason=order.reason_of(parts.centre))


@router.post("/agents/{login}/ready", responses=_ANSWERS)
async def ready(user: Supervisor, parts: Wired, agent: Working) -> CommandDone:
    """Calls again for this agent, also while a disposition is pending."""
    return await _send(parts, user, Unpause, member=agent.member)


@router.post("/agents/{login}/log-out", responses=_ANSWERS)
async def log_out(user: Supervisor, parts: Wired, agent: Working) -> CommandDone:
    """Take this agent out of every queue; a call that goes on is not touched."""
    return await _send(parts, user, LogOut, member=agent.member)


@router.put("/agents/{login}/queues", responses=_ANSWERS)
async def set_queues(user: Supervisor, parts: Wired, login: Login, order: QueuesOrder) -> CommandDone:
    """Have this agent serve exactly these queues until the next log-in. Who is in none begins to serve."""
    queues = _penalties(order, parts)
    state = parts.live_state.agents.get(login)
    if state is not None and state.state is not AgentStatus.LOGGED_OUT:
        return await _send(parts, user, SetQueues, member=login, queues=queues)
    agent = await parts.users.find(login)
    if agent is None or not agent.active or agent.extension is None:
        raise HTTPException(409, NO_PHONE.format(login=login))
    phone = interface_of(parts.live_state.endpoint(agent.extension))
    paused = await pause_at_log_in(parts.contacts, login)
    return await _send(parts, user, LogIn, member=login, interface=phone, queues=queues, **paused)


@router.post("/waiting/{uniqueid}/move", responses=_ANSWERS)
async def move(user: Supervisor, parts: Wired, uniqueid: Uniqueid, waits: WaitingIn, order: MoveOrder) -> CommandDone:
    """Send a waiting caller to another queue or to a colleague; the time waited is kept."""
    if (order.queue is None) == (order.extension is None):
        raise HTTPException(422, ONE_GOAL)
    if order.queue is not None and order.queue not in parts.centre.queues_by_name:
        raise HTTPException(409, NO_QUEUE.format(queue=order.queue))
    if order.queue == waits.queue:
        raise HTTPException(409, SAME_QUEUE)
    if order.extension is not None and all(agent.extension != order.extension for agent in parts.centre.agents):
        raise HTTPException(409, NO_COLLEAGUE.format(extension=order.extension))
    goal = {"queue": order.queue, "exten": order.extension}
    return await _send(parts, user, RedirectQueuedCall, node=waits.node, uniqueid=uniqueid, **goal)


@router.post("/waiting/{uniqueid}/pick", responses=_ANSWERS)
async def pick(user: Supervisor, parts: Wired, uniqueid: Uniqueid, waits: WaitingIn) -> CommandDone:
    """Have a waiting caller ring at the supervisor's own phone."""
    extension = _own_extension(user)
    done = await _send(parts, user, RedirectQueuedCall, node=waits.node, uniqueid=uniqueid, exten=extension)
    return done.model_copy(update={"detail": PICKED.format(extension=extension)})


def _own_extension(user: SessionUser) -> str:
    if user.extension is None:
        raise HTTPException(409, NO_EXTENSION)
    return user.extension


def _penalties(order: QueuesOrder, parts: Parts) -> tuple[QueuePenalty, ...]:
    """Each queue once."""
    wanted = {each.queue: each.penalty for each in order.queues}
    unknown = next((queue for queue in wanted if queue not in parts.centre.queues_by_name), None)
    if unknown is not None:
        raise HTTPException(409, NO_QUEUE.format(queue=unknown))
    return tuple(QueuePenalty(queue=queue, penalty=penalty) for queue, penalty in wanted.items())


async def _send(parts: Parts, user: SessionUser, form: type[C], **fields: Any) -> CommandDone:
    try:
        return await parts.commands.send(user, form, **fields)
    except HTTPException as refused:
        raise HTTPException(refused.status_code, _FOR_SUPERVISORS.get(refused.detail, refused.detail)) from None
