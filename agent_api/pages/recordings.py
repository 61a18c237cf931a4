"""Recordings `/grabaciones`: supervisors look for a call and hear it."""

from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from agent_api.pages.rendering import render
from agent_api.pages.visitors import SupervisorVisitor
from agent_api.recordings.recording_schemas import RecordingList
from agent_api.recordings.search import RecordingQuery, caller_forms, recording_list
from agent_api.web.parts import Parts, Wired
from callcenter.instants import as_datetime, as_us

router = APIRouter(include_in_schema=False)

NO_MOMENT = "No se entiende la fecha: escriba día, mes, año y hora."
_LAST_US = 2**63 - 1
Typed = Annotated[str, Query(max_length=80)]


@dataclass(frozen=True, slots=True)
class RecordingSearchForm:
    """The form as it was sent. `antes`: of the page after the first, what it ends before."""

    desde: str
    hasta: str
    agente: str
    cola: str
    numero: str
    antes: int

    @property
    def fields(self) -> dict[str, str]:
        """What the next page is asked with, but for where it begins."""
        return {name: getattr(self, name) for name in ("desde", "hasta", "agente", "cola", "numero")}


@router.get("/grabaciones")
async def recordings(
    request: Request,
    _visitor: SupervisorVisitor,
    parts: Wired,
    desde: Annotated[str | None, Query(max_length=40)] = None,
    hasta: Typed = "",
    agente: Typed = "",
    cola: Typed = "",
    numero: Typed = "",
    antes: Annotated[int, Query(ge=0, le=_LAST_US)] = _LAST_US,
) -> HTMLResponse:
    """The search, what it found (at first: of today), and the player."""
    asked = RecordingSearchForm(_today(parts) if desde is None else desde, hasta, agente, cola, numero.strip(), antes)
    listed, fault = RecordingList(recordings=(), older_us=None), ""
    try:
        listed = await recording_list(_wanted(asked, parts), parts.recordings, parts.centre)
    except HTTPException as refused:
        fault = str(refused.detail)
        asked = replace(asked, desde=_moment(asked.desde), hasta=_moment(asked.hasta))
    return render(request, "recordings/page.html", asked=asked, listed=listed, fault=fault, **await _choices(parts))


async def _choices(parts: Parts) -> dict[str, Any]:
    return {
        "agents": await parts.recordings.agents(),
        "queues": parts.centre.queues,
        "lines": parts.centre.lines_by_number,
    }


def _wanted(asked: RecordingSearchForm, parts: Parts) -> RecordingQuery:
    until_us = min(asked.antes, _instant(asked.hasta, parts, _LAST_US))
    numbers = caller_forms(asked.numero, parts.centre.about.area_code) if asked.numero else ()
    return RecordingQuery(_instant(asked.desde, parts, 0), until_us, asked.agente or None, asked.cola or None, numbers)


def _instant(typed: str, parts: Parts, otherwise: int) -> int:
    """The instant of a moment in the centre's own time. Raises 422."""
    if not typed:
        return otherwise
    try:
        return max(0, as_us(datetime.fromisoformat(typed).replace(tzinfo=parts.centre.zone)))
    except (ValueError, OverflowError):
        raise HTTPException(422, NO_MOMENT) from None


def _moment(typed: str) -> str:
    """What was typed if it is a moment, for the field to show again; a browser takes nothing else there."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=None).isoformat(timespec="minutes")
    except ValueError:
        return ""


def _today(parts: Parts) -> str:
    now = as_datetime(parts.clock(), parts.centre.zone)
    return datetime.combine(now.date(), time.min).isoformat(timespec="minutes")
