"""Recordings in the ledger: each counts once, whatever happens to the bridge, and no row names a file elsewhere."""

from pathlib import Path

import pytest
from sqlalchemy import select

from ami_bridge.feeds.log_file import QueueLogFile
from ami_bridge.feeds.table import LedgerTable
from ami_bridge.feeds.tail import QueueLogTail
from ami_bridge.ledger.fold import Fold
from ami_bridge.records.recorder import resume
from callcenter.calls import AnomalyKind, Recording
from callcenter.database.transactions import Database
from callcenter.moments import Moment
from callcenter.records.recordings import recordings
from tests.ami_bridge.feeds.asterisk_writes import QueueLogWriter
from tests.ami_bridge.ledger.queue_log_rows import fold, row

START_US = 1_790_000_000_000_000
LATER_US = START_US + 10**12
ROWS = (
    *("c1|NONE|NONE|ARRIVED|102|70712345|c1", "c1|NONE|NONE|NOTICED|recording", "c1|102|NONE|RECORDED|2026-09-21"),
    *("c1|102|NONE|ENTERQUEUE||70712345|1", "c1|102|1001|CONNECT|2|a1|2", "c1|102|1001|COMPLETEAGENT|2|17|1"),
)


def test_a_recording_has_its_channel_its_queue_and_its_day() -> None:
    changes = fold(row(5, ROWS[2]))
    assert changes.recordings == (Recording("central", "c1", Moment.exact(5_000_000), "102", "2026-09-21"),)


def test_a_recording_reported_twice_counts_once() -> None:
    assert len(fold(row(5, ROWS[2]), row(5, ROWS[2])).recordings) == 1


@pytest.mark.parametrize(
    "text",
    [
        "c1|NONE|NONE|RECORDED|2026-09-21",
        "c1|102|NONE|RECORDED|2026-09-31",
        "c1|102|NONE|RECORDED|../../etc",
        "c1|102|NONE|RECORDED|",
        "c1|102|NONE|RECORDED|2026-09-21|x",
        "../c1|102|NONE|RECORDED|2026-09-21",
        "a b|102|NONE|RECORDED|2026-09-21",
        "NONE|102|NONE|RECORDED|2026-09-21",
    ],
)
def test_a_row_that_names_no_file_of_ours_is_an_anomaly_and_nothing_else(text: str) -> None:
    changes = fold(row(5, text))
    assert [anomaly.kind for anomaly in changes.anomalies] == [AnomalyKind.MALFORMED_ROW]
    assert changes.recordings == ()


@pytest.mark.database
async def test_a_bridge_killed_between_any_two_rows_knows_of_the_recording_once(
    tmp_path: Path, database: Database
) -> None:
    log = QueueLogWriter(tmp_path)
    for second, text in enumerate(ROWS):
        log.write(START_US + second * 1_000_000, text)
        recorder, cursors = await resume("central", database, Fold("central"), "table", lambda: LATER_US)
        table, file = LedgerTable(log.table), QueueLogFile(log.file)
        tail = await QueueLogTail.resume(table, file, recorder, cursors, lambda: LATER_US)
        while await tail.step():
            pass
    async with database.reading() as connection:
        (kept,) = (await connection.execute(select(recordings))).all()
    assert (kept.uniqueid, kept.file, kept.queue) == ("c1", "2026-09-21/c1.wav", "102")
    assert (kept.started_us, kept.bytes, kept.deleted_us) == (START_US + 2_000_000, None, None)
