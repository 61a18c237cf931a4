"""`troncal api`, wired in one place."""

from agent_api.app import create
from agent_api.reports.mailed_reports import MailedReports
from agent_api.server import ApiServer
from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.messages.envelope import Service
from callcenter.settings import Settings
from troncal.processes.service import bus_of


async def run_api(settings: Settings, centre: Centre) -> None:
    """The API, until cancelled. As many as wanted may run at once."""
    database = Database(settings.database)
    await database.require_current_schema()
    async with bus_of(settings, Service.API) as bus:
        scheduled = MailedReports(database, now_us) if settings.smtp_host else None
        app = create(settings, centre, database, bus, SmartflexStore(database), scheduled=scheduled)
        server = ApiServer(app, settings.http_host, settings.http_port)
        try:
            await server.serve_until_cancelled()
        finally:
            await database.close()
