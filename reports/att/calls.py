"""The calls behind a figure of a month: as many as the figure says, for whoever wants to see them. Reads only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from callcenter.centre.model import Centre
from callcenter.level.editions import read_editions
from callcenter.level.formulas import Period, ServiceLevelCounts, add
from callcenter.level.rollup import counted_live
from callcenter.level.summed import CallOrigin, EntrySum
from callcenter.level.sums import Sums
from callcenter.level.upkeep import threshold_of
from reports.att.counting import ReportRow, pairs_of_rows
from reports.att.details import Behind, entries_behind, some_of
from reports.att.stretches import month_parts
from reports.periods.month import Month

MEASURED, ALL = "ATT", "centro"
FIGURES: Mapping[str, str] = {
    "registered": "Registradas",
    "answered": "Atendidas",
    "within": "Atendidas en el plazo",
    "undetermined": "Espera sin precisión suficiente",
    "abandoned": "Abandonadas",
    "abandoned_within": "Abandonadas dentro del plazo",
    "abandoned_under_5_seconds": "Abandonadas en menos de 5 s",
    "still_open": "Esperas en curso",
    "interrupted": "Interrumpidas por una falla",
    "interrupted_unanswered": "Interrumpidas sin atender",
    "full": "Bloqueadas (cola llena)",
    "join_refused": "Bloqueadas (sin agentes)",
    CallOrigin.INTERNAL.value: "Llamadas internas",
    CallOrigin.OUTGOING.value: "Esperas de llamadas que hizo el centro",
}


@dataclass(frozen=True, slots=True)
class AskedCalls:
    """Which calls: those that `figure`, one of `FIGURES`, counts in a row of the report, on a day or in an hour.

    `line`: a line's number, `MEASURED` or `ALL`; empty for the row of a `queue` that no line leads to. `measured`: of a
    line that is measured on some days only, those on which it is, or is not. `part`: that of the report, the first is
    0. None everywhere: all of them.
    """

    figure: str
    line: str
    queue: str = ""
    measured: bool | None = None
    part: int | None = None
    day: int | None = None
    hour: int | None = None

    def is_of(self, row: ReportRow) -> bool:
        """Whether what counts in that row is asked for."""
        if self.part not in (None, row.part) or self.measured not in (None, row.measured):
            return False
        if self.line == MEASURED:
            return row.measured
        return self.line == ALL or (row.line, row.stray) == (self.line, "" if self.line else self.queue)


@dataclass(frozen=True, slots=True)
class CallsBehind:
    """Some of the entries, the earliest first, and how many there are: what the figure says."""

    entries: tuple[Row[Any], ...]
    number: int


def calls_behind(
    connection: Connection, centre: Centre, month: Month, asked: AskedCalls, limit: int, after: int
) -> CallsBehind:
    """So many of them, after as many. Raises LookupError where no rule was in force, or for a figure that is none."""
    if asked.figure not in FIGURES:
        raise LookupError(f"{asked.figure!r} is no figure of the report")
    editions, period = read_editions(connection, centre), Period(*month.span_us(centre.zone))
    parts = month_parts(centre, month, editions.since_us)
    live = counted_live(connection, period, threshold_of(centre))
    sums = Sums(connection, parts.stretches, live)
    found = [*(sums.entries_by_hour() if asked.hour is not None else sums.entries_by_day())]
    rows: dict[int, frozenset[tuple[str, str]]] = {}
    for row, pairs in pairs_of_rows(parts, editions, found).items():
        if asked.is_of(row):
            for number, some in pairs.items():
                rows[number] = rows.get(number, frozenset()) | some
    query = entries_behind(parts, Behind(asked.figure, rows, asked.day, asked.hour))
    entries = tuple(some_of(connection, query, limit, after))
    return CallsBehind(entries, _number(asked, rows, found, by_hour=asked.hour is not None))


def _number(
    asked: AskedCalls, rows: Mapping[int, frozenset[tuple[str, str]]], sums: Iterable[EntrySum], *, by_hour: bool
) -> int:
    """What the report's figure is. Of an hour of one day nobody asks."""
    at = asked.hour if by_hour else asked.day
    internal = asked.figure == CallOrigin.INTERNAL
    outgoing = asked.figure == CallOrigin.OUTGOING
    wanted = CallOrigin.INTERNAL if internal else CallOrigin.OUTGOING if outgoing else CallOrigin.PUBLIC
    mine = [
        each.counts
        for each in sums
        if each.origin is wanted
        and (at is None or each.at == at)
        and (each.queue, each.line) in rows.get(each.number, frozenset())
    ]
    counts = add(*mine) if mine else ServiceLevelCounts()
    if outgoing:
        return counts.returned_entries
    if internal:
        return counts.entries
    return int(getattr(counts, asked.figure))
