"""Recorded calls by queue: how many and how large, deleted, listened to. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class RecordingCounts:
    """`kept` and `deleted` recordings, those without a word (`empty`), and those whose call goes on (`open`).

    `size` is in bytes, of the kept ones. `played`: how often anybody began to listen, `heard`: different recordings.
    """

    kept: int = 0
    deleted: int = 0
    empty: int = 0
    open: int = 0
    size: int = 0
    played: int = 0
    heard: int = 0

    @property
    def number(self) -> int:
        """All of them."""
        return self.kept + self.deleted + self.empty + self.open


@dataclass(frozen=True, slots=True)
class RecordingsReport:
    """In total, and by queue in the order of the names."""

    total: RecordingCounts
    queues: Mapping[str, RecordingCounts]


def recordings_report(queues: Mapping[str, RecordingCounts]) -> RecordingsReport:
    """The report of these queues."""
    return RecordingsReport(summed(queues.values()), dict(sorted(queues.items())))


def summed(parts: Iterable[RecordingCounts]) -> RecordingCounts:
    """Field by field."""
    found = list(parts)
    return RecordingCounts(*(sum(getattr(each, field.name) for each in found) for field in fields(RecordingCounts)))
