"""The one way in which a test waits for what comes in its own time: ask again until it is there, with a limit.

Pages have a way of their own, which does the same: Playwright's `expect(...)`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

from tests.stolen_time import share, ticks

PATIENCE = 2
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.001, 0.1
Answer = TypeVar("Answer")


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for a condition. The limit: `seconds` on a quiet machine, twice that on a busy one, and what the host of
    the machine took away in the meantime does not count. Raises AssertionError.
    """
    pauses = _pauses(seconds, what)
    while not condition():
        time.sleep(next(pauses))  # world: poll


async def eventually(condition: Callable[[], bool], seconds: float = 10, what: str = "what is waited for") -> None:
    """The same while telephones and services of this process go on."""
    pauses = _pauses(seconds, what)
    while not condition():
        await asyncio.sleep(next(pauses))  # world: poll


async def answered(
    ask: Callable[[], Awaitable[Answer]],
    wanted: Callable[[Answer], object],
    seconds: float = 10,
    what: str = "the answer that is wanted",
) -> Answer:
    """Ask until the answer is as wanted; that answer."""
    pauses = _pauses(seconds, what)
    while not wanted(answer := await ask()):
        try:
            pause = next(pauses)
        except AssertionError as late:
            raise AssertionError(f"{late}, but {answer!r}") from None
        await asyncio.sleep(pause)  # world: poll
    return answer


def _pauses(seconds: float, what: str) -> Iterator[float]:
    """Pauses between looks, the first ones short. Raises AssertionError when the time is over."""
    left, pause = seconds * PATIENCE, FIRST_PAUSE_SECONDS
    now, seen = time.monotonic(), ticks()
    while left > 0:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        before, was = now, seen
        now, seen = time.monotonic(), ticks()
        left -= (now - before) * (1 - share(was, seen))
    raise AssertionError(f"after {seconds * PATIENCE:g} s still not: {what}")
