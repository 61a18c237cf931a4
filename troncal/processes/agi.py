"""`troncal agi`, wired in one place: the scripts that Asterisk asks for."""

import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import date

from backoffice.fijacom.store import FijacomStore
from backoffice.guiatel.store import GuiatelStore
from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.fault_store import SmartflexFaultsStore
from backoffice.smartflex.service_store import SmartflexServicesStore
from callcenter.background import background
from callcenter.callbacks.queue_snapshots import QueuesNow
from callcenter.callbacks.rules import Rules, own_numbers
from callcenter.callbacks.store import CallbackStore
from callcenter.centre.model import Centre
from callcenter.clock import now_us, steady_us
from callcenter.database.refreshed import Refreshed
from callcenter.database.transactions import Database
from callcenter.messages.envelope import Service
from callcenter.routing.calendar import DayOverride
from callcenter.routing.calendar_store import CalendarStore
from callcenter.routing.outage_store import OutageStore
from callcenter.routing.outages import Outage
from callcenter.settings import Settings
from ivr.agi.server import AgiServer, Script
from ivr.agi.sound_lengths import SoundLengths
from ivr.prompts.rendering import Tools
from ivr.prompts.speaker import Speaker
from ivr.routing.queues import RecentWaits, RoutingFloor, WaitsRead
from ivr.routing.who_calls import CallerFinder
from ivr.scripts.arrival import ArrivalScript
from ivr.scripts.callback import CallbackConnection, CallbackOffer
from ivr.scripts.campaign_message import CampaignMessage
from ivr.scripts.route import RouteScript
from ivr.selfservice.registry import Systems, self_services
from troncal.installation import prompts
from troncal.machines import asterisk
from troncal.processes.service import bus_of, report_alive

log = logging.getLogger(__name__)


async def run_agi(settings: Settings, centre: Centre) -> None:
    """The scripts of this node, until cancelled."""
    database = Database(settings.database)
    await database.require_current_schema()
    try:
        await _run(settings, centre, database)
    finally:
        await database.close()


async def _run(settings: Settings, centre: Centre, database: Database) -> None:
    outages, rules = OutageStore(database), Rules()
    calendar, waits_read = CalendarStore(database), WaitsRead(database, settings.node, now_us)
    days: Refreshed[Mapping[date, DayOverride]] = Refreshed(calendar.overrides, {}, steady_us, what="the calendar")
    notices: Refreshed[tuple[Outage, ...]] = Refreshed(
        outages.open, (), steady_us, what="outages", good_for_seconds=300
    )
    waits: Refreshed[RecentWaits] = Refreshed(
        waits_read, {}, steady_us, what="the waits", good_for_seconds=60, every_seconds=10
    )
    store = CallbackStore(database, settings.node, rules)
    queues = QueuesNow(settings.node, store)
    finder = CallerFinder(SmartflexStore(database), centre.about.area_code)
    sounds = asterisk.own_sounds(asterisk.data_folder(settings.state))
    speaker = Speaker(sounds, _speech_tools())
    numbers = own_numbers((line.number for line in centre.lines), centre.about.area_code)
    async with AsyncExitStack() as stack:
        bus = await stack.enter_async_context(bus_of(settings, Service.IVR))
        alive = report_alive(bus, Service.IVR, settings.node)
        await stack.enter_async_context(background(alive, failure="screens will say that the self-services are gone"))
        for kept in (days, notices, waits):
            await stack.enter_async_context(kept.running())
        offers = CallbackOffer(store, queues, centre, clock=now_us)
        floor = RoutingFloor(centre, queues.state, lambda: waits.value, now_us)
        scripts: Mapping[str, Script] = {
            "arrival": ArrivalScript(
                *(lambda: notices.value, outages, finder, speaker, now_us),
                area_code=centre.about.area_code,
                own=numbers,
            ),
            "route": RouteScript(centre, lambda: days.value, finder, floor, now_us),
            "waiting": offers.waiting,
            "callback-offer": offers.offer,
            "campaign-message": CampaignMessage(database, speaker.say, centre.zone, now_us),
            "callback": CallbackConnection(store, queues, centre, clock=now_us),
            **self_services(_systems(database, centre, speaker)),
        }
        secret = settings.agi_secret.get_secret_value()
        await stack.enter_async_context(
            AgiServer(settings.agi_host, settings.agi_port, scripts, secret, seconds_of=SoundLengths(sounds))
        )
        await queues.follow(bus, _nothing_more)


def _nothing_more() -> None:
    """Whoever asks looks at the queues themselves."""


def _speech_tools() -> Tools:
    """espeak-ng and sox. Without them names cannot be said, and everything else goes on."""
    try:
        return prompts.tools()
    except prompts.NoVoice as error:
        log.warning("names of places and people cannot be said: %s", error)
        return Tools(["espeak-ng"], ["sox"])


def _systems(database: Database, centre: Centre, speaker: Speaker) -> Systems:
    services = SmartflexServicesStore(database)
    return Systems(
        customers=SmartflexStore(database),
        statements=services,
        orders=services,
        expiries=services,
        faults=SmartflexFaultsStore(database),
        guiatel=GuiatelStore(database),
        fijacom=FijacomStore(database),
        speak=speaker.say,
        centre=centre,
        clock=now_us,
    )
