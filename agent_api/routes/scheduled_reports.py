"""Reports that go out by mail by themselves, for supervisors."""

from collections.abc import Awaitable
from typing import Annotated, TypeVar

from fastapi import APIRouter, HTTPException, Path

from agent_api.reports.scheduled_reports import NoScheduledReport, ScheduledReportStore
from agent_api.reports.scheduled_schemas import ScheduledList, ScheduledOrder, scheduled_view
from agent_api.schemas import Detail
from agent_api.web.access import Supervisor
from agent_api.web.errors import documented
from agent_api.web.parts import Parts, Wired
from agent_api.web.reports import refusals, wanted_by_request

router = APIRouter(prefix="/api/scheduled-reports", tags=["reports"])

NO_MAIL = "En este centro no se envían informes por correo."
NOT_THERE = "Este envío ya no existe."
NOT_RELATIVE = (
    "Un envío necesita días que cambien cada vez, como «El mes pasado»: con fechas mandaría siempre lo mismo."
)
ADDED, CHANGED, REMOVED = "El envío quedó programado.", "El envío se cambió.", "El envío se borró."
Number = Annotated[int, Path(ge=1, lt=2**63, examples=[3])]
_DECIDED = documented(401, 403, 409, 422, 503)
T = TypeVar("T")


@router.get("", responses=documented(401, 403, 409, 503))
async def listed(_user: Supervisor, parts: Wired) -> ScheduledList:
    """All of them."""
    return ScheduledList(scheduled=tuple(scheduled_view(each) for each in await _store(parts).listed()))


@router.post("", responses=_DECIDED)
async def add(user: Supervisor, parts: Wired, order: ScheduledOrder) -> Detail:
    """Let a report go out."""
    store = _store(parts)
    _refuse_what_cannot_be_made(parts, order)
    with refusals():
        await store.add(order.new(), user.login)
    return Detail(detail=ADDED)


@router.put("/{number}", responses=_DECIDED)
async def change(user: Supervisor, parts: Wired, number: Number, order: ScheduledOrder) -> Detail:
    """Let it go out otherwise, or not for now."""
    store = _store(parts)
    _refuse_what_cannot_be_made(parts, order)
    with refusals():
        await _unless_gone(store.change(number, order.new(), user.login))
    return Detail(detail=CHANGED)


@router.delete("/{number}", responses=_DECIDED)
async def remove(user: Supervisor, parts: Wired, number: Number) -> Detail:
    """It goes out no more."""
    await _unless_gone(_store(parts).remove(number, user.login))
    return Detail(detail=REMOVED)


def _store(parts: Parts) -> ScheduledReportStore:
    if parts.reports.scheduled is None:
        raise HTTPException(409, NO_MAIL)
    return parts.reports.scheduled


def _refuse_what_cannot_be_made(parts: Parts, order: ScheduledOrder) -> None:
    wanted = wanted_by_request(parts, order.report, order.asked)
    if wanted.request.period is None:
        raise HTTPException(422, NOT_RELATIVE)


async def _unless_gone(work: Awaitable[T]) -> T:
    try:
        return await work
    except NoScheduledReport:
        raise HTTPException(409, NOT_THERE) from None
