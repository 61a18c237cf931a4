"""The expected wait: said where it means something, and right within bounds in simulated queues."""

import heapq
import random
from dataclasses import dataclass

import pytest

from callcenter.instants import MICROSECONDS
from ivr.routing.expected_wait import Estimate, Wait, expected_wait

S = MICROSECONDS
NOW = 7200 * S


def answered(at: int, waited: int = 100, on_call: int = 180) -> Wait:
    return Wait((at - waited) * S, at * S, True, (at + on_call) * S)


BUSY = [answered(5600 + 60 * n) for n in range(24)]


def test_the_expected_wait_is_the_position_times_the_time_between_answers() -> None:
    found = expected_wait(5, 3, BUSY, NOW)
    assert found is not None
    assert found.seconds == pytest.approx(5 * 60, rel=0.05)
    assert found.minutes == 5


def test_fewer_agents_make_it_longer_at_once() -> None:
    three, one = expected_wait(5, 3, BUSY, NOW), expected_wait(5, 1, BUSY, NOW)
    assert three is not None and one is not None
    assert one.seconds == pytest.approx(5 * 180)
    assert one.seconds > 2 * three.seconds


def test_wrap_up_counts_as_work() -> None:
    found = expected_wait(5, 1, BUSY, NOW, wrap_up_seconds=60)
    assert found is not None and found.seconds == pytest.approx(5 * 240)


@pytest.mark.parametrize(("position", "working", "waits"), [(5, 0, BUSY), (0, 3, BUSY), (5, 3, BUSY[:5]), (5, 3, [])])
def test_nothing_is_known_without_agents_or_recent_calls(position: int, working: int, waits: list[Wait]) -> None:
    assert expected_wait(position, working, waits, NOW) is None


def test_calls_of_an_hour_ago_say_nothing_of_now() -> None:
    assert expected_wait(5, 3, [answered(1000 + n) for n in range(20)], NOW) is None


def test_callers_who_gave_up_are_not_answers() -> None:
    gone = [Wait((7000 + n) * S, (7010 + n) * S) for n in range(20)]
    assert expected_wait(5, 3, gone, NOW) is None


@pytest.mark.parametrize(
    ("estimate", "minutes"),
    [
        (Estimate(59, 0.3), None),
        (Estimate(61, 0.3), 1),
        (Estimate(61, 0.9), None),
        (Estimate(440, 0.5), 7),
        (Estimate(1000, 0.5), 15),
        (Estimate(4000, 0.5), None),
    ],
)
def test_only_what_means_something_is_said(estimate: Estimate, minutes: int | None) -> None:
    assert estimate.minutes == minutes


def test_to_the_next_caller_nothing_is_said() -> None:
    found = expected_wait(1, 3, BUSY, NOW)
    assert found is not None and found.minutes is None


@dataclass(frozen=True)
class Announced:
    minutes: int
    waited_seconds: float


def simulated(seed: int, *, agents: int, load: float, conversation: float = 180) -> list[Announced]:
    """Four hours of a queue with random arrivals and log-normal calls: the waits announced, and the real ones."""
    chance = random.Random(seed)
    free = [0.0] * agents
    waits: list[Wait] = []
    announced: list[Announced] = []
    now = 0.0
    while now < 14_400:
        now += chance.expovariate(load * agents / conversation)
        at = max(now, heapq.heappop(free))
        known = [_as_known(wait, now) for wait in waits]
        position = 1 + sum(wait.left_us is None for wait in known)
        estimate = expected_wait(position, agents, known, round(now * S)) if at > now else None
        if estimate is not None and estimate.minutes is not None:
            announced.append(Announced(estimate.minutes, at - now))
        end = at + chance.lognormvariate(4.9, 0.8)
        heapq.heappush(free, end)
        waits.append(Wait(round(now * S), round(at * S), True, round(end * S)))
    return announced


def _as_known(wait: Wait, now: float) -> Wait:
    """What had happened of it by then."""
    us = round(now * S)
    if wait.left_us is None or wait.left_us > us:
        return Wait(wait.joined_us, None)
    freed = wait.freed_us if wait.freed_us is not None and wait.freed_us <= us else None
    return Wait(wait.joined_us, wait.left_us, True, freed)


@pytest.mark.slow
@pytest.mark.parametrize(("agents", "load"), [(3, 1.1), (5, 1.05), (10, 1.1)])
def test_the_announced_wait_is_near_the_real_one(agents: int, load: float) -> None:
    announced = [each for seed in range(6) for each in simulated(seed, agents=agents, load=load)]
    assert len(announced) > 100
    bias, error = bias_and_error(announced)
    assert abs(bias) < 0.15
    assert error < 0.35


def bias_and_error(announced: list[Announced]) -> tuple[float, float]:
    """The mean of the announced less the real wait, and the mean size of that, as shares of the mean wait."""
    mean = sum(each.waited_seconds for each in announced) / len(announced)
    wrong = [each.minutes * 60 - each.waited_seconds for each in announced]
    return sum(wrong) / len(announced) / mean, sum(map(abs, wrong)) / len(announced) / mean
