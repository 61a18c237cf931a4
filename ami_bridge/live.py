"""The live pipe: AMI events through the floor to the bus. What is lost here is lost to screens only.

The reader of the connection only puts events into a queue; one worker applies them in order and publishes what
follows. At each connect the floor is rebuilt from a snapshot, and events that came meanwhile are applied after it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Set
from typing import Protocol

from ami_bridge import phone_contacts, talks
from ami_bridge.floor import Floor
from ami_bridge.link import AmiLink, LinkDown, LinkSettings, LinkState, LinkStatus
from ami_bridge.phone_watch import Deed, PhoneWatch
from ami_bridge.wire import AmiEvent, Quarantined
from callcenter.bus import Bus
from callcenter.clock import MICROSECONDS
from callcenter.messages import BridgeState, Link

log = logging.getLogger(__name__)

SNAPSHOT_SECONDS = 10.0
TICK_SECONDS = 0.5
EVENTS_AT_ONCE = 500
STATES_APART_US = 200_000


class Listener(Protocol):
    """Who wants every event as well, in their order, and to know of each new session."""

    def heard(self, event: AmiEvent) -> None:
        """An event came; called in the reader: only put it away."""

    def lost(self) -> None:
        """The session ended."""

    def connected(self, boot: str, now_us: int, alive: Set[str]) -> None:
        """A new session; `boot` names this start of Asterisk, `alive` its channels by Uniqueid and by Linkedid."""


class LivePipe:
    """Owns the events session of one node, its floor and its phones; publishes every fact that follows from them.

    `do` takes the deeds that the phones make necessary, and returns at once.
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
        do: Callable[[list[Deed]], None],
    ) -> None:
        self._node, self._floor, self._bus, self._now_us = node, floor, bus, now_us
        self._phones, self._do = phones, do
        self._listener = listener
        self._events: deque[AmiEvent] = deque()
        self._wake = asyncio.Event()
        self._fresh_session = False
        self._states_told_us = 0
        self._version, self._boot = "", ""
        self.quarantined = 0
        self.link = AmiLink(
            settings,
            on_event=self._on_event,
            on_anomaly=self._on_anomaly,
            on_state=self._on_state,
            now_us=now_us,
        )

    async def run(self) -> None:
        """Follow Asterisk for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.link.run())
            tasks.create_task(self._work())

    def phone_lost(self, interface: str) -> bool:
        """A page says that it was closed in mid-call; False where no queue's caller is at that phone."""
        found = self._phones.lost(interface, self._now_us())
        self._wake.set()
        return found

    # -- called in the reader: only put away ---------------------------------------------------------

    def _on_event(self, event: AmiEvent) -> None:
        if self._listener is not None:
            self._listener.heard(event)
        if self._floor.wants(event.name) or self._phones.wants(event.name):
            self._events.append(event)
            self._wake.set()

    def _on_anomaly(self, block: Quarantined) -> None:
        self.quarantined += 1
        log.warning("AMI: not believed (%s): %s", block.reason.value, block.excerpt[:200])

    def _on_state(self, state: LinkState) -> None:
        self._bus.publish(self._bridge_state(state))
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
            elif self.link.is_up:
                self._apply_waiting()
            self._publish()

    async def _woken(self) -> None:
        """Something came, or wrap-up times may have run out."""
        if not self._events and not self._fresh_session:
            self._wake.clear()
            try:
                async with asyncio.timeout(self._patience_seconds()):
                    await self._wake.wait()
            except TimeoutError:
                return
        else:
            await asyncio.sleep(0)

    def _apply_waiting(self) -> None:
        now_us = self._now_us()
        for _ in range(min(len(self._events), EVENTS_AT_ONCE)):
            event = self._events.popleft()
            self._floor.apply(event, now_us)
            self._phones.apply(event, now_us)

    def _patience_seconds(self) -> float:
        """How long nothing may come: until states that were held back are due, else until the next tick."""
        if not self._floor.has_news:
            return TICK_SECONDS
        due_us = self._states_told_us + STATES_APART_US - self._now_us()
        return min(TICK_SECONDS, max(0.0, due_us / MICROSECONDS))

    def _publish(self) -> None:
        """What happens to calls at once; states not oftener than a screen can show them."""
        now_us = self._now_us()
        if 0 <= now_us - self._states_told_us < STATES_APART_US:
            facts = self._floor.take_calls()
        else:
            facts, self._states_told_us = self._floor.take(now_us), now_us
        for fact in (*facts, *self._phones.take()):
            self._bus.publish(fact)
        deeds = self._phones.deeds(facts, now_us)
        if deeds:
            self._do(deeds)

    async def _snapshot(self) -> None:
        """Rebuild the floor: queues, members and callers, then the channels that still are."""
        try:
            (core,) = await self.link.send({"Action": "CoreSettings"}, timeout_seconds=SNAPSHOT_SECONDS)
            (status,) = await self.link.send({"Action": "CoreStatus"}, timeout_seconds=SNAPSHOT_SECONDS)
            queues = await self.link.send({"Action": "QueueStatus"}, as_list=True, timeout_seconds=SNAPSHOT_SECONDS)
            channels = await self.link.send(
                {"Action": "CoreShowChannels"}, as_list=True, timeout_seconds=SNAPSHOT_SECONDS
            )
            contacts = await phone_contacts.registered(self.link, self._phones.endpoints, SNAPSHOT_SECONDS)
        except (LinkDown, TimeoutError) as failure:
            log.warning("AMI: no snapshot: %s", failure or "no answer in time")
            self._fresh_session = self.link.is_up
            return
        self._version = core.get("AsteriskVersion")
        self._boot = f"{status.get('CoreStartupDate')} {status.get('CoreStartupTime')}"
        self._floor.rebuild((each for each in queues if isinstance(each, AmiEvent)), self._now_us())
        self._floor.keep_channels({each.get("Uniqueid") for each in channels})
        self._floor.found_talks(talks.standing(each for each in channels if isinstance(each, AmiEvent)), self._now_us())
        self._phones.rebuild(contacts, self._now_us())
        if self._listener is not None:
            alive = {each.get(name) for each in channels for name in ("Uniqueid", "Linkedid")}
            self._listener.connected(self._boot, self._now_us(), alive)
        self._bus.publish(self._bridge_state(self.link.state))
        log.info("AMI: the floor is rebuilt, %d lines", len(queues))

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
    """What the broker says of a bridge that is gone without a word."""
    return BridgeState(node=node, state=Link.LOST, since_us=now_us, reason="the bridge is gone")


def stopped(node: str, now_us: int) -> BridgeState:
    """What a bridge says when it is stopped on purpose."""
    return BridgeState(node=node, state=Link.DOWN, since_us=now_us, reason="stopped")
