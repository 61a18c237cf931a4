"""What pacing stands beside: other dialers, tuned, and the bound of an idealised one; and the lines of the table."""

import pytest

from dialer.pacing.situation import DayTally
from dialer.simulation.day import SimulatedDay
from dialer.simulation.plan import drawn_day
from tests.dialer.pacing.situations import situation
from troncal.bench import pacing
from troncal.bench.pacing import RULES, Extent
from troncal.bench.pacing_baselines import AdaptiveLevel, FixedRatio, baselines, tuned
from troncal.bench.pacing_bound import Ideal, most_busy

PLAN = drawn_day(3, 10, (0.5, 0.5))


def busy(agents: int = 10, rate: float = 0.3, ceiling: float = 0.03, foresees: bool = True) -> float:
    return most_busy([Ideal(agents, rate, 11.0, 200.0, ceiling, foresees)])


def test_a_fixed_ratio_is_of_available_agents() -> None:
    assert FixedRatio(2.5).decide(situation(available=4, ringing=(3.0,))).place == 9


def test_an_adapted_level_rises_while_nobody_is_dropped_and_falls_above_its_target() -> None:
    level = AdaptiveLevel(0.02, ceiling=0.03)
    now = situation(available=10, talking=(10.0,) * 20, tally=DayTally(100, 0))
    placed = [level.decide(now).place for _ in range(300)]
    assert (placed[0], placed[-1] > 20) == (10, True)
    assert level.decide(situation(available=10, tally=DayTally(100, 5))).place == 10


def test_what_pacing_stands_beside_is_tuned_to_the_ceiling() -> None:
    for baseline in baselines(RULES):
        setting = tuned(baseline, [PLAN], RULES)
        day = SimulatedDay(PLAN, baseline.make(setting), RULES).run()
        assert baseline.least <= setting < baseline.most
        assert day.abandonment <= RULES.ceiling


def test_larger_teams_better_answers_and_a_higher_ceiling_allow_less_idleness() -> None:
    assert busy(agents=5) < busy(agents=10) < busy(agents=15) < 1
    assert busy(rate=0.15) < busy(rate=0.3) < busy(rate=0.6)
    assert busy(ceiling=0.01) < busy(ceiling=0.03) < busy(ceiling=0.1)


@pytest.mark.parametrize("rate", [0.15, 0.6])
def test_who_does_not_foresee_agents_keeps_more_of_them_waiting(rate: float) -> None:
    assert busy(rate=rate, foresees=False) < busy(rate=rate) - 0.01


def test_where_everybody_answers_nobody_needs_to_wait_for_an_agent_who_is_foreseen() -> None:
    assert busy(rate=0.999) > 0.98


def test_the_table_has_each_team_beside_its_bound_and_the_other_dialers() -> None:
    found = pacing.figures(Extent((5,), 1, 1, (0.3, 0.3)))
    assert [figure.what.split(",")[0] for figure in found[:3]] == ["5 agents: talking", *["5 agents: bound"] * 2]
    assert all(0 < figure.value <= 100 for figure in found[:5])
