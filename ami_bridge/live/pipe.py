"""The live pipe: AMI events through the floor to the bus. What is lost here is lost to screens only.

The events of one read are applied in their order, and the facts that follow are published, within the reader: to wake a
task for them would cost as much as the events. At each connect one worker rebuilds the floor from a snapshot; events
that come meanwhile wait and are applied after it. The worker also handles what a read left over, and wrap-ups that end.
"""

import asyncio
import logging
from collections.abc import Callable, Set
from contextlib import suppress
from typing import Protocol

from ami_bridge.floor.conversations import standing_conversations, transferred_calls
from ami_bridge.floor.live_state import Floor
from ami_bridge.floor.phone_watch import DueAction, PhoneWatch
from ami_bridge.link.session import AmiLink
from ami_bridge.link.terms import ActionRefused, LinkDown, LinkSettings, LinkState, LinkStatus
from ami_bridge.live import snapshot, waiting_callers
from ami_bridge.live.snapshot import Snapshot
from ami_bridge.live.waiting_events import WaitingEvents
from ami_bridge.wire.items import AmiEvent, Quarantined
from callcenter.bus.protocol import Bus
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import BridgeState, Link

log = logging.getLogger(__name__)

SNAPSHOT_SECONDS = 10.0
TICK_SECONDS = 0.5
EVENTS_AT_ONCE = 500
STATES_APART_US = 200_000
# The loop counts whole milliseconds: an alarm for the exact moment would come too early, again and again.
ALARM_SECONDS = 0.002


class Listener(Protocol):
    """Gets every event as well, in their order, and each new session."""

    def heard(self, event: AmiEvent) -> None:
        """An event came. Called in the reader: only store it."""

    def lost(self) -> None:
        """The session ended."""

    def connected(self, boot: str, now_us: int, alive: Set[str] | None) -> None:
        """A new session; `boot` names this start of Asterisk, `alive` its channels by Uniqueid and by Linkedid.

        Of an Asterisk that does not say, `boot` is empty and `alive` None.
        """


class LivePipe:
    """Owns the events session of one node, its floor and its phones; publishes every fact that follows from them.

    `do` begins the actions that are due for the phones, and returns at once.
    """

    def __init__(
        self,
        node: str,
        settings: LinkSettings,
        floor: Floor,
        bus: Bus,
        now_us: Callable[[], int],
        listener: Listener | None = None,
        *,
        phones: PhoneWatch,
        do: Callable[[list[DueAction]], None],
    ) -> None:
        self._node, self._floor, self._bus, self._now_us = node, floor, bus, now_us
        self._phones, self._do = phones, do
        self._listener = listener
        self._events = WaitingEvents()
        self._wake = asyncio.Event()
        self._fresh_session, self._is_current = False, False
        self._states_published_us = 0
        self._states_due: asyncio.TimerHandle | None = None
        self._defect: Exception | None = None
        self._version, self._boot = "", ""
        self.quarantined = 0
        self.link = AmiLink(
            settings,
            on_event=self._on_event,
            on_read=self._on_read,
            on_anomaly=self._on_anomaly,
            on_state=self._on_state,
            now_us=now_us,
        )

    async def run(self) -> None:
        """Follow Asterisk until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.link.run())
            tasks.create_task(self._work())

    def phone_lost(self, interface: str) -> bool:
        """A page reports that it was closed in mid-call; False where no queue's caller is at that phone."""
        found = self._phones.phone_lost(interface, self._now_us())
        self._wake.set()
        return found

    # -- called in the reader ------------------------------------------------------------------------

    def _on_event(self, event: AmiEvent) -> None:
        if self._listener is not None:
            self._listener.heard(event)
        wanted = self._floor.wants(event.name) or self._phones.wants(event.name)
        if wanted and not self._events.put(event):
            self._is_current, self._fresh_session = False, self.link.is_up
            self._wake.set()

    def _on_read(self) -> None:
        if self._events and self._is_current:
            self._guarded(self._apply_and_publish)
            if self._events:
                self._wake.set()

    def _on_anomaly(self, block: Quarantined) -> None:
        self.quarantined += 1
        log.warning("AMI: not believed (%s): %s", block.reason.value, block.excerpt[:200])

    def _on_state(self, state: LinkState) -> None:
        self._bus.publish(self._bridge_state(state))
        self._is_current = False
        if state.status is LinkStatus.UP:
            self._fresh_session = True
        else:
            self._events.clear()
            if self._listener is not None:
                self._listener.lost()
            log.warning("AMI: %s %s", state.status.value, state.reason)
        self._wake.set()

    # -- the worker ----------------------------------------------------------------------------------

    async def _work(self) -> None:
        while True:
            await self._woken()
            if self._fresh_session:
                self._fresh_session = False
                await self._snapshot()
            elif self._floor.queues_in_doubt and self.link.is_up:
                await self._look_again()
            self._apply_and_publish()
            while self._events and self._is_current:
                await asyncio.sleep(0)
                self._apply_and_publish()

    async def _woken(self) -> None:
        """A session began, a phone was lost, something failed, or a wrap-up is over. Raises what failed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(TICK_SECONDS):
                await self._wake.wait()
        self._wake.clear()
        if self._defect is not None:
            raise self._defect

    def _apply_and_publish(self) -> None:
        """Apply the events that wait, and publish what follows."""
        now_us, left = self._now_us(), EVENTS_AT_ONCE
        while self._is_current and self._events and left:
            event, left = self._events.take(), left - 1
            self._floor.apply(event, now_us)
            self._phones.apply(event, now_us)
            if self._floor.queues_in_doubt:
                self._is_current = False
                self._wake.set()
        self._publish(now_us)

    def _publish(self, now_us: int) -> None:
        """What happens to calls goes out at once; states no more often than a screen can show them."""
        due_us = self._states_published_us + STATES_APART_US
        if self._states_published_us <= now_us < due_us:
            facts = self._floor.drain_calls()
            self._publish_states_in(due_us - now_us)
        else:
            facts, self._states_published_us = self._floor.drain(now_us), now_us
        for fact in (*facts, *self._phones.drain()):
            self._bus.publish(fact)
        due_actions = self._phones.due_actions(facts, now_us)
        if due_actions:
            self._do(due_actions)

    def _publish_states_in(self, left_us: int) -> None:
        """States that were held back go out when they are due, whether or not anything else happens."""
        if self._floor.has_news and self._states_due is None:
            seconds = left_us / MICROSECONDS + ALARM_SECONDS
            self._states_due = asyncio.get_running_loop().call_later(seconds, self._guarded, self._publish_states)

    def _publish_states(self) -> None:
        self._states_due = None
        self._publish(self._now_us())

    def _guarded(self, work: Callable[[], None]) -> None:
        """Work that no task waits for. A defect in it ends the pipe all the same: the state would be wrong."""
        try:
            work()
        except Exception as defect:
            self._defect, self._is_current = defect, False
            self._wake.set()

    async def _look_again(self) -> None:
        """Ask who waits where a waiting channel hung up; events wait meanwhile, as in a snapshot."""
        try:
            for queue in self._floor.queues_in_doubt:
                found = await waiting_callers.of_queue(self.link, queue, SNAPSHOT_SECONDS)
                self._floor.look_again(queue, found, self._now_us())
        except (LinkDown, TimeoutError, ActionRefused) as failure:
            log.warning("AMI: a queue could not be asked who waits: %s", failure or "no answer in time")
            self._fresh_session = self.link.is_up
        self._is_current = self.link.is_up and not self._fresh_session

    async def _snapshot(self) -> None:
        """Rebuild the floor. Where a session began meanwhile, or events were dropped, the next one does."""
        try:
            found = await snapshot.of_asterisk(self.link, self._phones.endpoints, SNAPSHOT_SECONDS)
        except (LinkDown, TimeoutError, ActionRefused) as failure:
            log.warning("AMI: no snapshot: %s", failure or "no answer in time")
            self._fresh_session = self.link.is_up
            return
        if not self._fresh_session:
            self._rebuild(found, self._now_us())

    def _rebuild(self, found: Snapshot, now_us: int) -> None:
        self._version, self._boot = found.version, found.boot
        self._floor.rebuild(found.queues, now_us)
        if found.channels is not None:
            self._floor.keep_channels({each.get("Uniqueid") for each in found.channels})
            self._floor.found_conversations(standing_conversations(found.channels), now_us)
            self._floor.found_transfers(transferred_calls(found.channels))
        if found.marks is not None:
            self._floor.found_recordings(found.marks, now_us)
        if found.contacts is not None:
            self._phones.rebuild(found.contacts, now_us)
        self._is_current = self.link.is_up
        if self._listener is not None:
            self._listener.connected(self._boot, now_us, found.alive)
        self._bus.publish(self._bridge_state(self.link.state))
        log.info("AMI: the floor is rebuilt, %d lines", len(found.queues))

    def _bridge_state(self, state: LinkState) -> BridgeState:
        up = state.status is LinkStatus.UP
        return BridgeState(
            node=self._node,
            state=Link.UP if up else Link.LOST,
            since_us=state.since_us or self._now_us(),
            asterisk_version=self._version,
            boot_id=self._boot,
            reason="" if up else f"{state.status.value} {state.reason}".strip()[:300],
        )


def last_will(node: str, now_us: int) -> BridgeState:
    """What the broker publishes when a bridge is gone without a word."""
    return BridgeState(node=node, state=Link.LOST, since_us=now_us, reason="the bridge is gone")


def stopped(node: str, now_us: int) -> BridgeState:
    """What a bridge publishes when it is stopped on purpose."""
    return BridgeState(node=node, state=Link.DOWN, since_us=now_us, reason="stopped")
