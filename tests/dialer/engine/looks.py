"""The campaigns' engine alone: it looks when the test says, at the instant that the test says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy import select, update

from callcenter.bus.memory import MemoryBroker, MemoryBus
from callcenter.bus.presence import Presence
from callcenter.centre.model import Centre, Outbound, Queue
from callcenter.centre.outgoing_limits import OutgoingLimits
from callcenter.clock import now_us
from callcenter.database.leases import Leases
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.call_commands import HangUp, Originate
from callcenter.messages.commands import Accepted, Command, CommandAnswer, Refusal, Refused
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
from callcenter.records.campaigns import campaign_contacts, campaigns
from dialer.attempt_results import AttemptResults
from dialer.campaigns.model import Campaign
from dialer.campaigns.rows import at_work
from dialer.campaigns.turns import WhyNot
from dialer.engine.campaigns import CampaignEngine
from dialer.engine.floor import FloorNow
from dialer.engine.placing import Placer, outbound_route
from dialer.engine.trunk_budget import TrunkBudget
from tests.dialer.engine.stage import CENTRE, NODE


def centre_with(*queues: str, channels: int = 30) -> Centre:
    """The centre with these outbound queues, and a trunk that is filled within a second."""
    limits = OutgoingLimits(channels=channels, calls_per_second=channels, channels_per_agent=1)
    trunks = tuple(each.model_copy(update={"limits": limits}) if each.dial else each for each in CENTRE.trunks)
    more = tuple(Queue(name=each, title=each) for each in queues if each not in CENTRE.queues_by_name)
    outbound = tuple(Outbound(name=each, title=each) for each in queues)
    # What the centre has worked out of its fields already would be copied with them.
    fields = {name: getattr(CENTRE, name) for name in Centre.model_fields}
    return Centre.model_construct(
        **fields | {"trunks": trunks, "outbound": outbound, "queues": (*CENTRE.queues, *more)}
    )


async def moved_to(database: Database, campaign: Campaign, **values: object) -> None:
    """Another queue, say, of a campaign that is there."""
    async with database.transaction() as connection:
        await connection.execute(update(campaigns).where(campaigns.c.id == campaign.id).values(values))


def numbers(prefix: int, count: int) -> list[str]:
    """So many, by which a campaign is known."""
    return [f"70{prefix:02d}{number:04d}" for number in range(count)]


async def states(database: Database) -> list[str]:
    """How far each customer is."""
    async with database.reading() as connection:
        query = select(campaign_contacts.c.state).order_by(campaign_contacts.c.id)
        return list((await connection.execute(query)).scalars())


class Looks:
    """An engine, the floor that it sees, and the commands that it gave. `refuses`: why the bridge does, if it does."""

    def __init__(self, database: Database, bus: MemoryBus, centre: Centre) -> None:
        self.now_us, self.commands = now_us(), list[Originate]()
        self.refuses: Callable[[Originate], Refusal | None] = lambda command: None
        self._database, self._leases = database, Leases(database, "dialer", lambda: self.now_us)
        route = outbound_route(centre, NODE)
        assert route is not None and centre.outgoing_trunk is not None
        self.floor = FloorNow(NODE, centre.outbound_by_queue, lambda: self.now_us)
        self.trunk = TrunkBudget(centre.outgoing_trunk.limits, lambda: self.now_us)
        self.engine = CampaignEngine(
            database,
            lambda: at_work(database, self.now_us),
            self.floor,
            Placer(bus, route, lambda: self.now_us),
            self.trunk,
            AttemptResults(database, NODE),
            centre,
            lambda: {},
            lambda: self.now_us,
        )

    def free(self, member: str, *queues: str) -> None:
        """An agent of these queues is available."""
        phone = f"PJSIP/{member}"
        state = AgentStatus.AVAILABLE
        self.floor.see(
            AgentState(node=NODE, member=member, interface=phone, queues=queues, state=state, since_us=self.now_us)
        )

    def caller_waits(self, queue: str) -> None:
        """Somebody waits in a queue, in which nobody serves."""
        caller = WaitingCaller(uniqueid="c1", caller="70000000", position=1, joined_us=self.now_us)
        nobody = dict.fromkeys(("logged_in", "available", "on_call", "paused"), 0)
        self.floor.see(QueueState(node=NODE, queue=queue, waiting=(caller,), as_of_us=self.now_us, **nobody))

    async def look(self, seconds_later: float = 0) -> dict[int, WhyNot | None]:
        """One look; why each campaign places no call. What was to be done beside it is done by then."""
        self.now_us += round(seconds_later * MICROSECONDS)
        self.floor.see(BridgeState(node=NODE, state=Link.UP, since_us=self.now_us))
        follows = RecordsStatus.FOLLOWING
        self.floor.see(
            RecordsState(node=NODE, state=follows, since_us=self.now_us, rows_behind=0, as_of_us=self.now_us)
        )
        lease = await self._leases.take("looks")
        assert lease is not None
        self.trunk.see(self.engine.unheard_of)
        async with asyncio.TaskGroup() as tasks:
            await self.engine.look(tasks, lease, callbacks_first=False)
        return {each.campaign.id: each.why_not for each in self.engine.now}

    @property
    def rung(self) -> list[str]:
        """The numbers whose telephones were asked for, in their order."""
        return [each.interface.removeprefix("PJSIP/").partition("@")[0] for each in self.commands]

    async def answer(self, command: Command) -> CommandAnswer:
        """The bridge's."""
        reason = None
        if isinstance(command, Originate):
            self.commands.append(command)
            reason = self.refuses(command)
        if reason is None:
            return Accepted(node=NODE, command_id=command.command_id, at_us=self.now_us)
        return Refused(node=NODE, command_id=command.command_id, at_us=self.now_us, reason=reason, text="no")


@asynccontextmanager
async def looking(database: Database, centre: Centre = CENTRE) -> AsyncIterator[Looks]:
    """An engine with a bridge that takes every order, unless told otherwise."""
    broker, held = MemoryBroker(), list[Looks]()

    def clock() -> int:
        return held[0].now_us if held else now_us()

    async with (
        MemoryBus(broker, Service.BRIDGE, NODE, clock=clock) as far,
        MemoryBus(broker, Service.DIALER, NODE, clock=clock) as near,
    ):
        await far.until(Presence.CONNECTED)
        await near.until(Presence.CONNECTED)
        held.append(Looks(database, near, centre))
        async with far.serve([Originate, HangUp], held[0].answer):
            yield held[0]
