"""Who may call a route: one dependency, by role. A session comes as a program's token or as a browser's cookie."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security, WebSocket
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from agent_api.accounts import cookies
from agent_api.accounts.sessions import SessionUser, TokenKind
from agent_api.web.parts import Parts, Wired
from callcenter.roles import Role

NO_SESSION = "Su sesión no existe o venció: ingrese de nuevo."
NOT_ALLOWED = "Su usuario no tiene permiso para esto."
NO_EXTENSION = "Su usuario no tiene un anexo: pida a administración que se lo asigne."
NOT_FROM_OUR_PAGE = "El pedido no vino de una página de Troncal abierta con su sesión: vuelva a cargar la página."

_bearer = HTTPBearer(auto_error=False, description="El token de POST /api/session.")
_cookie = APIKeyCookie(
    name=cookies.NAME,
    auto_error=False,
    description=f"La sesión de un navegador. Lo que cambia algo lleva además el encabezado {cookies.CSRF_HEADER}.",
)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
Cookie = Annotated[str | None, Security(_cookie)]


async def session_in(request: Request, parts: Wired, bearer: Bearer, cookie: Cookie) -> SessionUser | None:
    """Whose session the request comes with; None: nobody's. Leaves `visitor` and `csrf` for pages in `request.state`.

    Raises 403 when a browser was made to ask by another's page.
    """
    if "authorization" in request.headers:
        found = await parts.sessions.find(bearer.credentials, TokenKind.TOKEN) if bearer else None
    else:
        found = await parts.sessions.find(cookie, TokenKind.COOKIE) if cookie else None
        if found is not None:
            request.state.csrf = parts.sessions.csrf_of(found)
            await _refuse_foreign(request, request.state.csrf)
    request.state.visitor = found
    return found


async def _refuse_foreign(request: Request, csrf: str) -> None:
    if request.method in cookies.SAFE_METHODS:
        return
    if not cookies.is_from_own_page(request) or not await cookies.csrf_fits(request, csrf):
        raise HTTPException(403, NOT_FROM_OUR_PAGE)


InSession = Annotated[SessionUser | None, Depends(session_in)]


async def session_of(socket: WebSocket, parts: Parts) -> SessionUser | None:
    """Whose websocket it is: only a page of our own origin, with a browser's session, may open one."""
    token = cookies.token_in(socket)
    if token is None or not cookies.origin_is_own(socket):
        return None
    return await parts.sessions.find(token, TokenKind.COOKIE)


def needs(role: Role) -> Callable[..., Awaitable[SessionUser]]:
    """A dependency that gives the user, who has this role or a higher one; else 401 or 403."""

    async def user(found: InSession) -> SessionUser:
        if found is None:
            raise HTTPException(401, NO_SESSION, headers={"WWW-Authenticate": "Bearer"})
        if not found.role.includes(role):
            raise HTTPException(403, NOT_ALLOWED)
        return found

    return user


Anyone = Annotated[SessionUser, Depends(needs(Role.AGENT))]
Supervisor = Annotated[SessionUser, Depends(needs(Role.SUPERVISOR))]
Admin = Annotated[SessionUser, Depends(needs(Role.ADMIN))]


async def _with_extension(user: Anyone) -> SessionUser:
    if user.extension is None:
        raise HTTPException(409, NO_EXTENSION)
    return user


AgentUser = Annotated[SessionUser, Depends(_with_extension)]


def address_of(request: Request) -> str:
    """Where a request comes from: behind a proxy of this machine, as `X-Forwarded-For` says it."""
    return request.client.host if request.client else ""
