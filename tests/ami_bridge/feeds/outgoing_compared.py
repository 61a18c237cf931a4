"""What the records must hold of the calls that the centre made, and that these leave its level alone."""

from collections.abc import Iterable, Sequence
from typing import Any

from ami_bridge.feeds.two_copies import GIVES_UP_US
from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row, Verb
from callcenter.calls import QueueEntry
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.level.formulas import Period, ServiceLevelCounts, add
from callcenter.level.sums import counts_by_half_hour
from tests.ami_bridge.feeds.disturbed_log import Disturbed
from tests.ami_bridge.feeds.histories import MESSAGE, OUTGOING, QUEUE, History, channel_of, reference_of, wanted

OutgoingRow = dict[str, Any]
_EVER, _THRESHOLD_US = Period(0, 1 << 51), 20 * MICROSECONDS
# Where only the file had a row, it is known to the second, from when Asterisk may have begun to store it.
_FILE_ALONE_US = GIVES_UP_US + MICROSECONDS


def holds_the_truth(history: History, found: Sequence[OutgoingRow]) -> None:
    """One row for each call, with what its kind says; of one that was cut off only what had happened by then."""
    made = {number: kind for number, kind in history.begun.items() if kind in OUTGOING}
    rows = {row["uniqueid"]: row for row in found}
    assert sorted(rows) == sorted(channel_of(number, kind) for number, kind in made.items())
    for number, kind in made.items():
        row, said = rows[channel_of(number, kind)], wanted(kind)
        assert (row["reference"], row["number"]) == (reference_of(number, kind), f"60{number:06d}")
        assert row["ended_us"] is not None, kind
        if number in history.whole or row["cause"] is not None or said["result"] == "unplaced":
            assert {name: row[name] for name in said} == said, kind
        else:
            assert row["result"] == ("answered" if row["answered_us"] is not None else "interrupted"), kind
            assert all(row[name] in (None, said[name]) for name in ("answered_by", "pressed", "handed_to"))
            assert row["told"] in (None, MESSAGE, said["told"])


def are_as_long_as_they_were(log: Disturbed, found: Iterable[OutgoingRow]) -> None:
    """What happened is as long after the dialling as it was, by a clock that nobody set; or up to a step less.

    Nothing tells whether a clock that is set forward was behind or stood still; nor of a small step, when it was.
    """
    unclear_us = sum(step if step > 0 else MICROSECONDS for step in log.steps_us if step > -2 * MICROSECONDS)
    happened = {
        (row.callid, row.field(0)): elapsed_us
        for row, elapsed_us in zip(log.rows, log.elapsed_us, strict=True)
        if row.verb == Verb.OUTGOING
    }
    for row in found:
        for what in ("answered", "handed", "ended"):
            elapsed_us = happened.get((row["uniqueid"], what))
            if elapsed_us is not None:
                true_us = elapsed_us - happened[row["uniqueid"], "dialled"]
                assert true_us - unclear_us <= row[f"{what}_us"] - row["dialled_us"] <= true_us, (what, row)


def are_within_bounds(found: Iterable[OutgoingRow], truth: Iterable[OutgoingRow]) -> None:
    """Where rows are known by the file alone: the same calls, and moments that are at most that much earlier."""
    for row, true in zip(found, truth, strict=True):
        for name, value in true.items():
            if name.endswith("_us") and value is not None:
                assert 0 <= value - row[name] <= _FILE_ALONE_US, (name, row)
            else:
                assert row[name] == value, (name, row)


async def leave_the_level_alone(history: History, rows: Iterable[Row], database: Database, *, exact: bool) -> None:
    """The queue's counts are those of the callers alone."""
    made = {channel_of(number, kind) for number, kind in history.begun.items() if kind in OUTGOING}
    fold = Fold("central")
    for row in rows:
        if row.callid not in made:
            fold.apply(row)
    entries = fold.drain().entries
    counts = await database.read(lambda connection: counts_by_half_hour(connection, _EVER, lambda _: _THRESHOLD_US))
    found = add(*(of_queues.get(QUEUE, ServiceLevelCounts()) for of_queues in counts.values()))
    answered = [entry for entry in entries if entry.answered is not None]
    assert (found.entries, found.answered) == (len(entries), len(answered))
    within, undetermined = _within(answered, is_within=True), _within(answered, is_within=None)
    if exact:
        assert (found.within, found.undetermined) == (within, undetermined)
    else:
        assert found.within <= within + undetermined and within <= found.within + found.undetermined


def _within(entries: Iterable[QueueEntry], *, is_within: bool | None) -> int:
    return sum(entry.wait.within(_THRESHOLD_US) is is_within for entry in entries)
