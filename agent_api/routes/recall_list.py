"""Callers whom nobody answered: who takes them, and what came of calling back."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path

from agent_api.contacts.contact_schemas import ChannelName, LostList, LostResult, LostShown, NodeName
from agent_api.contacts.recall_list import (
    LostKey,
    LostState,
    NoLostCaller,
    TakenByAnother,
    lost_shown,
    queues_seen_by,
)
from agent_api.web.access import Anyone
from agent_api.web.errors import documented
from agent_api.web.parts import Wired

router = APIRouter(prefix="/api/lost-callers", tags=["lost callers"])

NOT_THERE = "Esta llamada ya no está en la lista."
TAKEN = "La tiene {owner}."
_ANSWERS = documented(401, 409, 422, 503)


async def _asked(
    node: Annotated[NodeName, Path()],
    uniqueid: Annotated[ChannelName, Path()],
    entered_us: Annotated[int, Path(ge=0, lt=2**63)],
) -> LostKey:
    return LostKey(node, uniqueid, entered_us)


Key = Annotated[LostKey, Depends(_asked)]


@router.get("", responses=documented(401, 503))
async def listed(caller: Anyone, parts: Wired) -> LostList:
    """Those of the queues that the caller serves; a supervisor sees all."""
    found = await parts.lost.listed(await queues_seen_by(caller, parts.centre, parts.users))
    return LostList(callers=tuple(lost_shown(each, parts.centre) for each in found))


@router.post("/{node}/{uniqueid}/{entered_us}/take", responses=_ANSWERS)
async def take(caller: Anyone, parts: Wired, key: Key) -> LostShown:
    """Make it one's own: nobody else calls it then."""
    queues = await queues_seen_by(caller, parts.centre, parts.users)
    try:
        return lost_shown(await parts.lost.take(key, caller.login, queues), parts.centre)
    except (NoLostCaller, TakenByAnother) as refused:
        raise _refusal(refused) from None


@router.post("/{node}/{uniqueid}/{entered_us}/give-back", responses=_ANSWERS)
async def give_back(caller: Anyone, parts: Wired, key: Key) -> LostShown:
    """Open for others again."""
    queues = await queues_seen_by(caller, parts.centre, parts.users)
    try:
        return lost_shown(await parts.lost.give_back(key, caller.login, queues), parts.centre)
    except (NoLostCaller, TakenByAnother) as refused:
        raise _refusal(refused) from None


@router.post("/{node}/{uniqueid}/{entered_us}/finish", responses=_ANSWERS)
async def finish(caller: Anyone, parts: Wired, key: Key, result: LostResult) -> LostShown:
    """What came of calling back."""
    queues, state = await queues_seen_by(caller, parts.centre, parts.users), LostState(result.state)
    try:
        return lost_shown(await parts.lost.finish(key, caller.login, queues, state, result.note.strip()), parts.centre)
    except (NoLostCaller, TakenByAnother) as refused:
        raise _refusal(refused) from None


def _refusal(refused: NoLostCaller | TakenByAnother) -> HTTPException:
    if isinstance(refused, TakenByAnother):
        return HTTPException(409, TAKEN.format(owner=refused.owner) if refused.owner else NOT_THERE)
    return HTTPException(409, NOT_THERE)
