"""Users, for administrators; and one's own password, for everybody."""

from fastapi import APIRouter, HTTPException, Request

from agent_api.accounts.passwords import AccountError
from agent_api.accounts.sessions import LockedOut, SessionUser, WrongPassword, too_many
from agent_api.accounts.user_schemas import Login, OwnPassword, PasswordGiven, UserFields, UserList, UserMade
from agent_api.accounts.user_store import NewUser
from agent_api.accounts.users import User, user_view
from agent_api.schemas import Detail
from agent_api.web.access import Admin, Anyone, address_of
from agent_api.web.errors import documented
from agent_api.web.parts import Parts, Wired
from callcenter.messages.commands import LogOut
from callcenter.messages.facts import AgentStatus

router = APIRouter(prefix="/api", tags=["users"])

CREATED = "Usuario {login} creado."
SAVED = "Usuario {login} guardado."
OUT = "Usuario {login} guardado. Su sesión terminó y salió de las colas."
STILL_IN = "Usuario {login} guardado y su sesión terminó, pero sigue en las colas: {why}"
PASSWORD_SET = "La contraseña de {login} cambió; sus sesiones terminaron."  # noqa: S105 - a message
OWN_PASSWORD_SET = "Su contraseña cambió. Ingrese de nuevo con ella."  # noqa: S105 - a message
WRONG_CURRENT = "La contraseña actual no es esa."

_CHANGED = documented(401, 403, 409, 422, 503)


@router.get("/users", responses=documented(401, 403, 503))
async def everybody(_admin: Admin, parts: Wired) -> UserList:
    """Everybody, by login."""
    return UserList(users=tuple(user_view(user, parts.users) for user in await parts.users.listed()))


@router.post("/users", responses=_CHANGED)
async def create(user: Admin, parts: Wired, made: UserMade) -> Detail:
    """A new user, who may log in at once."""
    new = NewUser(made.login, made.display_name, made.role, made.extension, made.penalties())
    try:
        await parts.users.create(new, made.password, by=user.login)
    except AccountError as error:
        raise HTTPException(409, str(error)) from None
    return Detail(detail=CREATED.format(login=made.login.lower()))


@router.put("/users/{login}", responses=_CHANGED)
async def change(admin: Admin, parts: Wired, login: Login, fields: UserFields) -> Detail:
    """Change it. With another role or extension, or without access, its sessions end and it leaves its queues."""
    user = User(login, fields.display_name, fields.role, fields.extension, fields.active, fields.penalties())
    try:
        ended = await parts.users.change(user, by=admin.login)
    except AccountError as error:
        raise HTTPException(409, str(error)) from None
    return Detail(detail=await _out_of_queues(admin, parts, login) if ended else SAVED.format(login=login))


@router.put("/users/{login}/password", responses=_CHANGED)
async def set_password(user: Admin, parts: Wired, login: Login, given: PasswordGiven) -> Detail:
    """A new password for somebody; the sessions end, the calls go on."""
    try:
        await parts.users.set_password(login, given.password, by=user.login)
    except AccountError as error:
        raise HTTPException(409, str(error)) from None
    return Detail(detail=PASSWORD_SET.format(login=login))


@router.put("/me/password", responses=documented(401, 409, 422, 429, 503))
async def set_own_password(request: Request, user: Anyone, parts: Wired, given: OwnPassword) -> Detail:
    """A new password for oneself: every session ends, this one too."""
    try:
        await parts.sessions.prove(user.login, given.current, address=address_of(request))
        await parts.users.set_password(user.login, given.password, by=user.login)
    except WrongPassword:
        raise HTTPException(409, WRONG_CURRENT) from None
    except LockedOut as locked:
        raise HTTPException(429, too_many(locked), headers={"Retry-After": str(locked.retry_seconds)}) from None
    return Detail(detail=OWN_PASSWORD_SET)


async def _out_of_queues(user: SessionUser, parts: Parts, login: str) -> str:
    """The user serves no queue any more with what it was; what that came to."""
    state = parts.live_state.agents.get(login)
    if state is None or state.state is AgentStatus.LOGGED_OUT:
        return SAVED.format(login=login)
    try:
        await parts.commands.send(user, LogOut, member=login)
    except HTTPException as refused:
        return STILL_IN.format(login=login, why=refused.detail)
    return OUT.format(login=login)
