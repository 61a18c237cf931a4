"""The supervisors' floor `/piso` and the wallboard `/mural/...`: whole pages, and the parts read again."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import HTMLResponse

from agent_api.accounts.sessions import SessionUser
from agent_api.board.wallboards import NoWallboardLink, WallboardLink, wallboard_link_view
from agent_api.live.streams import FLOOR_APART_SECONDS, EventStream
from agent_api.pages import floor_words
from agent_api.pages.rendering import render
from agent_api.pages.visitors import SupervisorVisitor
from agent_api.supervision.announcements import announcement_view, queues_read_by
from agent_api.supervision.supervision_schemas import NOT_WAITING, Login, Uniqueid
from agent_api.web.access import Supervisor
from agent_api.web.parts import Parts, Wired
from callcenter.database.problems import DatabaseProblem
from callcenter.messages.facts import AgentStatus

router = APIRouter(include_in_schema=False)

Values = dict[str, Any]
Secret = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,100}$")]
NO_AGENT = "No hay un agente {login} en este centro."


@router.get("/piso")
async def floor(request: Request, visitor: SupervisorVisitor, parts: Wired) -> HTMLResponse:
    """Everything that a supervisor looks at."""
    values = {
        **await _board(visitor, parts),
        **await _announcements(visitor, parts),
        **await _wallboards(visitor, parts),
    }
    return render(request, "floor/page.html", queues=parts.centre.queues, **values)


@router.get("/piso/parte/{name}")
async def part(request: Request, user: Supervisor, parts: Wired, name: str) -> HTMLResponse:
    """One part of the floor as it is now."""
    if name not in PARTS:
        raise HTTPException(404)
    template, values = PARTS[name]
    return render(request, template, **await values(user, parts))


@router.get("/piso/agente/{login}")
async def agent(request: Request, user: Supervisor, parts: Wired, login: Login) -> HTMLResponse:
    """What can be done about one agent."""
    board = await parts.board.now()
    found = next((row for row in board.agents if row.login == login), None)
    if found is None:
        raise HTTPException(409, NO_AGENT.format(login=login))
    penalties = await parts.users.queues_of(login)
    values: Values = {
        "agent": found,
        "served": found.queues or tuple(penalties),
        "penalties": penalties,
        "queues": parts.centre.queues,
        "reasons": parts.centre.pause_reasons,
        "is_in": found.state is not AgentStatus.LOGGED_OUT,
        "on_call": found.state is AgentStatus.ON_CALL and user.login != login,
        "pending": await parts.contacts.pending_of(login),
    }
    return render(request, "floor/agent.html", **values, **_words())


@router.get("/piso/espera/{uniqueid}")
async def waiting(request: Request, _user: Supervisor, parts: Wired, uniqueid: Uniqueid) -> HTMLResponse:
    """Where one waiting caller can be sent."""
    board = await parts.board.now()
    found = next((row for row in board.waiting if row.uniqueid == uniqueid), None)
    if found is None:
        raise HTTPException(409, NOT_WAITING)
    queues = [queue for queue in parts.centre.queues if queue.name != found.queue]
    colleagues = [row for row in board.agents if row.extension]
    return render(request, "floor/move.html", row=found, queues=queues, colleagues=colleagues, **_words())


@router.get("/mural/{secret}")
async def wallboard(request: Request, parts: Wired, secret: Secret) -> HTMLResponse:
    """The wallboard: figures, and nobody's name or number."""
    link = await _link(parts, secret)
    about: Values = {"link": link, "secret": secret, "centre": parts.centre.about.name}
    return render(request, "wallboard/page.html", **about, **await _wallboard(parts))


@router.get("/mural/{secret}/parte")
async def wallboard_part(request: Request, parts: Wired, secret: Secret) -> HTMLResponse:
    """What is on the wallboard, as it is now."""
    await _link(parts, secret)
    return render(request, "wallboard/board.html", **await _wallboard(parts))


@router.get("/mural/{secret}/eventos", response_class=EventStream)
async def wallboard_events(parts: Wired, secret: Secret) -> EventStream:
    """Notifies the screen when to read again; ends when the link is revoked."""
    link = await _link(parts, secret)
    attached, still_works = parts.floor.attached_to_a_wallboard, _still_works(link, parts)
    return EventStream(attached, still_works, parts.heartbeat_seconds, FLOOR_APART_SECONDS)


async def _link(parts: Parts, secret: str) -> WallboardLink:
    try:
        return await parts.wallboards.find(secret)
    except NoWallboardLink:
        raise HTTPException(404) from None


def _still_works(link: WallboardLink, parts: Parts) -> Callable[[], Awaitable[bool]]:
    """While the database is away the screen stays."""

    async def asked() -> bool:
        try:
            return await parts.wallboards.still_works(link)
        except DatabaseProblem:
            return True

    return asked


def _words() -> Values:
    return {"words": floor_words}


async def _board(_user: SessionUser, parts: Parts) -> Values:
    return {"board": await parts.board.now(), **_words()}


async def _wallboard(parts: Parts) -> Values:
    """Without a word about anybody."""
    board = await parts.board.now()
    of_queues = tuple(each for each in board.alarms if not each.of_agent)
    return {"board": board.model_copy(update={"alarms": of_queues, "agents": (), "waiting": ()}), **_words()}


async def _announcements(user: SessionUser, parts: Parts) -> Values:
    found = await parts.announcements.now(await queues_read_by(user, parts.users, parts.live_state))
    return {"announcements": [announcement_view(each, parts.centre) for each in found]}


async def _wallboards(_user: SessionUser, parts: Parts) -> Values:
    return {"wallboards": [wallboard_link_view(each) for each in await parts.wallboards.listed()]}


PARTS: dict[str, tuple[str, Callable[[SessionUser, Parts], Awaitable[Values]]]] = {
    "tablero": ("floor/board.html", _board),
    "espera": ("floor/waiting.html", _board),
    "agentes": ("floor/agents.html", _board),
    "avisos": ("floor/announcements.html", _announcements),
    "murales": ("floor/wallboards.html", _wallboards),
}
