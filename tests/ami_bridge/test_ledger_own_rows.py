"""What our own dialplan's rows add: who really hung up, and that a caller is gone."""

import pytest

from callcenter.calls import AnomalyKind, EndedBy, Outcome
from tests.ami_bridge.queue_log_rows import fold, only_entry, row

ENTER = row(100, "c1|101|NONE|ENTERQUEUE||70712345|1")
CONNECT = row(106, "c1|101|Ana|CONNECT|6|a1|5")
DONE = row(130, "c1|101|Ana|COMPLETECALLER|6|24|1")


@pytest.mark.parametrize("late", [-0.002, 0.002])
def test_a_talk_that_nobody_hung_up_was_ended_by_the_agents_key(late: float) -> None:
    rows = sorted((DONE, row(130 + late, "c1|NONE|NONE|DEPARTED|16|by:")), key=lambda each: str(each.at))
    assert only_entry(ENTER, CONNECT, *rows).ended_by is EndedBy.AGENT


def test_the_leg_that_asked_for_the_end_outranks_app_queue() -> None:
    released = row(130.001, "c1|101|1001|RELEASED|a1|16|by:PJSIP/trunk-0001")
    done = row(130, "c1|101|Ana|COMPLETEAGENT|6|24|1")
    assert only_entry(ENTER, CONNECT, done, released).ended_by is EndedBy.CALLER


def test_a_departed_caller_waits_no_longer_though_the_end_was_lost() -> None:
    changes = fold(ENTER, row(110, "c1|NONE|NONE|DEPARTED|16|by:PJSIP/trunk-0001"), row(120, "NONE|NONE|NONE|INFO"))
    assert changes.entries[0].outcome is Outcome.ABANDONED
    assert [anomaly.kind for anomaly in changes.anomalies] == [AnomalyKind.LOST_END]


def test_a_caller_whom_the_queue_gave_back_left_it_as_its_status_says() -> None:
    assert only_entry(ENTER, row(110, "c1|101|NONE|RETURNED|TIMEOUT")).outcome is Outcome.TIMEOUT
