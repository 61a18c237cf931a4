"""What is learned of a campaign while it runs: who answers, how soon, and how long agents are busy. Pure.

Everything starts from a prior, which weighs as much as so many observations, and forgets: the answer rate of the
morning is not that of noon. How soon people answer and how long they talk changes less, and is forgotten more slowly.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from math import erf, exp, log, sqrt


class AttemptEnd(StrEnum):
    """How a call ended its ringing. `cancelled`: we ended it before its time."""

    LIVE = "live"
    MACHINE = "machine"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed before anything was seen: a lognormal length, and as how many observations it counts."""

    mean_seconds: float
    variation: float
    weight: float = 20.0

    def survival(self, seconds: float) -> float:
        """The chance that it takes longer. `variation`: standard deviation divided by mean."""
        if seconds <= 0:
            return 1.0
        spread = log(1 + self.variation**2)
        middle = log(self.mean_seconds) - spread / 2
        return 0.5 * (1 - erf((log(seconds) - middle) / sqrt(2 * spread)))


@dataclass(frozen=True, slots=True)
class AnswerPrior:
    """What is believed of attempts: the shares that persons answer, and that end otherwise (busy, machines).

    `memory`: after so many more, an attempt weighs a third (1/e) of a new one.
    """

    live: float = 0.35
    other: float = 0.3
    weight: float = 30.0
    memory: float = 200.0
    rings: Prior = Prior(11.0, 0.5)
    other_rings: Prior = Prior(10.0, 1.0)


_OTHER = frozenset({AttemptEnd.MACHINE, AttemptEnd.BUSY})
_UNSEEN, _FOR_EVER = 1e-6, 1e6


class LearnedLength:
    """A distribution of lengths, as a histogram that forgets: after `memory` more, an observation weighs a third."""

    def __init__(self, prior: Prior, *, bin_seconds: float, bins: int, memory: float) -> None:
        self._bin, self._last, self._keep = bin_seconds, bins - 1, exp(-1 / memory)
        self._prior_mean = prior.mean_seconds
        edges = [prior.survival(at * bin_seconds) for at in range(bins)]
        ends = zip(edges, [*edges[1:], 0.0], strict=True)
        self._counts = [prior.weight * (begin - end) for begin, end in ends]
        self._survival, self._mean = list[float](), 0.0

    def learn(self, seconds: float) -> None:
        """One that has ended."""
        self._counts = [count * self._keep for count in self._counts]
        self._counts[min(self._last, int(seconds / self._bin))] += 1
        self._survival, self._mean = [], 0.0

    @property
    def survival(self) -> list[float]:
        """The chance to last longer, at the begin of each bin."""
        if not self._survival:
            left = list(accumulate(reversed(self._counts)))
            left.reverse()
            self._survival = [each / left[0] for each in left] + [0.0]
        return self._survival

    @property
    def mean_seconds(self) -> float:
        """As learned so far."""
        survival = self.survival
        self._mean = self._mean or self._bin * (sum(survival) - 0.5)
        return self._mean

    def longer_than(self, seconds: float) -> float:
        """The chance that it takes longer than so many seconds."""
        at = seconds / self._bin
        whole = int(at)
        if whole > self._last:
            return 0.0
        survival = self._survival or self.survival
        return survival[whole] + (at - whole) * (survival[whole + 1] - survival[whole])

    def ends_within(self, age: float, seconds: float) -> float:
        """The chance that one which has lasted `age` seconds ends in the next ones."""
        left = self.longer_than(age)
        if left < _UNSEEN:
            # Longer than any that was seen: as if it had no memory.
            return 1 - exp(-seconds / self._prior_mean)
        return 1 - self.longer_than(age + seconds) / left


def learned_talk(prior: Prior = Prior(160.0, 0.8)) -> LearnedLength:
    """Conversations, up to half an hour."""
    return LearnedLength(prior, bin_seconds=5.0, bins=360, memory=500)


def learned_wrap_up(prior: Prior = Prior(30.0, 0.5)) -> LearnedLength:
    """Wrap-ups, up to five minutes."""
    return LearnedLength(prior, bin_seconds=1.0, bins=300, memory=500)


class LearnedAnswers:
    """Who answers and how soon: what becomes of a call, by how long it has rung."""

    def __init__(self, prior: AnswerPrior | None = None) -> None:
        prior = prior or AnswerPrior()
        self._rings = LearnedLength(prior.rings, bin_seconds=1.0, bins=60, memory=2000)
        self._other_rings = LearnedLength(prior.other_rings, bin_seconds=1.0, bins=60, memory=2000)
        self._live = _LearnedShare(prior.live, prior.weight, prior.memory)
        self._other = _LearnedShare(prior.other, prior.weight, prior.memory)

    @property
    def live(self) -> float:
        """The chance that a person answers."""
        return self._live.share

    @property
    def mean_seconds(self) -> float:
        """From placing a call to its answer by a person."""
        return self._rings.mean_seconds

    def learn(self, result: AttemptEnd, seconds: float) -> None:
        """An attempt that ended after so many seconds. A cancelled one counts as the share that would be answered."""
        answer, other = float(result is AttemptEnd.LIVE), float(result in _OTHER)
        if result is AttemptEnd.CANCELLED:
            answer = self.answered_within(seconds, _FOR_EVER)
        self._live.learn(answer)
        self._other.learn(other)
        if answer == 1:
            self._rings.learn(seconds)
        elif other:
            self._other_rings.learn(seconds)

    def answered_within(self, age: float, seconds: float) -> float:
        """The chance that a person answers in the next seconds a call that has rung for `age` seconds."""
        answered, other = 1 - self._rings.longer_than(age), 1 - self._other_rings.longer_than(age)
        until = 1 - self._rings.longer_than(age + seconds)
        still = 1 - self.live * answered - self._other.share * other
        return min(1.0, self.live * (until - answered) / max(still, _UNSEEN))


class _LearnedShare:
    """A share that changes in the course of the day."""

    def __init__(self, share: float, weight: float, memory: float) -> None:
        self._hits, self._all, self._keep = share * weight, weight, 1 - 1 / memory

    @property
    def share(self) -> float:
        return self._hits / self._all

    def learn(self, hit: float) -> None:
        self._hits = self._hits * self._keep + hit
        self._all = self._all * self._keep + 1
