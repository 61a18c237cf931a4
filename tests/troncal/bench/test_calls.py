"""The centre and the calls of the bench."""

from callcenter.centre.file import parse
from callcenter.settings import PROJECT
from troncal.bench.calls import AGENTS, CALLS_A_SECOND, many_agents, steady_plan

CENTRE = parse(many_agents((PROJECT / "centre.yaml").read_text(encoding="utf-8")))


def test_the_centre_of_the_bench_has_many_agents_and_no_wrap_up() -> None:
    assert len(CENTRE.agents) == AGENTS
    assert {queue.wrap_up_seconds for queue in CENTRE.queues} == {0}


def test_calls_arrive_at_a_steady_rate() -> None:
    arrivals = [call.arrives_ms for call in steady_plan(CENTRE, 30, (str(70_000_000 + n) for n in range(30))).calls]
    assert arrivals == [number * 1000 // CALLS_A_SECOND for number in range(30)]


def test_every_second_caller_is_a_customer_and_nobody_calls_twice() -> None:
    plan = steady_plan(CENTRE, 20, [str(70_000_000 + number) for number in range(20)])
    callers = [call.caller for call in plan.calls]
    assert len(set(callers)) == 20
    assert sum(caller.startswith("7") for caller in callers) == 10
