"""Links for screens on the wall."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path

from agent_api.board.wallboard_schemas import WallList, WallMade, WallOrder
from agent_api.board.wallboards import NoWallLink, wall_shown
from agent_api.schemas import Detail
from agent_api.web.access import Supervisor
from agent_api.web.errors import documented
from agent_api.web.parts import Wired

router = APIRouter(prefix="/api/walls", tags=["walls"])

NOT_THERE = "Este enlace ya no existe."
REVOKED = "El enlace se anuló: la pantalla que lo usaba ya no muestra nada."
PATH = "/mural/{secret}"
Key = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", examples=["9f" * 32])]


@router.get("", responses=documented(401, 403, 503))
async def listed(_caller: Supervisor, parts: Wired) -> WallList:
    """The links that work."""
    return WallList(walls=tuple(wall_shown(each) for each in await parts.walls.listed()))


@router.post("", responses=documented(401, 403, 422, 503))
async def make(caller: Supervisor, parts: Wired, order: WallOrder) -> WallMade:
    """A new link. Whoever has it sees the centre's figures, without a session, until it is revoked."""
    made = await parts.walls.make(caller, order.name)
    return WallMade(**wall_shown(made.link).model_dump(), path=PATH.format(secret=made.secret))


@router.delete("/{key}", responses=documented(401, 403, 409, 422, 503))
async def revoke(caller: Supervisor, parts: Wired, key: Key) -> Detail:
    """From now on the link opens nothing."""
    try:
        await parts.walls.revoke(caller, key)
    except NoWallLink:
        raise HTTPException(409, NOT_THERE) from None
    return Detail(detail=REVOKED)
