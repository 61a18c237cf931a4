"""No text longer than its column."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import String, Table


def fitted(table: Table, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, no text longer than its column: others choose some, and SQLite takes any length."""
    widths = _widths(table)
    return [_clipped(row, widths) for row in rows]


@cache
def _widths(table: Table) -> tuple[tuple[str, int], ...]:
    return tuple((c.name, c.type.length) for c in table.columns if isinstance(c.type, String) and c.type.length)


def _clipped(row: dict[str, Any], widths: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    for name, width in widths:
        text = row.get(name)
        if text is not None and len(text) > width:
            row[name] = text[:width]
    return row
