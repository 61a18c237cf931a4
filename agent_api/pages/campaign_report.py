"""The report of a campaign `/campanas/<id>/informe`: what it came to, and the files to take along."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import HTMLResponse

from agent_api.pages.rendering import render
from agent_api.pages.visitors import SupervisorVisitor
from agent_api.web.parts import Wired
from reports.campaign.queries import CampaignNotFound

router = APIRouter(include_in_schema=False)


@router.get("/campanas/{campaign_id}/informe")
async def campaign_report(
    request: Request, _visitor: SupervisorVisitor, parts: Wired, campaign_id: Annotated[int, Path(ge=1, lt=2**63)]
) -> HTMLResponse:
    """Key figures, charts and tables as they are now."""
    try:
        campaign = await parts.reports.campaigns.find(campaign_id)
    except CampaignNotFound:
        raise HTTPException(404) from None
    report = await parts.reports.campaigns.shown(campaign)
    return render(request, "campaign_report/page.html", campaign=campaign, report=report)
