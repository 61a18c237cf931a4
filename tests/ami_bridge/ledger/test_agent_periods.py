"""What agents did, from the ledger's rows."""

from callcenter.calls import PeriodKind
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
