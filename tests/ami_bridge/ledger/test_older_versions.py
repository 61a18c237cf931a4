"""Rows of older Asterisks, and of exchanges that add rows of their own."""

import pytest

from ami_bridge.ledger.fold import Fold
from callcenter.calls import LONGEST_CALL_US, AnomalyKind, EndedBy, Outcome, PeriodKind
from callcenter.moments import Length
from tests.ami_bridge.ledger.queue_log_rows import fold, only_entry, row

ENTERED = "c1|101|NONE|ENTERQUEUE||70712345|1"
SECONDS_20 = Length.between_whole_seconds(20)


@pytest.mark.parametrize(
    "transfer",
    ["2000|default|20|60", "2000|default|20|60|1"],
    ids=["without a position (1.4)", "with a position (1.8)"],
)
def test_a_transfer_tells_the_wait_and_the_conversation_before_it(transfer: str) -> None:
    entry = only_entry(row(80, f"c1|101|SIP/1001|TRANSFER|{transfer}"))
    assert entry.wait == SECONDS_20
    assert entry.answered is not None and (entry.answered.earliest_us, entry.answered.latest_us) == (
        19_000_001,
        20_999_999,
    )
    assert (entry.ended_by, entry.transferred_to) == (EndedBy.TRANSFER, "2000")


def test_a_transfer_of_1_2_tells_only_to_whom() -> None:
    entry = only_entry(
        row(0, ENTERED), row(9, "c1|101|SIP/1001|CONNECT|9"), row(80, "c1|101|SIP/1001|TRANSFER|2000|default")
    )
    assert (entry.outcome, entry.transferred_to) == (Outcome.ANSWERED, "2000")


def test_the_shorter_rows_of_1_4_are_understood() -> None:
    changes = fold(
        row(0, ENTERED),
        row(9, "c1|101|Agent/1001|CONNECT|9"),
        row(80, "c1|101|Agent/1001|COMPLETEAGENT|9|71"),
        row(100, "c2|101|NONE|ENTERQUEUE||70712345|1"),
        row(130, "c2|101|NONE|EXITWITHTIMEOUT|1"),
    )
    assert [entry.outcome for entry in changes.entries] == [Outcome.ANSWERED, Outcome.TIMEOUT]
    assert changes.anomalies == ()


@pytest.mark.parametrize("kind", ["AGENT", "AGENTCALLBACK"])
def test_an_agent_of_agents_conf_logs_in_to_all_queues(kind: str) -> None:
    changes = fold(
        row(5, f"c1|NONE|Agent/1001|{kind}LOGIN|SIP/77-1"),
        row(10, "NONE|NONE|Agent/1001|PAUSEALL|"),
        row(65, f"c1|NONE|Agent/1001|{kind}LOGOFF|SIP/77-1|60"),
    )
    assert [
        (each.kind, each.queue, each.started.earliest_us, each.ended and each.ended.earliest_us)
        for each in changes.periods
    ] == [
        (PeriodKind.LOGGED_IN, "NONE", 5_000_000, 65_000_000),
        (PeriodKind.PAUSED, "NONE", 10_000_000, 65_000_000),
    ]
    assert changes.anomalies == ()


def test_the_line_is_the_number_of_the_did_row() -> None:
    assert only_entry(row(0, "c1|101|NONE|DID|4251000"), row(0, ENTERED)).line == "4251000"


def test_without_a_did_row_the_line_is_unknown() -> None:
    assert only_entry(row(0, "c2|101|NONE|DID|4251000"), row(0, ENTERED)).line == ""


def test_what_our_own_dialplan_says_of_the_line_counts_more() -> None:
    rows = row(0, "c1|NONE|NONE|ARRIVED|102|70712345|c1"), row(0, "c1|101|NONE|DID|4251000"), row(0, ENTERED)
    assert only_entry(*rows).line == "102"


def lost(*rows: str, before_us: int) -> Fold:
    folding = Fold("historia")
    for second, text in enumerate(rows):
        folding.apply(row(second, text))
    folding.end_lost(before_us)
    return folding


def test_who_waits_longer_than_any_call_lasts_has_given_up_at_an_unknown_time() -> None:
    folding = lost(ENTERED, before_us=1)
    (entry,) = folding.drain().entries
    assert (entry.outcome, entry.wait) == (Outcome.ABANDONED, Length(0, LONGEST_CALL_US))
    assert folding.open_entries == 0


def test_who_talks_longer_than_any_call_lasts_was_answered_all_the_same() -> None:
    folding = lost(ENTERED, "c1|101|1001|CONNECT|1|x|1", before_us=1_000_001)
    changes = folding.drain()
    (entry,) = changes.entries
    assert (entry.outcome, entry.wait) == (Outcome.ANSWERED, Length(1_000_000, 1_000_000))
    assert entry.ended is not None
    assert [each.ended is not None for each in changes.periods] == [True]


def test_who_may_still_be_there_stays() -> None:
    folding = lost(ENTERED, before_us=0)
    assert folding.open_entries == 1
    folding.apply(row(5, "c1|101|NONE|ABANDON|1|1|5"))
    assert [each.kind for each in folding.drain().anomalies if each.kind is not AnomalyKind.ORPHAN] == []
