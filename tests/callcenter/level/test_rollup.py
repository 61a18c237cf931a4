"""The counts by half-hours: whatever is kept of them, whoever reads finds what the records say."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ami_bridge.ledger.rows.row import Row
from callcenter.calls import StepKind
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.level.formulas import Period, ServiceLevelCounts
from callcenter.level.half_hours import half_hour_of, runs
from callcenter.level.rollup import TABLES, count, is_settled, keep, marks, note_changes, settle
from callcenter.level.sums import counts_by_half_hour
from callcenter.level.upkeep import LevelUpkeep, threshold_of
from callcenter.records.calls import queue_entries
from callcenter.records.ivr import call_steps
from callcenter.records.level import level_callbacks, level_changes
from tests.agent_api.floor_site import Ledger
from tests.ami_bridge.ledger.queue_log_rows import row
from tests.reports.recorded_month import BEGAN, CENTRE, ENDED, KINDS, caller, empty

pytestmark = pytest.mark.database
OCTOBER = Period(BEGAN * MICROSECONDS, ENDED * MICROSECONDS)
THRESHOLD_OF = threshold_of(CENTRE)


def upkeep(database: Database) -> LevelUpkeep:
    return LevelUpkeep(database, CENTRE, lambda: ENDED * MICROSECONDS)


async def found(database: Database) -> dict[int, dict[str, ServiceLevelCounts]]:
    def read(connection: object) -> dict[int, dict[str, ServiceLevelCounts]]:
        counts = counts_by_half_hour(connection, OCTOBER, THRESHOLD_OF)  # type: ignore[arg-type]
        return {number: dict(of_queues) for number, of_queues in counts.items()}

    return await database.long_read(read)


async def anew(database: Database) -> dict[int, dict[str, ServiceLevelCounts]]:
    """What the records say, where nothing is kept."""
    async with database.transaction() as connection:
        for table in TABLES:
            await connection.execute(table.delete())
        await connection.run_sync(note_changes, "", 1, range(OCTOBER.since_us, OCTOBER.until_us, 1800 * MICROSECONDS))
    return await found(database)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.tuples(st.sampled_from(sorted(KINDS)), st.integers(0, 40), st.booleans(), st.sampled_from(["101", "102"])),
        max_size=8,
    )
)
async def test_whatever_was_kept_meanwhile_the_sums_are_those_of_the_records(
    database: Database, batches: Sequence[tuple[str, int, bool, str]]
) -> None:
    await empty(database)
    ledger = Ledger(database)
    for number, (kind, minutes, keeps, line) in enumerate(batches):
        await ledger.write(caller(number, kind, line, begins=BEGAN + 60 * minutes))
        if keeps:
            await upkeep(database).count_some()
    kept = await found(database)
    assert kept == await anew(database)


async def test_what_changes_between_the_counting_and_the_keeping_stays_marked(database: Database) -> None:
    ledger = Ledger(database)
    await ledger.write(caller(1, "answered"))
    seen, counted = await database.long_read(
        lambda there: (seen := marks(there), count(there, seen.half_hours, THRESHOLD_OF))
    )
    await ledger.write(caller(2, "answered"))
    assert await database.write(lambda there: keep(there, counted, seen))
    assert sum(of["102"].answered for of in (await found(database)).values()) == 2


async def test_of_two_who_count_at_once_the_one_who_knows_less_keeps_nothing(database: Database) -> None:
    ledger = Ledger(database)
    await ledger.write(caller(1, "answered"))
    seen, counted = await database.long_read(
        lambda there: (seen := marks(there), count(there, seen.half_hours, THRESHOLD_OF))
    )
    await ledger.write(caller(2, "answered"))
    await upkeep(database).count_some()
    assert not await database.write(lambda there: keep(there, counted, seen))
    assert sum(of["102"].answered for of in (await found(database)).values()) == 2


async def test_an_entry_that_a_late_row_moves_to_another_half_hour_leaves_the_one_it_was_in(database: Database) -> None:
    ledger, border = Ledger(database), BEGAN + 1800
    await ledger.write([row(border + 3, "c1|102|1001|CONNECT|4|a1|1")])
    await upkeep(database).count_some()
    await ledger.write([row(border - 1, "c1|102|NONE|ENTERQUEUE||70712345|1")])
    kept = await found(database)
    assert kept == await anew(database)
    [(number, _)] = [each for each in kept.items() if each[1]["102"].answered]
    assert number == half_hour_of((border - 1) * MICROSECONDS)


async def test_nothing_is_marked_when_all_is_counted(database: Database) -> None:
    rows: list[Row] = [each for number in range(20) for each in caller(number, "moved", begins=BEGAN + 1800 * number)]
    await Ledger(database).write(rows)
    keeper = upkeep(database)
    while await keeper.count_some():
        pass
    left = await database.long_read(lambda connection: connection.execute(level_changes.select()).all())
    assert left == []


def test_half_hours_that_follow_one_another_are_counted_together() -> None:
    assert runs({5, 1, 2, 3, 9}) == [(1, 3), (5, 5), (9, 9)]


async def test_the_counts_of_deleted_records_stay_whatever_marks_them_later(database: Database) -> None:
    await Ledger(database).write([*caller(1, "answered"), *caller(2, "abandoned", begins=BEGAN + 7200)])
    keeper = upkeep(database)
    await keeper.settle(OCTOBER)
    before = await found(database)
    async with database.transaction() as connection:
        await connection.execute(queue_entries.delete())
        await connection.run_sync(note_changes, "", 7, range(OCTOBER.since_us, OCTOBER.until_us, 1800 * MICROSECONDS))
    assert await found(database) == before
    while await keeper.count_some():
        pass
    assert await found(database) == before
    assert sum(each["102"].registered for each in before.values()) == 2


async def test_half_hours_that_were_settled_stay_so_when_detail_is_kept_longer_from_now_on(database: Database) -> None:
    middle = Period(OCTOBER.since_us, OCTOBER.since_us + 86_400 * MICROSECONDS)
    for period in (OCTOBER, middle):
        assert await database.write(partial(settle, period=period))
    rest = Period(middle.until_us, OCTOBER.until_us)
    assert await database.read(lambda there: is_settled(there, rest))


async def test_what_is_marked_is_counted_before_it_is_settled(database: Database) -> None:
    await Ledger(database).write(caller(1, "answered"))
    assert not await database.write(lambda there: settle(there, OCTOBER))
    assert not await database.read(lambda there: is_settled(there, OCTOBER))


async def test_settling_counts_again_what_was_marked_while_it_counted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that of two who count at once, the one who gives up does not settle what nobody counted."""
    ledger, write = Ledger(database), database.write
    await ledger.write(caller(1, "answered"))
    others = [[*caller(2, "answered")]]

    async def write_after_others(work: Any) -> Any:
        while others:
            monkeypatch.setattr(database, "write", write)
            await ledger.write(others.pop())
            monkeypatch.setattr(database, "write", write_after_others)
        return await write(work)

    monkeypatch.setattr(database, "write", write_after_others)
    await upkeep(database).settle(OCTOBER)
    async with database.transaction() as connection:
        await connection.execute(queue_entries.delete())
    assert sum(of["102"].answered for of in (await found(database)).values()) == 2


async def test_a_call_through_many_queues_of_long_names_is_kept(database: Database) -> None:
    queues = [f"{number}-atención-al-cliente-de-la-sucursal-de-la-ciudad-{number}" for number in range(8)]
    rows = [row(BEGAN + n, f"c1|{queue}|NONE|ENTERQUEUE||70712345|1") for n, queue in enumerate(queues)]
    await Ledger(database).write(rows)
    while await upkeep(database).count_some():
        pass
    kept = await found(database)
    assert not (await database.long_read(marks)).half_hours
    assert kept == await anew(database)
    assert sum(1 for each in kept.values() for _ in each) == len(queues)


@pytest.mark.parametrize(
    "detail",
    [f"1|{'7' * 198}", f"1|70712345|key|{'q' * 100}", f"1|{'7' * 190}|key|"[:200], "1"],
    ids=["cut in the telephone", "a long queue", "cut in the queue", "nothing else"],
)
async def test_a_callback_whose_row_was_too_long_is_counted(database: Database, detail: str) -> None:
    at_us = OCTOBER.since_us
    step = {"uniqueid": "c1", "node": "n", "at_us": at_us, "step": StepKind.CALLBACK_REQUESTED.value, "detail": detail}
    async with database.transaction() as connection:
        await connection.execute(call_steps.insert(), [step])
        await connection.run_sync(note_changes, "", 7, [at_us])
    await upkeep(database).count_some()
    kept = await database.long_read(lambda there: list(there.scalars(select(level_callbacks.c.requested))))
    assert kept == [1]
