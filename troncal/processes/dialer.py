"""`troncal dialer`, wired in one place: callbacks and campaigns."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import date
from typing import Any

from callcenter.background import background
from callcenter.bus.protocol import Bus
from callcenter.callbacks.queue_snapshots import QueuesNow
from callcenter.callbacks.rules import Rules
from callcenter.callbacks.store import CallbackStore
from callcenter.centre.model import Centre
from callcenter.centre.outgoing_limits import OutgoingLimits
from callcenter.clock import now_us, steady_us
from callcenter.database.lease_holder import LeaseHolder
from callcenter.database.refreshed import Refreshed
from callcenter.database.transactions import Database
from callcenter.messages.envelope import Service
from callcenter.routing.calendar import DayOverride
from callcenter.routing.calendar_store import CalendarStore
from callcenter.settings import Settings
from dialer.attempt_results import AttemptResults
from dialer.campaigns.rows import at_work
from dialer.campaigns.schedule import CampaignSchedule
from dialer.contacts.following import RulesFollowed
from dialer.engine.callbacks import CallbackEngine, open_lines
from dialer.engine.campaigns import CampaignEngine
from dialer.engine.floor import FloorNow
from dialer.engine.placing import Placer, outbound_route
from dialer.engine.service import Dialer
from dialer.engine.trunk_budget import TrunkBudget
from dialer.lists.reader import ListReader
from dialer.lists.work import ListTerms
from troncal.processes.service import bus_of, lease_holder, report_alive

Work = Callable[[], Coroutine[Any, Any, None]]
Days = Refreshed[Mapping[date, DayOverride]]


async def run_dialer(settings: Settings, centre: Centre) -> None:
    """The outgoing calls of this node, until cancelled."""
    database = Database(settings.database)
    await database.require_current_schema()
    days: Days = Refreshed(CalendarStore(database).overrides, {}, steady_us, what="the calendar")
    try:
        async with AsyncExitStack() as stack:
            bus = await stack.enter_async_context(bus_of(settings, Service.DIALER))
            holder = lease_holder(database, Service.DIALER)
            alive = report_alive(bus, Service.DIALER, settings.node, waits_for=lambda: holder.waits_for)
            await stack.enter_async_context(background(alive, failure="screens will say that the dialer is gone"))
            await stack.enter_async_context(days.running())
            lists = ListReader(database, settings.database, ListTerms.of(centre), now_us)
            schedule = CampaignSchedule(database, centre, lambda: holder.lease is not None)
            followed = RulesFollowed(database, centre.zone, now_us)
            beside = (lists.run, schedule.run, followed.run)
            hears = settings.feed == "ledger"
            dialer = dialer_of(settings.node, centre, database, bus, days, holder, beside, hears_results=hears)
            await dialer.run()
    finally:
        await database.close()


def dialer_of(
    node: str,
    centre: Centre,
    database: Database,
    bus: Bus,
    days: Days,
    holder: LeaseHolder,
    beside: Sequence[Work] = (),
    *,
    hears_results: bool = True,
    clock: Callable[[], int] = now_us,
) -> Dialer:
    """The dialer of a node. `hears_results`: of campaigns' attempts, by the queue log. `clock`: microseconds, UTC."""
    route = outbound_route(centre, node)
    placer = Placer(bus, route, clock) if route is not None else None
    limits = centre.outgoing_trunk.limits if centre.outgoing_trunk is not None else OutgoingLimits()
    trunk, results = TrunkBudget(limits, steady_us), AttemptResults(database, node)
    rules = Rules()
    store = CallbackStore(database, node, rules)
    queues, floor = QueuesNow(node, store), FloorNow(node, centre.outbound_by_queue, clock)
    is_open = open_lines(centre, lambda: days.value)
    callbacks = CallbackEngine(store, queues, placer, trunk, results, is_open=is_open, clock=clock, rules=rules)
    campaigns = CampaignEngine(
        *(database, lambda: at_work(database, clock()), floor, placer, trunk, results),
        *(centre, lambda: days.value, clock),
        hears_results=hears_results,
    )
    return Dialer(node, bus, holder, queues, floor, trunk, results, callbacks, campaigns, beside, clock)
