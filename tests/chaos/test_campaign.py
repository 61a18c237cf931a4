"""The disk of the records is full in the middle of a campaign with real calls: it waits, says so, and goes on.

Part of `make chaos`; what the dialer does with such a database is tested in tests/dialer/engine/test_full_disk.py.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from callcenter.database.transactions import Database
from tests.chaos.test_matrix import WHOLE
from tests.small_disk import full, small_disk
from tests.telephony.campaigns.conftest import campaign_of, centre_yaml, closed
from tests.telephony.campaigns.network import Reaction, network
from tests.telephony.campaigns.test_progressive import ENDS, hang_up_each
from tests.telephony.phones.duty import TRUNK_HOST, on_duty
from tests.telephony.running_centre import RunningCentre
from tests.waiting import until
from troncal.machines.ports import free_ports

pytestmark = [
    *(pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(500)),
    pytest.mark.skipif(not WHOLE, reason="part of make chaos"),
]

MIX = (Reaction.BUSY, Reaction.ANSWERS, Reaction.RINGS_ON, Reaction.ANSWERS)
REACTIONS = {f"707110{index:02d}": MIX[index % len(MIX)] for index in range(20)}
FULL_WHILE_IT_RINGS = ("70711004", "70711005", "70711006")


@pytest.fixture
def outside_port() -> int:
    """Where the public network takes the centre's calls."""
    return free_ports(1, host=TRUNK_HOST, udp=True)[0]


@pytest.fixture
def its_centre(outside_port: int) -> Iterator[RunningCentre]:
    """A centre with that trunk, whose records are on a disk of their own; the queue log is not."""
    with small_disk("40m") as disk, tempfile.TemporaryDirectory(prefix="troncal-chaos-") as folder:
        file, state = Path(folder) / "centre.yaml", Path(folder) / "state"
        file.write_text(centre_yaml(outside_port), encoding="utf-8")
        state.mkdir()
        (state / "troncal.sqlite").symlink_to(disk / "troncal.sqlite")
        running = RunningCentre(state, settings={"TRONCAL_CENTRE": str(file)})
        running.start()
        yield running
        running.stop()


@pytest.mark.parametrize("number", FULL_WHILE_IT_RINGS)
async def test_a_campaign_waits_while_the_disk_is_full_and_calls_everybody_once(
    number: str, its_centre: RunningCentre, outside_port: int
) -> None:
    database = Database(f"sqlite:///{its_centre.state / 'troncal.sqlite'}")
    campaign = await campaign_of(database, list(REACTIONS))
    async with (
        network(its_centre, outside_port, REACTIONS) as outside,
        on_duty(its_centre, "1003", "prepago") as one,
        on_duty(its_centre, "1004", "prepago") as other,
    ):
        outside.harms = {number: lambda: disk_is_full(its_centre)}
        talks = [asyncio.create_task(hang_up_each(each)) for each in (one, other)]
        found = await closed(its_centre, campaign, len(REACTIONS), 240)
        for talk in talks:
            talk.cancel()
    await database.close()
    assert found == {each: ENDS[kind] for each, kind in REACTIONS.items()}
    assert set(outside.called.values()) == {1}


def disk_is_full(centre: RunningCentre) -> None:
    """Until the health says of the dialer that it waits for it."""
    with full((centre.state / "troncal.sqlite").resolve().parent):
        until(lambda: "disk" in of_dialer(centre), 60, "the health says what the dialer waits for")


def of_dialer(centre: RunningCentre) -> str:
    assert centre.where is not None
    answer = httpx.get(f"{centre.where.http}/api/health", timeout=10, trust_env=False).json()
    return str(answer["dialer"]["reason"])
