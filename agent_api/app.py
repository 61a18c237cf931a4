"""The API's wiring: everything a process is made of, in one place. A process keeps nothing that another one needs."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial

from fastapi import FastAPI
from starlette.routing import BaseRoute

from agent_api.accounts.passwords import Passwords
from agent_api.accounts.sessions import Sessions
from agent_api.accounts.users import Users
from agent_api.board.floor_screens import FloorScreens
from agent_api.board.supervisor_board import SupervisorBoard
from agent_api.board.wallboards import Wallboards
from agent_api.campaigns.agent_desk import CampaignDesk
from agent_api.campaigns.campaigns import Campaigns
from agent_api.contacts.after_call_work import AfterCallWork
from agent_api.contacts.daily_statistics import DailyStatistics
from agent_api.contacts.recall_list import RecallList
from agent_api.contacts.store import Contacts
from agent_api.live.bus_reader import Live
from agent_api.live.call_recovery import CallRecovery
from agent_api.live.desks import Desks
from agent_api.live.live_state import LiveState
from agent_api.live.streams import HEARTBEAT_SECONDS
from agent_api.pages import administration, desk, entrance, rendering
from agent_api.pages import att_month as att_month_page
from agent_api.pages import campaign_report as campaign_report_page
from agent_api.pages import campaigns as campaigns_page
from agent_api.pages import floor as floor_page
from agent_api.pages import lists as lists_page
from agent_api.pages import phone as phone_page
from agent_api.pages import recordings as recordings_page
from agent_api.pages import reports as reports_page
from agent_api.pages import scheduled_reports as scheduled_reports_page
from agent_api.phone.command_sender import EXPIRY_SECONDS, CommandSender
from agent_api.phone.relay import PhoneRelays, Relay
from agent_api.pop.call_history import History
from agent_api.pop.composer import PATIENCE_SECONDS, PopMaker
from agent_api.recordings.search import RecordingArchive
from agent_api.reports.scheduled_reports import ScheduledReportStore
from agent_api.reports.wiring import reports_of
from agent_api.routes import (
    agent,
    agent_campaigns,
    announcements,
    calendar,
    calls,
    campaign_report,
    campaigns,
    contacts,
    customers,
    do_not_call,
    floor,
    health,
    lists,
    outages,
    phone,
    recall_list,
    recordings,
    reports,
    saved_views,
    scheduled_reports,
    session,
    supervision,
    users,
    wallboards,
)
from agent_api.supervision.announcements import Announcements, AnnouncementsChanged
from agent_api.web import errors
from agent_api.web.guards import GuardedApp
from agent_api.web.parts import Parts
from backoffice.smartflex.customers import CustomerDirectory
from callcenter.bus.protocol import Bus
from callcenter.centre.model import Centre
from callcenter.centre.phone_secrets import phone_password
from callcenter.clock import now_us, steady_us
from callcenter.database.transactions import Database
from callcenter.messages.facts import PhoneState
from callcenter.settings import Settings
from dialer.do_not_call import DoNotCallList
from dialer.lists.store import ListStore
from dialer.lists.uploads import ListUploads


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What all parts of a process stand on.

    `clock`: microseconds since 1970, UTC; `steady`: those of a clock that nobody sets.
    """

    settings: Settings
    centre: Centre
    database: Database
    bus: Bus
    directory: CustomerDirectory
    passwords: Passwords
    clock: Callable[[], int]
    steady: Callable[[], int]
    expiry_seconds: float
    patience_seconds: float
    heartbeat_seconds: float
    scheduled: ScheduledReportStore | None

    @property
    def home(self) -> str:
        """The node that agents without a state belong to."""
        return self.settings.node


@dataclass(frozen=True, slots=True, kw_only=True)
class _Screens:
    """What is happening now, and who sees it."""

    live_state: LiveState
    pops: PopMaker
    desks: Desks
    floor: FloorScreens
    live: Live
    board: SupervisorBoard


def create(
    settings: Settings,
    centre: Centre,
    database: Database,
    bus: Bus,
    directory: CustomerDirectory,
    *,
    passwords: Passwords | None = None,
    clock: Callable[[], int] = now_us,
    steady: Callable[[], int] = steady_us,
    expiry_seconds: float = EXPIRY_SECONDS,
    patience_seconds: float = PATIENCE_SECONDS,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
    scheduled: ScheduledReportStore | None = None,
) -> FastAPI:
    """The application. The bus must be entered by the caller; its lifespan reads it.

    Run it with `agent_api.server.ApiServer`, which ends the open streams when it stops.
    """
    ground = _Ground(
        settings=settings,
        centre=centre,
        database=database,
        bus=bus,
        directory=directory,
        passwords=passwords or Passwords(),
        clock=clock,
        steady=steady,
        expiry_seconds=expiry_seconds,
        patience_seconds=patience_seconds,
        heartbeat_seconds=heartbeat_seconds,
        scheduled=scheduled,
    )
    # No pages of documentation: they would load scripts from another host.
    app = GuardedApp(title="Troncal", version="1", docs_url=None, redoc_url=None, lifespan=_lifespan)
    app.state.parts = _parts(ground, _screens(ground))
    app.router.routes.extend(_routes())
    rendering.install(app, centre.zone, clock)
    errors.install(app, rendering.problem)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """All that goes on by itself: what reads the bus, and reports that are being made."""
    parts: Parts = app.state.parts
    async with (
        parts.live.running(),
        parts.after_call_work.running(),
        parts.phones.running(),
        parts.board.running(),
        parts.announcements.running(),
        parts.reports.exports.running(),
    ):
        yield


def _screens(on: _Ground) -> _Screens:
    history = History(on.database, on.centre)
    live_state = LiveState(on.home, on.bus.state)
    pops = PopMaker(on.centre, on.directory, history, on.patience_seconds)
    desks = Desks(on.home, live_state, pops.compose, CallRecovery(live_state, history, on.centre))
    floor = FloorScreens(live_state, on.centre, pops.read_number)
    return _Screens(
        live_state=live_state,
        pops=pops,
        desks=desks,
        floor=floor,
        live=Live(on.bus, live_state, on.steady, desks, floor),
        board=SupervisorBoard(on.database, live_state, on.centre, floor, pops.read_number, on.clock),
    )


def _parts(on: _Ground, screens: _Screens) -> Parts:
    contacts = Contacts(on.database, on.centre, on.clock)
    users = Users(on.database, on.passwords, on.centre, on.clock)
    token_secret = on.settings.token_secret.get_secret_value().encode()
    return Parts(
        home=on.home,
        centre=on.centre,
        database=on.database,
        bus=on.bus,
        directory=on.directory,
        clock=on.clock,
        heartbeat_seconds=on.heartbeat_seconds,
        live_state=screens.live_state,
        pops=screens.pops,
        desks=screens.desks,
        floor=screens.floor,
        live=screens.live,
        board=screens.board,
        announcements=_announcements(on, screens),
        wallboards=Wallboards(on.database, on.clock),
        sessions=Sessions(on.database, on.passwords, on.clock, token_secret),
        users=users,
        commands=CommandSender(on.bus, screens.live_state, on.database, on.clock, on.home, on.expiry_seconds),
        phones=_phones(on, screens.live_state),
        contacts=contacts,
        after_call_work=AfterCallWork(on.bus, screens.live_state, contacts, on.database, on.clock),
        recall_list=RecallList(on.database, on.clock),
        daily_statistics=DailyStatistics(on.database, on.centre),
        recordings=RecordingArchive(on.database, on.settings.recordings_of, on.clock),
        lists=ListStore(on.database, on.centre.zone, on.clock),
        list_uploads=ListUploads(on.database, on.centre.zone, on.clock),
        do_not_call=DoNotCallList(on.database, on.centre.about.area_code, on.clock),
        campaigns=Campaigns(on.database, on.centre, users, screens.live_state, on.clock, on.steady),
        reports=reports_of(on.database, on.centre, on.clock, on.scheduled),
        campaign_desk=CampaignDesk(on.database, on.centre, screens.live_state, screens.desks, on.clock),
    )


def _announcements(on: _Ground, screens: _Screens) -> Announcements:
    def announcements_changed(announced: AnnouncementsChanged) -> None:
        screens.desks.announce(announced)
        screens.floor.announce(announced)

    return Announcements(on.database, on.bus, on.home, on.clock, announcements_changed)


def _phones(on: _Ground, live_state: LiveState) -> PhoneRelays:
    def came(window: Relay) -> None:
        state = PhoneState(
            node=on.home,
            endpoint=window.endpoint,
            registered=True,
            contact=window.contact,
            since_us=window.since_us,
        )
        live_state.apply(state)

    return PhoneRelays(
        host=on.settings.phone_ws_host,
        port=on.settings.phone_ws_port,
        secret_of=partial(phone_password, on.settings),
        bus=on.bus,
        came=came,
    )


@cache
def _routes() -> Sequence[BaseRoute]:
    """Every route. Each finds its `Parts` in the application that is asked: one set does for all applications."""
    collected = FastAPI(openapi_url=None)
    for each in (
        # They are tried one after the other: what screens read at every call comes first.
        *(desk, floor_page, contacts, agent, floor),
        *(session, users, customers, calendar, outages, health),
        *(calls, agent_campaigns, recall_list, phone, recordings, supervision, wallboards, announcements),
        *(lists, do_not_call, lists_page),
        *(campaigns, campaigns_page),
        *(entrance, administration, phone_page, recordings_page),
        *(campaign_report, campaign_report_page, att_month_page, reports, saved_views),
        *(scheduled_reports, scheduled_reports_page),
        reports_page,  # last: what else stands under /informes comes before its `/informes/{name}`
    ):
        collected.include_router(each.router)
    return collected.routes
