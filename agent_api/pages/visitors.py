"""Who may see a page. Whoever has no session is led to the entrance, and from there back."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, HTTPException, Request

from agent_api.accounts.sessions import SessionUser
from agent_api.web.access import NO_EXTENSION, NO_SESSION, NOT_ALLOWED, InSession
from callcenter.roles import Role

ENTRANCE, EXIT = "/ingresar", "/salir"
_NO_PAGES = ("/api", "/estatico", ENTRANCE, EXIT)


def visits(role: Role) -> Callable[..., Awaitable[SessionUser]]:
    """A dependency that gives the visitor, who has this role or a higher one; else the entrance, or 403."""

    async def visitor(request: Request, found: InSession) -> SessionUser:
        if found is None:
            raise HTTPException(303, NO_SESSION, headers={"Location": entrance(request)})
        if not found.role.includes(role):
            raise HTTPException(403, NOT_ALLOWED)
        return found

    return visitor


def entrance(request: Request) -> str:
    """The entrance that leads back to the page that was asked for."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = own_page(asked) if request.method == "GET" else ""
    return f"{ENTRANCE}?de={quote(back, safe='/')}" if back else ENTRANCE


def own_page(path: str) -> str:
    """The path when it is one of our pages; empty for everything else, other hosts above all."""
    # Browsers read a backslash as a slash and drop tabs and line ends: `/\\evil.bo` leads away.
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return ""
    asked = urlsplit(path)
    is_page = not asked.scheme and not asked.netloc and not asked.path.startswith(_NO_PAGES)
    return path if is_page else ""


def first_page(user: SessionUser) -> str:
    """Where somebody's work begins."""
    if user.role.includes(Role.SUPERVISOR):
        return "/piso"
    return "/escritorio" if user.extension else "/perdidas"


Visitor = Annotated[SessionUser, Depends(visits(Role.AGENT))]
SupervisorVisitor = Annotated[SessionUser, Depends(visits(Role.SUPERVISOR))]
AdminVisitor = Annotated[SessionUser, Depends(visits(Role.ADMIN))]


async def _with_extension(visitor: Visitor) -> SessionUser:
    if visitor.extension is None:
        raise HTTPException(409, NO_EXTENSION)
    return visitor


AgentVisitor = Annotated[SessionUser, Depends(_with_extension)]
