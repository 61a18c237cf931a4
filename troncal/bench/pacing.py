"""Pacing on simulated days: how much agents talk under the ceiling of abandonment, beside other dialers and a bound.

The share of agents' time in conversation is given in percent of what perfect foresight reaches on the same day.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt
from statistics import fmean, stdev

from dialer.pacing.decision import CampaignPacer
from dialer.pacing.situation import PacingDecision, PacingRules, PacingSituation
from dialer.simulation.day import CallPacer, DayResult, SimulatedDay
from dialer.simulation.foresight import perfect_foresight
from dialer.simulation.plan import HIGHEST_RATE, LOWEST_RATE, DayPlan, drawn_day
from troncal.bench.figures import Figure, Target, percentile
from troncal.bench.pacing_baselines import Baseline, baselines, tuned
from troncal.bench.pacing_bound import Ideal, most_busy

RULES = PacingRules()
# Smaller teams are judged beside the bound only.
TALKING, JUDGED_AGENTS = Target(95, "%", at_least=True), 20
JUDGED_LIVE_ANSWERS = 100
NO_DAY, DECIDED_WITHIN, DECIDED_AGENTS = Target(1, ""), Target(2, "ms"), 50
_IDEAL = "an idealised dialer that knows the answer rate"
# The pacer's constants were chosen on the days from 0 on, the settings beside it on those from a million on: what is
# measured are days that neither has seen.
_MEASURED_FROM, _TUNED_FROM = 600_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is simulated: teams, days of each, days for the tuning of what it stands beside, hours of a day."""

    teams: tuple[int, ...]
    days: int
    tuning_days: int
    hours: tuple[float, float] = (1.5, 3.5)


QUICK = Extent((5, 20), 1, 1, (1.5, 2.0))
SHORT = Extent((5, 20), 2, 1, (1.5, 2.0))
LONG = Extent((5, 10, 20, 30, 50), 40, 4)


async def measure(*, quick: bool) -> list[Figure]:
    """Some short days."""
    return figures(QUICK if quick else SHORT)


async def measure_days(*, quick: bool) -> list[Figure]:
    """Two hundred days."""
    return figures(replace(LONG, days=4, tuning_days=1) if quick else LONG)


def figures(extent: Extent) -> list[Figure]:
    """Of each team, and the time that a decision takes in the largest."""
    found = [figure for agents in extent.teams for figure in _team(agents, extent)]
    return [*found, _decision_time()]


def _team(agents: int, extent: Extent) -> list[Figure]:
    plans = [drawn_day(_MEASURED_FROM + number, agents, extent.hours) for number in range(extent.days)]
    ideal = [perfect_foresight(plan, RULES) for plan in plans]
    results = [SimulatedDay(plan, CampaignPacer(RULES), RULES).run() for plan in plans]
    talking = f"{agents} agents: talking, {_of_foresight(results, ideal)}"
    target = TALKING if agents >= JUDGED_AGENTS else None
    return [
        Figure(talking, _talking(results, ideal), "%", target=target),
        Figure(f"{agents} agents: bound, {_IDEAL} and foresees its agents", _bound(plans, foresees=True), "%"),
        Figure(f"{agents} agents: bound, {_IDEAL} and its agents' mean", _bound(plans, foresees=False), "%"),
        *(_beside(baseline, plans, ideal, extent) for baseline in baselines(RULES)),
        Figure(f"{agents} agents: {_abandoned(results)}; days above the ceiling", _above(results), "", target=NO_DAY),
    ]


def _beside(baseline: Baseline, plans: Sequence[DayPlan], ideal: Sequence[DayResult], extent: Extent) -> Figure:
    agents = plans[0].agents
    days = [drawn_day(_TUNED_FROM + number, agents, extent.hours) for number in range(extent.tuning_days)]
    setting = tuned(baseline, days, RULES)
    results = [SimulatedDay(plan, baseline.make(setting), RULES).run() for plan in plans]
    what = f"{agents} agents: {baseline.name} ({setting:.3g}), {_of_foresight(results, ideal)}; {_abandoned(results)}"
    return Figure(f"{what}; {_above(results)} days above the ceiling", _talking(results, ideal), "%")


def _shares(results: Sequence[DayResult], ideal: Sequence[DayResult]) -> list[float]:
    return [100 * day.talking / best.talking for day, best in zip(results, ideal, strict=True)]


def _talking(results: Sequence[DayResult], ideal: Sequence[DayResult]) -> float:
    return fmean(_shares(results, ideal))


def _of_foresight(results: Sequence[DayResult], ideal: Sequence[DayResult]) -> str:
    shares = _shares(results, ideal)
    interval = f" ± {1.96 * stdev(shares) / sqrt(len(shares)):.1f}" if len(shares) > 1 else ""
    return f"of perfect foresight, {len(shares)} days{interval}"


def _abandoned(results: Sequence[DayResult]) -> str:
    abandoned, live = sum(each.abandoned for each in results), sum(each.live_answers for each in results)
    worst = max((each.abandonment for each in results if _is_judged(each)), default=0.0)
    return f"abandoned {100 * abandoned / max(1, live):.2f} %, worst day {100 * worst:.2f} %"


def _above(results: Sequence[DayResult]) -> int:
    return sum(each.abandonment > RULES.ceiling for each in results if _is_judged(each))


def _is_judged(result: DayResult) -> bool:
    return result.live_answers >= JUDGED_LIVE_ANSWERS


def _bound(plans: Sequence[DayPlan], *, foresees: bool) -> float:
    """At rates that are spread as those of the days are, with their mean lengths."""
    answer = fmean(plan.set_up_seconds + plan.rings.mean_seconds for plan in plans)
    cycle = fmean(plan.talk.mean_seconds + plan.wrap_up.mean_seconds for plan in plans)
    rates = (LOWEST_RATE, (LOWEST_RATE + HIGHEST_RATE) / 2, HIGHEST_RATE)
    agents, ceiling = plans[0].agents, RULES.ceiling
    return 100 * most_busy([Ideal(agents, rate, answer, cycle, ceiling, foresees) for rate in rates])


class _Timed(CampaignPacer):
    """Measures its own decisions."""

    def __init__(self, rules: PacingRules) -> None:
        super().__init__(rules)
        self.taken_ms: list[float] = []

    def decide(self, situation: PacingSituation) -> PacingDecision:
        """As before, by the processor's time."""
        began = time.process_time()
        decision = super().decide(situation)
        self.taken_ms.append((time.process_time() - began) * 1000)
        return decision


def _decision_time() -> Figure:
    pacer: CallPacer = (timed := _Timed(RULES))
    SimulatedDay(drawn_day(0, DECIDED_AGENTS, (0.2, 0.2)), pacer, RULES).run()
    what = f"processor time of one decision at {DECIDED_AGENTS} agents, p99"
    return Figure(what, percentile(timed.taken_ms, 0.99), "ms", target=DECIDED_WITHIN)
