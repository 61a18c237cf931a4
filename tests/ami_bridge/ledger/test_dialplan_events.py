"""What our dialplan's rows add: who really hung up, and that a caller is gone."""

import pytest

from callcenter.calls import AnomalyKind, EndedBy, Outcome
from tests.ami_bridge.ledger.queue_log_rows import fold, only_entry, row

ENTER = row(100, "c1|101|NONE|ENTERQUEUE||70712345|1")
CONNECT = row(106, "c1|101|Ana|CONNECT|6|a1|5")
DONE = row(130, "c1|101|Ana|COMPLETECALLER|6|24|1")


@pytest.mark.parametrize("late", [-0.002, 0.002])
def test_a_conversation_that_nobody_hung_up_was_ended_by_the_agents_feature_code(late: float) -> None:
    rows = sorted((DONE, row(130 + late, "c1|NONE|NONE|DEPARTED|16|by:")), key=lambda each: str(each.at))
    assert only_entry(ENTER, CONNECT, *rows).ended_by is EndedBy.AGENT


def test_the_leg_that_asked_for_the_end_outranks_app_queue() -> None:
    released = row(130.001, "c1|101|1001|RELEASED|a1|16|by:PJSIP/trunk-0001")
    done = row(130, "c1|101|Ana|COMPLETEAGENT|6|24|1")
    assert only_entry(ENTER, CONNECT, done, released).ended_by is EndedBy.CALLER


def test_a_conversation_ends_with_the_agents_leg_though_app_queue_reports_it_later() -> None:
    entry = only_entry(ENTER, CONNECT, row(129.8, "c1|101|1001|RELEASED|a1|16|by:"), DONE)
    assert entry.ended is not None
    assert (entry.ended.earliest_us, entry.ended_by) == (129_800_000, EndedBy.CALLER)


def test_a_caller_who_hung_up_was_not_transferred_however_late_app_queue_reports_it() -> None:
    released = row(129.2, "c1|101|1001|RELEASED|a1|16|by:PJSIP/trunk-0001")
    entry = only_entry(ENTER, CONNECT, released, DONE)
    assert entry.ended is not None
    assert (entry.ended.earliest_us, entry.ended_by) == (129_200_000, EndedBy.CALLER)


def test_a_departed_caller_waits_no_longer_though_the_end_was_lost() -> None:
    changes = fold(ENTER, row(110, "c1|NONE|NONE|DEPARTED|16|by:PJSIP/trunk-0001"), row(120, "NONE|NONE|NONE|INFO"))
    assert changes.entries[0].outcome is Outcome.ABANDONED
    assert [anomaly.kind for anomaly in changes.anomalies] == [AnomalyKind.LOST_END]


def test_a_caller_whom_the_queue_returned_left_it_as_queuestatus_has_it() -> None:
    assert only_entry(ENTER, row(110, "c1|101|NONE|RETURNED|TIMEOUT")).outcome is Outcome.TIMEOUT


ABANDON = row(110, "c1|101|NONE|ABANDON|1|1|10")


@pytest.mark.parametrize("late", [-0.002, 0.002])
def test_a_wait_is_ended_by_the_caller_whose_phone_hung_up(late: float) -> None:
    departed = row(110 + late, "c1|NONE|NONE|DEPARTED|0|by:PJSIP/trunk-0001")
    rows = sorted((ABANDON, departed), key=lambda each: str(each.at))
    assert only_entry(ENTER, *rows).ended_by is EndedBy.CALLER


def test_a_wait_whose_own_row_was_lost_is_ended_by_the_caller_all_the_same() -> None:
    entry = only_entry(ENTER, row(110, "c1|NONE|NONE|DEPARTED|0|by:PJSIP/trunk-0001"))
    assert (entry.outcome, entry.ended_by) == (Outcome.ABANDONED, EndedBy.CALLER)


@pytest.mark.parametrize("by", ["", "by:", "by:dialplan/builtin_hangup"])
def test_nobody_is_named_where_no_phone_ended_the_wait(by: str) -> None:
    assert only_entry(ENTER, ABANDON, row(110.001, f"c1|NONE|NONE|DEPARTED|16|{by}")).ended_by is EndedBy.UNKNOWN


def test_a_caller_taken_out_of_the_queue_who_hangs_up_elsewhere_did_not_end_the_wait() -> None:
    rows = "c1|101|NONE|ABANDON|1|1|10", "c1|NONE|NONE|DEPARTED|16|by:PJSIP/trunk-0001"
    for second, whole in ((110.6, False), (111, True)):
        entry = only_entry(ENTER, row(110, rows[0], whole=whole), row(second, rows[1], whole=whole))
        assert entry.ended_by is EndedBy.UNKNOWN


LEFT_TEXT = "c1|101|NONE|EXITWITHKEY|1|1|1|10"
LEFT = row(110, LEFT_TEXT)
STAYED = row(125, "c1|101|NONE|STAYED")
AGAIN = row(125.1, "c1|101|NONE|ENTERQUEUE||70712345|1")


def test_a_caller_who_declines_a_callback_has_one_wait_from_the_beginning() -> None:
    changes = fold(ENTER, LEFT, STAYED, AGAIN, row(130.1, "c1|101|Ana|CONNECT|5|a1|3"))
    (entry,) = changes.entries
    assert (entry.outcome, entry.wait.least_us, changes.anomalies) == (Outcome.ANSWERED, 30_100_000, ())


def test_a_wait_that_went_on_is_not_shortened_by_a_hold_time_of_its_last_part() -> None:
    enter, left = row(100, "c1|101|NONE|ENTERQUEUE||70712345|1", whole=True), row(110, LEFT_TEXT, whole=True)
    again = row(125, "c1|101|NONE|ENTERQUEUE||70712345|1", whole=True)
    stayed, gone = row(125, "c1|101|NONE|STAYED", whole=True), row(140, "c1|101|NONE|ABANDON|1|1|15", whole=True)
    entry = only_entry(enter, left, stayed, again, gone)
    assert entry.outcome is Outcome.ABANDONED
    assert entry.wait.least_us >= 39_000_000


def test_a_declined_callback_of_a_caller_who_never_left_is_an_anomaly() -> None:
    changes = fold(ENTER, STAYED)
    assert [anomaly.kind for anomaly in changes.anomalies] == [AnomalyKind.ORPHAN]
    assert changes.entries[0].outcome is Outcome.OPEN
