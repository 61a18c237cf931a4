"""Whether a queue_log file is of one Asterisk. Pure.

An Asterisk with a system name puts it before each Uniqueid; the row of a restart has none. Where rows of two were put
into one file, nobody can tell whose calls a restart cut off. One that was given another name goes on under it: of two,
each comes back.
"""

from collections.abc import Iterable

from ami_bridge.ledger.rows.row import Row, Verb
from ami_bridge.ledger.uniqueids import UNKNOWN_AGE, age

_COLUMNS = 5


class NodesInFile:
    """The system names that were met, and whether any restart was."""

    def __init__(self) -> None:
        self._met: set[str] = set()
        self._last: str | None = None
        self._alternating: tuple[str, str] | None = None
        self._has_restart = False

    @property
    def in_conflict(self) -> tuple[str, str] | None:
        """Two system names whose calls alternate in a file that has a restart; one of them may be empty."""
        return self._alternating if self._has_restart else None

    def note(self, callid: str, verb: str) -> None:
        """A row of that call, or a restart."""
        if verb == Verb.QUEUESTART:
            self._has_restart = True
        elif age(callid) != UNKNOWN_AGE:
            self._of(callid.rpartition("-")[0])

    def _of(self, name: str) -> None:
        if self._last is not None and name != self._last and name in self._met:
            self._alternating = self._alternating or (self._last, name)
        self._met.add(name)
        self._last = name


def in_lines(lines: Iterable[bytes]) -> tuple[str, str] | None:
    """The conflict by the first columns alone, which is quick: callers may have forged lines of it."""
    nodes = NodesInFile()
    for line in lines:
        columns = line.split(b"|", _COLUMNS)
        if len(columns) >= _COLUMNS:
            nodes.note(columns[1].decode("utf-8", "replace"), columns[4].decode("utf-8", "replace").strip())
    return nodes.in_conflict


def in_rows(rows: Iterable[object]) -> tuple[str, str] | None:
    """The conflict by what is believed."""
    nodes = NodesInFile()
    for row in rows:
        if isinstance(row, Row):
            nodes.note(row.callid, row.verb)
    return nodes.in_conflict
