"""Child processes: started in order, restarted when they die or hang, stopped in reverse order, none left behind."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Self

from callcenter.background import background
from troncal.machines.child import Child, ChildFailed, ChildState, PortTaken, StopRefused
from troncal.machines.listeners import ListeningPort, holder, is_own
from troncal.machines.supervised import OnState, Supervised

log = logging.getLogger(__name__)

# The longest is what callers wait in addition for a service that dies again and again.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 5.0
HEALTHY_AFTER_SECONDS = 60.0
PORT_POLL_SECONDS = 2.0


def restart_pauses() -> Iterator[float]:
    """How long to wait, in seconds, before each start of a child that dies again and again."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


class Supervisor:
    """Keeps children running while entered as a context. `env` is added to every child's environment."""

    def __init__(
        self,
        on_restart: Callable[[str], None] | None = None,
        on_state: OnState | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._on_restart, self._on_state, self._env = on_restart, on_state, env
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
        supervised = self._children[child.name] = Supervised(child, self._on_state, self._env)
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
        name, pauses = supervised.child.name, restart_pauses()
        clock = asyncio.get_running_loop().time
        began = clock()
        while True:
            code = await self._ended(supervised)
            pauses = restart_pauses() if clock() - began > HEALTHY_AFTER_SECONDS else pauses
            pause = next(pauses)
            supervised.wait_for_restart()
            log.error("%s ended with code %s; starting it again in %g s", name, code, pause)
            await asyncio.sleep(pause)
            await self._start_again(supervised)
            began = clock()

    async def _ended(self, supervised: Supervised) -> int:
        if supervised.state is not ChildState.WITHOUT_PORT:
            return await supervised.ended()
        async with background(_regain_ports(supervised), failure=f"{supervised.child.name} stays without its port"):
            return await supervised.ended()

    async def _start_again(self, supervised: Supervised) -> None:
        name = supervised.child.name
        try:
            await supervised.start()
        except ChildFailed as failure:
            if not (isinstance(failure, PortTaken) and failure.works):
                log.error("%s", failure)
                supervised.kill()
                return
            log.error("%s; %s goes on without it until that port is free: end whoever has it", failure, name)
            supervised.go_on_without_port()
        if self._on_restart is not None:
            self._on_restart(name)


async def _regain_ports(supervised: Supervised) -> None:
    """Where a child could not have its ports: wait until they are free, and have it end, to be started again."""
    child = supervised.child
    while any(_has_a_stranger(each, supervised.pid) for each in child.listens):
        await asyncio.sleep(PORT_POLL_SECONDS)
    log.warning("the ports of %s are free; it is started again as soon as it serves nobody", child.name)
    while True:
        try:
            return await supervised.end_when_idle()
        except (OSError, StopRefused) as refusal:
            log.warning("%s did not take that it is to end: %s; asking it again", child.name, refusal)
            await asyncio.sleep(PORT_POLL_SECONDS)


def _has_a_stranger(listener: ListeningPort, pid: int | None) -> bool:
    return holder(listener) is not None and (pid is None or not is_own(listener, pid))
