"""The floor, for supervisors."""

from functools import partial
from typing import Any

from fastapi import APIRouter

from agent_api.board.board_schemas import BoardView
from agent_api.live.live_schemas import FloorView
from agent_api.live.streams import FLOOR_APART_SECONDS, EventStream
from agent_api.web.access import Supervisor
from agent_api.web.errors import documented
from agent_api.web.parts import Wired

router = APIRouter(prefix="/api/floor", tags=["floor"])

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: floor (everything), then queue, agent, bridge as they change, "
        "board when its figures or alarms are others, campaign when one dials otherwise, and announcement",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": 'event: bridge\ndata: {"node":"central","state":"up","since_us":1790000000000000,'
                '"text":"La central telefónica responde."}\n\n',
            }
        },
    }
}


@router.get("", responses=documented(401, 403, 503))
async def floor(_user: Supervisor, parts: Wired) -> FloorView:
    """Queues and agents now. When `fresh` is false, `links` say what is lost and since when."""
    return parts.floor.now()


@router.get("/board", responses=documented(401, 403, 503))
async def board(_user: Supervisor, parts: Wired) -> BoardView:
    """The floor in figures: the same as the reports', to the last call recorded. `away`: the sources that are away."""
    return await parts.board.now()


@router.get("/events", status_code=200, response_class=EventStream, responses={**_STREAM, **documented(401, 403, 503)})
async def events(user: Supervisor, parts: Wired) -> EventStream:
    """The floor live: first everything, then each change."""
    still_allowed = partial(parts.sessions.is_open, user)
    return EventStream(parts.floor.attached, still_allowed, parts.heartbeat_seconds, FLOOR_APART_SECONDS)
