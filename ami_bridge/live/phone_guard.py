"""Carries out the actions that the phone watch finds due, on the session for actions."""

import asyncio
import logging
from collections.abc import Iterable

from ami_bridge.actions.executor import Executor
from ami_bridge.actions.forms.answers import Succeeded
from ami_bridge.floor.phone_watch import DueAction

log = logging.getLogger(__name__)


class Guard:
    """Actions that were found due together are carried out one after the other; nobody waits for them."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._tasks: set[asyncio.Task[None]] = set()

    def carry_out(self, due_actions: Iterable[DueAction]) -> None:
        """Begin to carry them out."""
        task = asyncio.ensure_future(self._do(tuple(due_actions)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, due_actions: tuple[DueAction, ...]) -> None:
        for action in due_actions:
            outcome = await self._executor.do(action)
            level = logging.INFO if isinstance(outcome, Succeeded) else logging.WARNING
            log.log(level, "phones: %s: %s", action, "done" if isinstance(outcome, Succeeded) else outcome)
