"""Real SIP calls at a real Asterisk, and what the records say of them."""

import json

import pytest

from callcenter.clock import now_us
from tests.telephony.running_centre import BUSY, RunningCentre
from tests.waiting import until

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(400)]


def test_calls_answered_just_before_and_after_twenty_seconds_fall_on_the_right_side(centre: RunningCentre) -> None:
    began_us = now_us()
    done = centre.troncal("simulate", "--border", "--calls", "16", "--seed", "3", "--check")
    assert done.returncode == 0, done.stdout + done.stderr
    waits = [
        wait
        for (wait,) in centre.rows(  # at once: settled
            f"SELECT wait_max_us FROM queue_entries WHERE entered_us > {began_us} AND answered_us IS NOT NULL"
        )
        if isinstance(wait, int)
    ]
    assert sum(19_800_000 < wait <= 20_000_000 for wait in waits) >= 5
    assert sum(20_000_000 < wait < 20_200_000 for wait in waits) >= 5


def test_killed_bridges_and_a_stopped_broker_lose_no_call(centre: RunningCentre) -> None:
    began_us = now_us()
    simulation = centre.begin("simulate", "--calls", "60", "--seed", "8", "--check", *BUSY)

    until(lambda: _count(centre, "entered_us", began_us) >= 5, 60, "five calls are recorded")
    centre.bridge().kill()
    until(lambda: _count(centre, "ended_us", began_us) >= 8, 60, "eight calls are recorded to their end")
    broker = centre.broker()
    broker.suspend()
    before = _count(centre, "ended_us", began_us)
    try:
        until(
            lambda: _count(centre, "ended_us", began_us) > before + 5, 60, "calls end in the records without a broker"
        )
        centre.bridge().kill()
    finally:
        broker.resume()
    printed, faults = simulation.communicate(timeout=300)
    assert simulation.returncode == 0, printed + faults


def _count(centre: RunningCentre, moment: str, since_us: int) -> int:
    ((number,),) = centre.rows(f"SELECT count(*) FROM queue_entries WHERE {moment} > {since_us}")
    assert isinstance(number, int)
    return number


def test_the_months_report_counts_these_calls(centre: RunningCentre) -> None:
    totals = centre.rows("SELECT count(*), count(answered_us) FROM queue_entries")  # at once: settled
    report = json.loads(centre.troncal("report", "att", centre.month, "--json").stdout)
    assert [(report["centre_total"]["registered"], report["centre_total"]["answered"])] == totals


def test_asterisk_has_nothing_to_complain_of(centre: RunningCentre) -> None:
    assert centre.asterisk_problems() == []
