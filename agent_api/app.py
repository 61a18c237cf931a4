"""The API's wiring: everything a process is made of, in one place. It keeps nothing that another would miss."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from agent_api import errors
from agent_api.accounts import Passwords
from agent_api.desks import Desks
from agent_api.floor import FloorScreens
from agent_api.history import History
from agent_api.live import Live
from agent_api.orders import EXPIRY_SECONDS, Orders
from agent_api.parts import Parts
from agent_api.picture import Picture
from agent_api.pop import PATIENCE_SECONDS, PopMaker
from agent_api.recall import Recall
from agent_api.routes import agent, calendar, customers, floor, health, outages, session
from agent_api.sessions import Sessions
from agent_api.streams import HEARTBEAT_SECONDS
from backoffice.smartflex import CustomerDirectory
from callcenter.bus import Bus
from callcenter.centre import Centre
from callcenter.clock import now_us
from callcenter.database import Database
from callcenter.settings import Settings


def create(
    settings: Settings,
    centre: Centre,
    database: Database,
    bus: Bus,
    directory: CustomerDirectory,
    *,
    passwords: Passwords | None = None,
    clock: Callable[[], int] = now_us,
    expiry_seconds: float = EXPIRY_SECONDS,
    patience_seconds: float = PATIENCE_SECONDS,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
) -> FastAPI:
    """The application. The bus must be entered by the caller; its lifespan reads it.

    Run it with `agent_api.server.Server`, which ends the open streams when it stops.
    """
    home, history = settings.node, History(database, centre)
    picture = Picture(home, bus.state)
    pops = PopMaker(centre, directory, history, patience_seconds)
    desks = Desks(home, picture, pops.compose, Recall(picture, history, centre))
    screens = FloorScreens(picture, centre, pops.read_number)
    live = Live(bus, picture, desks, screens)
    orders = Orders(bus, picture, database, clock, home, expiry_seconds)
    sessions = Sessions(database, passwords or Passwords(), clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with live.running():
            yield

    # No pages of documentation: they would load scripts from another host.
    app = FastAPI(title="Troncal", version="1", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.parts = Parts(
        *(home, centre, database, bus, directory, picture, pops, desks, screens, live, orders, sessions),
        *(heartbeat_seconds, clock),
    )
    for each in (session, agent, floor, customers, calendar, outages, health):
        app.include_router(each.router)
    errors.install(app)
    return app
