"""Simulated days: pacing keeps the ceiling and its agents talking; the day itself counts right."""

from dataclasses import replace
from statistics import fmean

import pytest

from dialer.pacing.decision import CampaignPacer
from dialer.pacing.learned import AttemptEnd
from dialer.pacing.situation import PacingMode, PacingRules
from dialer.simulation.day import DayResult, SimulatedDay
from dialer.simulation.foresight import perfect_foresight
from dialer.simulation.plan import HOUR, DayPlan, DrawnLength, SimulatedCustomers, drawn_day

pytestmark = pytest.mark.slow

RULES, PROGRESSIVE = PacingRules(), PacingRules(mode=PacingMode.PROGRESSIVE)
PLANS = [drawn_day(seed, agents, (1.2, 1.3)) for seed, agents in enumerate((5, 5, 10, 10, 20))]
TALKATIVE = DayPlan(1, 3, HOUR / 2, (0.5, 0.5), talk=DrawnLength(100.0, 0.2), wrap_up=DrawnLength(20.0, 0.2))


def simulated(plan: DayPlan, rules: PacingRules = RULES) -> DayResult:
    return SimulatedDay(plan, CampaignPacer(rules), rules).run()


@pytest.fixture(scope="module")
def days() -> list[DayResult]:
    return [simulated(plan) for plan in PLANS]


def test_every_day_keeps_the_ceiling(days: list[DayResult]) -> None:
    assert [day.abandonment for day in days if day.live_answers >= 100 and day.abandonment > RULES.ceiling] == []


def test_agents_talk_far_more_than_with_progressive_dialing_and_less_than_with_foresight(days: list[DayResult]) -> None:
    talking = fmean(day.talking for day in days)
    assert talking > 1.05 * fmean(simulated(plan, PROGRESSIVE).talking for plan in PLANS)
    assert 0.8 < talking / fmean(perfect_foresight(plan, RULES).talking for plan in PLANS) < 1


def test_the_same_seed_is_the_same_day() -> None:
    assert simulated(TALKATIVE) == simulated(TALKATIVE)
    assert simulated(TALKATIVE) != simulated(replace(TALKATIVE, seed=99))


def test_progressive_dialing_abandons_nobody() -> None:
    assert simulated(TALKATIVE, PROGRESSIVE).abandoned == 0


def test_a_day_without_contacts_ends() -> None:
    assert simulated(replace(TALKATIVE, contacts=50)).attempts == 50


def test_with_foresight_agents_do_not_wait() -> None:
    day = perfect_foresight(TALKATIVE, RULES)
    assert day.busy_seconds == pytest.approx(TALKATIVE.agents * (TALKATIVE.seconds - TALKATIVE.set_up_seconds))
    assert day.talking == pytest.approx(100 / 120, abs=0.03)


def test_as_many_customers_answer_as_the_plan_says() -> None:
    customers = SimulatedCustomers(replace(TALKATIVE, answer_rates=(0.2, 0.6)), RULES.ring_seconds)
    early = [customers.call(0.0).result is AttemptEnd.LIVE for _ in range(2000)]
    late = [customers.call(TALKATIVE.seconds).result is AttemptEnd.LIVE for _ in range(2000)]
    assert (fmean(early), fmean(late)) == pytest.approx((0.2, 0.6), abs=0.04)


def test_no_telephone_rings_longer_than_it_may() -> None:
    customers = SimulatedCustomers(TALKATIVE, RULES.ring_seconds)
    assert max(customers.call(0.0).ring_seconds for _ in range(500)) == RULES.ring_seconds
