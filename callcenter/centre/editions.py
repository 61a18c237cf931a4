"""The centre's lines and queues as they were: which line a queue's callers had called, and what both were called. Pure.

An edition holds from when the centre file first said it. Days before the first edition are read by the first.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from callcenter.centre.model import Centre


@dataclass(frozen=True, slots=True)
class EditionLine:
    """A line as it was: the number, its name, the queue that took its calls."""

    number: str
    name: str
    queue: str


@dataclass(frozen=True)
class Edition:
    """Lines in the order of the centre file, and the titles of queues by name."""

    lines: tuple[EditionLine, ...]
    queues: Mapping[str, str]

    @cached_property
    def lines_of_queue(self) -> Mapping[str, tuple[EditionLine, ...]]:
        """The lines that led to each queue."""
        found: dict[str, tuple[EditionLine, ...]] = {}
        for line in self.lines:
            found[line.queue] = (*found.get(line.queue, ()), line)
        return found

    @cached_property
    def lines_by_number(self) -> Mapping[str, EditionLine]:
        """Every line by the number dialled."""
        return {line.number: line for line in self.lines}

    @classmethod
    def of(cls, centre: Centre) -> "Edition":
        """What the centre file says now."""
        lines = tuple(EditionLine(line.number, line.name, line.queue) for line in centre.lines)
        return cls(lines, {queue.name: queue.title for queue in centre.queues})

    def as_json(self) -> str:
        """The same text for the same edition."""
        lines = [[line.number, line.name, line.queue] for line in self.lines]
        return json.dumps({"lines": lines, "queues": dict(self.queues)}, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Edition":
        """The edition again."""
        found = json.loads(text)
        return cls(tuple(EditionLine(*line) for line in found["lines"]), found["queues"])


@dataclass(frozen=True, slots=True)
class DatedEdition:
    """An edition, and the instant since which it held, in microseconds UTC."""

    since_us: int
    edition: Edition


class Editions:
    """Every edition. Raises ValueError where there is none."""

    def __init__(self, dated: Sequence[DatedEdition]) -> None:
        if not dated:
            raise ValueError("the centre has no edition")
        self._dated = sorted(dated, key=lambda each: each.since_us)

    def between(self, since_us: int, until_us: int) -> tuple[Edition, ...]:
        """Those that held at some moment from then until then, the newest first."""
        first = max((number for number, each in enumerate(self._dated) if each.since_us <= since_us), default=0)
        last = max((number for number, each in enumerate(self._dated) if each.since_us < until_us), default=0)
        return tuple(each.edition for each in reversed(self._dated[first : last + 1]))

    def changes(self, since_us: int, until_us: int) -> Iterator[tuple[int, Edition, Edition]]:
        """When an edition took the place of another one in that time: the instant, and both."""
        for before, after in pairwise(self._dated):
            if since_us <= after.since_us < until_us:
                yield after.since_us, before.edition, after.edition

    @property
    def since_us(self) -> tuple[int, ...]:
        """When each edition but the first began: that one holds for all the time before, too."""
        return tuple(each.since_us for each in self._dated[1:])

    def line_of(self, queue: str, line: str, since_us: int, until_us: int) -> EditionLine | None:
        """Which line an entry of that time counts for: the one dialled where it led to that queue, else the queue's
        first. A queue that no line led to then is read by the nearest edition in which one did, the older ones first:
        Asterisk learns of a new centre file later than the bridge. None: there is none.
        """
        for edition in self._nearest(since_us, until_us):
            if lines := edition.lines_of_queue.get(queue):
                return next((each for each in lines if each.number == line), lines[0])
        return None

    def line_named(self, number: str, since_us: int, until_us: int) -> EditionLine | None:
        """That line as it was then, or in the nearest edition that has it."""
        for edition in self._nearest(since_us, until_us):
            if found := edition.lines_by_number.get(number):
                return found
        return None

    def _nearest(self, since_us: int, until_us: int) -> Iterator[Edition]:
        yield from self.between(since_us, until_us)
        yield from (each.edition for each in reversed(self._dated) if each.since_us < since_us)
        yield from (each.edition for each in self._dated if each.since_us >= until_us)
