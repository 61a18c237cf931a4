"""Rows that were lost, doubled, swapped or forged: nothing is raised, nothing is counted twice."""

from hypothesis import given
from hypothesis import strategies as st

from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row
from callcenter.calls import AnomalyKind, EndedBy, FinalStage, Outcome
from callcenter.moments import Moment
from tests.ami_bridge.ledger.queue_log_rows import fold, only_entry, row

DAY = [
    row(90, "NONE|NONE|NONE|QUEUESTART"),
    row(100, "c1|101|NONE|ENTERQUEUE||70712345|1"),
    row(101, "c1|101|1002|OFFERED|a0"),
    row(102, "c2|101|NONE|ENTERQUEUE||70712346|2"),
    row(104, "c1|101|1002|RINGNOANSWER|3000"),
    row(105, "c2|101|NONE|ABANDON|2|2|3"),
    row(106, "c1|101|1001|CONNECT|6|a1|2"),
    row(107, "c3|102|NONE|ENTERQUEUE||70712347|1"),
    row(110, "c3|102|NONE|EXITWITHTIMEOUT|1|1|3"),
    row(110, "c3|101|NONE|ENTERQUEUE||70712347|1"),
    row(120, "c1|101|1001|COMPLETECALLER|6|14|1"),
    row(125, "c3|101|1001|CONNECT|15|a3|2"),
    row(126, "c3|101|1001|BLINDTRANSFER|1002|troncal-agents|15|1|1"),
    row(128, "c3|NONE|NONE|RECEIVED|1002"),
    row(130, "c4|101|NONE|ENTERQUEUE||70712348|1"),
    row(131, "c4|101|1001|CONNECT|1|a4|1"),
    row(140, "c4|101|1001|ATTENDEDTRANSFER|BRIDGE|b1|1|9|1"),
    row(140.01, "c4|NONE|NONE|RECEIVED|1003"),
]


@given(st.integers(0, len(DAY) - 1))
def test_a_row_written_twice_changes_nothing(at: int) -> None:
    doubled = DAY[: at + 1] + DAY[at:]
    assert {e.key: e for e in fold(*doubled).entries} == {e.key: e for e in fold(*DAY).entries}


@given(st.integers(1, len(DAY) - 1))
def test_a_lost_row_never_ends_a_call_twice_and_leaves_no_caller_waiting_for_ever(at: int) -> None:
    entries = fold(*DAY[:at], *DAY[at + 1 :]).entries
    keys = [entry.key for entry in entries]
    assert len(keys) == len(set(keys))
    assert len(entries) <= 6


@given(st.permutations(DAY))
def test_rows_in_any_order_are_folded_without_an_error(rows: list[Row]) -> None:
    keys = [entry.key for entry in fold(*rows).entries]
    assert len(keys) == len(set(keys))


@given(
    st.lists(
        st.builds(
            Row,
            st.integers(),
            st.just(DAY[3].at) | st.none(),
            st.sampled_from(["c1", "c2", ""]),
            st.sampled_from(["101", "NONE", ""]),
            st.text(max_size=5),
            st.sampled_from(["ENTERQUEUE", "CONNECT", "ABANDON", "COMPLETECALLER", "QUEUESTART", "BAD", "IDENTITY"]),
            st.lists(st.text(max_size=5) | st.just("3"), max_size=6).map(tuple),
        )
    )
)
def test_no_row_raises(rows: list[Row]) -> None:
    fold(*rows)


def test_a_connect_whose_entry_was_lost_registers_the_call_with_its_hold_time() -> None:
    entry = only_entry(row(106, "c1|101|1001|CONNECT|6|a1|5"))
    assert entry.outcome is Outcome.ANSWERED
    assert entry.wait.least_us == 5_000_001
    assert entry.wait.most_us == 6_999_999


def test_a_completion_whose_connect_was_lost_is_still_an_answered_call() -> None:
    entry = only_entry(row(100, "c1|101|NONE|ENTERQUEUE||70712345|1"), row(130, "c1|101|1001|COMPLETEAGENT|6|24|1"))
    assert (entry.outcome, entry.member, entry.ended_by) == (Outcome.ANSWERED, "1001", EndedBy.AGENT)


def test_a_killed_asterisk_interrupts_its_open_calls_which_remain_registered() -> None:
    changes = fold(
        row(100, "c1|101|NONE|ENTERQUEUE||70712345|1"),
        row(101, "c2|101|NONE|ENTERQUEUE||70712346|2"),
        row(106, "c1|101|1001|CONNECT|6|a1|5"),
        row(160, "NONE|NONE|NONE|QUEUESTART"),
    )
    assert [entry.outcome for entry in changes.entries] == [Outcome.INTERRUPTED, Outcome.INTERRUPTED]
    assert [entry.answered is not None for entry in changes.entries] == [True, False]
    assert changes.interruptions[0].interrupted_entries == 2


def test_an_orderly_stop_that_ends_all_calls_at_once_is_no_crowd_of_customers_hanging_up() -> None:
    changes = fold(
        row(100, "c1|101|NONE|ENTERQUEUE||70712345|1"),
        row(101, "c2|101|NONE|ENTERQUEUE||70712346|2"),
        row(110, "c1|101|NONE|ABANDON|1|1|10"),
        row(110, "c2|101|NONE|ABANDON|1|1|9"),
        row(115, "NONE|NONE|NONE|QUEUESTART"),
    )
    assert {entry.outcome for entry in changes.entries} == {Outcome.INTERRUPTED}


def test_a_call_that_bears_the_name_of_one_of_before_a_restart_changes_nothing_of_that_one() -> None:
    first = row(100, "c1|NONE|NONE|ARRIVED|101|7001|c1"), row(110, "c1|NONE|NONE|DEPARTED|16|by:PJSIP/x-1")
    changes = fold(
        *first,
        row(200, "NONE|NONE|NONE|QUEUESTART"),
        row(300, "c1|NONE|NONE|ARRIVED|102|7002|c1"),
        row(301, "c1|102|NONE|ENTERQUEUE||7002|1"),
        row(305, "c1|102|Ana|CONNECT|4|a1|2"),
        row(330, "c1|102|Ana|COMPLETECALLER|4|25|1"),
        row(330.01, "c1|NONE|NONE|DEPARTED|16|by:PJSIP/x-2"),
    )
    assert changes.calls == fold(*first).calls
    (entry,) = changes.entries
    assert (entry.key.boot_us, entry.line, entry.caller) == (200_000_000, "102", "7002")
    assert [anomaly.kind for anomaly in changes.anomalies] == [AnomalyKind.DUPLICATE]


def test_a_call_that_ended_long_before_a_restart_ended_by_itself() -> None:
    changes = fold(
        row(100, "c1|101|NONE|ENTERQUEUE||70712345|1"),
        row(110, "c1|101|NONE|ABANDON|1|1|10"),
        row(4000, "NONE|NONE|NONE|QUEUESTART"),
    )
    assert [entry.outcome for entry in changes.entries] == [Outcome.ABANDONED]


def test_unknown_verbs_and_half_written_rows_are_kept_as_anomalies() -> None:
    changes = fold(row(1, "c|101|NONE|FROBNICATE|x"), row(2, "c|101|NONE|ENTERQUEUE|"))
    assert [anomaly.kind for anomaly in changes.anomalies] == [
        AnomalyKind.UNKNOWN_VERB,
        AnomalyKind.MALFORMED_ROW,
    ]
    assert changes.entries == ()


def test_a_clock_that_jumps_back_is_an_anomaly_and_the_hold_time_is_the_wait() -> None:
    changes = fold(row(100, "c1|101|NONE|ENTERQUEUE||7|1"), row(40, "c1|101|1001|CONNECT|6|a1|5"))
    assert [anomaly.kind for anomaly in changes.anomalies] == [AnomalyKind.CLOCK_WENT_BACK]
    assert changes.entries[0].wait.most_us == 6_999_999


def test_memory_stays_bounded_over_many_calls() -> None:
    folding = Fold("central")
    for number in range(6000):
        folding.apply(row(number, f"c{number}|101|NONE|ENTERQUEUE||7|1"))
        folding.apply(row(number + 0.5, f"c{number}|101|NONE|ABANDON|1|1|0"))
    assert folding.open_entries == 0
    assert len(folding.drain().entries) == 6000


STOP = row(115, "NONE|NONE|NONE|QUEUESTART")
WAITS = row(100, "c1|101|NONE|ENTERQUEUE||70712345|1")


def test_who_hung_up_just_before_a_stop_was_not_interrupted_by_it() -> None:
    changes = fold(
        *(WAITS, row(101, "c2|101|NONE|ENTERQUEUE||70712346|2")),
        *(row(108.9, "c1|101|NONE|ABANDON|1|1|8"), row(108.9, "c1|NONE|NONE|DEPARTED|0|by:PJSIP/red-publica-1")),
        *(row(110, "c2|101|NONE|ABANDON|1|1|9"), row(110, "c2|NONE|NONE|DEPARTED|0|by:"), STOP),
    )
    assert [entry.outcome for entry in changes.entries] == [Outcome.ABANDONED, Outcome.INTERRUPTED]
    assert changes.interruptions[0].interrupted_entries == 1


def test_a_wait_that_a_stop_ended_lasted_as_long_as_its_row_says() -> None:
    changes = fold(WAITS, row(119.9991, "c1|101|NONE|ABANDON|1|1|19"), row(122, "NONE|NONE|NONE|QUEUESTART"))
    (entry,) = changes.entries
    assert (entry.outcome, entry.wait.least_us, entry.wait.most_us) == (Outcome.INTERRUPTED, 19_999_100, 19_999_100)


def test_a_caller_in_the_menu_at_a_stop_did_not_hang_up() -> None:
    changes = fold(
        row(100, "c1|NONE|NONE|ARRIVED|101|70712345|c1"),
        row(101, "c2|NONE|NONE|ARRIVED|101|70712346|c2"),
        row(109, "c2|NONE|NONE|DEPARTED|0|by:PJSIP/red-publica-2"),
        *(row(110, "c1|NONE|NONE|DEPARTED|0|by:"), STOP),
    )
    ends = {call.uniqueid: (call.final_stage, call.ended) for call in changes.calls}
    assert ends["c1"] == (FinalStage.INTERRUPTED, Moment.exact(110_000_000))
    assert ends["c2"] == (FinalStage.MENU, Moment.exact(109_000_000))


def test_a_stop_that_left_one_call_open_did_not_end_those_of_whom_a_row_says_more() -> None:
    changes = fold(
        *(WAITS, row(101, "c2|101|NONE|ENTERQUEUE||70712346|2")),
        *(row(109, "c1|101|NONE|ABANDON|1|1|8"), row(109, "c1|NONE|NONE|DEPARTED|0|by:PJSIP/red-publica-1"), STOP),
    )
    assert [entry.outcome for entry in changes.entries] == [Outcome.ABANDONED, Outcome.INTERRUPTED]
