"""What is learned: from the prior to what was seen, conditional on what has lasted already."""

from math import exp

import pytest

from dialer.pacing.learned import AnswerPrior, AttemptEnd, LearnedAnswers, LearnedLength, Prior

TALK = Prior(160.0, 0.8)


def length(*seen: float, prior: Prior = TALK, memory: float = 500) -> LearnedLength:
    found = LearnedLength(prior, bin_seconds=5.0, bins=360, memory=memory)
    for seconds in seen:
        found.learn(seconds)
    return found


def answers(*results: tuple[AttemptEnd, float]) -> LearnedAnswers:
    found = LearnedAnswers()
    for result, seconds in results:
        found.learn(result, seconds)
    return found


def test_before_anything_was_seen_the_prior_is_believed() -> None:
    assert length().mean_seconds == pytest.approx(160, rel=0.05)
    assert length().longer_than(100) == pytest.approx(TALK.survival(100), abs=0.02)


def test_what_is_seen_takes_the_place_of_the_prior() -> None:
    assert length(*[60.0] * 400).mean_seconds == pytest.approx(60, rel=0.1)


def test_what_was_long_ago_is_forgotten() -> None:
    assert length(*[60.0] * 400, *[300.0] * 400, memory=100).mean_seconds == pytest.approx(300, rel=0.05)


def test_a_wrap_up_that_has_lasted_its_usual_time_ends_soon() -> None:
    usual = length(*[30.0] * 500)
    assert usual.ends_within(28, 8) > 0.9
    assert usual.ends_within(0, 8) < 0.1


def test_one_that_lasts_longer_than_any_before_may_end_at_any_time() -> None:
    assert length().ends_within(10_000, 16) == pytest.approx(1 - exp(-0.1))


def test_the_share_of_answers_follows_the_day() -> None:
    noon = answers(*[(AttemptEnd.LIVE, 9.0)] * 600, *[(AttemptEnd.NO_ANSWER, 25.0)] * 600)
    assert noon.live < 0.1


def test_a_call_that_rings_for_long_is_less_likely_to_be_answered() -> None:
    seen = answers(*[(AttemptEnd.LIVE, 8.0), (AttemptEnd.NO_ANSWER, 25.0)] * 300)
    assert seen.answered_within(0, 20) == pytest.approx(0.5, abs=0.05)
    assert seen.answered_within(12, 20) < 0.1


def test_a_cancelled_call_is_no_sign_that_nobody_answers() -> None:
    known = [(AttemptEnd.LIVE, 20.0), (AttemptEnd.NO_ANSWER, 25.0)] * 300
    cancelled = answers(*known, *[(AttemptEnd.CANCELLED, 5.0)] * 500)
    unanswered = answers(*known, *[(AttemptEnd.NO_ANSWER, 25.0)] * 500)
    assert cancelled.live == pytest.approx(0.5, abs=0.05)
    assert unanswered.live < 0.1


def test_machines_and_busy_lines_are_no_answers() -> None:
    seen = answers(*[(AttemptEnd.MACHINE, 15.0), (AttemptEnd.BUSY, 2.0)] * 300)
    assert seen.live < 0.05


def test_a_chance_is_one_even_where_everybody_answers() -> None:
    everybody = LearnedAnswers(AnswerPrior(live=1.0, other=0.0))
    assert all(0 <= everybody.answered_within(age, 10) <= 1 for age in range(0, 80, 3))
