"""The database is put back as it was before a campaign's calls: nobody who was called is called again for that.

Part of `make campaign`; every case of it is in tests/dialer/contacts/test_forgotten.py. It starts the centre anew.
"""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from callcenter.database.transactions import Database
from tests.telephony.campaigns.conftest import campaign_of, closed
from tests.telephony.campaigns.network import Reaction, network
from tests.telephony.campaigns.test_progressive import ENDS, WHOLE, hang_up_each
from tests.telephony.phones.duty import on_duty
from tests.telephony.running_centre import RunningCentre

pytestmark = [
    *(pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(300)),
    pytest.mark.skipif(not WHOLE, reason="part of make campaign"),
]

MIX = (Reaction.BUSY, Reaction.ANSWERS, Reaction.UNKNOWN, Reaction.ANSWERS, Reaction.REJECTS, Reaction.RINGS_ON)
REACTIONS = {f"7065000{index}": reaction for index, reaction in enumerate(MIX)}


async def test_who_was_called_since_the_copy_is_not_called_again(
    open_centre: RunningCentre, outside_port: int, database: Database
) -> None:
    campaign = await campaign_of(database, list(REACTIONS))
    copy = await asyncio.to_thread(copy_of_the_records, open_centre)
    ends = {number: ENDS[kind] for number, kind in REACTIONS.items()}
    async with network(open_centre, outside_port, REACTIONS) as outside:
        for restored in (False, True):
            if restored:
                await asyncio.to_thread(put_back, open_centre, copy)
            async with on_duty(open_centre, "1003", "prepago") as one:
                talks = asyncio.create_task(hang_up_each(one))
                assert await closed(open_centre, campaign, len(REACTIONS)) == ends
                talks.cancel()
    assert outside.called == dict.fromkeys(REACTIONS, 1)


def copy_of_the_records(centre: RunningCentre) -> Path:
    copy = centre.state / "copy.sqlite"
    with closing(sqlite3.connect(centre.state / "troncal.sqlite", timeout=10)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    return copy


def put_back(centre: RunningCentre, copy: Path) -> None:
    """As docs/operacion.md has it: with the centre stopped."""
    centre.stop()
    for suffix in ("-wal", "-shm"):
        (centre.state / f"troncal.sqlite{suffix}").unlink(missing_ok=True)
    copy.replace(centre.state / "troncal.sqlite")
    centre.start()
