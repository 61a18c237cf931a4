"""Retention of recordings: what is measured, what is deleted and when, and what the audit log has of it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from ami_bridge.records.recording_retention import DAY_US, RecordingRetention
from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database, insert_missing
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.recording_files import HEADER_BYTES, path_of
from callcenter.records.calls import calls, queue_entries
from callcenter.records.outgoing_calls import outgoing_calls
from callcenter.records.recordings import recordings
from callcenter.records.users import audit_log
from callcenter.settings import PROJECT
from tests.agent_api.recordings.recorded_calls import DAY, NODE, RecordedCall, write_dialled, write_file, write_rows

pytestmark = pytest.mark.database

START_US = 1_795_352_400_000_000  # 2026-11-22 09:00 in La Paz
CALL = RecordedCall("central-1795352400.1", START_US, queue="101")
BILL = RecordedCall("central-1795352400.2", START_US + 1, queue="102")


class Node:
    """The recordings of one node, with a clock to turn."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder, self.database, self.now_us = folder, database, START_US + 120 * MICROSECONDS
        self.centre: Centre = load(PROJECT / "centre.yaml")
        self.retention = self.started()

    def started(self) -> RecordingRetention:
        return RecordingRetention(NODE, self.folder / NODE, self.centre, self.database, lambda: self.now_us)

    def days_later(self, days: float) -> None:
        self.now_us = START_US + round(days * DAY_US)

    def has(self, call: RecordedCall) -> bool:
        return path_of(self.folder / NODE, call.file).exists()

    async def row(self, call: RecordedCall) -> tuple[int | None, bool]:
        """Its size as recorded, and whether it was deleted."""
        asked = select(recordings).where(recordings.c.uniqueid == call.uniqueid)
        async with self.database.reading() as connection:
            found = (await connection.execute(asked)).one()
        return found.bytes, found.deleted_us is not None

    async def audited(self) -> list[tuple[str, Any]]:
        async with self.database.reading() as connection:
            rows = (await connection.execute(select(audit_log).order_by(audit_log.c.id))).all()
        return [(row.who, row.details) for row in rows if row.what == "recording.deleted"]


@pytest.fixture
def node(tmp_path: Path, database: Database) -> Node:
    return Node(tmp_path, database)


async def kept(node: Node, *made: RecordedCall) -> None:
    for call in made:
        write_file(node.folder, call)
    await write_rows(node.database, *made)


async def test_a_call_that_is_over_is_measured_once(node: Node) -> None:
    await kept(node, CALL)
    assert (await node.retention.measure(), await node.retention.measure()) == (1, 0)
    assert await node.row(CALL) == (HEADER_BYTES + 32_000, False)


async def test_a_call_that_goes_on_is_left_alone_and_a_later_process_finds_it(node: Node) -> None:
    write_file(node.folder, CALL)
    await write_rows(node.database, CALL, over=False)
    assert await node.retention.measure() == 0
    async with node.database.transaction() as connection:
        await connection.execute(update(calls).values(ended_us=START_US + MICROSECONDS))
    assert (await node.retention.measure(), await node.started().measure()) == (1, 0)


async def test_a_file_without_sound_is_deleted_at_once_and_not_audited(node: Node) -> None:
    write_file(node.folder, CALL, sound=b"")
    await write_rows(node.database, CALL)
    await node.retention.measure()
    assert (node.has(CALL), await node.row(CALL), await node.audited()) == (False, (0, True), [])


async def test_the_file_without_sound_of_a_caller_who_still_waits_is_not_deleted(node: Node) -> None:
    write_file(node.folder, CALL, sound=b"")
    await write_rows(node.database, CALL, over=False)
    await node.retention.measure()
    assert (node.has(CALL), await node.row(CALL)) == (True, (None, False))


async def test_a_call_that_an_agent_dialled_is_measured_when_it_is_over(node: Node) -> None:
    write_file(node.folder, CALL)
    await write_dialled(node.database, CALL, over=False)
    assert await node.retention.measure() == 0
    async with node.database.transaction() as connection:
        await connection.execute(update(outgoing_calls).values(ended_us=START_US + MICROSECONDS))
    assert await node.retention.measure() == 1
    assert await node.row(CALL) == (HEADER_BYTES + 32_000, False)


async def test_a_callback_has_no_arrival_and_is_measured_when_its_file_is_quiet(node: Node) -> None:
    await kept(node, CALL)
    async with node.database.transaction() as connection:
        await connection.execute(calls.delete())
    written_us = path_of(node.folder / NODE, CALL.file).stat().st_mtime_ns // 1000
    node.now_us = written_us + 60 * MICROSECONDS
    async with node.database.transaction() as connection:
        await connection.execute(update(recordings).values(started_us=written_us - MICROSECONDS))
    assert await node.retention.measure() == 0
    node.now_us = written_us + 400 * MICROSECONDS
    assert await node.retention.measure() == 1


async def test_a_missing_file_is_logged_and_its_row_remains(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    await write_rows(node.database, CALL)
    await node.retention.measure()
    assert await node.row(CALL) == (0, False)
    assert CALL.file in caplog.text


@pytest.mark.parametrize(
    ("days", "call_kept", "bill_kept"), [(89.9, True, True), (90.1, False, True), (365.1, False, False)]
)
async def test_each_queue_keeps_recordings_for_as_long_as_its_rule_is(
    node: Node, days: float, call_kept: bool, bill_kept: bool
) -> None:
    await kept(node, CALL, BILL)
    node.days_later(days)
    await node.retention.delete_expired()
    assert (node.has(CALL), node.has(BILL)) == (call_kept, bill_kept)
    assert [(await node.row(call))[1] for call in (CALL, BILL)] == [not call_kept, not bill_kept]


async def test_a_call_that_was_also_in_a_queue_with_a_longer_rule_is_kept_for_that_long(node: Node) -> None:
    await kept(node, CALL)
    async with node.database.transaction() as connection:
        await insert_missing(connection, queue_entries, [CALL.entry("102", 1)])
    node.days_later(100)
    assert (await node.retention.delete_expired(), node.has(CALL)) == (0, True)
    node.days_later(366)
    assert (await node.retention.delete_expired(), node.has(CALL)) == (1, False)


async def test_every_deletion_is_in_the_audit_log_once(node: Node) -> None:
    many = [RecordedCall(f"central-1795352400.{at}", START_US + at, queue="101", seconds=0.01) for at in range(450)]
    await kept(node, *many)
    node.days_later(91)
    assert (await node.retention.delete_expired(), await node.retention.delete_expired()) == (450, 0)
    audited = await node.audited()
    assert len(audited) == 450
    assert audited[0] == ("bridge:central", {"node": NODE, "uniqueid": many[0].uniqueid, "queue": "101"})


async def test_a_file_without_a_row_is_deleted_after_the_last_of_its_day_and_audited(node: Node) -> None:
    write_file(node.folder, CALL)
    node.days_later(365)
    assert (await node.retention.measure(), await node.retention.delete_expired(), node.has(CALL)) == (0, 0, True)
    node.days_later(368)
    assert (await node.retention.delete_expired(), await node.retention.delete_expired()) == (1, 0)
    assert not (node.folder / NODE / DAY).exists()
    assert await node.audited() == [("bridge:central", {"node": NODE, "file": CALL.file})]


async def test_what_is_no_recording_is_left_alone(node: Node) -> None:
    other = [node.folder / NODE / DAY / "notes of somebody.wav", node.folder / NODE / "backup" / "a.wav"]
    for path in other:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    node.days_later(4000)
    await node.retention.measure()
    assert await node.retention.delete_expired() == 0
    assert all(path.exists() for path in other)


async def test_recordings_of_another_node_are_left_to_that_node(node: Node) -> None:
    await kept(node, CALL)
    async with node.database.transaction() as connection:
        await connection.execute(update(recordings).values(node="sur"))
    node.days_later(400)
    assert await node.retention.measure() == 0
    assert (await node.retention.delete_expired(), node.has(CALL)) == (1, False)  # as a file without a row of this node
    async with node.database.reading() as connection:
        assert (await connection.execute(select(recordings.c.deleted_us))).scalar_one() is None


def test_the_day_of_these_tests_is_the_day_in_la_paz() -> None:
    assert as_datetime(START_US, load(PROJECT / "centre.yaml").zone).date().isoformat() == DAY
