"""The whole dialer over a real table and a bus in memory, with the bridge played by the test."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from callcenter.bus.memory import MemoryBroker, MemoryBus
from callcenter.bus.presence import Presence
from callcenter.callbacks.rules import Callback, CallbackReason, QueuePosition, Rules
from callcenter.callbacks.store import CallbackRequest, CallbackStore
from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.clock import now_us, steady_us
from callcenter.database.lease_holder import LeaseHolder
from callcenter.database.refreshed import Refreshed
from callcenter.database.transactions import Database
from callcenter.messages.call_commands import HangUp, Originate
from callcenter.messages.commands import Accepted, Command, CommandAnswer
from callcenter.messages.envelope import Service
from callcenter.messages.facts import (
    AgentState,
    AgentStatus,
    BridgeState,
    Link,
    QueueState,
    RecordsState,
    RecordsStatus,
    WaitingCaller,
)
from callcenter.routing.calendar_store import CalendarStore
from callcenter.settings import PROJECT
from tests.waiting import answered
from troncal.processes.dialer import Days, Work, dialer_of
from troncal.processes.service import lease_holder

NODE = "central"
CENTRE = load(PROJECT / "centre.yaml")
Clock = Callable[[], int]
Decide = Callable[[Originate], CommandAnswer | None]


def accepted(command: Command) -> CommandAnswer:
    return Accepted(node=command.node, command_id=command.command_id, at_us=now_us())


class Bridge:
    """The bridge's side: answers commands as the test decides, and publishes facts."""

    def __init__(self, bus: MemoryBus, broker: MemoryBroker, clock: Clock = now_us) -> None:
        self.bus, self.broker, self.clock = bus, broker, clock
        self.commands: asyncio.Queue[Originate] = asyncio.Queue()
        self.decide: Decide = accepted
        self.cancelled: list[Command] = []

    async def carry_out(self, command: Command) -> CommandAnswer:
        if not isinstance(command, Originate):
            self.cancelled.append(command)
            return accepted(command)
        self.commands.put_nowait(command)
        answer = self.decide(command)
        if answer is None:
            await asyncio.Event().wait()
        assert answer is not None
        return answer

    async def next_command(self) -> Originate:
        async with asyncio.timeout(10):
            return await self.commands.get()

    def publish_queue(self, queue: str, *waiting: WaitingCaller, logged_in: int = 1, available: int = 0) -> None:
        state = QueueState(
            node=NODE,
            queue=queue,
            waiting=waiting,
            logged_in=logged_in,
            available=available,
            on_call=0,
            paused=0,
            as_of_us=self.clock(),
        )
        self.bus.publish(state)

    def link(self, state: Link) -> None:
        self.bus.publish(BridgeState(node=NODE, state=state, since_us=self.clock()))

    def wake(self) -> None:
        """A fact that says nothing new."""
        self.publish_queue("empty")

    def publish_agent(self, member: str, state: AgentStatus, *queues: str) -> None:
        """An agent's state since now."""
        at_us = self.clock()
        self.bus.publish(
            AgentState(
                node=NODE, member=member, interface=f"PJSIP/{member}", queues=queues, state=state, since_us=at_us
            )
        )

    def waiting_caller(self) -> WaitingCaller:
        """Who has just joined a queue."""
        return WaitingCaller(uniqueid="w1", caller="70000000", position=1, joined_us=self.clock())

    def records_follow(self) -> None:
        """Everything up to now is in the records."""
        self._publish_records(RecordsStatus.FOLLOWING, 0)

    def records_are_behind(self) -> None:
        """Rows are not yet in the records."""
        self._publish_records(RecordsStatus.BEHIND, 7)

    def _publish_records(self, state: RecordsStatus, behind: int) -> None:
        at_us = self.clock()
        self.bus.publish(RecordsState(node=NODE, state=state, since_us=at_us, rows_behind=behind, as_of_us=at_us))


@asynccontextmanager
async def dialing(
    database: Database,
    centre: Centre = CENTRE,
    *,
    hears_results: bool = True,
    clock: Clock = now_us,
    beside: Callable[[LeaseHolder], Sequence[Work]] = lambda holder: (),
) -> AsyncIterator[Bridge]:
    """A dialer at work until the end of the block; the bridge is up, and the records follow.

    `beside`: what else it does while it holds the lease.
    """
    broker = MemoryBroker()
    far_bus, near_bus = (MemoryBus(broker, each, NODE, clock=clock) for each in (Service.BRIDGE, Service.DIALER))
    async with far_bus as far, near_bus as near:
        await far.until(Presence.CONNECTED)
        await near.until(Presence.CONNECTED)
        bridge = Bridge(far, broker, clock)
        days: Days = Refreshed(CalendarStore(database).overrides, {}, steady_us, what="the calendar")
        async with far.serve([Originate, HangUp], bridge.carry_out):
            holder = lease_holder(database, Service.DIALER, clock)
            wired = (NODE, centre, database, near, days, holder, beside(holder))
            dialer = dialer_of(*wired, hears_results=hears_results, clock=clock)
            work = asyncio.create_task(dialer.run())
            bridge.link(Link.UP)
            bridge.records_follow()
            yield bridge
            work.cancel()
            await asyncio.wait([work])


async def looked(database: Database, *bridges: Bridge) -> None:
    """Wait until the dialer has looked at everything: a callback that is too old is gone when it begins to look."""
    store = CallbackStore(database, NODE, Rules())
    old = CallbackRequest("79999999", "102", "102", "old", QueuePosition(0, 1), CallbackReason.KEY)

    async def still_open() -> Callback | None:
        for bridge in bridges:
            bridge.wake()
        return await store.open_for(old.number)

    for _ in range(2):
        await store.ask(old, 1)
        await answered(still_open, lambda found: found is None, 20)
