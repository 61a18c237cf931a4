"""Sessions: in, out, who am I."""

from fastapi import APIRouter, HTTPException, Request

from agent_api.accounts.session_schemas import Credentials, Me, SessionOpened
from agent_api.accounts.sessions import WRONG, LockedOut, SessionUser, WrongPassword, too_many
from agent_api.web.access import Anyone, address_of
from agent_api.web.errors import documented
from agent_api.web.parts import Wired

router = APIRouter(tags=["session"])


@router.post("/api/session", responses=documented(401, 422, 429, 503))
async def open_session(request: Request, credentials: Credentials, parts: Wired) -> SessionOpened:
    """Log in: a token for 12 hours. After 5 wrong attempts the login waits 15 minutes, whether it exists or not."""
    try:
        session = await parts.sessions.open(credentials.login, credentials.password, address=address_of(request))
    except WrongPassword:
        raise HTTPException(401, WRONG) from None
    except LockedOut as locked:
        headers = {"Retry-After": str(locked.retry_seconds)}
        raise HTTPException(429, too_many(locked), headers=headers) from None
    return SessionOpened(token=session.token, **_me(session.user).model_dump())


@router.delete("/api/session", status_code=204, responses=documented(401, 503))
async def close_session(user: Anyone, parts: Wired) -> None:
    """Log out of the interface. The queues are left with `POST /api/agent/log-out`."""
    await parts.sessions.close(user)


@router.get("/api/me", responses=documented(401, 503))
async def me(user: Anyone) -> Me:
    """Whose session it is."""
    return _me(user)


def _me(user: SessionUser) -> Me:
    return Me(
        login=user.login,
        display_name=user.display_name,
        role=user.role,
        extension=user.extension,
        expires_us=user.expires_us,
    )
