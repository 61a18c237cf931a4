"""All that an API process has of reports, in one place."""

from collections.abc import Callable
from dataclasses import dataclass

from agent_api.reports.att_months import AttMonths
from agent_api.reports.campaign_reports import CampaignReports
from agent_api.reports.catalogue_reports import CatalogueReports
from agent_api.reports.exports import Exports
from agent_api.reports.making import ReportMaker
from agent_api.reports.saved_views import SavedViews
from agent_api.reports.scheduled_reports import ScheduledReportStore
from callcenter.centre.model import Centre
from callcenter.database.transactions import REPORT_SECONDS, Database

# Longer nobody waits for one, and more than these are not made at once: each takes 250 MB for 100,000 customers.
WAITED_SECONDS, AT_ONCE = 300.0, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """`scheduled`: None where nothing goes out by mail."""

    att_months: AttMonths
    campaigns: CampaignReports
    catalogue: CatalogueReports
    exports: Exports
    saved_views: SavedViews
    scheduled: ScheduledReportStore | None


def reports_of(
    database: Database, centre: Centre, clock: Callable[[], int], scheduled: ScheduledReportStore | None
) -> Reports:
    """Exports have turns of their own: who waits before a page does not wait for them."""
    waited_for = ReportMaker(database, centre, clock, at_once=AT_ONCE, seconds=WAITED_SECONDS)
    exported = ReportMaker(database, centre, clock, at_once=AT_ONCE, seconds=REPORT_SECONDS)
    catalogue = CatalogueReports(database, centre, waited_for, clock)
    return Reports(
        att_months=AttMonths(database, centre, clock),
        campaigns=CampaignReports(database, waited_for, clock),
        catalogue=catalogue,
        exports=Exports(catalogue, exported, clock),
        saved_views=SavedViews(database, clock),
        scheduled=scheduled,
    )
