"""What a whole centre says of itself while a part of it does not work: the health, the doctor and the dialplan."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from tests.telephony.running_centre import RunningCentre, centre_open
from tests.telephony.test_recordings import put_in_queue, rows
from tests.waiting import eventually, until

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def centre() -> Iterator[RunningCentre]:
    """A centre whose disk never has room enough for recordings."""
    with centre_open(TRONCAL_LEAST_FREE_BYTES=str(10**15)) as running:
        yield running


def health(centre: RunningCentre) -> Any:
    assert centre.where is not None
    return httpx.get(f"{centre.where.http}/api/health", timeout=10, trust_env=False).json()


def tells(centre: RunningCentre, wanted: Callable[[Any], bool], what: str) -> Any:
    until(lambda: wanted(health(centre)), 40, what)
    return health(centre)


async def test_with_too_little_room_no_recording_is_begun_and_the_doctor_says_so(centre: RunningCentre) -> None:
    number = "70740021"
    told = tells(centre, lambda told: not told["disk"]["ok"], "the health tells of the disk")
    assert (told["status"], told["records"]["state"]) == ("degraded", "following")
    await eventually(lambda: "TRONCAL_NO_ROOM=yes" in centre.console("dialplan show globals"), 20, "Asterisk is told")
    async with put_in_queue(centre, number, "102") as leg:
        waits = f"SELECT 1 FROM queue_entries WHERE caller = '{number}'"
        await eventually(lambda: bool(centre.rows(waits)), 40, "the caller waits")
        assert rows(centre, number) == []  # at once: settled
        await leg.hang_up()
    doctor = centre.troncal("doctor")
    assert (doctor.returncode, "recordings are not begun" in " ".join(doctor.stdout.split())) == (1, True)


async def test_a_locked_database_is_told_and_over_when_the_lock_is(centre: RunningCentre) -> None:
    tells(centre, lambda told: bool(told["records"]["ok"]), "the records follow")
    with closing(sqlite3.connect(centre.state / "troncal.sqlite", timeout=10, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with put_in_queue(centre, "70740022", "102") as leg:
            await leg.hang_up()
        told = tells(centre, lambda told: told["records"]["state"] == "stalled", "the health tells of the records")
        assert "the database is locked or busy" in told["records"]["reason"] and told["records"]["rows_behind"] > 0
    tells(centre, lambda told: bool(told["records"]["ok"]), "the records follow again")


def test_self_services_that_hang_are_told(centre: RunningCentre) -> None:
    tells(centre, lambda told: bool(told["self_services"]["ok"]), "the self-services work")
    with centre.frozen("agi"):
        told = tells(centre, lambda told: not told["self_services"]["ok"], "the health tells of the self-services")
        assert told["status"] == "degraded"
    tells(centre, lambda told: bool(told["self_services"]["ok"]), "the self-services work again")
