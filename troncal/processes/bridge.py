"""`troncal bridge`, wired in one place."""

from ami_bridge import service as bridge
from ami_bridge.live.pipe import last_will, stopped
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.messages.envelope import Service
from callcenter.settings import Settings
from troncal.processes.service import bus_of


async def run_bridge(settings: Settings, centre: Centre) -> None:
    """The bridge of this node, until cancelled."""
    database = Database(settings.database)
    await database.require_current_schema()
    will = last_will(settings.node, now_us())
    async with bus_of(settings, Service.BRIDGE, will, f"bridge-{settings.node}") as bus:
        try:
            await bridge.run(settings, centre, database, bus)
        finally:
            bus.publish(stopped(settings.node, now_us()))
            await database.close()
