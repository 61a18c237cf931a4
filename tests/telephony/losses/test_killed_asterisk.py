"""Asterisk dies with calls in it, and the supervisor with children under it."""

from collections.abc import Iterator

import psutil
import pytest

from tests.telephony.running_centre import BUSY, RunningCentre, centre_open
from tests.waiting import until

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture
def own_centre() -> Iterator[RunningCentre]:
    """A centre for one test to do harm to."""
    with centre_open() as running:
        yield running


def test_calls_in_a_killed_asterisk_are_registered_once_and_the_centre_goes_on(own_centre: RunningCentre) -> None:
    simulation = own_centre.begin("simulate", "--calls", "40", "--seed", "5")
    until(lambda: len(_open(own_centre)) >= 5, 60, "five calls are in queues")
    own_centre.asterisk().kill()
    until(lambda: bool(own_centre.rows("SELECT 1 FROM interruptions")), 60, "the restart is recorded")
    simulation.kill()
    simulation.communicate()
    until(lambda: _are_all_recorded(own_centre), 20, "every entry is recorded once")
    until(lambda: _interrupted(own_centre), 20, "the restart is recorded with those whom it interrupted")
    after = own_centre.troncal("simulate", "--calls", "12", "--seed", "6", "--check", *BUSY)
    assert after.returncode == 0, after.stdout + after.stderr


def _are_all_recorded(centre: RunningCentre) -> bool:
    entered = centre.ledger("SELECT count(*) FROM queue_log WHERE event = 'ENTERQUEUE'")
    return centre.rows("SELECT count(*) FROM queue_entries") == entered


def _interrupted(centre: RunningCentre) -> bool:
    entries = centre.rows("SELECT count(*) FROM queue_entries WHERE outcome = 'interrupted'")
    return centre.rows("SELECT interrupted_entries FROM interruptions") == entries


def _open(centre: RunningCentre) -> list[tuple[object, ...]]:
    return centre.rows("SELECT 1 FROM queue_entries WHERE ended_us IS NULL")


def test_nothing_is_left_when_the_supervisor_is_killed(own_centre: RunningCentre) -> None:
    children = own_centre.children()
    assert len(children) >= 3
    assert own_centre.process is not None
    own_centre.process.kill()
    own_centre.process.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []
