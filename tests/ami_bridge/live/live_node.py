"""A live pipe between a fake Asterisk and a bus within the process, for tests: what it publishes, in which order."""

import asyncio
from collections.abc import AsyncIterator, Callable, Set
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

from ami_bridge.floor.live_state import Floor
from ami_bridge.floor.phone_watch import DueAction, PhoneWatch
from ami_bridge.link.terms import LinkSettings
from ami_bridge.live.pipe import LivePipe
from ami_bridge.wire.items import AmiEvent
from callcenter.bus.memory import MemoryBroker, MemoryBus
from callcenter.bus.presence import Presence
from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.messages.envelope import Service
from callcenter.messages.facts import (
    AgentState,
    BridgeState,
    CallAnswered,
    CallEnded,
    CallOffered,
    Fact,
    OfferEnded,
    PhoneState,
    QueueState,
)
from callcenter.settings import PROJECT
from tests.ami_bridge.ami_text import block, channel, event
from tests.ami_bridge.fake_asterisk import FakeAsterisk, Reply, answer
from tests.waiting import eventually

CENTRE = load(PROJECT / "centre.yaml")
SETTINGS = LinkSettings("127.0.0.1", 0, "events", "right", ping_seconds=60.0, retry_at_most_seconds=0.1)
KINDS = (BridgeState, QueueState, AgentState, PhoneState, CallOffered, OfferEnded, CallAnswered, CallEnded)
WEB = "PJSIP/1001-web"
AT_1001 = {"Queue": "101", "Interface": WEB, "MemberName": "1001"}
CALLER, AGENT = "1763800000.1", "1763800000.2"


def join(uniqueid: str = CALLER) -> bytes:
    """The caller, or another call, enters queue 101."""
    place = {"Queue": "101", "Position": "1", "Count": "1"}
    return event("QueueCallerJoin", channel(Uniqueid=uniqueid) | place, kind="agent")


def leave() -> bytes:
    """The caller is no longer in the queue."""
    return event("QueueCallerLeave", channel() | {"Queue": "101", "Position": "1", "Count": "0"}, kind="agent")


def of_offer(name: str, **more: str) -> bytes:
    """What happens between the caller and 1001: AgentCalled, AgentConnect, AgentComplete."""
    dest = channel("Dest", Channel="PJSIP/1001-web-00000002", Uniqueid=AGENT)
    return event(name, channel() | dest | AT_1001 | more, kind="agent")


def connect() -> bytes:
    """1001 answers."""
    return of_offer("AgentConnect", RingTime="1", HoldTime="3")


def complete() -> bytes:
    """The caller ends the conversation."""
    return of_offer("AgentComplete", HoldTime="3", TalkTime="9", Reason="caller")


def paused() -> bytes:
    """1001 is on a pause."""
    membership = {"Queue": "101", "MemberName": "1001", "Interface": WEB, "Status": "1", "Paused": "1"}
    return event("QueueMemberPause", membership | {"PausedReason": "Baño"}, kind="agent")


def contact(status: str) -> bytes:
    """The browser's phone of 1001 registers or goes."""
    uri = {"URI": "sip:ab12@127.0.0.1:4000;transport=ws", "ContactStatus": status}
    return event("ContactStatus", uri | {"AOR": "1001-web", "EndpointName": "1001-web"}, kind="system")


def listing(action: dict[str, str], *rows: dict[str, str]) -> bytes:
    """A whole answer that is a list."""
    mine = {"ActionID": action["ActionID"]}
    listed = b"".join(block({"Event": row["Event"]} | mine | row) for row in rows)
    end = {"Event": "ListComplete"} | mine | {"EventList": "Complete", "ListItems": str(len(rows))}
    return answer(action, EventList="start", Message="follows") + listed + block(end)


def queue_101(*, waits: bool = False, before: bytes = b"") -> Reply:
    """Answers QueueStatus: 1001 serves 101, and the caller `waits` there. `before`: what Asterisk sends first."""
    member = {"Event": "QueueMember", "Queue": "101", "Name": "1001", "Location": WEB, "Paused": "0", "Status": "1"}
    place = {"Event": "QueueEntry", "Queue": "101", "Position": "1", "Channel": "PJSIP/trunk-00000001"}
    caller = {"Uniqueid": CALLER, "CallerIDNum": "71234567", "CallerIDName": "<unknown>"}
    line = {"ConnectedLineNum": "<unknown>", "ConnectedLineName": "<unknown>", "Wait": "3"}
    rows = (member, place | caller | line) if waits else (member,)
    return lambda action: before + listing(action, *rows)


def channels(*uniqueids: str) -> Reply:
    """Answers CoreShowChannels."""
    rows = [{"Event": "CoreShowChannel"} | channel(Uniqueid=each) for each in uniqueids]
    return lambda action: listing(action, *rows)


def asterisk() -> FakeAsterisk:
    """With 1001 in queue 101, and nobody waiting."""
    fake = FakeAsterisk()
    fake.replies |= {
        "CoreSettings": lambda action: answer(action, AsteriskVersion="22.10.1"),
        "CoreStatus": lambda action: answer(action, CoreStartupDate="2026-11-23", CoreStartupTime="06:00:00"),
        "QueueStatus": queue_101(),
        "CoreShowChannels": channels(CALLER),
    }
    return fake


@dataclass
class Clock:
    """The real time, until it is held."""

    held_us: int | None = None

    def __call__(self) -> int:
        """Microseconds since 1970, UTC."""
        return now_us() if self.held_us is None else self.held_us

    def hold(self) -> None:
        """Time stands still from now."""
        self.held_us = now_us()

    def move(self, by_us: int) -> None:
        """A held clock jumps."""
        assert self.held_us is not None
        self.held_us += by_us


@dataclass
class Heard:
    """What a listener heard."""

    events: list[str] = field(default_factory=list)
    sessions: list[tuple[str, Set[str] | None]] = field(default_factory=list)
    losses: int = 0

    def heard(self, event: AmiEvent) -> None:
        """An event came."""
        self.events.append(event.name)

    def lost(self) -> None:
        """The session ended."""
        self.losses += 1

    def connected(self, boot: str, now_us: int, alive: Set[str] | None) -> None:
        """A new session."""
        self.sessions.append((boot, alive))


@dataclass
class Node:
    """A running pipe: what it published, and the actions it found due."""

    fake: FakeAsterisk
    live: LivePipe
    running: "asyncio.Task[None]"
    published: list[Fact] = field(default_factory=list)
    due_actions: list[DueAction] = field(default_factory=list)
    heard: Heard = field(default_factory=Heard)

    async def until(self, condition: Callable[["Node"], bool]) -> None:
        """Waits for a condition on this object, with a limit; fails at once when the pipe has."""

        def holds() -> bool:
            if self.running.done():
                self.running.result()
            return condition(self)

        await eventually(holds)

    async def settled(self) -> None:
        """Waits until the first live state is reported, and forgets it."""
        await self.until_published(lambda fact: isinstance(fact, AgentState) and fact.member == "1001")
        self.published.clear()

    async def until_published(self, condition: Callable[[Fact], bool]) -> None:
        """Waits for a fact."""
        await self.until(lambda it: any(condition(fact) for fact in it.published))

    def forget(self) -> None:
        """Forget what was published until now."""
        self.published.clear()

    def kinds(self) -> list[type[Fact]]:
        """What was published, in its order."""
        return [type(fact) for fact in self.published]

    def last(self, kind: type[Fact]) -> Fact:
        """The last fact of a kind; of queue 101 where it is a queue's."""
        return [each for each in self.published if isinstance(each, kind) and getattr(each, "queue", "101") == "101"][
            -1
        ]


@asynccontextmanager
async def node_of(
    fake: FakeAsterisk, *, clock: Callable[[], int] = now_us, floor: Floor | None = None, settles: bool = True
) -> AsyncIterator[Node]:
    """A pipe at this Asterisk; `settles`: until its first live state is reported, which is then forgotten."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(fake.running())
        broker = MemoryBroker()
        bridge = await stack.enter_async_context(MemoryBus(broker, Service.BRIDGE, "central"))
        api = await stack.enter_async_context(MemoryBus(broker, Service.API, "central"))
        for bus in (bridge, api):
            await bus.until(Presence.CONNECTED)
        floor = floor or Floor("central", CENTRE)
        due_actions, heard = list[DueAction](), Heard()
        live = LivePipe(
            *("central", replace(SETTINGS, port=fake.port), floor, bridge, clock, heard),
            phones=PhoneWatch("central", CENTRE, floor),
            do=due_actions.extend,
        )
        facts = await stack.enter_async_context(api.subscribe(*KINDS))
        node = Node(fake, live, asyncio.create_task(live.run()), due_actions=due_actions, heard=heard)

        async def listen() -> None:
            async for fact in facts:
                node.published.append(fact)

        listening = asyncio.create_task(listen())
        try:
            if settles:
                await node.settled()
            yield node
        finally:
            for task in (node.running, listening):
                task.cancel()
            await asyncio.gather(node.running, listening, return_exceptions=True)
