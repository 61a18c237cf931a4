"""The report of a campaign as a file, for supervisors: it holds customers' data, and who takes it is written down."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import Response, StreamingResponse

from agent_api.reports.campaign_reports import CampaignName
from agent_api.reports.making import pieces, size_of
from agent_api.schemas import Detail
from agent_api.web.access import Supervisor
from agent_api.web.errors import documented
from agent_api.web.parts import Wired
from callcenter.instants import as_datetime
from reports.campaign.queries import CampaignNotFound
from reports.export.order import FILES, ExportForm
from reports.render.media import MEDIA_TYPES

router = APIRouter(tags=["campaigns"])

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {media_type: _BINARY for form, media_type in MEDIA_TYPES.items() if form != "json"},
    },
    404: {
        "model": Detail,
        "description": "No such campaign, or no such form",
        "content": {"application/json": {"example": {"detail": "No existe esta dirección."}}},
    },
    **documented(401, 403, 422, 503),
}
CampaignId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/api/campaigns/{campaign_id}/report.{form}", response_class=Response, responses=_ANSWERS)
async def campaign_report(user: Supervisor, parts: Wired, campaign_id: CampaignId, form: str) -> Response:
    """The whole report: `xlsx` and `csv` with the list of managed customers, `pdf` without it."""
    if form not in FILES:
        raise HTTPException(404)
    try:
        campaign = await parts.reports.campaigns.find(campaign_id)
    except CampaignNotFound:
        raise HTTPException(404) from None
    file = await parts.reports.campaigns.file(campaign, ExportForm(form), user)
    today = as_datetime(parts.clock(), parts.centre.zone).date()
    headers = {
        "Content-Disposition": f'attachment; filename="{_stem(campaign)}-{today.isoformat()}.{form}"',
        "Content-Length": str(size_of(file)),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(pieces(file), 200, headers, MEDIA_TYPES[form])


def _stem(campaign: CampaignName) -> str:
    """The campaign's name as any file system takes it."""
    return re.sub(r"[^0-9A-Za-z_-]+", "-", campaign.name).strip("-") or f"campana-{campaign.id}"
