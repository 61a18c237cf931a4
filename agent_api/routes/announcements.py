"""Announcements of supervisors to all agents, or to those of a queue."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path

from agent_api.schemas import Detail
from agent_api.supervision.announcements import NoAnnouncement, announcement_view, queues_read_by
from agent_api.supervision.supervision_schemas import AnnouncementList, AnnouncementOrder, AnnouncementView
from agent_api.web.access import Anyone, Supervisor
from agent_api.web.errors import documented
from agent_api.web.parts import Wired

router = APIRouter(prefix="/api/announcements", tags=["announcements"])

NO_QUEUE = "No existe la cola {queue}."
NOT_THERE = "Este aviso ya no está vigente."
WITHDRAWN = "El aviso se retiró."
_LAST_ID = 2**63 - 1


@router.get("", responses=documented(401, 503))
async def standing(user: Anyone, parts: Wired) -> AnnouncementList:
    """What stands now: for an agent what is for all and for the agent's queues, for a supervisor everything."""
    found = await parts.announcements.now(await queues_read_by(user, parts.users, parts.live_state))
    return AnnouncementList(announcements=tuple(announcement_view(each, parts.centre) for each in found))


@router.post("", responses=documented(401, 403, 409, 422, 503))
async def announce(user: Supervisor, parts: Wired, order: AnnouncementOrder) -> AnnouncementView:
    """Announce something to agents; it is on their screens within a second."""
    if order.queue is not None and order.queue not in parts.centre.queues_by_name:
        raise HTTPException(409, NO_QUEUE.format(queue=order.queue))
    made = await parts.announcements.announce(user, order.text, order.queue, order.minutes)
    return announcement_view(made, parts.centre)


@router.delete("/{number}", responses=documented(401, 403, 409, 422, 503))
async def withdraw(
    user: Supervisor, parts: Wired, number: Annotated[int, Path(ge=0, le=_LAST_ID, examples=[12])]
) -> Detail:
    """Take an announcement off the screens before its time."""
    try:
        await parts.announcements.withdraw(user, number)
    except NoAnnouncement:
        raise HTTPException(409, NOT_THERE) from None
    return Detail(detail=WITHDRAWN)
