"""Who a channel is after an attended transfer into a queue, however Asterisk logged it."""

from callcenter.calls import AnomalyKind, EndedBy, Outcome, QueueEntry
from tests.ami_bridge.ledger.queue_log_rows import fold, only_entry, row

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


INSIDE_ENTERS = (row(99, "a1|NONE|NONE|INSIDE|104"), row(100, "a1|104|NONE|ENTERQUEUE||1005|1"))


def test_whoever_calls_a_line_from_a_phone_inside_is_not_of_the_public() -> None:
    entry = only_entry(*INSIDE_ENTERS)
    assert (entry.internal, entry.line) == (True, "104")


def test_a_caller_by_a_trunk_of_the_public_is() -> None:
    arrived = row(99, "c1|NONE|NONE|ARRIVED|104|70712345|c1|public")
    changes = fold(arrived, row(100, "c1|104|NONE|ENTERQUEUE||70712345|1"))
    assert ([each.internal for each in changes.entries], [c.internal for c in changes.calls]) == ([False], [False])


def test_a_caller_by_another_trunk_is_not_and_neither_is_their_call() -> None:
    arrived = row(99, "c1|NONE|NONE|ARRIVED|104|70712345|c1|internal")
    changes = fold(arrived, row(100, "c1|104|NONE|ENTERQUEUE||70712345|1"))
    assert ([each.internal for each in changes.entries], [call.internal for call in changes.calls]) == ([True], [True])


def test_a_caller_who_takes_over_the_entry_of_an_agents_second_call_is_of_the_public() -> None:
    swap = row(101, "a1|104|NONE|IDENTITY|c1|70712345")
    assert only_entry(*INSIDE_ENTERS, swap).internal is False


def test_after_a_restart_a_channel_of_the_same_name_is_another_one() -> None:
    again = row(210, "a1|104|NONE|ENTERQUEUE||70712345|1")
    entries = fold(*INSIDE_ENTERS, row(200, "NONE|NONE|NONE|QUEUESTART"), again).entries
    assert [entry.internal for entry in entries] == [True, False]
