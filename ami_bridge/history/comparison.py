"""What of the files is new, day by day: beside what was imported before and what bridges recorded. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ami_bridge.feeds.file import moment
from ami_bridge.history.lines import call_of, sort_key, what_it_says
from ami_bridge.history.merge import merged
from ami_bridge.ledger.rows.folded import LONGEST_STORE_US, digest_of_text
from callcenter.instants import MICROSECONDS


@dataclass(frozen=True, slots=True)
class RecordedElsewhere:
    """What bridges recorded of a day: rows by what they say, each with its moment and whether exact; and calls."""

    rows: dict[int, list[tuple[int, bool]]] = field(default_factory=dict)
    calls: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DayCompared:
    """`lines`: all that there is of the day now. `follows`: the new ones all come after what was there before.

    `elsewhere`: how many rows are left out because a bridge has recorded them, or their call.
    """

    day: int
    lines: Sequence[str]
    new: int
    elsewhere: int
    follows: bool


def compare(
    day: int, before: Sequence[str], copies: Sequence[Sequence[str]], recorded: RecordedElsewhere
) -> DayCompared:
    """One day of the files. `before`: what was imported of it."""
    together = merged([before, *copies])
    added = _beyond(together, before)
    known = [line for line in added if _is_recorded(line, recorded)]
    lines = _without(together, known) if known else together
    follows = lines[: len(before)] == list(before)
    return DayCompared(day, lines, len(added) - len(known), len(known), follows)


def _beyond(together: Sequence[str], before: Sequence[str]) -> list[str]:
    """What was not there before, each as often as it is new."""
    if not before:
        return list(together)
    count = Counter(before)
    added = []
    for line in together:
        if count[line]:
            count[line] -= 1
        else:
            added.append(line)
    return added


def _without(together: Sequence[str], left_out: Sequence[str]) -> list[str]:
    count, kept = Counter(left_out), []
    for line in reversed(together):
        if count[line]:
            count[line] -= 1
        else:
            kept.append(line)
    return kept[::-1]


def _is_recorded(line: str, recorded: RecordedElsewhere) -> bool:
    if not recorded.rows and not recorded.calls:
        return False
    if call_of(line) in recorded.calls:
        return True
    at = moment(sort_key(line))
    moments = recorded.rows.get(digest_of_text(what_it_says(line).replace("\t", "|")))
    if at is None or moments is None:
        return False
    return any(_may_be_same(at.earliest_us, at.latest_us, at_us, exact) for at_us, exact in moments)


def _may_be_same(earliest_us: int, latest_us: int, at_us: int, exact: bool) -> bool:
    """Whether a bridge's row, of a moment or of the second that begins there, is the one of that moment.

    Either may be the line of a slow disk, which is later than the row.
    """
    until_us = at_us if exact else at_us + MICROSECONDS - 1
    return earliest_us - LONGEST_STORE_US <= until_us and at_us <= latest_us + LONGEST_STORE_US
