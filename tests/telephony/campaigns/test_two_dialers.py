"""Two dialers of one centre: one acts, the other takes over when that one is killed, and nobody is called twice.

The centre's own and another process, both started while nobody holds the lease.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.settings import PROJECT
from tests.telephony.campaigns.conftest import campaign_of, closed
from tests.telephony.campaigns.network import Reaction, network
from tests.telephony.campaigns.test_progressive import ENDS, hang_up_each
from tests.telephony.phones.duty import on_duty
from tests.telephony.running_centre import RunningCentre
from tests.waiting import until

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(300)]

MIX = (Reaction.BUSY, Reaction.ANSWERS, Reaction.REJECTS, Reaction.UNKNOWN)
# While the telephone of this one rings, whoever dials is killed.
KILLED_AT = "70609005"
REACTIONS = {f"706090{index:02d}": MIX[index % len(MIX)] for index in range(9)} | {KILLED_AT: Reaction.BUSY}


async def test_of_two_dialers_one_acts_and_the_other_goes_on_where_it_is_killed(
    open_centre: RunningCentre, outside_port: int, database: Database
) -> None:
    killed = list[int]()

    def kill_who_dials() -> None:
        dials = holder(open_centre)
        assert dials is not None
        psutil.Process(dials).kill()
        killed.append(dials)

    with second_dialer(open_centre):
        campaign = await campaign_of(database, list(REACTIONS))
        async with (
            network(open_centre, outside_port, REACTIONS) as outside,
            on_duty(open_centre, "1003", "prepago") as one,
            on_duty(open_centre, "1004", "prepago") as other,
        ):
            outside.harms = {KILLED_AT: kill_who_dials}
            talks = [asyncio.create_task(hang_up_each(each)) for each in (one, other)]
            found = await closed(open_centre, campaign, len(REACTIONS))
            for talk in talks:
                talk.cancel()
        assert found == {number: ENDS[kind] for number, kind in REACTIONS.items()}
        assert set(outside.called.values()) == {1}
        # Which one goes on is chance: the other one, or that which the supervisor started anew.
        assert holder(open_centre) not in (None, killed[0])
    query = f"SELECT epoch FROM campaign_attempts WHERE campaign_id = {campaign.id} ORDER BY begun_us"
    epochs = [int(str(row[0])) for row in open_centre.rows(query)]  # at once: settled
    assert epochs == sorted(epochs) and len(set(epochs)) == 2


@contextmanager
def second_dialer(centre: RunningCentre) -> Iterator["subprocess.Popen[bytes]"]:
    """Another dialer, beside a centre's own that was killed in that moment: until one of both dials, and to the end."""
    own = centre.child("troncal.cli", "dialer")
    environment = own.environ()
    own.kill()
    log = (centre.state / "log" / "dialer-2.log").open("wb")
    command = [sys.executable, "-m", "troncal.cli", "dialer"]
    second = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
    try:
        until(lambda: holder(centre) not in (None, own.pid), 40, "one of both dials")
        yield second
    finally:
        second.terminate()
        second.wait(20)
        log.close()


def holder(centre: RunningCentre) -> int | None:
    """The process whose lease is in force."""
    (row,) = centre.rows(f"SELECT holder FROM leases WHERE name = 'dialer' AND until_us > {now_us()}") or [("",)]
    name = str(row[0])
    return int(name.split(":")[1]) if name else None
