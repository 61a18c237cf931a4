"""Where in the queue a caller was at the joining, and where the wait ended."""

import pytest

from ami_bridge.ledger.rows.row import HIGHEST_POSITION, Row
from callcenter.calls import Outcome, QueueEntry
from tests.ami_bridge.ledger.queue_log_rows import fold, only_entry, row

ENTER = row(100, "c1|101|NONE|ENTERQUEUE||70712345|4")
CONNECT = row(106.5, "c1|101|1001|CONNECT|6|a1|5")
Positions = tuple[int | None, int | None]


def positions(entry: QueueEntry) -> Positions:
    return entry.entered_position, entry.left_position


@pytest.mark.parametrize(
    "text",
    [
        "c1|101|NONE|ABANDON|2|4|7",
        "c1|101|NONE|EXITWITHTIMEOUT|2|4|7",
        "c1|101|NONE|EXITWITHKEY|9|2|4|7",
        "c1|101|NONE|EXITEMPTY|2|4|7",
        "c1|101|NONE|WITHDRAW|2|4|7|moved|by hand",
    ],
)
def test_each_end_of_a_wait_tells_both_even_where_the_joining_is_lost(text: str) -> None:
    assert positions(only_entry(ENTER, row(107, text))) == (4, 2)
    assert positions(only_entry(row(107, text))) == (4, 2)


def test_who_was_answered_or_still_waits_has_only_the_first() -> None:
    assert positions(only_entry(ENTER, CONNECT, row(130, "c1|101|1001|COMPLETECALLER|6|23|4"))) == (4, None)
    assert positions(only_entry(ENTER)) == (4, None)


def test_others_may_be_put_ahead_of_a_caller() -> None:
    assert positions(only_entry(ENTER, row(107, "c1|101|NONE|ABANDON|6|4|7"))) == (4, 6)


@pytest.mark.parametrize(
    "text",
    [
        "c1|101|1001|COMPLETECALLER|6|23|4",
        "c1|101|1001|COMPLETEAGENT|6|23|4",
        "c1|101|1001|BLINDTRANSFER|1002|troncal-agents|6|23|4",
        "c1|101|1001|ATTENDEDTRANSFER|BRIDGE|b1|6|23|4",
        "c1|101|1001|ATTENDEDTRANSFER|LINK|a|b|6|23|4",
        "c1|101|1001|TRANSFER|1002|default|6|23|4",
    ],
)
def test_the_end_of_a_conversation_tells_the_first_where_the_joining_does_not(text: str) -> None:
    nothing = row(100, "c1|101|NONE|ENTERQUEUE||70712345|0")
    for rows in ((nothing, CONNECT), (CONNECT,), ()):
        assert positions(only_entry(*rows, row(130, text))) == (4, None)


@pytest.mark.parametrize(
    ("joining", "end"),
    [
        ("ENTERQUEUE||70712345|", "EXITWITHTIMEOUT|1"),
        ("ENTERQUEUE||70712345|0", "ABANDON|1"),
        ("ENTERQUEUE||70712345|uno", "EXITWITHKEY|9|1"),
    ],
    ids=["time-out", "hang-up", "key"],
)
def test_the_shorter_rows_of_older_versions_tell_where_the_wait_ended(joining: str, end: str) -> None:
    entry = only_entry(row(100, f"c1|101|NONE|{joining}"), row(107, f"c1|101|NONE|{end}"))
    assert positions(entry) == (None, 1)


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "uno", "٣", str(HIGHEST_POSITION + 1), "9" * 15, "9" * 40])
def test_what_is_no_position_is_none_and_changes_nothing_else(text: str) -> None:
    enter, gone = row(100, f"c1|101|NONE|ENTERQUEUE||7|{text}"), row(107, f"c1|101|NONE|ABANDON|{text}|{text}|7")
    changes = fold(enter, gone)
    (entry,) = changes.entries
    assert (positions(entry), entry.outcome, entry.caller, changes.anomalies) == (
        *((None, None), Outcome.ABANDONED, "7"),
        (),
    )


def test_the_highest_position_is_one() -> None:
    assert row(1, f"c|q|NONE|ABANDON|{HIGHEST_POSITION}").queue_position(0) == HIGHEST_POSITION


LEFT = row(110, "c1|101|NONE|EXITWITHKEY|1|3|4|10")
STAYED = row(125, "c1|101|NONE|STAYED")
AGAIN = row(125.1, "c1|101|NONE|ENTERQUEUE||70712345|2")


def test_who_declines_a_callback_entered_once_and_leaves_where_the_wait_ends_at_last() -> None:
    assert positions(only_entry(ENTER, LEFT)) == (4, 3)
    assert positions(only_entry(ENTER, LEFT, STAYED)) == (4, None)
    assert positions(only_entry(ENTER, LEFT, STAYED, AGAIN)) == (4, None)
    assert positions(only_entry(ENTER, LEFT, STAYED, AGAIN, row(130, "c1|101|NONE|ABANDON|1|2|5"))) == (4, 1)
    assert positions(only_entry(ENTER, LEFT, STAYED, AGAIN, row(130, "c1|101|Ana|CONNECT|5|a1|3"))) == (4, None)


def test_a_position_after_a_return_is_not_taken_for_that_of_the_first_joining() -> None:
    unknown = row(100, "c1|101|NONE|ENTERQUEUE||70712345|0")
    left = row(110, "c1|101|NONE|EXITWITHKEY|1|1")
    gone = row(130, "c1|101|NONE|ABANDON|1|2|5")
    assert positions(only_entry(unknown, left, STAYED, AGAIN, gone)) == (None, 1)


def test_a_caller_redirected_to_another_queue_has_positions_in_each() -> None:
    rows = (
        *(ENTER, row(110, "c1|101|NONE|EXITWITHTIMEOUT|3|4|10")),
        *(row(110, "c1|102|NONE|ENTERQUEUE||70712345|9"), row(112, "c1|102|NONE|ABANDON|8|9|2")),
    )
    assert [positions(entry) for entry in fold(*rows).entries] == [(4, 3), (9, 8)]


def test_a_blind_transfer_into_a_queue_is_a_joining_of_its_own() -> None:
    rows = (
        *(ENTER, CONNECT, row(120, "c1|101|1001|BLINDTRANSFER|102|troncal-agents|6|13|4")),
        *(row(121, "c1|102|NONE|ENTERQUEUE||70712345|2"), row(125, "c1|102|NONE|ABANDON|1|2|4")),
    )
    assert [positions(entry) for entry in fold(*rows).entries] == [(4, None), (2, 1)]


def test_a_caller_who_takes_the_place_of_the_agents_second_call_has_its_position() -> None:
    rows = (
        *(row(50, "a|102|NONE|ENTERQUEUE||70712345|1"), row(52, "a|102|1001|CONNECT|2|p1|2")),
        *(row(60, "b|101|NONE|ENTERQUEUE||1001|3"), row(63, "a|102|1001|ATTENDEDTRANSFER|APP|Queue|2|11|1")),
        row(65, "a|101|NONE|ABANDON|2|3|5"),
    )
    assert [positions(entry) for entry in fold(*rows).entries] == [(1, None), (3, 2)]


@pytest.mark.parametrize(
    "rows",
    [
        (row(100, "c1|101|NONE|FULL|70712345"),),
        (row(100, "c1|101|NONE|JOINEMPTY|70712345|JOINEMPTY"),),
    ],
    ids=["full", "no agents"],
)
def test_a_refused_caller_was_nowhere(rows: tuple[Row, ...]) -> None:
    assert positions(only_entry(*rows)) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "c1|101|NONE|LEAVEEMPTY",
        "c1|101|NONE|LEAVEEMPTY|9|9|9",
        "c1|101|NONE|RETURNED|TIMEOUT",
        "c1|NONE|NONE|DEPARTED|16|by:PJSIP/trunk-1",
        "NONE|NONE|NONE|QUEUESTART",
    ],
)
def test_an_end_that_no_row_of_app_queue_reports_is_at_no_position(text: str) -> None:
    entry = only_entry(ENTER, row(107, text))
    assert (positions(entry), entry.ended is None) == ((4, None), False)


def test_a_stop_of_asterisk_that_reports_the_wait_as_abandoned_leaves_what_it_reported() -> None:
    entry = only_entry(ENTER, row(110, "c1|101|NONE|ABANDON|2|4|10"), row(112, "NONE|NONE|NONE|QUEUESTART"))
    assert (entry.outcome, positions(entry)) == (Outcome.INTERRUPTED, (4, 2))


def test_a_joining_that_comes_late_tells_its_position() -> None:
    gone = row(110, "c1|101|NONE|ABANDON|2||10", whole=True)
    entry = only_entry(gone, row(100, "c1|101|NONE|ENTERQUEUE||70712345|4", whole=True))
    assert (positions(entry), entry.caller) == ((4, 2), "70712345")


def test_an_end_that_is_told_twice_changes_nothing() -> None:
    assert positions(only_entry(ENTER, LEFT, row(111, "c1|101|NONE|ABANDON|1|1|11"))) == (4, 3)
