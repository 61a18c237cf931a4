"""What supervisors tell all agents, or those of a queue."""

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path

from agent_api.accounts.sessions import Caller
from agent_api.schemas import Detail
from agent_api.supervision.announcements import Announcement, NoAnnouncement
from agent_api.supervision.supervision_schemas import AnnouncementList, AnnouncementOrder, AnnouncementShown
from agent_api.web.access import Anyone, Supervisor, may
from agent_api.web.errors import documented
from agent_api.web.parts import Parts, Wired
from callcenter.roles import Role

router = APIRouter(prefix="/api/announcements", tags=["announcements"])

NO_QUEUE = "No existe la cola {queue}."
NOT_THERE = "Este aviso ya no está vigente."
TAKEN_BACK = "El aviso se retiró."
_LAST_ID = 2**63 - 1


@router.get("", responses=documented(401, 503))
async def standing(caller: Anyone, parts: Wired) -> AnnouncementList:
    """What stands now: for an agent what is for all and for the agent's queues, for a supervisor everything."""
    return AnnouncementList(announcements=await standing_for(caller, parts))


@router.post("", responses=documented(401, 403, 409, 422, 503))
async def say(caller: Supervisor, parts: Wired, order: AnnouncementOrder) -> AnnouncementShown:
    """Tell agents something; it is on their screens within a second."""
    if order.queue is not None and order.queue not in parts.centre.queues_by_name:
        raise HTTPException(409, NO_QUEUE.format(queue=order.queue))
    said = await parts.announcements.say(caller, order.text, order.queue, order.minutes)
    return announcement_shown(said, parts)


@router.delete("/{number}", responses=documented(401, 403, 409, 422, 503))
async def take_back(
    caller: Supervisor, parts: Wired, number: Annotated[int, Path(ge=0, le=_LAST_ID, examples=[12])]
) -> Detail:
    """Take an announcement off the screens before its time."""
    try:
        await parts.announcements.take_back(caller, number)
    except NoAnnouncement:
        raise HTTPException(409, NOT_THERE) from None
    return Detail(detail=TAKEN_BACK)


async def standing_for(caller: Caller, parts: Parts) -> tuple[AnnouncementShown, ...]:
    """What somebody is to read now."""
    queues = None if may(caller, Role.SUPERVISOR) else await _queues_of(caller, parts)
    return tuple(announcement_shown(each, parts) for each in await parts.announcements.now(queues))


async def _queues_of(caller: Caller, parts: Parts) -> Collection[str]:
    """Those served now, and those that may be served."""
    state = parts.picture.agents.get(caller.login)
    return {*(state.queues if state else ()), *(await parts.users.queues_of(caller.login))}


def announcement_shown(said: Announcement, parts: Parts) -> AnnouncementShown:
    """An announcement, ready to read."""
    queue = parts.centre.queues_by_name.get(said.queue or "")
    return AnnouncementShown(
        id=said.id,
        at_us=said.at_us,
        until_us=said.until_us,
        said_by=said.said_by,
        text=said.text,
        queue=said.queue,
        title=queue.title if queue else said.queue or "",
    )
