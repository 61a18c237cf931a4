"""What agents did, from the ledger's rows."""

import pytest

from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row
from ami_bridge.records.journal import packed_checkpoint, unpacked_checkpoint
from callcenter.calls import PeriodKind
from callcenter.moments import Moment
from tests.ami_bridge.ledger.queue_log_rows import NODE, fold, row


def test_a_member_is_logged_in_between_its_rows() -> None:
    changes = fold(row(10, "NONE|101|1001|ADDMEMBER"), row(50, "NONE|101|1001|REMOVEMEMBER"))
    (period,) = changes.periods
    assert (period.kind, period.started.earliest_us, period.ended and period.ended.earliest_us) == (
        PeriodKind.LOGGED_IN,
        10_000_000,
        50_000_000,
    )


def test_a_pause_keeps_its_reason_and_a_second_pause_for_the_same_reason_is_the_same_pause() -> None:
    (period,) = fold(row(10, "NONE|101|1001|PAUSE|Almuerzo"), row(20, "NONE|101|1001|PAUSE|Almuerzo")).periods
    assert (period.reason, period.started.earliest_us, period.ended) == ("Almuerzo", 10_000_000, None)


def test_wrap_up_follows_the_end_of_the_call_for_the_queues_time() -> None:
    changes = fold(
        row(100, "c1|101|NONE|ENTERQUEUE||7|1"),
        row(105, "c1|101|1001|CONNECT|5|a1|5"),
        row(130, "c1|101|1001|COMPLETECALLER|5|25|1"),
        wrap_up_seconds=10,
    )
    spans = {p.kind: (p.started.earliest_us, p.ended.earliest_us) for p in changes.periods if p.ended}
    assert spans == {
        PeriodKind.ON_CALL: (105_000_000, 130_000_000),
        PeriodKind.WRAP_UP: (130_000_000, 140_000_000),
    }


def test_a_pause_ends_with_the_log_off_from_its_queue() -> None:
    changes = fold(row(10, "NONE|ventas|Ana|PAUSE|Almuerzo"), row(50, "MANAGER|ventas|Ana|REMOVEMEMBER"))
    (pause,) = [period for period in changes.periods if period.kind is PeriodKind.PAUSED]
    assert pause.ended == Moment.exact(50_000_000)


def test_a_pause_of_all_queues_ends_with_the_log_off_from_the_last_one() -> None:
    paused = pauses(
        row(5, "NONE|101|1001|ADDMEMBER"),
        row(6, "NONE|102|1001|ADDMEMBER"),
        row(10, "NONE|NONE|1001|PAUSEALL|Almuerzo"),
        row(10, "NONE|101|1001|PAUSE|Almuerzo"),
        row(10, "NONE|102|1001|PAUSE|Almuerzo"),
        row(50, "NONE|101|1001|REMOVEMEMBER"),
        row(60, "NONE|102|1001|REMOVEMEMBER"),
    )
    assert paused == {"NONE": 60_000_000, "101": 50_000_000, "102": 60_000_000}


def test_a_pause_of_all_queues_that_is_lifted_queue_by_queue_ends_with_the_last_one() -> None:
    paused = pauses(
        row(10, "NONE|NONE|1001|PAUSEALL|Almuerzo"),
        row(10, "NONE|101|1001|PAUSE|Almuerzo"),
        row(10, "NONE|102|1001|PAUSE|Almuerzo"),
        row(50, "NONE|101|1001|UNPAUSE"),
        row(60, "NONE|102|1001|UNPAUSE"),
    )
    assert paused == {"NONE": 60_000_000, "101": 50_000_000, "102": 60_000_000}


def test_who_logs_in_paused_is_paused_and_who_logs_in_is_not() -> None:
    rows = row(10, "NONE|101|1001|ADDMEMBER|PAUSED"), row(50, "NONE|101|1001|ADDMEMBER")
    assert pauses(rows[0]) == {"101": None}
    assert pauses(*rows) == {"101": 50_000_000}


LOGGED_IN = (
    row(5, "NONE|101|1001|ADDMEMBER"),
    row(6, "NONE|102|1001|ADDMEMBER"),
    row(7, "NONE|101|1002|ADDMEMBER"),
    row(10, "NONE|101|1001|PAUSE|Almuerzo"),
    row(11, "NONE|101|1003|PAUSE|Baño"),
)
RESTART = row(50, "NONE|NONE|NONE|QUEUESTART")
LOST = Moment(11_000_000, 50_000_000)


def ends(*rows: Row) -> dict[tuple[str, str, str], Moment | None]:
    """By member, kind and queue, when the latest such period ended."""
    return {(each.member, each.kind.value, each.queue): each.ended for each in fold(*rows).periods}


def began_again(*rows: Row) -> list[tuple[str, str, Moment | None]]:
    """Who logged in since the restart, and where."""
    since = [each for each in fold(*rows).periods if each.started.earliest_us > 50_000_000]
    return [(each.member, each.queue, each.ended) for each in since if each.kind is PeriodKind.LOGGED_IN]


def test_a_member_who_is_added_again_after_a_restart_had_been_lost_and_so_had_all_others() -> None:
    again = row(60, "NONE|101|1002|ADDMEMBER")
    ended = ends(*LOGGED_IN, RESTART, again)
    assert began_again(*LOGGED_IN, RESTART, again) == [("1002", "101", None)]
    assert (ended["1001", "logged_in", "101"], ended["1001", "logged_in", "102"]) == (LOST, LOST)
    assert ended["1001", "paused", "101"] == LOST
    assert ended["1003", "paused", "101"] is None


@pytest.mark.parametrize("acts", ["1002|REMOVEMEMBER", "1002|PAUSE|Baño", "1001|UNPAUSE"])
def test_a_member_who_acts_after_a_restart_without_being_added_was_kept_and_so_were_all_others(acts: str) -> None:
    later = row(70, "NONE|101|1001|ADDMEMBER")
    ended = ends(*LOGGED_IN, RESTART, row(60, f"NONE|101|{acts}"), later)
    assert (ended["1001", "logged_in", "101"], ended["1001", "logged_in", "102"]) == (None, None)


def test_a_member_who_takes_a_call_after_a_restart_was_kept() -> None:
    call = row(60, "c9|101|NONE|ENTERQUEUE||7|1"), row(65, "c9|101|1002|CONNECT|5|a1|5")
    assert ends(*LOGGED_IN, RESTART, *call, row(70, "NONE|101|1002|ADDMEMBER"))["1001", "logged_in", "102"] is None


def test_who_takes_a_call_and_was_added_by_no_row_is_no_longer_in_the_pause_of_before_the_restart() -> None:
    call = row(60, "c9|101|NONE|ENTERQUEUE||7|1"), row(65, "c9|101|1003|CONNECT|5|a1|5")
    assert ends(*LOGGED_IN, RESTART, *call)["1003", "paused", "101"] == LOST


def test_what_nothing_tells_of_goes_on_after_a_restart() -> None:
    assert set(ends(*LOGGED_IN, RESTART).values()) == {None}


def test_members_that_were_lost_were_lost_at_the_first_restart_after_they_came() -> None:
    between = row(52, "NONE|103|1004|ADDMEMBER")
    again = row(80, "NONE|NONE|NONE|QUEUESTART"), row(90, "NONE|103|1004|ADDMEMBER")
    ended = ends(*LOGGED_IN, RESTART, between, *again)
    assert ended["1001", "logged_in", "102"] == LOST
    last = [each for each in fold(*LOGGED_IN, RESTART, between, *again).periods if each.member == "1004"]
    assert [each.ended for each in last] == [Moment(52_000_000, 80_000_000), None]


def test_a_bridge_that_goes_on_from_a_checkpoint_has_the_same_doubts() -> None:
    first, second = Fold(NODE), Fold(NODE)
    for each in (*LOGGED_IN, RESTART):
        first.apply(each)
    second.resume(unpacked_checkpoint(packed_checkpoint(first.checkpoint(0, ())), NODE), (), {})
    second.apply(row(60, "NONE|101|1002|ADDMEMBER"))
    changed = {(each.member, each.queue): each.ended for each in second.drain().periods if each.member == "1001"}
    assert changed == {("1001", "101"): LOST, ("1001", "102"): LOST}


def pauses(*rows: Row) -> dict[str, int | None]:
    """By queue, when the pause ended."""
    paused = [period for period in fold(*rows).periods if period.kind is PeriodKind.PAUSED]
    return {period.queue: period.ended.earliest_us if period.ended else None for period in paused}
