"""Measures the recordings of this node, and deletes those whose retention time is over.

The only writer of `bytes` and `deleted_us` of recordings. Every deletion is in the audit log, except of files without
sound: those of callers who were never connected. Runs beside Asterisk, where the files are.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update

from callcenter.audit import AuditAction, write_each
from callcenter.centre.model import Centre, Retention
from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.recording_files import NotARecording, is_day, names_a_file, path_of, sound_bytes
from callcenter.records.calls import calls, queue_entries
from callcenter.records.outgoing_calls import outgoing_calls
from callcenter.records.recordings import recordings

log = logging.getLogger(__name__)

ROUND_SECONDS = 5.0
ROUNDS_BETWEEN_DELETIONS = 720
DAY_US = 86_400 * MICROSECONDS
# Asterisk closes a file when the channel is gone that is recorded. Where neither `calls` nor `outgoing_calls` has that
# moment, a file of an entry that is over is looked at.
CLOSED_AFTER_US, QUIET_US = 5 * MICROSECONDS, 300 * MICROSECONDS
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """A file as it is: its size, and when it was last written to (microseconds UTC)."""

    size: int
    written_us: int


class RecordingRetention:
    """One node's recordings. `folder`: where they are."""

    def __init__(self, node: str, folder: Path, centre: Centre, database: Database, now_us: Callable[[], int]) -> None:
        self._node, self._folder, self._database, self._now_us = node, folder, database, now_us
        self._rule, self._zone = centre.recordings, centre.zone
        self._since_us = 0

    async def run(self) -> None:
        """Measure and delete until cancelled; what fails is tried again in the next round."""
        rounds = 0
        while True:
            try:
                await self.measure()
                if rounds % ROUNDS_BETWEEN_DELETIONS == 0:
                    await self.delete_expired()
            except (DatabaseProblem, NotARecording, OSError) as problem:
                log.error("recordings could not be measured or deleted: %s", problem)
            else:
                rounds += 1
            await asyncio.sleep(ROUND_SECONDS)

    async def measure(self) -> int:
        """Measure the recordings of calls that are over; returns how many. Raises DatabaseProblem, OSError."""
        now, asked = self._now_us(), _pending(self._node, self._since_us)
        rows = await self._database.long_read(lambda connection: connection.execute(asked).all())
        files = await asyncio.to_thread(_measured, self._folder, [row.file for row in rows])
        over = [row for row in rows if _is_over(row, files[row.file], now)]
        empty = [row.file for row in over if not _has_sound(files[row.file])]
        await asyncio.to_thread(_remove, self._folder, empty)
        await self._database.write(lambda connection: _measure(connection, over, files, now))
        still_open = (row.started_us for row in rows if row not in over)
        self._since_us = min(now - DAY_US, *still_open, now)
        return len(over)

    async def delete_expired(self) -> int:
        """Delete what the rules of its queues no longer keep; returns how many. Raises DatabaseProblem, OSError."""
        deleted, after_us = 0, -1
        while rows := await self._expired(after_us):
            over = await self._without_longer_rules(rows)
            await asyncio.to_thread(_remove, self._folder, [row.file for row in over])
            await self._database.write(partial(self._mark_deleted, rows=over))
            deleted, after_us = deleted + len(over), rows[-1].started_us
        return deleted + await self._sweep()

    async def _expired(self, after_us: int) -> Sequence[Row[Any]]:
        asked = _expired(self._node, self._rule, after_us, self._now_us())
        return await self._database.long_read(lambda connection: connection.execute(asked).all())

    async def _without_longer_rules(self, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
        """Those that no other queue of the same call keeps for longer."""
        now, asked = self._now_us(), _queues_of(self._node, [row.uniqueid for row in rows])
        found = await self._database.long_read(lambda connection: connection.execute(asked).all())
        queues = {call: {row.queue for row in group} for call, group in groupby(found, lambda row: row.call)}
        return [
            row
            for row in rows
            if row.started_us + self._rule.days_of({row.queue, *queues.get(row.uniqueid, ())}) * DAY_US <= now
        ]

    def _mark_deleted(self, connection: Connection, rows: Sequence[Row[Any]]) -> None:
        now = self._now_us()
        for row in rows:
            connection.execute(_this(row), {"deleted_us": now})
        details = [{"uniqueid": row.uniqueid, "queue": row.queue} for row in rows]
        self._log_deletions(connection, details, now)

    async def _sweep(self) -> int:
        """Delete files without a row, after the last of their day; and empty folders."""
        last = as_datetime(self._now_us(), self._zone) - timedelta(days=self._rule.longest_days + 1)
        files = await asyncio.to_thread(_files_before, self._folder, last.date().isoformat())
        now, details = self._now_us(), [{"file": file} for file in files]
        await self._database.write(lambda connection: self._log_deletions(connection, details, now))
        await asyncio.to_thread(_remove, self._folder, files)
        await asyncio.to_thread(_remove_empty_folders, self._folder, self._yesterday())
        return len(files)

    def _yesterday(self) -> str:
        return (as_datetime(self._now_us(), self._zone) - timedelta(days=1)).date().isoformat()

    def _log_deletions(self, connection: Connection, deleted: Sequence[Mapping[str, object]], now_us: int) -> None:
        who = f"bridge:{self._node}"
        details = [{"node": self._node, **each} for each in deleted]
        write_each(connection, who, AuditAction.RECORDING_DELETED, now_us, details)
        if details:
            log.info("%d recordings were deleted: their time was over", len(details))


# -- what is asked of the records ----------------------------------------------------------------------

_r, _e, _o = recordings.c, queue_entries.c, outgoing_calls.c
_KEY = (_r.node, _r.uniqueid, _r.started_us)


def _pending(node: str, since_us: int) -> Any:
    entries = and_(_e.node == _r.node, _e.call == _r.uniqueid)
    call = (calls.c.arrived_us, calls.c.ended_us, _o.dialled_us, _o.ended_us)
    began, ended = func.coalesce(call[0], call[2]), func.coalesce(call[1], call[3])
    return (
        select(*_KEY, _r.file, began.label("began_us"), ended.label("ended_us"))
        .add_columns(func.count(_e.call).label("entries"), func.count(_e.ended_us).label("ended"))
        .outerjoin(calls, and_(calls.c.node == _r.node, calls.c.uniqueid == _r.uniqueid))
        .outerjoin(outgoing_calls, and_(_o.node == _r.node, _o.uniqueid == _r.uniqueid))
        .outerjoin(queue_entries, entries)
        .where(_r.node == node, _r.started_us >= since_us, _r.bytes.is_(None), _r.deleted_us.is_(None))
        .group_by(*_KEY, _r.file, *call)
    )


def _expired(node: str, rule: Retention, after_us: int, now_us: int) -> Any:
    def older_than(days: int) -> ColumnElement[bool]:
        return _r.started_us <= now_us - days * DAY_US

    by_queue = [and_(_r.queue == name, older_than(days)) for name, days in rule.queues.items()]
    others = and_(_r.queue.not_in(list(rule.queues)), older_than(rule.keep_days))
    return (
        select(*_KEY, _r.file, _r.queue)
        .where(_r.node == node, _r.deleted_us.is_(None), _r.started_us > after_us, older_than(rule.shortest_days))
        .where(or_(others, *by_queue))
        .order_by(_r.started_us)
        .limit(_AT_ONCE)
    )


def _queues_of(node: str, uniqueids: Collection[str]) -> Any:
    wanted = (_e.node == node) & _e.call.in_(uniqueids)
    return select(_e.call, _e.queue).where(wanted).distinct().order_by(_e.call)


def _this(row: Row[Any]) -> Any:
    return update(recordings).where(_r.node == row.node, _r.uniqueid == row.uniqueid, _r.started_us == row.started_us)


def _measure(connection: Connection, rows: Sequence[Row[Any]], files: Mapping[str, Measured | None], now: int) -> None:
    for row in rows:
        found = files[row.file]
        if found is None:
            log.error("recording %s of %s is not where it should be", row.file, row.node)
        empty = found is not None and not _has_sound(found)
        size = found.size if found is not None and not empty else 0
        connection.execute(_this(row), {"bytes": size, **({"deleted_us": now} if empty else {})})


def _is_over(row: Row[Any], file: Measured | None, now_us: int) -> bool:
    """Whether nothing more is written into its file."""
    if row.started_us <= now_us - DAY_US:
        return True
    if row.began_us is not None:
        return row.ended_us is not None and row.ended_us <= now_us - CLOSED_AFTER_US
    was_put_through = row.entries > 0 and row.entries == row.ended
    return was_put_through and file is not None and file.written_us <= now_us - QUIET_US


# -- what is done with files, in a thread --------------------------------------------------------------


def _has_sound(file: Measured | None) -> bool:
    return file is None or sound_bytes(file.size) > 0


def _measured(folder: Path, files: Collection[str]) -> dict[str, Measured | None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {file: _measured_one(folder, file) for file in files}


def _measured_one(folder: Path, file: str) -> Measured | None:
    try:
        found = path_of(folder, file).stat()
    except (FileNotFoundError, NotARecording):
        return None
    return Measured(found.st_size, found.st_mtime_ns // 1000)


def _remove(folder: Path, files: Collection[str]) -> None:
    for file in files:
        path_of(folder, file).unlink(missing_ok=True)


def _days_before(folder: Path, day: str) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_dir() and is_day(each.name) and each.name < day)


def _files_before(folder: Path, day: str) -> list[str]:
    found = (file for each in _days_before(folder, day) for file in sorted(each.glob("*.wav")))
    return [f"{file.parent.name}/{file.name}" for file in found if names_a_file(file.stem)]


def _remove_empty_folders(folder: Path, day: str) -> None:
    for each in _days_before(folder, day):
        if not any(each.iterdir()):
            each.rmdir()
