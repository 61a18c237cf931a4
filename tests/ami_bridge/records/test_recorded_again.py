"""A uniqueid that comes again: the call that had it first keeps its row, whatever was restarted in between."""

import pytest
from sqlalchemy import select

from ami_bridge.ledger.checkpoint import Checkpoint
from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row
from ami_bridge.records.recorder import Recorder
from callcenter.calls import AnomalyKind
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.moments import Moment
from callcenter.records.calls import calls, entry_corrections, queue_entries
from callcenter.records.ledger import anomalies
from tests.ami_bridge.ledger.queue_log_rows import NODE, row

FIRST = (row(100, "100.1|NONE|NONE|ARRIVED|101|7001|100.1"), row(110, "100.1|NONE|NONE|DEPARTED|16|by:PJSIP/x-1"))
RESTART = row(200, "NONE|NONE|NONE|QUEUESTART")
# The clock was set back: the second call bears the name of the first.
AGAIN = row(300, "100.1|NONE|NONE|ARRIVED|102|7002|100.1")
THEN = (row(301, "100.1|102|NONE|ENTERQUEUE||7002|1"), row(310, "100.1|102|NONE|ABANDON|1|1|9"))
GONE = row(310.1, "100.1|NONE|NONE|DEPARTED|16|by:PJSIP/x-2")


def bridge(database: Database, number: int = 0, last: float | None = None, *since: Row) -> Recorder:
    """One that goes on after so many readings, with a checkpoint of that second and the rows since."""
    recorder = Recorder(NODE, database, Fold(NODE), "table", now_us)
    moment = None if last is None else Moment.exact(round(last * 1_000_000))
    recorder.go_on(number, Checkpoint(last=moment), list(since), {})
    return recorder


async def recorded(database: Database) -> tuple[tuple[object, ...], str | None, list[str]]:
    """The one call, the line of the last entry, and the kinds of the anomalies."""
    async with database.reading() as connection:
        (call,) = await connection.execute(select(calls.c.line, calls.c.caller, calls.c.arrived_us, calls.c.ended_us))
        line = await connection.scalar(select(queue_entries.c.line))
        kinds = (await connection.scalars(select(anomalies.c.kind))).all()
    return tuple(call), line, list(kinds)


OF_THE_FIRST = ("101", "7001", 100_000_000, 110_000_000)


@pytest.mark.database
async def test_after_a_restart_of_the_bridge_the_first_call_keeps_its_row(database: Database) -> None:
    await bridge(database).record([*FIRST, RESTART], [])
    await bridge(database, 1, 200).record([AGAIN, *THEN, GONE], [])
    assert await recorded(database) == (OF_THE_FIRST, "102", [AnomalyKind.DUPLICATE])


@pytest.mark.database
async def test_and_after_one_in_the_middle_of_the_second_call(database: Database) -> None:
    await bridge(database).record([*FIRST, RESTART], [])
    await bridge(database, 1, 200).record([AGAIN], [])
    await bridge(database, 2, 200, AGAIN).record([*THEN, GONE], [])
    assert await recorded(database) == (OF_THE_FIRST, "102", [AnomalyKind.DUPLICATE])


def test_a_fold_that_goes_on_does_not_know_the_names_of_before_until_it_is_told() -> None:
    fold = Fold(NODE)
    fold.resume(Checkpoint(last=RESTART.at), [], {})
    assert fold.may_have_forgotten_call(AGAIN)
    assert not fold.may_have_forgotten_call(row(300, "299.5|NONE|NONE|ARRIVED|102|7002|299.5"))
    fold.note_call_before("100.1")
    for each in (AGAIN, *THEN, GONE):
        fold.apply(each)
    changes = fold.drain()
    assert changes.calls == ()
    assert [(entry.line, entry.caller) for entry in changes.entries] == [("102", "7002")]
    assert [anomaly.kind for anomaly in changes.anomalies] == [AnomalyKind.DUPLICATE]


def test_nor_does_one_that_has_seen_too_many_calls_since() -> None:
    fold = Fold(NODE)
    for each in FIRST:
        fold.apply(each)
    assert not fold.may_have_forgotten_call(AGAIN)
    for number in range(5000):
        fold.apply(row(200 + number, f"{200 + number}.1|NONE|NONE|ARRIVED|101|7001|x"))
    assert fold.may_have_forgotten_call(AGAIN)


@pytest.mark.database
async def test_where_an_entry_was_before_a_late_row_is_noted_once(database: Database) -> None:
    answer = row(103.9, "100.1|102|1001|CONNECT|4|a1|1")
    recorder = bridge(database)
    await recorder.record([answer], [])
    async with database.reading() as connection:
        guessed = await connection.scalar(select(queue_entries.c.entered_us))
    await recorder.record([row(100.1, "100.1|102|NONE|ENTERQUEUE||7001|1")], [])
    await recorder.record([row(120, "100.1|102|1001|COMPLETECALLER|4|16|1")], [])
    async with database.reading() as connection:
        noted = (await connection.execute(select(entry_corrections))).all()
    assert [tuple(each) for each in noted] == [(2, NODE, guessed)]
