"""What several copies of one day say together: each row once, in the order in which it was written. Pure.

A row is known by what it says and by its moment. A row with microseconds and one of a whole second are the same where a
line of that second may be the row's (`ami_bridge.ledger.rows.folded`): the more exact one is kept. What a copy says
twice in one second it says twice; what two copies say counts once. So it does not matter in what order copies are
given, how often, or which rows each of them lacks.
"""

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

from ami_bridge.feeds.file import moment
from ami_bridge.history.lines import SECOND_DIGITS, is_exact, sort_key, what_it_says
from ami_bridge.ledger.rows.folded import CLOCK_TICK_US, LONGEST_STORE_US
from callcenter.instants import MICROSECONDS


def merged(copies: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a day, by their time. Each copy is in the order in which it was written."""
    ordered = sorted((sorted(copy, key=sort_key) for copy in copies if copy), key=_began)
    if len(ordered) == 1 and not _is_mixed(ordered[0]):
        return ordered[0]
    exact: list[str] = []
    for copy in ordered:
        exact = _with_new(exact, [line for line in copy if is_exact(line)], {})
    whole: list[str] = exact
    for copy in ordered:
        if not all(map(is_exact, copy)):
            whole = _with_new(whole, copy, _by_words(whole))
    return whole


def _began(copy: Sequence[str]) -> tuple[str, int, str, int]:
    """Of a log that was rotated in mid-second, the part that began earlier comes first: that has more of the second."""
    first = copy[0][:SECOND_DIGITS]
    return first, -sum(line.startswith(first) for line in copy), copy[-1], len(copy)


def _is_mixed(copy: Sequence[str]) -> bool:
    exact = sum(map(is_exact, copy))
    return 0 < exact < len(copy)


def _by_words(lines: Sequence[str]) -> dict[str, list[int]]:
    """Where the exact ones are, by what they say."""
    found: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if is_exact(line):
            found[what_it_says(line)].append(index)
    return found


def _with_new(base: list[str], copy: Sequence[str], by_words: dict[str, list[int]]) -> list[str]:
    """The lines of the base, and those that only the copy has: each after the one that it follows there."""
    if not base:
        return list(copy)
    known = defaultdict[str, deque[int]](deque)
    for index, line in enumerate(base):
        known[line].append(index)
    added: dict[int, list[str]] = defaultdict(list)
    seconds, after, before = [line[:SECOND_DIGITS] for line in base], -1, ""
    for line in copy:
        found = _index_of(line, known, by_words, base)
        second = line[:SECOND_DIGITS]
        if found is not None:
            after = found
        else:
            after = after if second == before else bisect_right(seconds, second) - 1
            added[after].append(line)
        before = second
    return [*added[-1], *(each for index, line in enumerate(base) for each in (line, *added.get(index, ())))]


def _index_of(
    line: str, known: dict[str, deque[int]], by_words: dict[str, list[int]], base: Sequence[str]
) -> int | None:
    """Where the base has that line, which it has not been asked for before."""
    same = known.get(line)
    if same:
        return same.popleft()
    if is_exact(line):
        return None
    candidates = by_words.get(what_it_says(line), [])
    for index in candidates:
        if _is_row_of(line, base[index]):
            candidates.remove(index)
            return index
    return None


def _is_row_of(line: str, exact: str) -> bool:
    """Whether a line of a whole second may be that of an exact row."""
    at, row = moment(sort_key(line)), moment(sort_key(exact))
    if at is None or row is None:
        return False
    return row.earliest_us - CLOCK_TICK_US < at.earliest_us + MICROSECONDS and (
        at.earliest_us - LONGEST_STORE_US <= row.earliest_us
    )
