"""Child processes: started in order, restarted when they die, stopped in reverse order, none left behind.

A child has a session of its own, so that Ctrl-C in the terminal reaches only the supervisor, and dies with it
(PR_SET_PDEATHSIG), so that nothing is left when the supervisor itself is killed. What a child leaves in its
process group when it ends is ended too.
"""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from callcenter.clock import now_us

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
HEALTHY_AFTER_SECONDS = 60.0
READY_POLL_SECONDS = 0.05
TERM_SECONDS = 5.0
TAIL_LINES, TAIL_BYTES = 12, 8000

# Runs in the child before it becomes the program: the kernel kills it when its parent dies (1: PR_SET_PDEATHSIG).
# Python ignores SIGPIPE and SIGXFSZ, and what is ignored stays so across exec.
_DIE_WITH_PARENT = """
import ctypes, os, signal, sys
parent, *command = sys.argv[1:]
if ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0) != 0:
    sys.exit("prctl(PR_SET_PDEATHSIG) was refused")
if os.getppid() != int(parent):
    sys.exit("the supervisor is gone")
for number in (signal.SIGPIPE, signal.SIGXFSZ):
    signal.signal(number, signal.SIG_DFL)
try:
    os.execvp(command[0], command)
except OSError as error:
    sys.exit(f"{command[0]}: {error.strerror}")
"""


class ChildFailed(Exception):
    """A child did not get ready; the message has the last lines of its log."""


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
    StopRefused; without it, SIGTERM does. `env` is added to the supervisor's own. `prepare` runs before each start.
    """

    name: str
    command: Sequence[str]
    log_path: Path
    ready: Callable[[], Awaitable[bool]]
    ready_seconds: float = 30.0
    stop: Callable[[], Awaitable[None]] | None = None
    stop_seconds: float = 10.0
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    prepare: Callable[[], None] | None = None


OnState = Callable[["Supervised"], None]


class Supervised:
    """One child and its present process. `since_us` is the instant of the last change of state."""

    def __init__(self, child: Child, on_state: OnState | None = None) -> None:
        self.child = child
        self.state, self.since_us = ChildState.STOPPED, now_us()
        self.restarts = 0
        self._on_state = on_state
        self._process: subprocess.Popen[bytes] | None = None
        self._log_starts_at = 0

    @property
    def pid(self) -> int | None:
        """The process's number while it lives."""
        return self._process.pid if self._process is not None and self._lives(self._process) else None

    async def start(self) -> None:
        """Start and wait until it is ready. Raises ChildFailed. To be called in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("the kernel kills a child with the thread that started it: start it in the main one")
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
        process = self._process
        assert process is not None
        while self._lives(process):
            await _exit_of(process.pid)
        return int(process.returncode)

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
        if self.pid is not None:
            os.killpg(self.pid, number)

    def wait_for_restart(self) -> None:
        """It died and will be started again after a pause."""
        self.restarts += 1
        self._move(ChildState.WAITING)

    async def _start(self) -> None:
        if self.child.prepare is not None:
            self.child.prepare()
        self._process = process = self._spawn()
        try:
            async with asyncio.timeout(self.child.ready_seconds):
                while not await self.child.ready():
                    self._require_life(process)
                    await asyncio.sleep(READY_POLL_SECONDS)
        except TimeoutError:
            raise ChildFailed(self._why(f"was not ready after {self.child.ready_seconds:g} s")) from None
        self._require_life(process)

    def _require_life(self, process: "subprocess.Popen[bytes]") -> None:
        if not self._lives(process):
            raise ChildFailed(self._why(f"ended with code {process.returncode}"))

    async def _stop(self) -> None:
        if self.pid is not None and self.child.stop is not None:
            try:
                async with asyncio.timeout(self.child.stop_seconds):
                    await self.child.stop()
                    await self.ended()
            except (TimeoutError, OSError, StopRefused) as failure:
                log.warning("%s did not stop when asked: %r", self.child.name, failure)
        for number, seconds in ((signal.SIGTERM, TERM_SECONDS), (signal.SIGKILL, TERM_SECONDS)):
            if self.pid is None:
                break
            self.kill(number)
            try:
                async with asyncio.timeout(seconds):
                    await self.ended()
            except TimeoutError:
                log.warning("%s did not end by signal %s", self.child.name, number.name)

    def _spawn(self) -> "subprocess.Popen[bytes]":
        descriptor = os.open(self.child.log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "ab") as sink:
            self._log_starts_at = sink.tell()
            wrapper = [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid())]
            return subprocess.Popen(
                [*wrapper, *self.child.command],
                env={**os.environ, **self.child.env},
                cwd=self.child.cwd,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )

    @staticmethod
    def _lives(process: "subprocess.Popen[bytes]") -> bool:
        if process.returncode is not None:
            return False
        if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return True
        # Dead but not yet waited for, so its number, the group's too, cannot be somebody else's.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False

    def _move(self, state: ChildState) -> None:
        self.state, self.since_us = state, now_us()
        if self._on_state is not None:
            self._on_state(self)

    def _why(self, what: str) -> str:
        path = self.child.log_path
        return f"{self.child.name} {what}; its log ({path}) ends:\n{tail(path, self._log_starts_at)}"


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
        """Start one more child; it is restarted whenever it ends. Raises ChildFailed when it does not start."""
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
            await asyncio.gather(*self._watchers, return_exceptions=True)
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
            if await self._started_again(supervised):
                began = clock()

    async def _started_again(self, supervised: Supervised) -> bool:
        try:
            await supervised.start()
        except ChildFailed as failure:
            log.error("%s", failure)
            supervised.kill()
            return False
        if self._on_restart is not None:
            self._on_restart(supervised.child.name)
        return True


async def _exit_of(pid: int) -> None:
    """Return when the process is dead; it must not have been waited for yet."""
    loop = asyncio.get_running_loop()
    dead: asyncio.Future[None] = loop.create_future()
    descriptor = os.pidfd_open(pid)
    loop.add_reader(descriptor, lambda: dead.done() or dead.set_result(None))
    try:
        await dead
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def tail(path: Path, start: int = 0, lines: int = TAIL_LINES) -> str:
    """The last lines of a log, of what stands after the first `start` bytes."""
    if not path.exists():
        return "(no log)"
    with path.open("rb") as file:
        file.seek(max(start, path.stat().st_size - TAIL_BYTES))
        text = file.read().decode("utf-8", "replace")
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:]) or "    (nothing)"
