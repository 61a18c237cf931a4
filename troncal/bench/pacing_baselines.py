"""What dialers commonly do, for pacing to stand beside: a fixed ratio, and a level that follows the drop rate. Pure.

Both are tuned as favourably as can be: the setting is the highest whose abandonment, over all days of the tuning
together, keeps the ceiling. Single days may exceed it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dialer.pacing.learned import AttemptEnd
from dialer.pacing.situation import PacingDecision, PacingLimit, PacingRules, PacingSituation
from dialer.simulation.day import TICK_SECONDS, CallPacer, SimulatedDay
from dialer.simulation.plan import DayPlan

MakePacer = Callable[[float], CallPacer]
_TUNING_STEPS = 6
_ADAPT_SECONDS, _ADAPT_STEP = 15.0, 0.04
_LEAST_LEVEL, _MOST_LEVEL = 1.0, 6.0


class _LearnsNothing:
    def attempt_ended(self, result: AttemptEnd, seconds: float) -> None:
        """Of no account here."""

    def talk_ended(self, seconds: float) -> None:
        """Of no account here."""

    def wrap_up_ended(self, seconds: float) -> None:
        """Of no account here."""


def _placed(lines: float, in_use: int, situation: PacingSituation) -> PacingDecision:
    limits = situation.limits
    most = min(limits.channels_free, limits.calls_by_rate, limits.contacts)
    return PacingDecision(max(0, min(most, int(lines) - in_use)), PacingLimit.AGENTS_BUSY)


class FixedRatio(_LearnsNothing):
    """So many calls in flight for each agent who is available."""

    def __init__(self, ratio: float) -> None:
        self._ratio = ratio

    def decide(self, situation: PacingSituation) -> PacingDecision:
        """Every second."""
        return _placed(self._ratio * situation.agents.available, situation.calls.count, situation)


class AdaptiveLevel(_LearnsNothing):
    """So many lines for each agent, in conversation or ringing; every 15 s the level follows the day's drop rate.

    `target`: the drop rate that it aims at. Above the ceiling it calls for available agents only.
    """

    def __init__(self, target: float, ceiling: float) -> None:
        self._target, self._ceiling, self._level, self._seconds = target, ceiling, _LEAST_LEVEL, 0.0

    def decide(self, situation: PacingSituation) -> PacingDecision:
        """Every second."""
        agents, calls, tally = situation.agents, situation.calls, situation.tally
        drop = tally.abandoned / max(1, tally.live_answers)
        self._adapt(drop)
        if drop > self._ceiling:
            return _placed(agents.available, calls.count, situation)
        busy = len(agents.talking) + len(agents.in_wrap_up)
        return _placed(self._level * agents.count, busy + calls.count, situation)

    def _adapt(self, drop: float) -> None:
        self._seconds += TICK_SECONDS
        if self._seconds < _ADAPT_SECONDS:
            return
        self._seconds = 0.0
        short = max(-1.0, min(1.0, (self._target - drop) / self._target))
        self._level = max(_LEAST_LEVEL, min(_MOST_LEVEL, self._level * (1 + _ADAPT_STEP * short)))


@dataclass(frozen=True, slots=True)
class Baseline:
    """A kind of dialer with one setting, the more of which, the more is abandoned."""

    name: str
    make: MakePacer
    least: float
    most: float


def baselines(rules: PacingRules) -> tuple[Baseline, ...]:
    """Those that pacing is compared with."""
    return (
        Baseline("a fixed ratio", FixedRatio, 1.0, _MOST_LEVEL),
        Baseline(
            "a level adapted every 15 s", lambda target: AdaptiveLevel(target, rules.ceiling), 0.001, 2 * rules.ceiling
        ),
    )


def tuned(baseline: Baseline, plans: Iterable[DayPlan], rules: PacingRules) -> float:
    """The highest setting with which these days together keep the ceiling."""
    days, low, high = list(plans), baseline.least, baseline.most
    for _ in range(_TUNING_STEPS):
        middle = (low + high) / 2
        results = [SimulatedDay(plan, baseline.make(middle), rules).run() for plan in days]
        abandoned, live = sum(each.abandoned for each in results), sum(each.live_answers for each in results)
        low, high = (middle, high) if abandoned <= rules.ceiling * live else (low, middle)
    return low
