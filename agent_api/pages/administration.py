"""Administration: users `/usuarios`, the audit log `/auditoria`, and everybody's own password `/clave`."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response

from agent_api.accounts import audit_search
from agent_api.accounts.audit_search import PAGE, AuditQuery
from agent_api.accounts.user_schemas import Login
from agent_api.accounts.users import NO_SUCH_USER, User, user_view
from agent_api.pages.audit_words import ACTIONS, ROLES, action, moment, particulars
from agent_api.pages.rendering import render
from agent_api.pages.visitors import AdminVisitor, Visitor
from agent_api.web.parts import Parts, Wired
from callcenter.instants import as_us

router = APIRouter(include_in_schema=False)

Values = dict[str, Any]
_LAST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class QueueChoice:
    """A queue on the form of a user: whether it is served, and how soon it is asked there."""

    name: str
    title: str
    served: bool
    penalty: int


@router.get("/usuarios")
async def everybody(request: Request, _visitor: AdminVisitor, parts: Wired) -> Response:
    """The list."""
    listed = [user_view(user, parts.users) for user in await parts.users.listed()]
    return render(request, "administration/users.html", users=listed, roles=ROLES)


@router.get("/usuarios/nuevo")
async def new_user(request: Request, _visitor: AdminVisitor, parts: Wired) -> Response:
    """The form for a new one."""
    return await _form(request, parts, None)


@router.get("/usuarios/{login}")
async def one_user(request: Request, _visitor: AdminVisitor, parts: Wired, login: Login) -> Response:
    """The form for one that exists."""
    user = await parts.users.find(login)
    if user is None:
        raise HTTPException(409, NO_SUCH_USER.format(login=login))
    return await _form(request, parts, user)


@router.get("/clave")
async def own_password(request: Request, _visitor: Visitor) -> Response:
    """The form for one's own password."""
    return render(request, "administration/password.html")


@router.get("/auditoria")
async def audit_log(
    request: Request,
    _visitor: AdminVisitor,
    parts: Wired,
    quien: Annotated[str, Query(max_length=40)] = "",
    que: Annotated[str, Query(max_length=60)] = "",
    desde: Annotated[str, Query(max_length=10)] = "",
    hasta: Annotated[str, Query(max_length=10)] = "",
    antes: Annotated[int | None, Query(ge=1, le=_LAST_ID)] = None,
) -> Response:
    """Who did what when."""
    asked = AuditQuery(
        quien.strip().lower(), que, _midnight_us(parts, desde), _midnight_us(parts, hasta, days=1), antes
    )
    found = await audit_search.find(parts.database, asked)
    values: Values = {"quien": quien, "que": que, "desde": desde, "hasta": hasta}
    older = found[PAGE - 1].id if len(found) > PAGE else None
    words: Values = {
        **{"action": action, "particulars": particulars, "actions": ACTIONS},
        "moment": partial(moment, zone=parts.centre.zone),
    }
    return render(request, "administration/audit.html", entries=found[:PAGE], older=older, **words, **values)


async def _form(request: Request, parts: Parts, user: User | None) -> Response:
    extensions = {each: _named(parts, parts.users.queues_of_extension(each)) for each in await _free(parts, user)}
    own = user is not None and user.queues is not None
    values: Values = {"roles": ROLES, "extensions": extensions, "queues": _choices(parts, user), "own_queues": own}
    return render(request, "administration/user.html", user=user, **values)


async def _free(parts: Parts, user: User | None) -> list[str]:
    """The extensions that the user may have: those that are nobody else's."""
    own = user.extension if user else None
    taken = {other.extension for other in await parts.users.listed()} - {own}
    of_centre = [agent.extension for agent in parts.centre.agents if agent.extension not in taken]
    return of_centre if own is None or own in of_centre else [own, *of_centre]


def _choices(parts: Parts, user: User | None) -> list[QueueChoice]:
    of_extension = parts.users.queues_of_extension(user.extension if user else None)
    served = user.queues if user and user.queues is not None else of_extension
    return [
        QueueChoice(queue.name, queue.title, queue.name in served, served.get(queue.name, 0))
        for queue in parts.centre.queues
    ]


def _named(parts: Parts, queues: dict[str, int]) -> str:
    known = parts.centre.queues_by_name
    return ", ".join(known[name].title for name in queues if name in known)


def _midnight_us(parts: Parts, written: str, days: int = 0) -> int | None:
    """When that day begins, or the day some days after it; None when nothing was written, or no date."""
    try:
        day = date.fromisoformat(written) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return as_us(datetime.combine(day, time.min, parts.centre.zone))
