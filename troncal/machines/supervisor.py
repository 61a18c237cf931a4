"""Child processes: started in order, restarted when they die, stopped in reverse order, none left behind.

A child has a session of its own, so that Ctrl-C in the terminal reaches only the supervisor, and dies with it
(PR_SET_PDEATHSIG), so that nothing is left when the supervisor itself is killed. What a child leaves in its
process group when it ends is ended too, as long as the supervisor lives: children start no daemons.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from callcenter.clock import now_us
from callcenter.operator_problem import OperatorProblem
from troncal.machines.listeners import ListeningPort, holder, is_own
from troncal.machines.process import ChildProcess, tail

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
HEALTHY_AFTER_SECONDS = 60.0
READY_POLL_SECONDS = 0.05
TERM_SECONDS = 5.0  # after a polite stop that did not help


class ChildFailed(OperatorProblem):
    """A child did not get ready; the message has the last lines of its log."""


class PortTaken(ChildFailed):
    """A child does not listen where it is to: somebody else does, or did when it wanted to."""

    def __init__(self, child: str, listener: ListeningPort, holder: str | None) -> None:
        self.listener = listener
        has = f"{holder}, has it" if holder is not None else "it was somebody else's in the instant of the start"
        super().__init__(f"{child} did not get {listener}: {has}")


class StopRefused(Exception):
    """A child could not be asked to stop; says why."""


class ChildState(StrEnum):
    """Where a child stands."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting to be restarted"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Child:
    """What to run and how to tell that it works.

    `ready` is asked until it says yes; it limits its own time. `stop` asks the child politely to end and may raise
    StopRefused; without it, SIGTERM does; after `stop_seconds` it is ended by force. `env` is added to the
    supervisor's own. `prepare` runs before each start. `listens`: where it has to listen, it and nobody else: what
    answers there before it is its own is not taken for it.
    """

    name: str
    command: Sequence[str]
    log_path: Path
    ready: Callable[[], Awaitable[bool]]
    ready_seconds: float = 60.0
    stop: Callable[[], Awaitable[None]] | None = None
    stop_seconds: float = 10.0
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    prepare: Callable[[], None] | None = None
    listens: Sequence[ListeningPort] = ()


OnState = Callable[["Supervised"], None]


class Supervised:
    """One child and its present process. `since_us` is the instant of the last change of state."""

    def __init__(self, child: Child, on_state: OnState | None = None) -> None:
        self.child = child
        self.state, self.since_us = ChildState.STOPPED, now_us()
        self.restarts = 0
        self._on_state = on_state
        self._process: ChildProcess | None = None

    @property
    def pid(self) -> int | None:
        """The process's number while it lives."""
        process = self._process
        return process.pid if process is not None and process.exit_code is None else None

    async def start(self) -> None:
        """Start and wait until it is ready. Raises ChildFailed, PortTaken. To be called in the main thread."""
        self._move(ChildState.STARTING)
        try:
            await self._start()
        except ChildFailed:
            raise
        except Exception as error:
            raise ChildFailed(self._why(f"could not be started: {error}")) from error
        self._move(ChildState.RUNNING)

    async def ended(self) -> int:
        """Wait until the present process ends; its exit code."""
        assert self._process is not None
        return await self._process.ended()

    async def stop(self) -> None:
        """Politely, then by SIGTERM, then by SIGKILL. It is dead afterwards even where this is cancelled."""
        if self.pid is not None:
            self._move(ChildState.STOPPING)
        try:
            await self._stop()
        finally:
            self.kill()
        self._move(ChildState.STOPPED)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to the process and to all of its group, if it lives."""
        if self._process is not None:
            self._process.kill(number)

    def wait_for_restart(self) -> None:
        """It died and will be started again after a pause."""
        self.restarts += 1
        self._move(ChildState.WAITING)

    async def _start(self) -> None:
        child = self.child
        if child.prepare is not None:
            child.prepare()
        process = self._process = ChildProcess(child.command, child.log_path, child.env, child.cwd)
        try:
            async with asyncio.timeout(child.ready_seconds):
                while not await child.ready():
                    self._require_life(process)
                    await asyncio.sleep(READY_POLL_SECONDS)
        except TimeoutError:
            self._refuse_strangers(process)
            raise ChildFailed(self._why(f"was not ready after {child.ready_seconds:g} s")) from None
        self._require_life(process)
        for listener in child.listens:
            if not is_own(listener, process.pid):
                raise PortTaken(child.name, listener, holder(listener))

    def _require_life(self, process: ChildProcess) -> None:
        if process.exit_code is not None:
            self._refuse_strangers(process)
            raise ChildFailed(self._why(f"ended with code {process.exit_code}"))

    def _refuse_strangers(self, process: ChildProcess) -> None:
        """What failed because somebody else listens on its port says so."""
        for listener in self.child.listens:
            if not is_own(listener, process.pid) and (stranger := holder(listener)) is not None:
                raise PortTaken(self.child.name, listener, stranger)

    async def _stop(self) -> None:
        if self.pid is not None and self.child.stop is not None:
            try:
                async with asyncio.timeout(self.child.stop_seconds):
                    await self.child.stop()
                    await self.ended()
            except (TimeoutError, OSError, StopRefused) as failure:
                log.warning("%s did not stop when asked: %r", self.child.name, failure)
        patience = TERM_SECONDS if self.child.stop is not None else self.child.stop_seconds
        for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, TERM_SECONDS)):
            if self.pid is None:
                break
            self.kill(number)
            try:
                async with asyncio.timeout(seconds):
                    await self.ended()
            except TimeoutError:
                log.warning("%s did not end by signal %s", self.child.name, number.name)

    def _move(self, state: ChildState) -> None:
        self.state, self.since_us = state, now_us()
        if self._on_state is not None:
            self._on_state(self)

    def _why(self, what: str) -> str:
        path, start = self.child.log_path, self._process.log_starts_at if self._process is not None else 0
        return f"{self.child.name} {what}; its log ({path}) ends:\n{tail(path, start)}"


class Supervisor:
    """Keeps children running while entered as a context."""

    def __init__(self, on_restart: Callable[[str], None] | None = None, on_state: OnState | None = None) -> None:
        self._on_restart, self._on_state = on_restart, on_state
        self._children: dict[str, Supervised] = {}
        self._watchers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, child: Child) -> Supervised:
        """Start one more child; it is restarted whenever it ends. Raises ChildFailed when it does not start,
        PortTaken when another port may help.
        """
        supervised = self._children[child.name] = Supervised(child, self._on_state)
        await supervised.start()
        self._watchers.append(asyncio.create_task(self._watch(supervised)))
        return supervised

    def __getitem__(self, name: str) -> Supervised:
        return self._children[name]

    def children(self) -> list[Supervised]:
        """All children in the order they were started."""
        return list(self._children.values())

    async def stop(self) -> None:
        """Stop all children, the last started first. All are dead afterwards even where this is cancelled."""
        for watcher in self._watchers:
            watcher.cancel()
        try:
            for ended in await asyncio.gather(*self._watchers, return_exceptions=True):
                if isinstance(ended, Exception):
                    log.error("a child was no longer watched", exc_info=ended)
            for supervised in reversed(self._children.values()):
                await supervised.stop()
        finally:
            for supervised in self._children.values():
                supervised.kill()
        self._watchers.clear()

    async def _watch(self, supervised: Supervised) -> None:
        name, pause = supervised.child.name, FIRST_PAUSE_SECONDS
        clock = asyncio.get_running_loop().time
        began = clock()
        while True:
            code = await supervised.ended()
            pause = FIRST_PAUSE_SECONDS if clock() - began > HEALTHY_AFTER_SECONDS else pause
            supervised.wait_for_restart()
            log.error("%s ended with code %s; starting it again in %g s", name, code, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            await self._start_again(supervised)
            began = clock()

    async def _start_again(self, supervised: Supervised) -> None:
        try:
            await supervised.start()
        except ChildFailed as failure:
            log.error("%s", failure)
            supervised.kill()
            return
        if self._on_restart is not None:
            self._on_restart(supervised.child.name)
