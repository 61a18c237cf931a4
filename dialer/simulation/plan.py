"""What a simulated day is made of, drawn from a seed. Pure: the same seed gives the same day. Lengths are seconds."""

from dataclasses import dataclass
from math import exp, log, sqrt
from random import Random

from dialer.pacing.learned import AttemptEnd

HOUR = 3600.0
LOWEST_RATE, HIGHEST_RATE = 0.15, 0.60


@dataclass(frozen=True, slots=True)
class DrawnLength:
    """A lognormal length; `variation` is its standard deviation divided by its mean."""

    mean_seconds: float
    variation: float

    def draw(self, chance: Random) -> float:
        """One of them."""
        spread = log(1 + self.variation**2)
        return exp(chance.gauss(log(self.mean_seconds) - spread / 2, sqrt(spread)))


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A campaign's day: its agents, its customers, its trunk.

    `answer_rates`: the chance that a person answers, at evenly spaced moments from the begin to the end; in between it
    changes evenly. `set_up_seconds`: from placing a call to the first ring. `busy`: the share of calls that end
    at once; `machines`: of the others that no person answers, those that a machine answers. `calls_per_second` and
    `channels`: the trunk's.
    """

    seed: int
    agents: int
    seconds: float
    answer_rates: tuple[float, ...]
    talk: DrawnLength = DrawnLength(150.0, 0.8)
    wrap_up: DrawnLength = DrawnLength(30.0, 0.5)
    rings: DrawnLength = DrawnLength(9.0, 0.55)
    machine_rings: DrawnLength = DrawnLength(18.0, 0.2)
    set_up_seconds: float = 2.0
    busy: float = 0.08
    machines: float = 0.3
    calls_per_second: int = 20
    channels: int = 300
    contacts: int = 1_000_000

    def answer_rate(self, at: float) -> float:
        """The chance that a person answers a call which is placed at that moment."""
        place = min(max(at / self.seconds, 0.0), 1.0) * (len(self.answer_rates) - 1)
        before = min(int(place), len(self.answer_rates) - 2)
        begin, end = self.answer_rates[before : before + 2]
        return begin + (place - before) * (end - begin)


@dataclass(frozen=True, slots=True)
class SimulatedAttempt:
    """What comes of a call: after how long its ringing ends, and how. Of a live answer, how long its agent is busy."""

    result: AttemptEnd
    ring_seconds: float
    talk_seconds: float
    wrap_up_seconds: float


def drawn_day(seed: int, agents: int, hours: tuple[float, float] = (2.0, 5.0)) -> DayPlan:
    """A day of so many agents and hours, with rates, conversations and wrap-ups that differ from day to day."""
    chance = Random(f"day {seed} {agents}")  # noqa: S311 - a simulation
    rates = tuple(chance.uniform(LOWEST_RATE, HIGHEST_RATE) for _ in range(4))
    talk = DrawnLength(chance.uniform(140, 200), chance.uniform(0.7, 1.0))
    wrap_up = DrawnLength(chance.uniform(25, 40), 0.5)
    return DayPlan(seed, agents, chance.uniform(*hours) * HOUR, rates, talk, wrap_up)


class SimulatedCustomers:
    """The attempts of a day one after the other: who is called nth is the same for every pacer."""

    def __init__(self, plan: DayPlan, ring_seconds: float) -> None:
        self._plan, self._ring_seconds, self._called = plan, ring_seconds, 0

    def call(self, at: float) -> SimulatedAttempt:
        """The next one is called at that moment."""
        self._called += 1
        chance = Random(self._plan.seed * 1_000_003 + self._called)  # noqa: S311 - a simulation
        return self._attempt(chance, at)

    def _attempt(self, chance: Random, at: float) -> SimulatedAttempt:
        plan, drawn = self._plan, chance.random()
        talk, wrap_up = plan.talk.draw(chance), plan.wrap_up.draw(chance)
        result, seconds = self._ringing(chance, drawn, plan.answer_rate(at))
        if seconds >= self._ring_seconds:
            result, seconds = AttemptEnd.NO_ANSWER, self._ring_seconds
        return SimulatedAttempt(result, seconds, talk, wrap_up)

    def _ringing(self, chance: Random, drawn: float, live: float) -> tuple[AttemptEnd, float]:
        plan = self._plan
        if drawn < live:
            return AttemptEnd.LIVE, plan.set_up_seconds + plan.rings.draw(chance)
        if drawn < live + (1 - live) * plan.busy:
            return AttemptEnd.BUSY, plan.set_up_seconds
        if drawn < live + (1 - live) * (plan.busy + plan.machines):
            return AttemptEnd.MACHINE, plan.set_up_seconds + plan.machine_rings.draw(chance)
        return AttemptEnd.NO_ANSWER, self._ring_seconds
