"""How many calls are placed, and why not more."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing.decision import CampaignPacer, paced
from dialer.pacing.forecast import Learned
from dialer.pacing.learned import AttemptEnd
from dialer.pacing.situation import (
    AgentsNow,
    DayTally,
    PacingDecision,
    PacingLimit,
    PacingMode,
    PacingRules,
    PacingSituation,
)
from tests.dialer.pacing.situations import AT_EASE, PLENTY, SPENT, situation

PROGRESSIVE, PREDICTIVE = PacingRules(mode=PacingMode.PROGRESSIVE), PacingRules()
AGES = st.lists(st.floats(0, 600), max_size=30).map(tuple)
SITUATIONS = st.builds(
    situation,
    st.integers(0, 30),
    AGES,
    AGES,
    st.lists(st.floats(0, 40), max_size=40).map(tuple),
    st.integers(0, 3),
    st.builds(DayTally, st.integers(0, 3000), st.integers(0, 90)),
)


def decided(now: PacingSituation, rules: PacingRules = PREDICTIVE) -> PacingDecision:
    return paced(now, Learned(), rules)


@given(SITUATIONS)
def test_progressive_dialing_never_has_more_calls_than_free_agents(now: PacingSituation) -> None:
    placed = decided(now, PROGRESSIVE).place
    assert placed == 0 or placed + now.calls.count <= now.agents.available


@given(SITUATIONS)
def test_predictive_dialing_places_at_least_as_many_calls_as_progressive(now: PacingSituation) -> None:
    assert decided(now).place >= decided(now, PROGRESSIVE).place


@given(SITUATIONS)
def test_no_call_is_cancelled_before_it_has_rung_long_enough(now: PacingSituation) -> None:
    cancelled = decided(now).cancel
    assert all(now.calls.unanswered[place] >= PREDICTIVE.least_ring_seconds for place in cancelled)


def test_many_free_agents_are_overdialed() -> None:
    assert decided(situation(available=10)).place > 15


def test_one_free_agent_is_not_overdialed() -> None:
    assert decided(situation(available=1)) == PacingDecision(1, PacingLimit.AGENTS_BUSY)


def test_nobody_is_called_while_all_talk() -> None:
    assert decided(situation(talking=(20.0, 40.0))) == PacingDecision(0, PacingLimit.AGENTS_BUSY)


def test_agents_about_to_end_their_wrap_up_are_dialed_for() -> None:
    just_begun, nearly_over = (1.0,) * 10, (40.0,) * 10
    assert decided(situation(in_wrap_up=nearly_over)).place > decided(situation(in_wrap_up=just_begun)).place


def test_an_answer_that_waits_takes_an_agent() -> None:
    assert decided(situation(available=5, waiting=3)).place < decided(situation(available=5)).place


def test_calls_that_ring_are_counted_by_how_long_they_have() -> None:
    fresh, stale = (1.0,) * 12, (24.0,) * 12
    assert decided(situation(available=8, ringing=fresh)).place < decided(situation(available=8, ringing=stale)).place


def test_when_nobody_is_free_calls_that_have_rung_long_enough_are_cancelled() -> None:
    found = decided(situation(talking=(20.0,), ringing=(3.0, 16.0, 9.0, 15.0)))
    assert found.cancel == (1, 3)


def test_at_the_ceiling_only_free_agents_are_dialed_for_and_it_says_so() -> None:
    assert decided(situation(available=10, tally=SPENT)) == PacingDecision(10, PacingLimit.CEILING_REACHED)


@pytest.mark.parametrize(
    ("short", "limit"),
    [
        ({"channels_free": 4}, PacingLimit.TRUNK_FULL),
        ({"calls_by_rate": 4}, PacingLimit.RATE_LIMIT),
        ({"contacts": 4}, PacingLimit.NO_CONTACTS),
    ],
)
def test_what_there_is_too_little_of_bounds_the_calls_and_is_named(short: dict[str, int], limit: PacingLimit) -> None:
    scarce = replace(PLENTY, **short)
    for mode in (PREDICTIVE, PROGRESSIVE):
        assert decided(situation(available=10, limits=scarce), mode) == PacingDecision(4, limit)


def test_with_nothing_left_nothing_is_placed() -> None:
    none = replace(PLENTY, channels_free=-2)
    assert decided(situation(available=3, limits=none)) == PacingDecision(0, PacingLimit.TRUNK_FULL)


def test_a_limit_that_does_not_bind_is_not_named() -> None:
    busy = situation(talking=(20.0,), limits=replace(PLENTY, contacts=0))
    assert decided(busy).limit is PacingLimit.AGENTS_BUSY


def test_a_campaign_that_is_answered_less_dials_more() -> None:
    rarely, often = CampaignPacer(PREDICTIVE), CampaignPacer(PREDICTIVE)
    for _ in range(300):
        rarely.attempt_ended(AttemptEnd.NO_ANSWER, 25.0)
        often.attempt_ended(AttemptEnd.LIVE, 9.0)
    now = situation(available=10, tally=AT_EASE)
    assert rarely.decide(now).place > 2 * often.decide(now).place


def test_a_campaign_learns_how_long_its_agents_are_busy() -> None:
    pacer = CampaignPacer(PREDICTIVE)
    for _ in range(400):
        pacer.talk_ended(90.0)
        pacer.wrap_up_ended(10.0)
    assert pacer.learned.cycle_seconds == pytest.approx(100, rel=0.1)


@pytest.mark.parametrize("rules", [PROGRESSIVE, PREDICTIVE], ids=["progressive", "predictive"])
def test_when_all_agents_have_gone_no_call_rings_any_longer(rules: PacingRules) -> None:
    pacer, nobody = CampaignPacer(rules), situation(ringing=(1.0, 7.0))
    # A process that has just begun does not know yet who is there.
    assert pacer.decide(nobody).cancel == ()
    assert pacer.decide(situation(talking=(30.0,), ringing=(1.0, 7.0))).cancel == ()
    for _ in range(2):
        assert pacer.decide(nobody) == PacingDecision(0, PacingLimit.AGENTS_BUSY, (0, 1))


def test_agents_whom_callers_need_have_not_gone() -> None:
    pacer, calls = CampaignPacer(PROGRESSIVE), situation(available=1, ringing=(1.0,))
    pacer.decide(calls)
    assert pacer.decide(replace(calls, agents=AgentsNow(0, elsewhere=1))).cancel == ()
