"""The window of the phone: a page of its own, so that a reload of the desk touches no call."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, select

from agent_api.pages.rendering import render
from agent_api.pages.visitors import AgentVisitor
from agent_api.web.parts import Parts, Wired
from callcenter.records.users import users

router = APIRouter(include_in_schema=False)

_NAMES = select(users.c.extension, users.c.display_name).where(users.c.active, users.c.extension.is_not(None))


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an agent may call or transfer to."""

    number: str
    name: str


@router.get("/telefono")
async def phone_window(request: Request, visitor: AgentVisitor, parts: Wired) -> Response:
    """The softphone."""
    names = await parts.database.read(_names)
    return render(request, "phone/page.html", destinations=_destinations(parts, names, str(visitor.extension)))


def _names(connection: Connection) -> dict[str, str]:
    return {row.extension: row.display_name for row in connection.execute(_NAMES)}


def _destinations(parts: Parts, names: dict[str, str], own: str) -> list[Destination]:
    """Colleagues who have a user, by name; then the lines."""
    extensions = [agent.extension for agent in parts.centre.agents if agent.extension != own]
    colleagues = [Destination(extension, names[extension]) for extension in extensions if extension in names]
    lines = [Destination(line.number, line.name) for line in parts.centre.lines]
    return [*sorted(colleagues, key=lambda each: each.name), *lines]
