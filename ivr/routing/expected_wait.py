"""How long a caller will wait, where that can be said. Pure.

The estimate is the caller's position times the time between two answers. That time is what the queue has shown in the
last half hour while callers waited (without callers it says nothing), and at least what its agents can do at all: the
mean of a conversation and its wrap-up, divided by the agents who serve the queue now. The second follows at once when
agents come or go, the first knows that they also serve other queues.

Nothing is said when it would mean nothing: too few calls recently, nobody serves, less than a minute, more than an
hour, or too uncertain. The times between answers vary about as much as their mean, so that the sum of `position` of
them is uncertain by 1/sqrt(position) of itself, and their mean, known from `n` of them, by 1/sqrt(n).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from callcenter.instants import MICROSECONDS

WINDOW_US = 30 * 60 * MICROSECONDS
FEWEST_ANSWERS = 6
MOST_UNCERTAIN = 0.75
LEAST_SECONDS, MOST_SECONDS = 60.0, 3600.0
# Beyond ten minutes nobody counts single ones.
_COARSE_FROM, _COARSE = 10, 5


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait in the queue and the conversation after it, microseconds UTC. `left_us` None: still waiting.

    `answered`: it ended with an agent. `freed_us`: the conversation's end, None while it lasts or without one.
    """

    joined_us: int
    left_us: int | None
    answered: bool = False
    freed_us: int | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """The expected wait in seconds, and how uncertain it is, as a share of it."""

    seconds: float
    uncertainty: float

    @property
    def minutes(self) -> int | None:
        """The minutes that are said to the caller; None where they would mean nothing."""
        if self.uncertainty > MOST_UNCERTAIN or not LEAST_SECONDS <= self.seconds <= MOST_SECONDS:
            return None
        whole = max(1, round(self.seconds / 60))
        return whole if whole <= _COARSE_FROM else _COARSE * round(whole / _COARSE)


def expected_wait(
    position: int, working: int, waits: Sequence[Wait], now_us: int, *, wrap_up_seconds: int = 0
) -> Estimate | None:
    """The expected wait of the caller at a position (1: the next), with so many agents serving.

    `waits`: those of this queue that touch the last half hour. None: nothing can be known.
    """
    recent = [wait for wait in waits if wait.left_us is None or wait.left_us > now_us - WINDOW_US]
    answers = [wait for wait in recent if wait.answered]
    if working <= 0 or position <= 0 or len(answers) < FEWEST_ANSWERS:
        return None
    seen = _held_up_us(recent, now_us) / len(answers) / MICROSECONDS
    able = (_mean_call_seconds(answers, now_us) + wrap_up_seconds) / working
    return Estimate(position * max(seen, able), sqrt(1 / len(answers) + 1 / position))


def _held_up_us(waits: Iterable[Wait], now_us: int) -> int:
    """For how much of the window at least one caller waited."""
    begin = now_us - WINDOW_US
    covered, until = 0, begin
    for joined, left in sorted((wait.joined_us, now_us if wait.left_us is None else wait.left_us) for wait in waits):
        covered += max(0, left - max(joined, until))
        until = max(until, left)
    return covered


def _mean_call_seconds(answers: Sequence[Wait], now_us: int) -> float:
    """The mean conversation: the time of all divided by the number that ended, so that long ones that go on count."""
    conversation_us = sum((now_us if wait.freed_us is None else wait.freed_us) - _answered_us(wait) for wait in answers)
    ended = sum(wait.freed_us is not None for wait in answers)
    return conversation_us / max(1, ended) / MICROSECONDS


def _answered_us(wait: Wait) -> int:
    assert wait.left_us is not None
    return wait.left_us
