"""Sees that the wall clock of this machine was set, and has Asterisk write that into its queue log.

Whoever folds the log then knows it, at whatever time: docs/adr/0022.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from ami_bridge.actions.forms.answers import ActionOutcome, Succeeded
from ami_bridge.feeds.clock_watch import ClockWatch
from ami_bridge.feeds.standstills import LOOK_SECONDS, Standstills
from ami_bridge.ledger.clock_steps import ClockStep
from callcenter.instants import MICROSECONDS

log = logging.getLogger(__name__)

AGAIN_SECONDS = 1.0


class ClockReports:
    """One node's clock, and the silence of its Asterisk, which is judged by the same clock.

    `write`: has Asterisk write a row. Where it does not answer it is asked again: whoever folds the log counts a row
    that says the same once.
    """

    def __init__(
        self,
        standstills: Standstills,
        write: Callable[[ClockStep], Awaitable[ActionOutcome]],
        both_clocks: Callable[[], tuple[int, int]],
    ) -> None:
        self._standstills, self._write, self._both_clocks = standstills, write, both_clocks
        self._watch = ClockWatch(*both_clocks())
        self._unwritten = deque[ClockStep]()
        self._problem = ""

    def heard(self) -> None:
        """Asterisk answered."""
        _, steady_us = self._both_clocks()
        self._standstills.heard(self._watch.wall_us(steady_us))

    def look(self) -> None:
        """Look at the clock, then for Asterisk's silence."""
        wall_us, steady_us = self._both_clocks()
        step = self._watch.look(wall_us, steady_us)
        if step is not None:
            log.warning("the wall clock was set by %+.3f s", step.by_us / MICROSECONDS)
            self._standstills.set_clock(step.by_us)
            self._unwritten.append(step)
        if self._standstills.look(wall_us):
            log.error("Asterisk answers nothing any more: it stands still; what it writes afterwards is not exact")

    async def write_down(self) -> None:
        """Have written what is not written yet, up to the first that cannot be."""
        while self._unwritten:
            outcome = await self._write(self._unwritten[0])
            if not isinstance(outcome, Succeeded):
                if str(outcome) != self._problem:
                    log.warning("the queue log does not say yet that the clock was set, it is tried again: %s", outcome)
                self._problem = str(outcome)
                return
            self._unwritten.popleft()
            self._problem = ""

    async def run(self) -> None:
        """Look for ever, also while Asterisk does not answer."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_writing())
            while True:
                self.look()
                await asyncio.sleep(LOOK_SECONDS)

    async def _keep_writing(self) -> None:
        while True:
            await self.write_down()
            await asyncio.sleep(AGAIN_SECONDS if self._problem else LOOK_SECONDS / 2)
