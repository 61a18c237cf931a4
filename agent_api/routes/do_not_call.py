"""Numbers that no campaign calls."""

from fastapi import APIRouter, HTTPException

from agent_api.campaigns.lists_schemas import NumberAllowed, NumberBarred
from agent_api.schemas import Detail
from agent_api.web.access import Supervisor
from agent_api.web.errors import documented
from agent_api.web.parts import Wired
from callcenter.numbers import normalise, show
from dialer.do_not_call import NotCallable, NotOnTheList

router = APIRouter(prefix="/api/do-not-call", tags=["lists"])

ADDED = "Ninguna campaña llamará al {number}."
STANDS_THERE = "El {number} ya estaba en la lista de no llamar."
REMOVED = "El {number} salió de la lista de no llamar."
NOT_THERE = "El número no está en la lista de no llamar."
NOT_CALLABLE = "No es un número fijo ni celular de Bolivia: ninguna campaña lo llamaría."

_CHANGED = documented(401, 403, 409, 422, 503)


@router.post("", responses=_CHANGED)
async def add(user: Supervisor, parts: Wired, barred: NumberBarred) -> Detail:
    """From now on no campaign calls the number, whatever list has it."""
    try:
        number, is_new = await parts.do_not_call.add(barred.number, user.login, barred.note)
    except NotCallable:
        raise HTTPException(409, NOT_CALLABLE) from None
    return Detail(detail=(ADDED if is_new else STANDS_THERE).format(number=show(normalise(number))))


@router.post("/remove", responses=_CHANGED)
async def remove(user: Supervisor, parts: Wired, allowed: NumberAllowed) -> Detail:
    """Campaigns may call it again; who said so, and why, stays in the audit log."""
    try:
        number = await parts.do_not_call.remove(allowed.number, user.login, allowed.note)
    except NotCallable:
        raise HTTPException(409, NOT_CALLABLE) from None
    except NotOnTheList:
        raise HTTPException(409, NOT_THERE) from None
    return Detail(detail=REMOVED.format(number=show(normalise(number))))
