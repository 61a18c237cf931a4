"""The agent's call worked through Asterisk, whatever phone it is on: for desk phones, which the page cannot reach."""

from fastapi import APIRouter, HTTPException

from agent_api.accounts.sessions import SessionUser
from agent_api.contacts.contact_schemas import MuteOrder, NumberOrder
from agent_api.schemas import CommandDone
from agent_api.web.access import AgentUser
from agent_api.web.errors import documented
from agent_api.web.parts import Parts, Wired
from callcenter.messages.call_commands import Mute, Originate, Release, Transfer
from callcenter.numbers import Number, NumberKind, normalise

router = APIRouter(prefix="/api/call", tags=["call"])

RING_SECONDS = 20
NO_NUMBER = "No es un anexo, una línea ni un número que se pueda marcar desde aquí."
CALLING = "Suena su teléfono: al contestar se llama a {shown}."
_REACHABLE = frozenset({NumberKind.FIXED, NumberKind.MOBILE})
_ANSWERS = documented(401, 409, 422, 503, 504)


@router.post("/hang-up", responses=documented(401, 409, 503, 504))
async def hang_up(user: AgentUser, parts: Wired) -> CommandDone:
    """End the conversation, as if the agent had hung up at the phone."""
    return await parts.commands.send(user, Release, uniqueid=parts.commands.connected_call(user))


@router.post("/transfer", responses=_ANSWERS)
async def transfer(user: AgentUser, parts: Wired, order: NumberOrder) -> CommandDone:
    """Pass the caller on at once."""
    uniqueid, exten = parts.commands.connected_call(user), _dialled(order, user, parts)
    return await parts.commands.send(user, Transfer, uniqueid=uniqueid, exten=exten)


@router.post("/mute", responses=_ANSWERS)
async def mute(user: AgentUser, parts: Wired, order: MuteOrder) -> CommandDone:
    """The caller does not hear the agent, or does again."""
    return await parts.commands.send(user, Mute, uniqueid=parts.commands.connected_call(user), muted=order.muted)


@router.post("/dial", responses=_ANSWERS)
async def dial(user: AgentUser, parts: Wired, order: NumberOrder) -> CommandDone:
    """Ring the agent's phone and, when it is answered, call the number."""
    exten = _dialled(order, user, parts)
    ring = {"caller_id": exten, "ring_seconds": RING_SECONDS, "awaited": False}
    done = await parts.commands.send(user, Originate, exten=exten, **ring)
    return done.model_copy(update={"detail": CALLING.format(shown=order.number)})


def _dialled(order: NumberOrder, user: SessionUser, parts: Parts) -> str:
    """What Asterisk dials for what was typed: an extension or a line as it is, else the national number."""
    typed = "".join(order.number.split())
    extensions = {agent.extension for agent in parts.centre.agents} - {user.extension}
    if typed in extensions or typed in parts.centre.lines_by_number:
        return typed
    number = normalise(order.number, parts.centre.about.area_code)
    if not isinstance(number, Number) or number.kind not in _REACHABLE:
        raise HTTPException(422, NO_NUMBER)
    return number.digits
