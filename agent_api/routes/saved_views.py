"""Reports as supervisors want them again."""

from collections.abc import Awaitable
from typing import Annotated, TypeVar

from fastapi import APIRouter, HTTPException, Path

from agent_api.reports.report_schemas import (
    SavedReportViews,
    ViewChange,
    ViewOrder,
    saved_report_view,
)
from agent_api.reports.saved_views import NewView, NoSavedView, SavedViewRefused
from agent_api.schemas import Detail
from agent_api.web.access import Supervisor
from agent_api.web.errors import documented
from agent_api.web.parts import Wired
from agent_api.web.reports import wanted_by_request

router = APIRouter(prefix="/api/saved-views", tags=["reports"])

NO_VIEW = "Esta vista ya no existe."
SAVED, CHANGED, REMOVED = "La vista se guardó.", "La vista se cambió.", "La vista se borró."
ViewId = Annotated[int, Path(ge=1, lt=2**63, examples=[7])]
_CHANGED = documented(401, 403, 409, 422, 503)
T = TypeVar("T")


@router.get("", responses=documented(401, 403, 503))
async def listed(user: Supervisor, parts: Wired) -> SavedReportViews:
    """One's own, then those that others share."""
    found = await parts.reports.saved_views.seen_by(user)
    return SavedReportViews(views=tuple(saved_report_view(each) for each in found))


@router.post("", responses=_CHANGED)
async def save(user: Supervisor, parts: Wired, order: ViewOrder) -> Detail:
    """Keep a report with what was asked of it; days such as "last month" are others each time."""
    wanted = wanted_by_request(parts, order.report, order.asked)
    new = NewView(order.name, wanted.kind.name, order.asked, order.shared)
    await _unless_refused(parts.reports.saved_views.save(new, user))
    return Detail(detail=SAVED)


@router.put("/{view_id}", responses=_CHANGED)
async def change(user: Supervisor, parts: Wired, view_id: ViewId, change: ViewChange) -> Detail:
    """Another name, or for others too: one's own only."""
    await _unless_refused(parts.reports.saved_views.change(view_id, user, name=change.name, shared=change.shared))
    return Detail(detail=CHANGED)


@router.delete("/{view_id}", responses=_CHANGED)
async def remove(user: Supervisor, parts: Wired, view_id: ViewId) -> Detail:
    """One's own only."""
    await _unless_refused(parts.reports.saved_views.remove(view_id, user))
    return Detail(detail=REMOVED)


async def _unless_refused(work: Awaitable[T]) -> T:
    try:
        return await work
    except NoSavedView:
        raise HTTPException(409, NO_VIEW) from None
    except SavedViewRefused as refused:
        raise HTTPException(409, str(refused)) from None
