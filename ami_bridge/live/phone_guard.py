"""Does what the phone watch finds due, through the session for actions."""

import asyncio
import logging
from collections.abc import Iterable

from ami_bridge.actions.executor import Executor
from ami_bridge.actions.forms.answers import Succeeded
from ami_bridge.floor.phone_watch import Deed

log = logging.getLogger(__name__)


class Guard:
    """Deeds that were found due together are done one after the other; nobody waits for them."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, deeds: Iterable[Deed]) -> None:
        """Begin to do them."""
        task = asyncio.ensure_future(self._do(tuple(deeds)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, deeds: tuple[Deed, ...]) -> None:
        for deed in deeds:
            outcome = await self._executor.do(deed)
            level = logging.INFO if isinstance(outcome, Succeeded) else logging.WARNING
            log.log(level, "phones: %s: %s", deed, "done" if isinstance(outcome, Succeeded) else outcome)
