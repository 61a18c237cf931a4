"""Reads Asterisk's realtime queue log: a SQLite table beside Asterisk, with microseconds.

Only Asterisk writes there: a lock of anybody else makes Asterisk lose rows. So it is opened read-only.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ami_bridge.feeds.file import clean
from ami_bridge.ledger.rows import Row
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.instants import as_us
from callcenter.moments import Moment

_SCHEMA = """
CREATE TABLE IF NOT EXISTS queue_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time TEXT, callid TEXT, queuename TEXT, agent TEXT, event TEXT,
    data1 TEXT, data2 TEXT, data3 TEXT, data4 TEXT, data5 TEXT
)"""
_READ = """
SELECT id, time, callid, queuename, agent, event, data1, data2, data3, data4, data5
FROM queue_log WHERE id > ? ORDER BY id LIMIT ?"""


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
    """Rows after a given id, as they come. Raises LedgerUnavailable."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def after(self, last_id: int, limit: int) -> list[Row | Anomaly]:
        """At most `limit` rows with an id above `last_id`, in order."""
        with self._errors_reported():
            found = self._open().execute(_READ, (last_id, limit)).fetchall()
        return [_row(columns) for columns in found]

    def changed(self) -> int:
        """A number that changes with each write of another process."""
        with self._errors_reported():
            return int(self._open().execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)
            self._connection.row_factory = sqlite3.Row
        return self._connection

    @contextmanager
    def _errors_reported(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            self.close()
            raise LedgerUnavailable(f"{self._path}: {error}") from error


def _row(columns: sqlite3.Row) -> Row | Anomaly:
    data = (columns[f"data{number}"] for number in range(1, 6))
    return read(
        columns["id"],
        columns["time"],
        columns["callid"],
        columns["queuename"],
        columns["agent"],
        columns["event"],
        *data,
    )


def read(row_id: int, time: str | None, *texts: object) -> Row | Anomaly:
    """A row of the table. Half-written or unreadable ones become an anomaly."""
    callid, queue, agent, verb, *data = ["" if text is None else clean(str(text)) for text in texts]
    at = moment(time or "")
    if at is None or not verb:
        return Anomaly(AnomalyKind.MALFORMED_ROW, row_id, at, "|".join((str(time), callid, queue, agent, verb)))
    while data and data[-1] == "":
        data.pop()
    if verb == "ENTERQUEUE" and len(data) < 3:
        data += [""] * (3 - len(data))
    return Row(row_id, at, callid, queue, agent, verb, tuple(data))


def moment(text: str) -> Moment | None:
    """`2026-11-22 18:23:05.881808`, UTC."""
    try:
        return Moment.exact(as_us(datetime.fromisoformat(text).replace(tzinfo=UTC)))
    except (ValueError, OverflowError):
        return None
