"""Reads Asterisk's realtime queue log: a SQLite table beside Asterisk, with microseconds.

Only Asterisk writes there: a lock of anybody else makes Asterisk lose rows. So it is opened read-only.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from ami_bridge.feeds.file import all_clean
from ami_bridge.feeds.places import Place
from ami_bridge.ledger.rows.row import Row
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.instants import as_us
from callcenter.moments import Moment

log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS queue_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time TEXT, callid TEXT, queuename TEXT, agent TEXT, event TEXT,
    data1 TEXT, data2 TEXT, data3 TEXT, data4 TEXT, data5 TEXT
)"""
_READ = """
SELECT id, time, callid, queuename, agent, event, data1, data2, data3, data4, data5
FROM queue_log WHERE id >= ? ORDER BY id LIMIT ?"""
_READ_BACK = """
SELECT id, time, callid, queuename, agent, event, data1, data2, data3, data4, data5
FROM queue_log WHERE id <= ? ORDER BY id DESC LIMIT ?"""

_ANY_ROW = (1 << 63) - 1


class LedgerUnavailable(Exception):
    """The ledger cannot be read now; the message says why."""


def create(path: Path) -> None:
    """Make the table that Asterisk writes. To be called before Asterisk starts, never while it runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        with transaction(connection):
            connection.execute(_SCHEMA)
    path.chmod(0o600)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing in the ledger's own file, and the only commit in it. Raises sqlite3.Error."""
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


class LedgerTable:
    """Rows as they come, from where the records end. Raises LedgerUnavailable.

    Where that is, is known by the last row: its id and what it says. In a table that was made anew or restored another
    row has that id, or none: it is read from its beginning (`take_replaced`). A table that was deleted while
    Asterisk writes there is read to its end, as long as there is no other.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._inode = (0, 0)
        self._read_to = Place()
        self._was_replaced, self._was_deleted = False, False

    def go_on_from(self, place: Place) -> None:
        """Begin after this row."""
        self.close()
        self._read_to = place

    def new_rows(self, limit: int) -> list[Row | Anomaly]:
        """At most `limit` rows after those read before, in order. Those of another table: from its beginning."""
        with self._errors_reported():
            found = self._rows_after(limit)
            if not found and self._is_another() and self._other_has_rows():
                self.close()
                found = self._rows_after(limit)
        if found:
            self._read_to = Place(found[-1]["id"], _mark(found[-1]))
        return [read(*columns) for columns in found]

    def take_replaced(self) -> bool:
        """Whether the table was found to be another one, since this was asked last."""
        was_replaced, self._was_replaced = self._was_replaced, False
        return was_replaced

    def rows_before(self, count: int, position: int | None = None) -> list[Row | Anomaly]:
        """The last ones that were read before, up to that position, at most so many, in order."""
        with self._errors_reported():
            found = self._fetch(_READ_BACK, self._read_to.position if position is None else position, count)
        return [read(*columns) for columns in reversed(found)]

    def unread(self, position: int) -> tuple[int, int | None]:
        """The number of the last row there is, and the moment of the first one after that position."""
        with self._errors_reported():
            last, first = self._fetch(_READ_BACK, _ANY_ROW, 1), self._fetch(_READ, position + 1, 1)
        at = moment(first[0]["time"] or "") if first else None
        return (last[0]["id"] if last else 0), at.earliest_us if at is not None else None

    def place(self, position: int) -> Place | None:
        """A row that was read, with its mark; None while that cannot be read."""
        if position == self._read_to.position:
            return self._read_to
        try:
            with self._errors_reported():
                found = self._fetch(_READ_BACK, position, 1)
        except LedgerUnavailable:
            return None
        return Place(position, _mark(found[0])) if found and found[0]["id"] == position else None

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _rows_after(self, limit: int) -> list[sqlite3.Row]:
        place = self._read_to
        found = self._fetch(_READ, place.position, limit + 1)
        if place.position == 0:
            return found[:limit]
        if found and found[0]["id"] == place.position and place.mark in ("", _mark(found[0])):
            return found[1:]
        log.warning("%s was replaced; reading the new one", self._path)
        self._was_replaced, self._read_to = True, Place()
        return self._fetch(_READ, 0, limit)

    def _fetch(self, query: str, position: int, count: int) -> list[sqlite3.Row]:
        connection = self._open()
        try:
            return connection.execute(query, (position, count)).fetchall()
        except sqlite3.OperationalError as error:
            if "decode" not in str(error):
                raise
        connection.text_factory = _text
        try:
            return connection.execute(query, (position, count)).fetchall()
        finally:
            connection.text_factory = str

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)
            self._connection.row_factory = sqlite3.Row
            self._inode = self._named_inode()
        return self._connection

    def _is_another(self) -> bool:
        """Whether the file of that name is another than the open one."""
        try:
            named = self._named_inode()
        except FileNotFoundError:
            if not self._was_deleted:
                log.error("%s was deleted; what Asterisk still writes to it is read", self._path)
            self._was_deleted = True
            return False
        self._was_deleted = False
        return named != self._inode

    def _other_has_rows(self) -> bool:
        """Whether the file of that name is in use: Asterisk writes to the one that it opened until it starts again."""
        with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)) as connection:
            return bool(connection.execute("SELECT id FROM queue_log LIMIT 1").fetchall())

    def _named_inode(self) -> tuple[int, int]:
        status = self._path.stat()
        return status.st_dev, status.st_ino

    @contextmanager
    def _errors_reported(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise LedgerUnavailable(f"{self._path}: {error}") from error


def _text(raw: bytes) -> str:
    """Asterisk stores what a telephone sent, whatever its encoding."""
    return raw.decode("utf-8", "replace")


def _mark(columns: sqlite3.Row) -> str:
    """What a row says, its moment included, as a digest."""
    return blake2b(repr(tuple(columns)).encode("utf-8", "replace"), digest_size=8).hexdigest()


def read(row_id: int, time: str | None, *texts: object) -> Row | Anomaly:
    """A row of the table. Half-written or unreadable ones become an anomaly."""
    callid, queue, agent, verb, *data = all_clean(["" if text is None else str(text) for text in texts])
    at = moment(time or "")
    if at is None or not verb:
        return Anomaly(AnomalyKind.MALFORMED_ROW, row_id, at, "|".join((str(time), callid, queue, agent, verb)))
    while data and data[-1] == "":
        data.pop()
    if verb == "ENTERQUEUE" and len(data) < 3:
        data += [""] * (3 - len(data))
    return Row(row_id, at, callid, queue, agent, verb, tuple(data))


def moment(text: str) -> Moment | None:
    """`2026-11-22 18:23:05.881808`, UTC; None for what is no such time, also where it names a zone."""
    try:
        return Moment.exact(as_us(datetime.fromisoformat(f"{text}+00:00")))
    except (ValueError, OverflowError):
        return None
