"""Does what the phone watch finds due, through the session for actions."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from uuid import uuid4

from ami_bridge import actions
from ami_bridge.actions import Executor
from ami_bridge.floor.phone_watch import Deed, EndCalls, PauseMember, ResumeMember, ReturnCaller
from ami_bridge.outcomes import Done
from callcenter.clock import MICROSECONDS

log = logging.getLogger(__name__)

EXPIRY_US = 5 * MICROSECONDS


class Guard:
    """Deeds that were found due together are done one after the other; nobody waits for them."""

    def __init__(self, executor: Executor, now_us: Callable[[], int]) -> None:
        self._executor, self._now_us = executor, now_us
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, deeds: Iterable[Deed]) -> None:
        """Begin to do them."""
        task = asyncio.ensure_future(self._do(tuple(deeds)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Leave what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _do(self, deeds: tuple[Deed, ...]) -> None:
        for deed in deeds:
            outcome = await self._executor.execute(_command(deed, self._now_us() + EXPIRY_US))
            level = logging.INFO if isinstance(outcome, Done) else logging.WARNING
            log.log(level, "phones: %s: %s", deed, "done" if isinstance(outcome, Done) else outcome)


def _command(deed: Deed, expires_at_us: int) -> actions.Command:
    name = str(uuid4())
    match deed:
        case PauseMember(interface=phone, reason=reason):
            return actions.Pause(command_id=name, expires_at_us=expires_at_us, interface=phone, reason=reason)
        case ResumeMember(interface=phone):
            return actions.Unpause(command_id=name, expires_at_us=expires_at_us, interface=phone)
        case ReturnCaller(agent_channel=channel):
            return actions.GiveBack(command_id=name, expires_at_us=expires_at_us, agent_channel=channel)
        case EndCalls(interface=phone):
            return actions.HangUpPhone(command_id=name, expires_at_us=expires_at_us, interface=phone)
