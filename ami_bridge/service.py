"""The bridge as a service of one node: the live pipe, the ledger pipe and the commands, wired together."""

import asyncio
import logging
from contextlib import nullcontext

from ami_bridge.actions.bus_handler import CommandHandler
from ami_bridge.actions.executor import Executor
from ami_bridge.feeds.ami.translator import AmiTranslator
from ami_bridge.feeds.ami_feed import SOURCE, AmiFeed
from ami_bridge.feeds.ledger_lock import ledger_locked
from ami_bridge.feeds.log_file import QueueLogFile
from ami_bridge.feeds.reserve import Reserve
from ami_bridge.feeds.standstills import Standstills
from ami_bridge.feeds.table import LedgerTable
from ami_bridge.feeds.tail import QueueLogTail
from ami_bridge.floor.live_state import Floor
from ami_bridge.floor.phone_watch import PhoneWatch
from ami_bridge.ledger.fold import Fold
from ami_bridge.link.session import AmiLink
from ami_bridge.link.terms import LinkSettings, LinkState, LinkStatus
from ami_bridge.live.clock_reports import ClockReports
from ami_bridge.live.disk_watch import DiskWatch
from ami_bridge.live.phone_guard import Guard
from ami_bridge.live.pipe import LivePipe
from ami_bridge.live.records_report import report_records
from ami_bridge.records.recorder import resume
from ami_bridge.records.recording_retention import RecordingRetention
from callcenter.bus.protocol import Bus
from callcenter.centre.model import Centre
from callcenter.clock import both_clocks, now_us
from callcenter.database.statistics import keep_statistics
from callcenter.database.transactions import Database
from callcenter.level.upkeep import LevelUpkeep
from callcenter.operator_problem import OperatorProblem
from callcenter.settings import Settings

log = logging.getLogger(__name__)


class MissingSetting(OperatorProblem):
    """The feed that was chosen needs a setting that is not there; the message names it."""


def link_settings(settings: Settings, *, events: bool) -> LinkSettings:
    """The AMI session for events, or the one for actions."""
    user = settings.ami_events_user if events else settings.ami_actions_user
    secret = settings.ami_events_secret if events else settings.ami_actions_secret
    return LinkSettings(
        settings.ami_host,
        settings.ami_port,
        user,
        secret.get_secret_value(),
        # OriginateResponse is an event: without events we would not learn that a call was not answered.
        events=True,
        awaits_boot=events,
    )


async def tail_of(settings: Settings, centre: Centre, database: Database, standstills: Standstills) -> QueueLogTail:
    """The records from the queue log, going on where they end. Raises MissingSetting."""
    if settings.ledger is None or settings.queue_log is None:
        raise MissingSetting("feed = ledger needs TRONCAL_LEDGER and TRONCAL_QUEUE_LOG, or set TRONCAL_FEED=ami")
    wrap_up = {queue.name: queue.wrap_up_seconds for queue in centre.queues}
    recorder, cursors = await resume(settings.node, database, Fold(settings.node, wrap_up), "table", now_us)
    table, file = LedgerTable(settings.ledger), QueueLogFile(settings.queue_log)
    return await QueueLogTail.resume(table, file, recorder, cursors, now_us, standstills=standstills)


async def feed_of(settings: Settings, centre: Centre, database: Database) -> AmiFeed:
    """The records from AMI, where the queue log is out of reach."""
    wrap_up = {queue.name: queue.wrap_up_seconds for queue in centre.queues}
    recorder, cursors = await resume(settings.node, database, Fold(settings.node, wrap_up), SOURCE, now_us)
    return AmiFeed(AmiTranslator(frozenset(centre.queues_by_name)), recorder, cursors, now_us)


async def run(settings: Settings, centre: Centre, database: Database, bus: Bus) -> None:
    """Record and publish until cancelled. Raises MissingSetting, and LedgerTaken where another one reads the ledger."""
    with ledger_locked(settings.ledger) if settings.feed == "ledger" and settings.ledger else nullcontext():
        try:
            await _run(settings, centre, database, bus)
        except BaseExceptionGroup as failures:
            problems, others = failures.split(OperatorProblem)
            if problems is None or others is not None:
                raise
            raise problems.exceptions[0] from None


async def _run(settings: Settings, centre: Centre, database: Database, bus: Bus) -> None:
    standstills = Standstills()
    ledger = await tail_of(settings, centre, database, standstills) if settings.feed == "ledger" else None
    feed = await feed_of(settings, centre, database) if settings.feed == "ami" else None
    action_link = AmiLink(
        link_settings(settings, events=False),
        on_event=_ignore,
        on_anomaly=_ignore,
        on_state=_log_action_session,
        on_read=lambda: clock.heard(),
        now_us=now_us,
    )
    executor = Executor(action_link, now_us=now_us)
    clock = ClockReports(standstills, executor.write_clock_was_set, both_clocks)
    floor, guard = Floor(settings.node, centre), Guard(executor)
    watch = PhoneWatch(settings.node, centre, floor)
    events = link_settings(settings, events=True)
    folder = settings.recordings_of(settings.node)
    live = LivePipe(settings.node, events, floor, bus, now_us, feed, phones=watch, do=guard.carry_out)
    commands = CommandHandler(executor, live.phone_lost)
    retention = RecordingRetention(settings.node, folder, centre, database, now_us)
    async with bus.serve(commands.kinds, commands.carry_out), asyncio.TaskGroup() as tasks:
        for pipe in (ledger, feed):
            if pipe is not None:
                tasks.create_task(pipe.run())
                tasks.create_task(report_records(settings.node, pipe.lag, bus, now_us))
        tasks.create_task(live.run())
        tasks.create_task(action_link.run())
        tasks.create_task(retention.run())
        tasks.create_task(_disk_watch(settings, action_link, executor, bus).run())
        tasks.create_task(keep_statistics(database))
        tasks.create_task(LevelUpkeep(database, centre, now_us).run())
        if ledger is not None:
            tasks.create_task(clock.run())


def _disk_watch(settings: Settings, action_link: AmiLink, executor: Executor, bus: Bus) -> DiskWatch:
    folders, reserve = [settings.recordings_of(settings.node)], None
    if settings.feed == "ledger" and settings.ledger and settings.queue_log:
        folders.insert(0, settings.ledger.parent)
        reserve = Reserve(settings.ledger.parent, settings.queue_log)
    tell_asterisk = executor.tell_room_for_recordings
    return DiskWatch(
        settings.node, folders, reserve, settings.least_free_bytes, action_link, tell_asterisk, bus, now_us
    )


def _ignore(_: object) -> None:
    """The session for actions has no events."""


def _log_action_session(state: LinkState) -> None:
    if state.status not in (LinkStatus.UP, LinkStatus.CONNECTING):
        log.warning("AMI, actions: %s %s", state.status.value, state.reason)
