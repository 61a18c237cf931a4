"""The counts by half-hours, kept: what moved is counted again, and until then read from the records.

The only writer of the `level_` tables but `level_changes`. Whoever writes calls and entries notes in the same
transaction which half-hours they are of (`note_changes`), so that no crash leaves a stale count unmarked. Whoever reads
sums what is kept and counts the marked half-hours from the records, in one view of the database: the sum is exact.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Table, delete, select, tuple_

from callcenter.database.transactions import put, put_missing
from callcenter.level.counts import (
    Rows,
    call_counts,
    callback_counts,
    entry_counts,
    half_hours_of_the_same_calls,
    reentry_counts,
)
from callcenter.level.formulas import Period
from callcenter.level.half_hours import half_hour_of, half_hours_of, period_of, runs
from callcenter.records.level import (
    level_callbacks,
    level_calls,
    level_changes,
    level_entries,
    level_reentries,
    level_settled,
)

TABLES = (level_entries, level_reentries, level_calls, level_callbacks)
ThresholdOf = Callable[[int], int]
"""The threshold of a half-hour, in microseconds."""
_MARKS_AT_ONCE = 500


def note_changes(connection: Connection, node: str, reading: int, instants: Iterable[int]) -> None:
    """What is counted at these instants (microseconds) is not what it was, once this transaction is committed."""
    half_hours = sorted(set(map(half_hour_of, instants)))
    put_missing(
        connection, level_changes, [{"half_hour": each, "node": node, "reading": reading} for each in half_hours]
    )


@dataclass(frozen=True, slots=True)
class Marks:
    """The half-hours that changed, and the marks that say so."""

    half_hours: frozenset[int]
    keys: Sequence[tuple[int, str, int]]


def marks(connection: Connection, first: int | None = None, last: int | None = None, limit: int | None = None) -> Marks:
    """The marks from the first half-hour to the last, the earliest first; of `limit` half-hours at the most."""
    table = level_changes.c
    wanted = select(table.half_hour).distinct().order_by(table.half_hour)
    if first is not None:
        wanted = wanted.where(table.half_hour >= first)
    if last is not None:
        wanted = wanted.where(table.half_hour <= last)
    half_hours = list(connection.scalars(wanted.limit(limit) if limit is not None else wanted))
    if not half_hours:
        return Marks(frozenset(), ())
    keys = select(table.half_hour, table.node, table.reading).where(
        table.half_hour.between(half_hours[0], half_hours[-1])
    )
    return Marks(frozenset(half_hours), [(row.half_hour, row.node, row.reading) for row in connection.execute(keys)])


@dataclass(frozen=True)
class Counted:
    """Rows of the `level_` tables, of some half-hours."""

    half_hours: frozenset[int] = frozenset()
    rows: Mapping[Table, Rows] = field(default_factory=lambda: {table: [] for table in TABLES})


def settle(connection: Connection, period: Period) -> bool:
    """From now on the counts of these half-hours stay as they are: their records are about to be deleted.

    False, and nothing settled: some of them are to be counted first. What was settled stays so.
    """
    asked, table = half_hours_of(period), level_settled.c
    if marks(connection, asked[0], asked[-1], limit=1).half_hours:
        return False
    known = connection.scalar(select(table.last).where(table.first == asked[0]))
    put(connection, level_settled, [{"first": asked[0], "last": max(asked[-1], known or asked[-1])}])
    return True


def is_settled(connection: Connection, period: Period) -> bool:
    """Whether of some half-hours of the period the records are deleted, or about to be."""
    asked, table = half_hours_of(period), level_settled.c
    query = select(table.first).where(table.first <= asked[-1], table.last >= asked[0]).limit(1)
    return connection.execute(query).first() is not None


def count(connection: Connection, half_hours: frozenset[int], threshold_of: ThresholdOf) -> Counted:
    """Count these half-hours from the records, and those later ones in which the same calls entered again.

    Those that are settled are not counted.
    """
    wanted = set(half_hours)
    for first, last in runs(wanted):
        wanted |= half_hours_of_the_same_calls(connection, period_of(first, last))
    for row in connection.execute(select(level_settled)) if wanted else ():
        wanted.difference_update(range(row.first, row.last + 1))
    counted = Counted(frozenset(wanted))
    for first, last in runs(wanted):
        period = period_of(first, last)
        for part in _by_threshold(first, last, threshold_of):
            counted.rows[level_entries].extend(
                entry_counts(connection, part, threshold_of(half_hour_of(part.since_us)))
            )
        counted.rows[level_reentries].extend(reentry_counts(connection, period))
        counted.rows[level_calls].extend(call_counts(connection, period))
        counted.rows[level_callbacks].extend(callback_counts(connection, period))
    return counted


def _by_threshold(first: int, last: int, threshold_of: ThresholdOf) -> list[Period]:
    """The half-hours, parted where the threshold changes."""
    begins = [n for n in range(first, last + 1) if n == first or threshold_of(n) != threshold_of(n - 1)]
    ends = [*(begin - 1 for begin in begins[1:]), last]
    return [period_of(*each) for each in zip(begins, ends, strict=True)]


def keep(connection: Connection, counted: Counted, seen: Marks) -> bool:
    """Keep what was counted, in place of what was, and take off the marks that it was counted by.

    False, and nothing kept: another one has counted since, and may know more. In a transaction that is then given up.
    """
    if seen.keys:
        key = tuple_(level_changes.c.half_hour, level_changes.c.node, level_changes.c.reading)
        gone = 0
        for begin in range(0, len(seen.keys), _MARKS_AT_ONCE):
            these = seen.keys[begin : begin + _MARKS_AT_ONCE]
            half_hours = level_changes.c.half_hour.in_({each[0] for each in these})  # by the key: SQLite would scan
            gone += connection.execute(delete(level_changes).where(half_hours, key.in_(these))).rowcount
        if gone != len(seen.keys):
            connection.rollback()
            return False
    for table in TABLES:
        for first, last in runs(set(counted.half_hours)):
            connection.execute(delete(table).where(table.c.half_hour.between(first, last)))
        put(connection, table, counted.rows[table])
    return True


def half_hours_judged_otherwise(connection: Connection, period: Period, threshold_of: ThresholdOf) -> frozenset[int]:
    """Those of the period whose entries were counted by another threshold than is theirs: a rule was changed."""
    table, asked, found = level_entries.c, half_hours_of(period), set[int]()
    for part in _by_threshold(asked[0], asked[-1], threshold_of):
        first, last = half_hour_of(part.since_us), half_hour_of(part.until_us - 1)
        of_part = select(table.half_hour).where(table.half_hour.between(first, last))
        found.update(connection.scalars(of_part.where(table.threshold_us != threshold_of(first)).distinct()))
    return frozenset(found)


def counted_live(connection: Connection, period: Period, threshold_of: ThresholdOf) -> Counted:
    """What of the period is not kept as it is now, counted from the records."""
    asked = half_hours_of(period)
    stale = marks(connection, asked[0], asked[-1]).half_hours
    stale |= half_hours_judged_otherwise(connection, period, threshold_of)
    counted = count(connection, stale, threshold_of)
    rows = {table: [row for row in counted.rows[table] if row["half_hour"] in asked] for table in TABLES}
    return Counted(frozenset(each for each in counted.half_hours if each in asked), rows)
