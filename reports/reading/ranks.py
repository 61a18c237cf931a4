"""Median and 90th percentile of the waits, exact to the microsecond and the same on both databases.

The database numbers the waits of each group in their order and hands out the few that are asked for.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, and_, func, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from reports.measures.lengths import Middle
from reports.reading.entries import WAIT_US, Condition


def middles(connection: Connection, where: Condition, group: ColumnElement[Any] | None = None) -> dict[str, Middle]:
    """Of the waits of each group; without groups of all of them, under the empty name."""
    name = literal("") if group is None else func.coalesce(group, "")
    rank = func.row_number().over(partition_by=group, order_by=WAIT_US).label("rank")
    of = func.count().over(partition_by=group).label("of")
    ranked = select(name.label("name"), WAIT_US.label("wait_us"), rank, of).where(where).subquery()
    wanted = select(ranked).where(or_(_is_middle(ranked.c), _is_90th(ranked.c)))
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(wanted).all():
        rows[row.name].append(row)
    return {name: _middle(found) for name, found in sorted(rows.items())}


def _is_middle(ranked: Any) -> Condition:
    """The middle rank of an odd number, the two middle ones of an even number."""
    return and_(ranked.rank * 2 >= ranked.of, ranked.rank * 2 <= ranked.of + 2)


def _is_90th(ranked: Any) -> Condition:
    """The first rank that nine of ten do not pass."""
    return and_(ranked.rank * 10 >= ranked.of * 9, ranked.rank * 10 < ranked.of * 9 + 10)


def _middle(rows: list[Any]) -> Middle:
    centre = [row.wait_us for row in rows if row.of <= row.rank * 2 <= row.of + 2]
    (percentile,) = (row.wait_us for row in rows if row.of * 9 <= row.rank * 10 < row.of * 9 + 10)
    return Middle(sum(centre) // len(centre), percentile)
