"""The recall list: abandoned calls, who claims them, and the result of calling back."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path

from agent_api.contacts.contact_schemas import ChannelName, NodeName, RecallEntryView, RecallListView, RecallResult
from agent_api.contacts.recall_list import (
    NoRecallEntry,
    RecallKey,
    TakenByAnother,
    queues_seen_by,
    recall_entry_view,
)
from agent_api.web.access import Anyone
from agent_api.web.errors import documented
from agent_api.web.parts import Wired
from callcenter.recalls.rules import RecallState

router = APIRouter(prefix="/api/lost-callers", tags=["recall list"])

NOT_THERE = "Esta llamada ya no está en la lista."
TAKEN = "La tiene {owner}."
_ANSWERS = documented(401, 409, 422, 503)


async def _asked(
    node: Annotated[NodeName, Path()],
    uniqueid: Annotated[ChannelName, Path()],
    entered_us: Annotated[int, Path(ge=0, lt=2**63)],
) -> RecallKey:
    return RecallKey(node, uniqueid, entered_us)


Key = Annotated[RecallKey, Depends(_asked)]


@router.get("", responses=documented(401, 503))
async def listed(user: Anyone, parts: Wired) -> RecallListView:
    """Those of the queues that the user serves; a supervisor sees all."""
    found = await parts.recall_list.listed(await queues_seen_by(user, parts.centre, parts.users))
    return RecallListView(callers=tuple(recall_entry_view(each, parts.centre) for each in found))


@router.post("/{node}/{uniqueid}/{entered_us}/take", responses=_ANSWERS)
async def claim(user: Anyone, parts: Wired, key: Key) -> RecallEntryView:
    """Make it one's own: nobody else calls it then."""
    queues = await queues_seen_by(user, parts.centre, parts.users)
    try:
        return recall_entry_view(await parts.recall_list.claim(key, user.login, queues), parts.centre)
    except (NoRecallEntry, TakenByAnother) as refused:
        raise _refusal(refused) from None


@router.post("/{node}/{uniqueid}/{entered_us}/give-back", responses=_ANSWERS)
async def release(user: Anyone, parts: Wired, key: Key) -> RecallEntryView:
    """Open for others again."""
    queues = await queues_seen_by(user, parts.centre, parts.users)
    try:
        return recall_entry_view(await parts.recall_list.release(key, user.login, queues), parts.centre)
    except (NoRecallEntry, TakenByAnother) as refused:
        raise _refusal(refused) from None


@router.post("/{node}/{uniqueid}/{entered_us}/finish", responses=_ANSWERS)
async def finish(user: Anyone, parts: Wired, key: Key, result: RecallResult) -> RecallEntryView:
    """The result of calling the number."""
    queues, state = await queues_seen_by(user, parts.centre, parts.users), RecallState(result.state)
    try:
        return recall_entry_view(
            await parts.recall_list.finish(key, user.login, queues, state, result.note.strip()), parts.centre
        )
    except (NoRecallEntry, TakenByAnother) as refused:
        raise _refusal(refused) from None


def _refusal(refused: NoRecallEntry | TakenByAnother) -> HTTPException:
    if isinstance(refused, TakenByAnother):
        return HTTPException(409, TAKEN.format(owner=refused.owner) if refused.owner else NOT_THERE)
    return HTTPException(409, NOT_THERE)
