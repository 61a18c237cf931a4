"""How many of several independent things happen: the Poisson-binomial distribution, up to a largest count. Pure."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import exp

# Chances below this are taken together, as a Poisson distribution: at most this much of their sum goes wrong by it.
_SMALL = 0.04


class CountDistribution:
    """The chances of 0, 1, 2 ... of them; what is beyond the last is counted there."""

    def __init__(self, chances: Iterable[float], largest: int) -> None:
        few = 0.0
        self._chances = [1.0]
        self._largest = largest
        for chance in chances:
            if chance < _SMALL:
                few += chance
            else:
                self.add(chance)
        if few > 0:
            self._add_poisson(few)

    def add(self, chance: float) -> None:
        """One more thing that happens with this chance."""
        before, not_so = self._chances, 1 - chance
        between = [not_so * more + chance * less for less, more in pairwise(before)]
        self._chances = self._cut([not_so * before[0], *between, chance * before[-1]])

    def _add_poisson(self, mean: float) -> None:
        term, terms = exp(-mean), list[float]()
        while len(terms) <= self._largest and (term > 1e-9 or len(terms) <= mean):
            terms.append(term)
            term *= mean / len(terms)
        before = self._chances
        size = len(before) + len(terms) - 1
        after = [0.0] * size
        for at, term in enumerate(terms):
            for place, chance in enumerate(before, at):
                after[place] += term * chance
        self._chances = self._cut(after)

    def _cut(self, chances: list[float]) -> list[float]:
        if len(chances) > self._largest + 1:
            chances[self._largest] += sum(chances[self._largest + 1 :])
            del chances[self._largest + 1 :]
        return chances

    @property
    def chances(self) -> Sequence[float]:
        """Of each count, from 0."""
        return self._chances

    def at_least(self) -> list[float]:
        """The chances of at least 0, 1, 2 ..."""
        found, above = list[float](), 0.0
        for chance in reversed(self._chances):
            above += chance
            found.append(above)
        return found[::-1]
