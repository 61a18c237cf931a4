"""Links for wallboards."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path

from agent_api.board.wallboard_schemas import WallboardLinkMade, WallboardList, WallboardOrder
from agent_api.board.wallboards import NoWallboardLink, wallboard_link_view
from agent_api.schemas import Detail
from agent_api.web.access import Supervisor
from agent_api.web.errors import documented
from agent_api.web.parts import Wired

router = APIRouter(prefix="/api/walls", tags=["wallboards"])

NOT_THERE = "Este enlace ya no existe."
REVOKED = "El enlace se anuló: la pantalla que lo usaba ya no muestra nada."
PATH = "/mural/{secret}"
Key = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", examples=["9f" * 32])]


@router.get("", responses=documented(401, 403, 503))
async def listed(_user: Supervisor, parts: Wired) -> WallboardList:
    """The links that work."""
    return WallboardList(wallboards=tuple(wallboard_link_view(each) for each in await parts.wallboards.listed()))


@router.post("", responses=documented(401, 403, 422, 503))
async def make(user: Supervisor, parts: Wired, order: WallboardOrder) -> WallboardLinkMade:
    """A new link. Whoever has it sees the centre's figures, without a session, until it is revoked."""
    made = await parts.wallboards.make(user, order.name)
    return WallboardLinkMade(**wallboard_link_view(made.link).model_dump(), path=PATH.format(secret=made.secret))


@router.delete("/{key}", responses=documented(401, 403, 409, 422, 503))
async def revoke(user: Supervisor, parts: Wired, key: Key) -> Detail:
    """From now on the link opens nothing."""
    try:
        await parts.wallboards.revoke(user, key)
    except NoWallboardLink:
        raise HTTPException(409, NOT_THERE) from None
    return Detail(detail=REVOKED)
