"""What agents did, from the ledger's rows."""

from ami_bridge.ledger.rows import Row
from callcenter.calls import PeriodKind
from callcenter.moments import Moment
from tests.ami_bridge.ledger.queue_log_rows import fold, row


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


def pauses(*rows: Row) -> dict[str, int | None]:
    """By queue, when the pause ended."""
    paused = [period for period in fold(*rows).periods if period.kind is PeriodKind.PAUSED]
    return {period.queue: period.ended.earliest_us if period.ended else None for period in paused}
