"""A caller's path outside the queue, from the rows of menus, scripts and dialplan; and every call's final stage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_bridge.ledger.changes import Changes
from ami_bridge.ledger.rows.row import Row
from callcenter.calls import SERVED_RESULTS, AnomalyKind, FinalStage, SelfServiceResult, StepKind
from tests.ami_bridge.ledger.queue_log_rows import fold, only_entry, row

ARRIVED = row(100, "c1|NONE|NONE|ARRIVED|102|70712345|c1")
START = row(100.5, "c1|NONE|NONE|INFO|IVRSTART|102|70712345")
TOLD = row(110, "c1|NONE|NONE|INFO|IVRGOAL|amount_owed|told")
ROUTED = row(111, "c1|NONE|NONE|ROUTED|queue|top_a|20|102")
ENTER = row(112, "c1|102|NONE|ENTERQUEUE||70712345|1")
FULL = row(112, "c1|102|NONE|FULL|70712345")
ABANDON = row(118, "c1|102|NONE|ABANDON|1|1|6")
CLOSED = row(111, "c1|NONE|NONE|ROUTED|closed|hours|0")
ASKED = row(119, "c1|102|NONE|CALLBACK|asked|7|70712345|disconnected")
DEPARTED = row(120, "c1|NONE|NONE|DEPARTED|16|by:")
RETURNED = row(300, "c9|102|NONE|CALLBACK|returned|7")


def steps(changes: Changes) -> list[tuple[StepKind, str]]:
    return [(step.step, step.detail) for step in changes.steps]


def final_stage(*rows: Row) -> FinalStage:
    """The final stage of the only call."""
    (call,) = fold(*rows).calls
    return call.final_stage


def test_the_callers_path_is_recorded_step_by_step() -> None:
    keys = (
        row(104, "c1|NONE|NONE|INFO|IVRAPPEND|3|facturacion|Reclamos y certificados"),
        row(105, "c1|NONE|NONE|INFO|IVRAPPEND|t|factura-reclamos|"),
    )
    noticed = (row(111, "c1|NONE|NONE|NOTICED|recording"), row(101, "c1|NONE|NONE|NOTICED|outage|4"))
    assert steps(fold(ARRIVED, START, *keys, TOLD, ROUTED, *noticed)) == [
        (StepKind.START, "102"),
        (StepKind.KEY, "3|facturacion|Reclamos y certificados"),
        (StepKind.KEY, "t|factura-reclamos"),
        (StepKind.GOAL, "amount_owed|told"),
        (StepKind.ROUTED, "queue|top_a|20|102"),
        (StepKind.NOTICED, "recording"),
        (StepKind.NOTICED, "outage|4"),
    ]


@pytest.mark.parametrize("result", SelfServiceResult)
def test_a_call_is_served_by_the_menus_when_a_self_service_has_a_served_result(result: SelfServiceResult) -> None:
    goal = row(110, f"c1|NONE|NONE|INFO|IVRGOAL|amount_owed|{result}")
    assert final_stage(ARRIVED, START, goal, DEPARTED) is (
        FinalStage.IVR if result in SERVED_RESULTS else FinalStage.MENU
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([START], FinalStage.OPEN),
        ([START, DEPARTED], FinalStage.MENU),
        ([START, row(160, "NONE|NONE|NONE|QUEUESTART")], FinalStage.INTERRUPTED),
        ([TOLD, DEPARTED], FinalStage.IVR),
        ([TOLD, ROUTED, ENTER, DEPARTED], FinalStage.QUEUE),
        ([TOLD, ROUTED, FULL, DEPARTED], FinalStage.QUEUE),
        ([TOLD, CLOSED, DEPARTED], FinalStage.CLOSED),
        ([row(101, "c1|NONE|NONE|CLOSED|102"), DEPARTED], FinalStage.CLOSED),
        ([TOLD, ASKED, DEPARTED], FinalStage.CALLBACK),
        ([ENTER, ABANDON, ASKED, DEPARTED], FinalStage.QUEUE),
        ([row(118, "c1|102|1001|COMPLETEAGENT|2|4|1"), DEPARTED], FinalStage.QUEUE),
    ],
)
def test_each_call_has_one_final_stage_the_furthest_that_it_reached(rows: list[Row], expected: FinalStage) -> None:
    assert final_stage(ARRIVED, *rows) is expected


@given(st.permutations([START, TOLD, CLOSED, ASKED, ENTER, ABANDON, DEPARTED]), st.integers(0, 7))
def test_the_final_stage_does_not_depend_on_the_order_of_the_rows(rows: list[Row], cut: int) -> None:
    kept = rows[:cut]
    ends = {START: FinalStage.OPEN, TOLD: FinalStage.IVR, CLOSED: FinalStage.CLOSED, ASKED: FinalStage.CALLBACK}
    ends |= {ENTER: FinalStage.QUEUE, ABANDON: FinalStage.QUEUE, DEPARTED: FinalStage.MENU}
    furthest = max((ends[each] for each in kept), key=list(FinalStage).index, default=FinalStage.OPEN)
    assert final_stage(ARRIVED, *kept) is furthest


@pytest.mark.parametrize(
    "text",
    [
        "c1|NONE|NONE|INFO|IVRSTART",
        "c1|NONE|NONE|INFO|IVRSTART||7",
        "c1|NONE|NONE|INFO|IVRSTART|102|7|8",
        "c1|NONE|NONE|INFO|IVRAPPEND|1",
        "c1|NONE|NONE|INFO|IVRAPPEND||facturacion",
        "c1|NONE|NONE|INFO|IVRAPPEND|1|facturacion|Monto|x",
        "c1|NONE|NONE|INFO|IVRAPPEND|1|facturacion|${SHELL(id)}",
        "c1|NONE|NONE|INFO|IVRAPPEND|1|facturacion|a\ufffdb",
        "c1|NONE|NONE|INFO|IVRGOAL|amount_owed",
        "c1|NONE|NONE|INFO|IVRGOAL|amount_owed|delighted",
        "NONE|NONE|NONE|INFO|IVRGOAL|amount_owed|told",
        "|NONE|NONE|INFO|IVRGOAL|amount_owed|told",
        "c1|NONE|NONE|NOTICED|nothing",
        "c1|NONE|NONE|NOTICED|outage|x",
        "c1|NONE|NONE|ROUTED|queue|none",
        "c1|NONE|NONE|ROUTED|queue|none|0",
        "c1|NONE|NONE|ROUTED|nowhere|none|0|102",
        "c1|NONE|NONE|ROUTED|queue|none|much|102",
        "c1|NONE|NONE|CALLBACK|asked|1|70712345|key",
        "c1|102|NONE|CALLBACK|asked|x|70712345|key",
        "c1|102|NONE|CALLBACK|asked|1|70712345",
        "c1|102|NONE|CALLBACK|forgotten|1",
        "c1|102|NONE|CALLBACK|returned|1|2",
        "c1|NONE|NONE|RECEIVED",
        "c1|NONE|NONE|RECEIVED|",
        "c1|NONE|NONE|RECEIVED|10x4",
        "c1|NONE|NONE|RECEIVED|1004|1005",
        f"c1|NONE|NONE|RECEIVED|{'7' * 21}",
        "c1|NONE|NONE|RECEIVED|\u0661\u0660\u0660\u0664",
        "NONE|NONE|NONE|RECEIVED|1004",
        "c1|102|1001|SURVEYED|atencion",
        "c1|102|1001|SURVEYED|atencion|12",
        "c1|102|1001|SURVEYED|atencion|-1",
        f"c1|102|1001|SURVEYED|{'a' * 41}|5",
        f"c1|NONE|NONE|INFO|IVRAPPEND|1|facturacion|{'a' * 200}",
    ],
)
def test_a_row_with_wrong_fields_is_an_anomaly_and_nothing_else(text: str) -> None:
    changes = fold(ARRIVED, row(105, text))
    assert [anomaly.kind for anomaly in changes.anomalies] == [AnomalyKind.MALFORMED_ROW]
    assert (changes.steps, changes.answers, changes.calls[0].final_stage) == ((), (), FinalStage.OPEN)


def test_an_unknown_verb_of_the_menus_is_an_anomaly_and_other_info_rows_are_ignored() -> None:
    changes = fold(row(1, "c1|NONE|NONE|INFO|IVRDREAM|x"), row(2, "c1|NONE|NONE|INFO|VARIABLE|x|1"))
    assert [anomaly.kind for anomaly in changes.anomalies] == [AnomalyKind.UNKNOWN_VERB]
    assert changes.steps == ()


def test_a_callback_joins_the_queue_for_the_line_that_the_customer_had_called() -> None:
    enter = row(301, "c9|102|NONE|ENTERQUEUE||70712345|1")
    changes = fold(ARRIVED, ASKED, DEPARTED, RETURNED, enter)
    assert [(entry.key.uniqueid, entry.line) for entry in changes.entries] == [("c9", "102")]
    assert [call.uniqueid for call in changes.calls] == ["c1"]
    assert steps(changes) == [
        (StepKind.CALLBACK_REQUESTED, "7|70712345|disconnected|102"),
        (StepKind.CALLBACK_ANSWERED, "7|102"),
    ]


def test_a_callback_requested_during_a_callback_is_for_the_same_line() -> None:
    again = row(310, "c9|102|NONE|CALLBACK|asked|8|70712345|key")
    enter = row(401, "c10|102|NONE|ENTERQUEUE||70712345|1")
    changes = fold(ARRIVED, ASKED, RETURNED, again, row(400, "c10|102|NONE|CALLBACK|returned|8"), enter)
    assert [entry.line for entry in changes.entries] == ["102"]


def test_a_callback_that_was_never_requested_has_no_line() -> None:
    assert only_entry(RETURNED, row(301, "c9|102|NONE|ENTERQUEUE||70712345|1")).line == ""


@pytest.mark.parametrize(("agent", "member"), [("1001", "1001"), ("NONE", "")])
def test_a_survey_answer_has_its_call_queue_and_agent(agent: str, member: str) -> None:
    (answer,) = fold(ARRIVED, row(130, f"c1|102|{agent}|SURVEYED|atencion|5")).answers
    assert (answer.uniqueid, answer.queue, answer.member) == ("c1", "102", member)
    assert (answer.question, answer.answer, answer.at.earliest_us) == ("atencion", 5, 130_000_000)


DAY = [
    ARRIVED,
    START,
    row(104, "c1|NONE|NONE|INFO|IVRAPPEND|1|facturacion|Monto adeudado"),
    TOLD,
    ROUTED,
    ENTER,
    row(118, "c1|102|NONE|EXITWITHKEY|1|1|1|6"),
    row(119, "c1|102|NONE|CALLBACK|asked|7|70712345|key"),
    DEPARTED,
    RETURNED,
    row(301, "c9|102|NONE|ENTERQUEUE||70712345|1"),
    row(303, "c9|102|1001|CONNECT|2|a1|2"),
    row(320, "c9|102|1001|COMPLETEAGENT|2|17|1"),
    row(325, "c9|102|1001|SURVEYED|atencion|4"),
]


@given(st.integers(0, len(DAY) - 1))
def test_a_row_of_the_path_written_twice_changes_nothing(at: int) -> None:
    doubled, once = fold(*DAY[: at + 1], *DAY[at:]), fold(*DAY)
    assert (doubled.calls, doubled.entries) == (once.calls, once.entries)
    assert (doubled.steps, doubled.answers) == (once.steps, once.answers)


@given(st.integers(0, len(DAY) - 1))
def test_a_lost_row_costs_no_more_than_what_it_reported(at: int) -> None:
    lost, whole = fold(*DAY[:at], *DAY[at + 1 :]), fold(*DAY)
    assert set(lost.steps) <= set(whole.steps)
    assert len(lost.steps) >= len(whole.steps) - 1
    assert {call.final_stage for call in lost.calls} <= {FinalStage.QUEUE}


@given(st.permutations(DAY))
def test_the_path_in_any_order_is_folded_without_an_error(rows: list[Row]) -> None:
    changes = fold(*rows)
    assert len(changes.steps) == len(set(changes.steps)) == 6


WORDS = ["IVRSTART", "IVRAPPEND", "IVRGOAL", "asked", "returned", "102", "told", "7", "", "ñ ü", "\x00", "${X}", "|"]


@given(
    st.lists(
        st.builds(
            Row,
            st.integers(),
            st.just(START.at) | st.none(),
            st.sampled_from(["c1", "c2", "NONE", ""]),
            st.sampled_from(["102", "NONE", ""]),
            st.sampled_from(["1001", "NONE", ""]),
            st.sampled_from(["INFO", "NOTICED", "ROUTED", "CALLBACK", "SURVEYED", "ARRIVED", "CLOSED", "DEPARTED"]),
            st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=6).map(tuple),
        )
    )
)
def test_no_row_of_the_path_raises(rows: list[Row]) -> None:
    fold(*rows)


def test_a_caller_who_was_sent_on_too_often_has_it_among_their_steps() -> None:
    changes = fold(ARRIVED, FULL, row(112, "c1|102|NONE|OVERFLOWED|10|103"), DEPARTED)
    assert steps(changes) == [(StepKind.OVERFLOWED, "10|103")]
    assert [anomaly.kind for anomaly in fold(ARRIVED, row(112, "c1|102|NONE|OVERFLOWED|often|103")).anomalies] == [
        AnomalyKind.MALFORMED_ROW
    ]
