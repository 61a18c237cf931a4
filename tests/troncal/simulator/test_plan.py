"""The plan of a simulation: drawn from a seed, and what it promises."""

from dataclasses import replace
from itertools import pairwise

import pytest

from troncal.simulator.plan import (
    BORDER_MS,
    SHOWCASE,
    STORM,
    DialledLine,
    HangsUp,
    Plan,
    Reply,
    SimulatedAgent,
    make_border_plan,
    make_plan,
)
from troncal.simulator.sheets import callers_sheet, offers_sheet, phones_sheet

LINES = (DialledLine("101", "101"), DialledLine("102", "102"), DialledLine("4522222", "tv"))
AGENTS = tuple(SimulatedAgent(str(1001 + n), ("101", "102")[: 1 + n % 2]) for n in range(8))


def _busiest_second(plan: Plan) -> int:
    arrivals = [call.arrives_ms for call in plan.calls]
    return max(sum(1 for at in arrivals if start <= at < start + 1000) for start in arrivals)


def test_the_same_seed_gives_the_same_plan() -> None:
    assert make_plan(STORM, 7, AGENTS, LINES) == make_plan(STORM, 7, AGENTS, LINES)


def test_another_seed_gives_another_plan() -> None:
    assert make_plan(STORM, 7, AGENTS, LINES) != make_plan(STORM, 8, AGENTS, LINES)


@pytest.mark.parametrize("seed", range(5))
def test_every_caller_has_a_number_of_its_own(seed: int) -> None:
    callers = [call.caller for call in make_plan(STORM, seed, AGENTS, LINES).calls]
    assert len(set(callers)) == STORM.calls
    assert all(len(caller) == 8 and caller[0] in "467" for caller in callers)


def test_calls_stand_in_order_of_arrival() -> None:
    calls = make_plan(STORM, 7, AGENTS, LINES).calls
    assert all(first.arrives_ms <= second.arrives_ms for first, second in pairwise(calls))


def test_a_storm_of_two_hundred_peaks_near_ten_a_second_and_ends_within_two_minutes() -> None:
    plan = make_plan(STORM, 7, AGENTS, LINES)
    assert 8 <= _busiest_second(plan) <= 20
    assert plan.longest_ms < 120_000


def test_the_showcase_is_over_within_a_minute_and_a_quarter() -> None:
    assert all(make_plan(SHOWCASE, seed, AGENTS, LINES).longest_ms < 85_000 for seed in range(20))


def test_lines_that_no_agent_serves_are_not_dialled() -> None:
    assert {call.line for call in make_plan(STORM, 7, AGENTS, LINES).calls} == {"101", "102"}


def test_a_plan_without_agents_is_refused() -> None:
    with pytest.raises(ValueError, match="no simulated agent"):
        make_plan(SHOWCASE, 1, (), LINES)


def test_shares_of_one_make_every_first_offer_unanswered() -> None:
    plan = make_plan(replace(SHOWCASE, unanswered_share=1.0), 1, AGENTS, LINES)
    assert {call.offers[0].reply for call in plan.calls} == {Reply.LET_RING}
    assert {call.offers[-1].reply for call in plan.calls} == {Reply.ANSWER}


def test_the_agent_ends_a_transferred_call_and_transfers_it_once() -> None:
    always = replace(SHOWCASE, transferred_share=1.0, unanswered_share=0.0, rejected_share=0.0)
    for call in make_plan(always, 1, AGENTS, LINES).calls:
        assert call.offers[0].transfer_to not in ("", call.line)
        assert call.offers[-1].transfer_to == ""
        assert call.hangs_up is HangsUp.AGENT


def test_border_calls_are_answered_on_both_sides_of_twenty_seconds() -> None:
    plan = make_border_plan(40, 7, AGENTS, LINES, wrap_up_seconds=10)
    waits = [call.offers[0].not_before_ms - call.arrives_ms for call in plan.calls]
    assert all(abs(wait - BORDER_MS) <= 80 for wait in waits)
    assert sum(wait < BORDER_MS for wait in waits) == sum(wait > BORDER_MS for wait in waits) == 20


def test_border_calls_at_once_are_no_more_than_the_agents_of_their_line() -> None:
    plan = make_border_plan(40, 7, AGENTS, LINES, wrap_up_seconds=10)
    first = [call for call in plan.calls if call.arrives_ms < BORDER_MS]
    seats = [shift for shift in plan.shifts if shift.logs_in_ms < BORDER_MS]
    for queue in ("101", "102"):
        assert sum(call.line == queue for call in first) == sum(s.agent.queues == (queue,) for s in seats)


def test_offers_of_a_call_are_chained_and_the_last_repeats() -> None:
    plan = make_plan(replace(SHOWCASE, calls=1, unanswered_share=1.0), 1, AGENTS, LINES)
    caller = plan.calls[0].caller
    rows = [row.split(";") for row in offers_sheet(plan).splitlines()[2:]]
    assert [(row[0], row[1], row[-1]) for row in rows] == [
        (caller, "0", f"{caller}#2"),
        (f"{caller}#1", "0", f"{caller}#2"),
        (f"{caller}#2", "200", f"{caller}#2"),
    ]


def test_the_callers_sheet_has_a_row_for_each_call() -> None:
    plan = make_plan(SHOWCASE, 1, AGENTS, LINES)
    head, *rows = callers_sheet(plan).splitlines()
    assert head == "SEQUENTIAL"
    assert [row.split(";")[0] for row in rows] == [call.caller for call in plan.calls]


def test_a_phone_without_a_password_is_refused() -> None:
    with pytest.raises(LookupError):
        phones_sheet({"1001": "a password"}, ["1001", "1002"], 3600)
