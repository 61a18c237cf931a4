"""Who may call a route: one dependency, by role."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from agent_api.parts import Wired
from agent_api.sessions import Caller
from callcenter.records.people import Role

NO_SESSION = "Su sesión no existe o venció: ingrese de nuevo."
NOT_ALLOWED = "Su usuario no tiene permiso para esto."
NO_EXTENSION = "Su usuario no tiene un anexo: pida a administración que se lo asigne."

_RANK = {role: rank for rank, role in enumerate(Role)}
_bearer = HTTPBearer(auto_error=False, description="El token de POST /api/session.")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def needs(role: Role) -> Callable[..., Awaitable[Caller]]:
    """A dependency that gives the caller, who has this role or a higher one; else 401 or 403."""

    async def caller(parts: Wired, bearer: Bearer) -> Caller:
        found = await parts.sessions.find(bearer.credentials) if bearer else None
        if found is None:
            raise HTTPException(401, NO_SESSION, headers={"WWW-Authenticate": "Bearer"})
        if _RANK[found.role] < _RANK[role]:
            raise HTTPException(403, NOT_ALLOWED)
        return found

    return caller


Anyone = Annotated[Caller, Depends(needs(Role.AGENT))]
Supervisor = Annotated[Caller, Depends(needs(Role.SUPERVISOR))]


async def _with_extension(caller: Anyone) -> Caller:
    if caller.extension is None:
        raise HTTPException(409, NO_EXTENSION)
    return caller


AgentCaller = Annotated[Caller, Depends(_with_extension)]
