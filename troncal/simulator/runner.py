"""Carries a plan out: phones register, agents log in, callers call, and the truth is gathered."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from callcenter.clock import now_us
from troncal.simulator import sheets
from troncal.simulator.legs import Progress
from troncal.simulator.phones import Phones
from troncal.simulator.plan import ALWAYS_MS, Plan, Shift
from troncal.simulator.sipp import SimulationError, Sipp, SippCommand, SippRole, free_port
from troncal.simulator.trace_listener import TraceListener, TraceTail
from troncal.simulator.truth import TrueCall, true_calls
from troncal.simulator.wire import SilenceSender, is_answering

# Callers come from the address of the trunk without menus (centre.yaml): the instant of the answer is that of
# entering the queue, so the telephones know the true wait. Phones come from another, or they were the trunk.
TRUNK_HOST, PHONES_HOST = "127.0.0.4", "127.0.0.3"
LEAD_US = 2_000_000
PROGRESS_SECONDS = 0.25
LATE_SECONDS = 60.0
DRAIN_SECONDS = 10.0


class MemberLogins(Protocol):
    """Logs agents into queues and out again, as the agents' desk would."""

    async def log_in(self, extension: str, queues: tuple[str, ...]) -> None:
        """The agent serves these queues from now on."""

    async def log_out(self, extension: str) -> None:
        """The agent serves no queue any more."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The Asterisk to call, and the telephones' own addresses."""

    host: str
    port: int
    trunk_host: str = TRUNK_HOST
    phones_host: str = PHONES_HOST

    @property
    def address(self) -> str:
        """host:port."""
        return f"{self.host}:{self.port}"


ShowProgress = Callable[[Progress], None]


async def simulate(
    plan: Plan,
    sipp_command: SippCommand,
    exchange: Exchange,
    members: MemberLogins,
    phone_secrets: Mapping[str, str],
    folder: Path,
    progress: ShowProgress,
) -> tuple[TrueCall, ...]:
    """Make every call of the plan; what truly happened.

    `folder` takes the sheets and traces and must be the simulation's own. Raises SimulationError when nobody
    answers SIP at the exchange, a phone may not register, a port is taken, SIPp fails, or calls do not end in
    time. Then, and on cancellation, the SIPp processes are ended and the agents logged out.
    """
    if not await is_answering((exchange.host, exchange.port), exchange.trunk_host):
        raise SimulationError(f"nobody answers SIP at {exchange.address}; is Asterisk running?")
    _write_sheets(plan, folder)
    with _sound(exchange.trunk_host) as callers_sound, _sound(exchange.phones_host) as phones_sound:
        extensions = tuple(sorted({shift.agent.extension for shift in plan.shifts}))
        phones = await Phones.open(sipp_command, exchange.address, phones_sound, phone_secrets, extensions, folder)
        roster = _Roster(members)
        run = _Run(plan, sipp_command, exchange, phones, roster, folder, callers_sound, phones_sound)
        try:
            await phones.register()
            await roster.begin(plan.shifts)
            return await run.make_calls(progress)
        finally:
            await roster.close()
            await phones.close()


def _write_sheets(plan: Plan, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / sheets.OFFERS).write_text(sheets.offers_sheet(plan), encoding="utf-8")
    (folder / sheets.CALLERS).write_text(sheets.callers_sheet(plan), encoding="utf-8")


@contextlib.contextmanager
def _sound(host: str) -> Iterator[SilenceSender]:
    sound = SilenceSender.open(host)
    try:
        yield sound
    finally:
        sound.close()


@dataclass(slots=True)
class _Roster:
    """Who is logged in, and who is to be."""

    members: MemberLogins
    present: set[str] = field(default_factory=set)

    async def begin(self, shifts: tuple[Shift, ...]) -> None:
        """Log in whose shift begins at once."""
        for shift in shifts:
            if shift.logs_in_ms <= 0:
                await self._log_in(shift)

    async def keep(self, shifts: tuple[Shift, ...], start_us: int) -> None:
        """Log everybody else in, and everybody out, when it is time."""
        changes = [(shift.logs_in_ms, 1, shift) for shift in shifts if shift.logs_in_ms > 0]
        changes += [(shift.logs_out_ms, 0, shift) for shift in shifts if shift.logs_out_ms < ALWAYS_MS]
        for at_ms, comes, shift in sorted(changes, key=lambda change: change[:2]):
            await asyncio.sleep((start_us + 1000 * at_ms - now_us()) / 1_000_000)
            await (self._log_in(shift) if comes else self._log_out(shift.agent.extension))

    async def close(self) -> None:
        """Log out who is still there."""
        for extension in sorted(self.present):
            await self._log_out(extension)

    async def _log_in(self, shift: Shift) -> None:
        self.present.add(shift.agent.extension)
        await self.members.log_in(shift.agent.extension, shift.agent.queues)

    async def _log_out(self, extension: str) -> None:
        await self.members.log_out(extension)
        self.present.discard(extension)


@dataclass(slots=True)
class _Run:
    """The calls of one simulation."""

    plan: Plan
    command: SippCommand
    exchange: Exchange
    phones: Phones
    roster: _Roster
    folder: Path
    callers_sound: SilenceSender
    phones_sound: SilenceSender

    async def make_calls(self, progress: ShowProgress) -> tuple[TrueCall, ...]:
        """Let the callers call, and listen until the last of them has ended."""
        start_us = now_us() + LEAD_US
        (self.folder / sheets.START).write_text(str(start_us // 1000), encoding="utf-8")
        callers, port = await self._start_callers()
        listener = TraceListener(
            TraceTail(callers.messages),
            TraceTail(self.phones.sipp.messages),
            (self.exchange.trunk_host, port),
            self.callers_sound,
            self.phones_sound,
        )
        try:
            async with _beside(
                listener.listen(),
                listener.keep_sound(),
                self.roster.keep(self.plan.shifts, start_us),
                self.phones.keep_registered(),
                self._show(listener, progress),
            ):
                await self._finish(callers, listener)
        finally:
            await callers.stop()
        listener.catch_up()
        progress(listener.legs.progress(len(self.plan.calls)))
        return true_calls(listener.legs)

    async def _finish(self, callers: Sipp, listener: TraceListener) -> None:
        limit = (self.plan.longest_ms * 1000 + LEAD_US) / 1_000_000 + LATE_SECONDS
        try:
            async with asyncio.timeout(limit):
                await callers.finish()
        except TimeoutError as error:
            raise SimulationError(f"calls had not ended after {limit:.0f} s; see {self.folder}") from error
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await listener.until_phones_rest()

    async def _start_callers(self) -> tuple[Sipp, int]:
        count = str(len(self.plan.calls))
        port = free_port(self.exchange.trunk_host)
        # Every call begins at once and waits for its own instant.
        options = ("-inf", sheets.CALLERS, "-m", count, "-l", count, "-r", count)
        keys = {"sound_port": str(self.callers_sound.port)}
        role = SippRole("callers", self.exchange.trunk_host, port, options, keys)
        return await Sipp.start(self.command, self.exchange.address, role, self.folder), port

    async def _show(self, listener: TraceListener, progress: ShowProgress) -> None:
        while True:
            progress(listener.legs.progress(len(self.plan.calls)))
            self.phones.sipp.complain()
            await asyncio.sleep(PROGRESS_SECONDS)


@contextlib.asynccontextmanager
async def _beside(*jobs: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Runs jobs beside the block and ends them with it; whatever fails first is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(job) for job in jobs]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from failures
