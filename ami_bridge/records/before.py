"""What the records have of calls and entries that the fold may have forgotten.

A channel may come back to a queue after hours: its entries then go on with their numbers. An Asterisk whose clock was
set back may give a call the name of one that is long over.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from callcenter.records.calls import calls, queue_entries

CHANNELS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class RecordedBefore:
    """`entries`: how often a channel was in a queue, by queue and channel; `calls`: the names that had a call."""

    entries: Mapping[tuple[str, str], int]
    calls: Set[str]


def read_before(
    connection: Connection, node: str, boot_us: int, entries: Set[tuple[str, str]], names: Set[str]
) -> RecordedBefore:
    """Of these queues and channels since Asterisk started at `boot_us`, and of these names of calls since ever."""
    counts = _entries(connection, node, boot_us, {callid for _, callid in entries}) if entries else {}
    return RecordedBefore(counts, _calls(connection, node, names) if names else frozenset())


def entries_that_ended(
    connection: Connection, node: str, boot_us: int, before: Mapping[tuple[str, str], int]
) -> Mapping[tuple[str, str], int]:
    """How often a channel had been in a queue, since Asterisk started at `boot_us`, and was over by that moment.

    `before`: the moments, microseconds, by queue and channel. Who never had been is left out.
    """
    table, counts = queue_entries.c, dict[tuple[str, str], int]()
    channels = sorted({callid for _, callid in before})
    for begin in range(0, len(channels), CHANNELS_AT_ONCE):
        query = select(table.queue, table.uniqueid, table.ordinal, table.ended_us).where(
            table.uniqueid.in_(channels[begin : begin + CHANNELS_AT_ONCE]),
            table.node == node,
            table.boot_us == boot_us,
            table.ended_us.is_not(None),
        )
        for row in connection.execute(query):
            key = (row.queue, row.uniqueid)
            if row.ended_us < before.get(key, 0):
                counts[key] = max(counts.get(key, 0), row.ordinal + 1)
    return counts


def _entries(connection: Connection, node: str, boot_us: int, channels: Set[str]) -> dict[tuple[str, str], int]:
    table = queue_entries.c
    query = (
        select(table.queue, table.uniqueid, func.max(table.ordinal).label("ordinal"))
        .where(table.node == node, table.boot_us == boot_us, table.uniqueid.in_(sorted(channels)))
        .group_by(table.queue, table.uniqueid)
    )
    return {(row.queue, row.uniqueid): int(row.ordinal) + 1 for row in connection.execute(query)}


def _calls(connection: Connection, node: str, names: Set[str]) -> frozenset[str]:
    query = select(calls.c.uniqueid).where(calls.c.node == node, calls.c.uniqueid.in_(sorted(names)))
    return frozenset(connection.scalars(query))
