"""What is counted again: where an entry is now, where it was before, and everything after a restore."""

import pytest

from agent_api.board.level_now import LevelNow
from agent_api.board.level_reader import LevelReader
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.level.half_hours import HALF_HOUR_US
from tests.agent_api.floor_site import Ledger
from tests.ami_bridge.ledger.queue_log_rows import row
from tests.reports.recorded_month import CENTRE, ENDED, caller, empty

pytestmark = pytest.mark.database
LAST_DAY_US = (ENDED - 3600) * MICROSECONDS
HALF_HOUR = (ENDED - 7200) * MICROSECONDS // HALF_HOUR_US * HALF_HOUR_US // MICROSECONDS
# The phone was answered after a hold time of four seconds, and the joining is stored after that.
ANSWER = row(HALF_HOUR + 3.9, "c1|102|1001|CONNECT|4|a1|1")
LATE_JOINING = row(HALF_HOUR + 0.1, "c1|102|NONE|ENTERQUEUE||70712345|1")


def reader_of(database: Database) -> LevelReader:
    return LevelReader(database, CENTRE, lambda: LAST_DAY_US)


async def counted_anew(database: Database) -> LevelNow:
    return await reader_of(database).now()


async def test_an_entry_that_a_late_row_puts_into_another_half_hour_counts_once(database: Database) -> None:
    ledger, reader = Ledger(database), reader_of(database)
    await ledger.write([ANSWER])
    assert (await reader.now()).today["102"].answered == 1
    await ledger.write([LATE_JOINING])
    now, anew = await reader.now(), await counted_anew(database)
    assert (now.today, now.month) == (anew.today, anew.month)
    assert now.today["102"].answered == 1


async def test_whoever_looks_later_finds_it_once_too_though_more_became_of_it_meanwhile(database: Database) -> None:
    ledger, reader = Ledger(database), reader_of(database)
    await ledger.write([ANSWER])
    await reader.now()
    await ledger.write([LATE_JOINING])
    await ledger.write([row(HALF_HOUR + 30, "c1|102|1001|COMPLETECALLER|4|26|1")])
    assert (await reader.now()).month == (await counted_anew(database)).month


@pytest.mark.parametrize("recorded_since", [1, 3, 5])
async def test_after_a_restore_the_figures_are_those_of_the_database_that_was_restored(
    database: Database, recorded_since: int
) -> None:
    """However many readings were recorded since then: fewer than were seen, as many, or more."""
    ledger, reader = Ledger(database), reader_of(database)
    for number in range(3):
        await ledger.write(caller(number, "answered", begins=ENDED - 7200))
    assert (await reader.now()).today["102"].answered == 3
    await empty(database)
    assert (await reader.now()).today == {}
    later = Ledger(database)
    for number in range(recorded_since):
        await later.write(caller(number, "abandoned", begins=ENDED - 3600))
    now = await reader.now()
    assert (now.today["102"].answered, now.today["102"].abandoned) == (0, recorded_since)


async def test_a_bridge_that_ran_through_the_restore_and_goes_on_with_its_numbers_is_no_excuse(
    database: Database,
) -> None:
    ledger, reader = Ledger(database), reader_of(database)
    await ledger.write(caller(0, "answered", begins=ENDED - 7200))
    await reader.now()
    await empty(database)
    await ledger.write(caller(1, "abandoned", begins=ENDED - 5400))
    now = await reader.now()
    assert (now.today["102"].answered, now.today["102"].abandoned) == (0, 1)
