"""One child and its present process: how it gets ready, how it is stopped, and what it is known to be doing.

A child has a session of its own, so that Ctrl-C in the terminal reaches only the supervisor, and dies with it
(PR_SET_PDEATHSIG), so that nothing is left when the supervisor itself is killed. What a child leaves in its
process group when it ends is ended too, as long as the supervisor lives: children start no daemons.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping

from callcenter.clock import now_us
from troncal.machines.child import Child, ChildFailed, ChildState, PortTaken, StopRefused
from troncal.machines.heartbeat import BEAT_SECONDS, SILENT_BEATS, Heartbeat
from troncal.machines.listeners import holder, is_own
from troncal.machines.process import ChildProcess, tail

log = logging.getLogger(__name__)

READY_POLL_SECONDS = 0.05
TERM_SECONDS = 5.0  # after a polite stop that did not help

OnState = Callable[["Supervised"], None]


class Supervised:
    """One child and its present process. `since_us` is the instant of the last change of state."""

    def __init__(self, child: Child, on_state: OnState | None = None, env: Mapping[str, str] | None = None) -> None:
        self.child = child
        self._env = {**(env or {}), **child.env}
        self.state, self.since_us = ChildState.STOPPED, now_us()
        self.restarts = 0
        self._on_state = on_state
        self._process: ChildProcess | None = None
        self._heartbeat: Heartbeat | None = None

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
        code = await self._process.ended()
        self._forget_heartbeat()
        return code

    async def stop(self) -> None:
        """Politely, then by SIGTERM, then by SIGKILL. It is dead afterwards even where this is cancelled."""
        if self.pid is not None:
            self._move(ChildState.STOPPING)
        try:
            await self._stop()
        finally:
            self.kill()
            self._forget_heartbeat()
        self._move(ChildState.STOPPED)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to the process and to all of its group, if it lives."""
        if self._process is not None:
            self._process.kill(number)

    def go_on_without_port(self) -> None:
        """It works, but has not all of its ports."""
        self._move(ChildState.WITHOUT_PORT)

    async def end_when_idle(self) -> None:
        """Have it end without harm to whom it serves; it may go on for long. Raises StopRefused, OSError."""
        if self.child.end_when_idle is not None:
            await self.child.end_when_idle()
        else:
            await self._stop()

    def wait_for_restart(self) -> None:
        """It died and will be started again after a pause."""
        self.restarts += 1
        self._move(ChildState.WAITING)

    async def _start(self) -> None:
        child = self.child
        if child.prepare is not None:
            child.prepare()
        process = self._process = self._begin()
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
                raise PortTaken(child.name, listener, holder(listener), works=True)

    def _begin(self) -> ChildProcess:
        child, env = self.child, self._env
        self._forget_heartbeat()
        if not child.heartbeat:
            return ChildProcess(child.command, child.log_path, env, child.cwd)
        heartbeat = self._heartbeat = Heartbeat(self._fall_silent)
        process = ChildProcess(child.command, child.log_path, {**env, **heartbeat.environment}, child.cwd)
        heartbeat.expect(process.pid)
        return process

    def _fall_silent(self) -> None:
        seconds = SILENT_BEATS * BEAT_SECONDS
        log.error("%s hangs: no sign of life for %g s; ending it by force", self.child.name, seconds)
        self.kill()

    def _forget_heartbeat(self) -> None:
        if self._heartbeat is not None:
            self._heartbeat.close()
            self._heartbeat = None

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
