"""Who a channel is after an attended transfer into a queue, however Asterisk logged it."""

from callcenter.calls import AnomalyKind, EndedBy, Outcome, QueueEntry
from tests.ami_bridge.ledger.queue_log_rows import fold, row

TRANSFER = "101|Ana|ATTENDEDTRANSFER|APP|Queue|1|1|1"
BEFORE = (
    row(10, "a|101|NONE|ENTERQUEUE||70000001|1", whole=True),
    row(11, "a|101|Ana|CONNECT|1|p1|0", whole=True),
    row(12, "b|102|NONE|ENTERQUEUE||1001|1", whole=True),
)
AFTER = (
    row(15, "a|102|Bea|CONNECT|3|p2|0", whole=True),
    row(17, "a|102|Bea|COMPLETEAGENT|3|2|1", whole=True),
)


def reported(entries: tuple[QueueEntry, ...]) -> list[tuple[object, ...]]:
    return [(e.key.queue, e.caller, e.outcome, e.member, e.ended_by, e.transferred_to) for e in entries]


MOVED = [
    ("101", "70000001", Outcome.ANSWERED, "Ana", EndedBy.TRANSFER, "102"),
    ("102", "70000001", Outcome.ANSWERED, "Bea", EndedBy.AGENT, ""),
]


def test_the_transfer_written_under_the_callers_channel_moves_the_caller() -> None:
    assert reported(fold(*BEFORE, row(13, f"a|{TRANSFER}", whole=True), *AFTER).entries) == MOVED


def test_the_transfer_written_under_the_agents_waiting_channel_moves_the_caller_too() -> None:
    changes = fold(*BEFORE, row(13, f"b|{TRANSFER}", whole=True), *AFTER)
    assert (reported(changes.entries), changes.anomalies) == (MOVED, ())


def test_the_transfer_written_under_both_is_one_transfer() -> None:
    both = (row(13, f"a|{TRANSFER}", whole=True), row(13, f"b|{TRANSFER}", whole=True))
    changes = fold(*BEFORE, *both, *AFTER)
    assert reported(changes.entries) == MOVED
    assert [anomaly.kind for anomaly in changes.anomalies] == [AnomalyKind.DUPLICATE]


def test_a_caller_on_the_move_who_hangs_up_abandons_the_second_queue() -> None:
    left = row(15, "a|102|NONE|ABANDON|1|1|3", whole=True)
    entries = fold(*BEFORE, row(13, f"a|{TRANSFER}", whole=True), left).entries
    assert [entry.outcome for entry in entries] == [Outcome.ANSWERED, Outcome.ABANDONED]
