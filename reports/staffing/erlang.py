"""What so many agents achieve with so many calls: Erlang's formulas B, C and A. Pure.

Exact, and stable for thousands of agents: B by its recursion, in which nothing grows; A as sums of positive terms by
their logarithms. Erlang A is the queue M/M/n+M: callers have a patience, exponential with that mean, and leave when it
is over. Its share of waits within a time is an integral over the density of the wait that a patient caller would have
(Mandelbaum and Zeltyn, "Service Engineering in Action: The Palm/Erlang-A Queue", after Baccelli and Hebuterne).
Loads are in erlangs (calls in a second times the seconds that one takes), times in seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp, expm1, inf, log, log1p

# Enough for a smooth integrand: with twice as many steps the share changes in its eighth digit.
_FEWEST_STEPS = 256
# Terms this much smaller than the largest, as a power of e, change no digit of a sum.
_NEGLIGIBLE = 45.0
MOST_AGENTS = 5000


@dataclass(frozen=True, slots=True)
class Traffic:
    """Calls in a second, the mean seconds that an agent has with one, and the callers' mean patience (None: no end)."""

    calls_per_second: float
    handle_seconds: float
    patience_seconds: float | None = None

    @property
    def load(self) -> float:
        """In erlangs."""
        return self.calls_per_second * self.handle_seconds


def erlang_b(load: float, agents: int) -> float:
    """The share of calls that find all agents taken where nobody waits."""
    blocked = 1.0
    for number in range(1, agents + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(load: float, agents: int) -> float:
    """The share of calls that wait where everybody waits for as long as it takes; 1 where that never ends."""
    if load >= agents:
        return 1.0
    blocked = erlang_b(load, agents)
    return agents * blocked / (agents - load * (1 - blocked))


def answered_within(traffic: Traffic, agents: int, seconds: float) -> float:
    """The share of all calls that an agent answers within that time: what formula A of the service level measures."""
    if traffic.load == 0:
        return 1.0
    if traffic.patience_seconds is None:
        return _within_c(traffic, agents, seconds)
    return _QueueA.of(traffic, agents).answered_within(seconds)


def abandoned(traffic: Traffic, agents: int) -> float:
    """The share of calls that abandon; 0 where patience has no end and the agents suffice, else what they cannot do."""
    if traffic.load == 0:
        return 0.0
    if traffic.patience_seconds is None:
        return max(0.0, 1 - agents / traffic.load)
    return _QueueA.of(traffic, agents).abandoned


def mean_wait(traffic: Traffic, agents: int) -> float:
    """The mean wait of all calls, also of those that abandon; infinite where the queue never ends."""
    if traffic.load == 0:
        return 0.0
    if traffic.patience_seconds is not None:
        return abandoned(traffic, agents) * traffic.patience_seconds
    if traffic.load >= agents:
        return inf
    return erlang_c(traffic.load, agents) * traffic.handle_seconds / (agents - traffic.load)


def agents_needed(traffic: Traffic, seconds: float, share: float) -> int:
    """The fewest agents who answer that share of the calls within that time.

    Raises ValueError where not even `MOST_AGENTS` do.
    """
    if traffic.load == 0:
        return 0

    def enough(agents: int) -> bool:
        return answered_within(traffic, agents, seconds) >= share

    most = min(max(1, ceil(traffic.load)), MOST_AGENTS)
    while not enough(most):
        if most == MOST_AGENTS:
            raise ValueError(f"no {most} agents answer {share:.1%} of a load of {traffic.load:.1f} in {seconds} s")
        most = min(2 * most, MOST_AGENTS)
    return _first(enough, 1, most)


def _first(is_enough: Callable[[int], bool], low: int, high: int) -> int:
    """The lowest number from which on it is, and at `high` it is: more agents never answer fewer calls."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle + 1, high)
    return low


def _within_c(traffic: Traffic, agents: int, seconds: float) -> float:
    if traffic.load >= agents:
        return 0.0
    beyond = exp(-(agents - traffic.load) * seconds / traffic.handle_seconds)
    return 1 - erlang_c(traffic.load, agents) * beyond


@dataclass(frozen=True, slots=True)
class _QueueA:
    """The steady state of M/M/n+M. `log_all_taken`: of the probability that exactly all agents are taken."""

    traffic: Traffic
    agents: int
    patience: float
    log_all_taken: float
    abandoned: float
    at_once: float

    @classmethod
    def of(cls, traffic: Traffic, agents: int) -> "_QueueA":
        """Of states with more and more waiting, each is as likely as the one before times what comes over what goes."""
        patience, arrivals = traffic.patience_seconds or inf, traffic.calls_per_second
        blocked = erlang_b(traffic.load, agents)
        if blocked == 0:  # fewer than one call in 10^300 waits
            return cls(traffic, agents, patience, -inf, 0.0, 1.0)
        waiting = _log_states(arrivals, agents / traffic.handle_seconds, 1 / patience)
        largest = max(*waiting, -log(blocked))
        free_or_taken = exp(-log(blocked) - largest)
        total = free_or_taken + sum(exp(each - largest) for each in waiting[1:])
        queue = sum(number * exp(each - largest) for number, each in enumerate(waiting)) / total
        log_all_taken = -largest - log(total)
        at_once = (free_or_taken - exp(-largest)) / total
        return cls(traffic, agents, patience, log_all_taken, queue / patience / arrivals, at_once)

    def answered_within(self, seconds: float) -> float:
        """At once, or after a wait that is shorter than that and than the caller's patience; by Simpson's rule."""
        if self.log_all_taken == -inf or seconds <= 0:
            return self.at_once
        steps = self._steps(seconds)
        step = seconds / steps
        weights = [1, *([4, 2] * (steps // 2))[:-1], 1]
        served = sum(weight * self._served_after(number * step) for number, weight in enumerate(weights))
        return self.at_once + step / 3 * served

    def _steps(self, seconds: float) -> int:
        """An even number, more where more happens in that time."""
        a_second = self.traffic.calls_per_second + self.agents / self.traffic.handle_seconds + 1 / self.patience
        return max(_FEWEST_STEPS, 2 * ceil(2 * seconds * a_second))

    def _served_after(self, wait: float) -> float:
        """The density of waits that end with an agent."""
        arrivals, service = self.traffic.calls_per_second, self.agents / self.traffic.handle_seconds
        stayed = -self.patience * expm1(-wait / self.patience)
        return exp(log(service) + self.log_all_taken + arrivals * stayed - service * wait - wait / self.patience)


def _log_states(arrivals: float, service: float, leaving: float) -> list[float]:
    """How likely none, one, two, ... wait, over how likely none does: their logarithms, up to where they vanish."""
    found, each, largest, number = [0.0], 0.0, 0.0, 0
    while number == 0 or each > largest - _NEGLIGIBLE or arrivals > service + number * leaving:
        number += 1
        each -= log1p((service + number * leaving - arrivals) / arrivals)
        found.append(each)
        largest = max(largest, each)
    return found
