"""How well agents could be kept talking by a dialer that does not know who will answer. Pure.

In an idealised centre every telephone is answered after exactly the mean time, if it is. The dialer looks once for each
such time: it knows its idle agents, and that each call that it places now is answered then with a certain chance.
Answers and agents of one such time always meet; what is over is abandoned. One dialer foresees how many agents will
be free by then: what a real one knows of its agents is worth less, so that its best is below this. Another one knows
only how many end their calls on the average. Both know the answer rate, and nothing comes too early or too late.

The least idleness of such a dialer under a ceiling has a lower bound by Lagrange's duality: for any price of an
abandoned call, that of the best policy (found by value iteration) for the sum of idleness and of what was paid for
abandonment above the ceiling.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from math import comb, exp, factorial

_MOST_ENDS = 14
_PRICES = (2.0, 4.0, 7.0, 12.0, 20.0)
_SWEEPS, _ROUNDS, _CLOSE = 20, 40, 1e-4
_Calls = list[list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Ideal:
    """The idealised dialer: its agents, the chance of an answer, the time to an answer and from call to call."""

    agents: int
    answer_rate: float
    answer_seconds: float
    cycle_seconds: float
    ceiling: float
    foresees_agents: bool = True


def most_busy(ideals: Sequence[Ideal]) -> float:
    """The largest share of their time that agents are busy, where the answer rate is each of these equally often."""
    idle = max(sum(_Policy(each, price).cost() for each in ideals) / len(ideals) for price in _PRICES)
    return 1 - max(0.0, idle) / ideals[0].agents


class _Policy:
    """How many calls to place for each number of agents who will be free, at a price of an abandoned call."""

    def __init__(self, ideal: Ideal, price: float) -> None:
        self._ideal, self._price = ideal, price
        per_look = ideal.agents * ideal.answer_seconds / ideal.cycle_seconds
        self._most = int((4 + 3 * per_look) / ideal.answer_rate) + 4
        self._answers = [_binomial(calls, ideal.answer_rate) for calls in range(self._most + 1)]
        rate = ideal.answer_seconds / ideal.cycle_seconds
        self._ends = [_poisson((ideal.agents - idle) * rate) for idle in range(ideal.agents + 1)]

    def cost(self) -> float:
        """Idle agents on the average, and what is paid for abandonment above the ceiling."""
        values = [0.0] * (self._ideal.agents + 1)
        gain = 0.0
        for _ in range(_ROUNDS):
            calls = self._best_calls(values)
            for _ in range(_SWEEPS):
                after = self._swept(calls, values)
                gain, change = after[0], _spread(after, values)
                values = [each - after[0] for each in after]
            if change < _CLOSE:
                break
        return gain

    def _swept(self, calls: _Calls, values: Sequence[float]) -> list[float]:
        costs = {each: self._expected(*each, values) for each in set(chain.from_iterable(calls))}
        return [
            sum(chance * costs[each] for chance, each in zip(ends, row, strict=True))
            for ends, row in zip(self._ends, calls, strict=True)
        ]

    def _best_calls(self, values: Sequence[float]) -> _Calls:
        """For each number of idle agents, and of others who will be free: all who will be, and the calls to place."""
        if not self._ideal.foresees_agents:
            return self._best_unforeseen(values)
        best, found = 0, list[int]()
        for free in range(self._ideal.agents + _MOST_ENDS):
            # With one more free agent never fewer calls are best.
            best = self._best_from(best, partial(self._expected, free, values=values))
            found.append(best)
        return [[(free, found[free]) for free in range(idle, idle + _MOST_ENDS)] for idle in range(len(self._ends))]

    def _best_unforeseen(self, values: Sequence[float]) -> _Calls:
        best, found = 0, list[list[tuple[int, int]]]()
        for idle, ends in enumerate(self._ends):
            best = self._best_from(best, partial(self._expected_of_ends, idle, ends, values))
            found.append([(idle + ended, best) for ended in range(_MOST_ENDS)])
        return found

    def _expected_of_ends(self, idle: int, ends: Sequence[float], values: Sequence[float], calls: int) -> float:
        return sum(chance * self._expected(idle + ended, calls, values) for ended, chance in enumerate(ends))

    def _best_from(self, best: int, cost: Callable[[int], float]) -> int:
        while best < self._most and cost(best + 1) < cost(best):
            best += 1
        return best

    def _expected(self, free: int, calls: int, values: Sequence[float]) -> float:
        ceiling, price, agents = self._ideal.ceiling, self._price, self._ideal.agents
        cost = 0.0
        for answered, chance in enumerate(self._answers[calls]):
            idle, abandoned = min(agents, max(0, free - answered)), max(0, answered - free)
            cost += chance * (idle + values[idle] + price * (abandoned - ceiling * answered))
        return cost


def _spread(after: Sequence[float], before: Sequence[float]) -> float:
    changes = [new - old for new, old in zip(after, before, strict=True)]
    return max(changes) - min(changes)


def _binomial(count: int, chance: float) -> list[float]:
    return [comb(count, hits) * chance**hits * (1 - chance) ** (count - hits) for hits in range(count + 1)]


def _poisson(mean: float) -> list[float]:
    terms = [exp(-mean) * mean**count / factorial(count) for count in range(_MOST_ENDS)]
    terms[-1] += 1 - sum(terms)
    return terms
