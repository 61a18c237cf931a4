"""The API's wiring: everything a process is made of, in one place. It keeps nothing that another would miss."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial

from fastapi import FastAPI
from starlette.routing import BaseRoute

from agent_api.accounts.passwords import Passwords
from agent_api.accounts.sessions import Sessions
from agent_api.accounts.users import Users
from agent_api.board.floor_screens import FloorScreens
from agent_api.board.live_board import LiveBoard
from agent_api.board.wallboards import Walls
from agent_api.contacts.after_call_work import Afterwork
from agent_api.contacts.daily_statistics import OwnDay
from agent_api.contacts.recall_list import LostCallers
from agent_api.contacts.store import Contacts
from agent_api.live.bus_reader import Live
from agent_api.live.call_recovery import Recall
from agent_api.live.desks import Desks
from agent_api.live.live_state import Picture
from agent_api.live.streams import HEARTBEAT_SECONDS
from agent_api.pages import administration as people_pages
from agent_api.pages import desk as agent_pages
from agent_api.pages import entrance as entry
from agent_api.pages import floor as floor_pages
from agent_api.pages import phone as phone_page
from agent_api.pages import recordings as recording_pages
from agent_api.pages import rendering as pages
from agent_api.phone.agent_commands import EXPIRY_SECONDS, Orders
from agent_api.phone.relay import PhoneRelays, Relay
from agent_api.pop.call_history import History
from agent_api.pop.composer import PATIENCE_SECONDS, PopMaker
from agent_api.recordings.search import Recordings
from agent_api.routes import (
    agent,
    announcements,
    calendar,
    calls,
    contacts,
    customers,
    floor,
    health,
    outages,
    phone,
    recordings,
    session,
    supervision,
    users,
)
from agent_api.routes import recall_list as lost_callers
from agent_api.routes import wallboards as walls
from agent_api.supervision.announcements import Announcements, Stirred
from agent_api.web import errors
from agent_api.web.guards import GuardedApp
from agent_api.web.parts import Parts
from backoffice.smartflex.customers import CustomerDirectory
from callcenter.bus.protocol import Bus
from callcenter.centre.model import Centre
from callcenter.centre.phone_secrets import phone_password
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.messages.facts import PhoneState
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
    hashes = passwords or Passwords()
    sessions = Sessions(database, hashes, clock, settings.token_secret.get_secret_value().encode())

    kept = Contacts(database, centre, clock)
    afterwork = Afterwork(bus, picture, kept, clock)

    secret_of = partial(phone_password, settings)

    def came(window: Relay) -> None:
        state = PhoneState(
            node=home, endpoint=window.endpoint, registered=True, contact=window.contact, since_us=window.since_us
        )
        picture.take(state)

    phones = PhoneRelays(settings.phone_ws_host, settings.phone_ws_port, secret_of, bus, came)

    board = LiveBoard(database, picture, centre, screens, pops.read_number, clock)

    def stir(announced: Stirred) -> None:
        desks.announce(announced)
        screens.announce(announced)

    told = Announcements(database, bus, home, clock, stir)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with live.running(), afterwork.running(), phones.running(), board.running(), told.running():
            yield

    # No pages of documentation: they would load scripts from another host.
    app = GuardedApp(title="Troncal", version="1", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.parts = Parts(
        *(home, centre, database, bus, directory, picture, pops, desks, screens, live, orders, sessions),
        *(heartbeat_seconds, clock),
        contacts=kept,
        lost=LostCallers(database, clock),
        own_day=OwnDay(database, centre),
        phones=phones,
        users=Users(database, hashes, centre, clock),
        recordings=Recordings(database, settings.recordings_of, clock),
        board=board,
        announcements=told,
        walls=Walls(database, clock),
    )
    app.router.routes.extend(_routes())
    pages.install(app, centre.zone, clock)
    errors.install(app)
    return app


@cache
def _routes() -> Sequence[BaseRoute]:
    """Every room's routes. What they ask for is found in the application that is asked: one set does for all."""
    rooms = FastAPI(openapi_url=None)
    for each in (
        *(session, users, agent, floor, customers, calendar, outages, health),
        *(contacts, calls, lost_callers, phone, recordings, supervision, walls, announcements),
        *(entry, people_pages, agent_pages, phone_page, recording_pages, floor_pages),
    ):
        rooms.include_router(each.router)
    return rooms.routes
