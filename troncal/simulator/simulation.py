"""`troncal simulate`: calls at a running centre, and the records held against what truly happened."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from backoffice.smartflex.customer_tables import customer_telephones
from callcenter.bus.command_exchange import BusAway, NoAnswer
from callcenter.bus.protocol import Bus
from callcenter.calls import REFUSALS, EndedBy, Outcome
from callcenter.centre.model import Centre
from callcenter.centre.pause_reasons import CALL_REJECTED
from callcenter.centre.phone_secrets import phone_password
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.commands import Accepted, Command, LogIn, LogOut, QueuePenalty, Refusal, Refused, Unpause
from callcenter.messages.facts import AgentState
from callcenter.moments import Length
from callcenter.operator_problem import OperatorProblem
from callcenter.records.calls import offers, queue_entries
from callcenter.settings import Settings
from troncal.simulator.check import TOLERANCE_US, CheckSettings, RecordedCall, TrueLevel, differences
from troncal.simulator.legs import Progress
from troncal.simulator.plan import DialledLine, Plan, SimulatedAgent
from troncal.simulator.runner import Exchange, simulate
from troncal.simulator.sipp import SippCommand
from troncal.simulator.truth import TrueCall

COMMAND_SECONDS = 8.0
TRIES = 20
SETTLE_SECONDS = 10.0
ANOTHER_TRY_SECONDS = 1.0


class NotCarriedOut(OperatorProblem):
    """An agent could not be logged in or out; the message says why."""


class BusMembers:
    """Logs the simulated agents in and out over the bus, as the desk does; waits while the bridge is away."""

    def __init__(self, bus: Bus, node: str, clock: Callable[[], int] = now_us) -> None:
        self._bus, self._node, self._clock = bus, node, clock
        self._on_duty: set[str] = set()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """While entered, an agent who is paused after rejecting a call is unpaused at once."""
        watching = asyncio.create_task(self._resume())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    async def _resume(self) -> None:
        async with self._bus.subscribe(AgentState) as states:
            async for state in states:
                if state.member in self._on_duty and state.reason == CALL_REJECTED:
                    await self._ask(_unpause(state.member, state.interface))

    async def log_in(self, extension: str, queues: tuple[str, ...]) -> None:
        """The agent serves these queues from now on. Raises NotCarriedOut."""
        memberships = tuple(QueuePenalty(queue=queue, penalty=0) for queue in queues)
        phone = f"PJSIP/{extension}"
        self._on_duty.add(extension)
        await self._ask(lambda head: LogIn(**head, member=extension, interface=phone, queues=memberships))

    async def log_out(self, extension: str) -> None:
        """The agent serves no queue any more. Raises NotCarriedOut."""
        self._on_duty.discard(extension)
        await self._ask(lambda head: LogOut(**head, member=extension, interface=f"PJSIP/{extension}"))

    async def _ask(self, command: Callable[[dict[str, Any]], Command]) -> None:
        why = ""
        for _ in range(TRIES):
            asked_us = self._clock()
            head: dict[str, Any] = {
                "node": self._node,
                "command_id": uuid4(),
                "issued_us": asked_us,
                "expires_us": asked_us + round(COMMAND_SECONDS * MICROSECONDS),
                "issued_by": "simulator",
            }
            try:
                answer = await self._bus.request(command(head), COMMAND_SECONDS)
            except (BusAway, NoAnswer) as away:
                why = str(away)
            else:
                if isinstance(answer, Accepted):
                    return
                if isinstance(answer, Refused) and answer.reason is Refusal.UNKNOWN_MEMBER:
                    return
                why = f"{answer.kind}: {getattr(answer, 'text', '')}"
            await asyncio.sleep(ANOTHER_TRY_SECONDS)
        raise NotCarriedOut(f"an agent could not be logged in or out: {why}")


def _unpause(extension: str, phone: str) -> Callable[[dict[str, Any]], Command]:
    return lambda head: Unpause(**head, member=extension, interface=phone)


@dataclass(frozen=True, slots=True)
class SimulationVerdict:
    """What the telephones saw, what was recorded of it, and where the two differ."""

    truth: tuple[TrueCall, ...]
    recorded: tuple[RecordedCall, ...]
    differences: tuple[str, ...]


def lines_of(centre: Centre) -> tuple[DialledLine, ...]:
    """The centre's lines as callers dial them."""
    return tuple(DialledLine(line.number, line.queue) for line in centre.lines)


def agents_of(centre: Centre) -> tuple[SimulatedAgent, ...]:
    """The centre's agents with their queues; supervisors have none."""
    return tuple(SimulatedAgent(agent.extension, tuple(agent.queues)) for agent in centre.agents if agent.queues)


async def customers_of(settings: Settings) -> tuple[str, ...]:
    """The telephone numbers of the customers in the built-in store."""
    database = Database(settings.database)
    try:
        async with database.reading() as connection:
            found = await connection.execute(
                select(customer_telephones.c.number).order_by(customer_telephones.c.number)
            )
            return tuple(found.scalars())
    finally:
        await database.close()


async def run(
    plan: Plan,
    settings: Settings,
    centre: Centre,
    bus: Bus,
    sipp: SippCommand,
    exchange: Exchange,
    progress: Callable[[Progress], None],
    tolerance_us: int = TOLERANCE_US,
    *,
    clock: Callable[[], int] = now_us,
    since_us: int | None = None,
    asterisk_hangs_up: bool = False,
) -> SimulationVerdict:
    """Make the plan's calls and compare, as exactly as `tolerance_us` says. Raises SimulationError, NotCarriedOut.

    `clock`: the centre's, where it is another than ours; `since_us`: what is recorded of before is not compared, by
    that clock; None: of before these calls. `asterisk_hangs_up`: see CheckSettings.
    """
    folder = Path(tempfile.mkdtemp(prefix="troncal-sim-"))
    secrets = {agent.extension: phone_password(settings, agent.extension) for agent in centre.agents}
    since_us = clock() if since_us is None else since_us
    members = BusMembers(bus, settings.node, clock)
    async with members.at_work():
        truth = await simulate(plan, sipp, exchange, members, secrets, folder, progress)
    shutil.rmtree(folder, ignore_errors=True)
    wanted = CheckSettings(
        tolerance_us,
        queue_of_line={line.number: line.queue for line in centre.lines},
        asterisk_hangs_up=asterisk_hangs_up,
    )
    return await compare(truth, settings, since_us, wanted)


async def compare(
    truth: tuple[TrueCall, ...], settings: Settings, since_us: int, wanted: CheckSettings
) -> SimulationVerdict:
    """The records since an instant beside the truth; waits a while for the last rows to be recorded."""
    database = Database(settings.database)
    try:
        async with asyncio.timeout(SETTLE_SECONDS):
            while True:
                recorded = await _recorded(database, since_us)
                found = differences(truth, recorded, wanted)
                if not found:
                    break
                await asyncio.sleep(ANOTHER_TRY_SECONDS)
    except TimeoutError:
        pass  # what is not recorded by then is one of the differences
    finally:
        await database.close()
    return SimulationVerdict(truth, recorded, tuple(found))


async def _recorded(database: Database, since_us: int) -> tuple[RecordedCall, ...]:
    entry = queue_entries.c
    async with database.reading() as connection:
        rows = (await connection.execute(select(queue_entries).where(entry.entered_us >= since_us))).mappings().all()
        rang = (
            (await connection.execute(select(offers).where(offers.c.offered_us >= since_us).order_by(offers.c.ordinal)))
            .mappings()
            .all()
        )
    phones: dict[tuple[str, str, int], list[str]] = {}
    for offer in rang:
        key = (offer["queue"], offer["uniqueid"], offer["entry_ordinal"])
        phones.setdefault(key, []).append(offer["member"])
    return tuple(_recorded_call(row, phones.get((row["queue"], row["uniqueid"], row["ordinal"]), [])) for row in rows)


def _recorded_call(row: Any, rang: Sequence[str]) -> RecordedCall:
    return RecordedCall(
        row["caller"],
        row["line"],
        row["queue"],
        row["joined_us"],
        row["answered_us"],
        row["ended_us"],
        Outcome(row["outcome"]),
        row["member"] or "",
        EndedBy(row["ended_by"]),
        row["transferred_to"] or "",
        tuple(rang),
        row["answered_slack_us"],
        row["ended_slack_us"],
        Length(row["wait_min_us"], row["wait_max_us"]),
    )


def recorded_level(recorded: Sequence[RecordedCall], threshold_us: int = 20 * MICROSECONDS) -> TrueLevel:
    """The service level by the records, counted as the truth is."""
    entered = [call for call in recorded if call.outcome not in REFUSALS]
    answered = [call for call in entered if call.answered_us is not None]
    within = sum(1 for call in answered if call.wait_us is not None and call.wait_us <= threshold_us)
    return TrueLevel(within, len(answered), len(entered))
