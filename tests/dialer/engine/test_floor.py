"""Who is free for a campaign, and up to when the records are known to be complete."""

import pytest

from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import (
    AgentState,
    AgentStatus,
    BridgeState,
    Link,
    QueueState,
    RecordsState,
    RecordsStatus,
    WaitingCaller,
)
from dialer.engine.floor import FloorNow, most_arrivals

NODE, NOW_US = "central", 1_795_000_000 * MICROSECONDS
MINUTE_US = 60 * MICROSECONDS


def agent(member: str, *queues: str, state: AgentStatus = AgentStatus.AVAILABLE, since_us: int = NOW_US) -> AgentState:
    phone = f"PJSIP/{member}"
    return AgentState(node=NODE, member=member, interface=phone, queues=queues, state=state, since_us=since_us)


def queue(name: str, *joined_us: int) -> QueueState:
    callers = tuple(
        WaitingCaller(uniqueid=f"{name}.{at_us}", caller="70000000", position=place, joined_us=at_us)
        for place, at_us in enumerate(joined_us, 1)
    )
    counts = {"logged_in": 1, "available": 1, "on_call": 0, "paused": 0}
    return QueueState(node=NODE, queue=name, waiting=callers, as_of_us=NOW_US, **counts)


def records(
    state: RecordsStatus, behind: int = 0, oldest_us: int | None = None, as_of_us: int = NOW_US
) -> RecordsState:
    return RecordsState(node=NODE, state=state, since_us=1, rows_behind=behind, oldest_us=oldest_us, as_of_us=as_of_us)


@pytest.fixture
def floor() -> FloorNow:
    return FloorNow(NODE, ("prepago",), lambda: NOW_US)


def test_agents_who_serve_the_queue_and_whom_no_caller_needs_are_free(floor: FloorNow) -> None:
    for each in (agent("1", "prepago", "102"), agent("2", "prepago"), agent("3", "102")):
        floor.see(each)
    floor.see(agent("4", "prepago", state=AgentStatus.ON_CALL, since_us=NOW_US - 40 * MICROSECONDS))
    floor.see(agent("5", "prepago", state=AgentStatus.PAUSED))
    now = floor.agents_of("prepago")
    assert (now.available, now.talking, now.in_wrap_up) == (2, (40.0,), ())


def test_who_has_a_call_of_their_own_made_is_not_free_even_before_their_telephone_rings(floor: FloorNow) -> None:
    for each in (agent("1", "prepago"), agent("2", "prepago")):
        floor.see(each)
    assert floor.shared_out({}, ("prepago",), {"1"})["prepago"].available == 1
    floor.see(agent("1", "prepago", state=AgentStatus.ON_CALL, since_us=NOW_US - 40 * MICROSECONDS))
    assert floor.shared_out({}, ("prepago",), {"1"})["prepago"].talking == (40.0,)


def test_a_waiting_caller_needs_an_agent_whom_nobody_else_is_free_for(floor: FloorNow) -> None:
    for each in (agent("1", "prepago", "102"), agent("2", "prepago", "102"), agent("3", "prepago")):
        floor.see(each)
    floor.see(queue("102", NOW_US - MICROSECONDS))
    assert floor.agents_of("prepago").available == 2
    floor.see(agent("9", "102"))
    assert floor.agents_of("prepago").available == 3


def test_callers_who_come_often_keep_an_agent_before_they_wait(floor: FloorNow) -> None:
    floor.see(agent("1", "prepago", "102"))
    for number in range(60):
        floor.see(queue("102", NOW_US - number * 10 * MICROSECONDS))
    floor.see(queue("102"))
    assert floor.agents_of("prepago").available == 0


@pytest.mark.parametrize(("mean", "most"), [(0.0, 0), (0.2, 0), (0.3, 1), (1.0, 2), (10.0, 13)])
def test_most_arrivals_are_those_that_are_exceeded_in_a_fifth_of_times(mean: float, most: int) -> None:
    assert most_arrivals(mean) == most


@pytest.mark.parametrize(
    ("reported", "until_us"),
    [
        (records(RecordsStatus.FOLLOWING), NOW_US),
        (records(RecordsStatus.FOLLOWING, 3, NOW_US - 5), NOW_US - 5),
        (records(RecordsStatus.FOLLOWING, 3), 0),
        (records(RecordsStatus.STALLED, 3, NOW_US - 5), 0),
    ],
)
def test_the_records_are_complete_up_to_the_oldest_row_that_waits(
    floor: FloorNow, reported: RecordsState, until_us: int
) -> None:
    floor.see(BridgeState(node=NODE, state=Link.UP, since_us=1))
    floor.see(reported)
    assert (floor.recorded_until_us, floor.is_live) == (until_us, until_us > 0)


def test_what_was_reported_long_ago_is_not_known_to_be_so_now(floor: FloorNow) -> None:
    floor.see(BridgeState(node=NODE, state=Link.UP, since_us=1))
    floor.see(records(RecordsStatus.FOLLOWING, as_of_us=NOW_US - MINUTE_US))
    assert not floor.is_live


def test_a_wrap_up_that_ended_is_told_once(floor: FloorNow) -> None:
    floor.see(agent("1", "prepago", state=AgentStatus.WRAP_UP, since_us=NOW_US - 12 * MICROSECONDS))
    floor.see(agent("1", "prepago"))
    assert [(each.member, each.seconds) for each in floor.drain_wrap_ups()] == [("1", 12.0)]
    assert floor.drain_wrap_ups() == []


@pytest.fixture
def two_services() -> FloorNow:
    return FloorNow(NODE, ("prepago", "cortes"), lambda: NOW_US)


def test_agents_of_two_services_are_counted_once_also_those_who_talk(two_services: FloorNow) -> None:
    for number in range(4):
        two_services.see(agent(f"free {number}", "prepago", "cortes"))
        two_services.see(agent(f"busy {number}", "prepago", "cortes", state=AgentStatus.ON_CALL))
    shares = two_services.shared_out({}, ("prepago", "cortes"))
    assert [(each.available, len(each.talking)) for each in shares.values()] == [(2, 2), (2, 2)]


def test_a_waiting_caller_keeps_one_agent_from_two_services(two_services: FloorNow) -> None:
    two_services.see(agent("1", "prepago", "102"))
    two_services.see(agent("2", "cortes", "102"))
    two_services.see(queue("102", NOW_US))
    shares = two_services.shared_out({}, ("prepago", "cortes"))
    assert sum(each.available for each in shares.values()) == 1


def test_a_waiting_caller_keeps_none_who_does_not_serve_their_queue(floor: FloorNow) -> None:
    floor.see(agent("1", "prepago", "101"))
    floor.see(agent("2", "prepago", "102"))
    floor.see(queue("102", NOW_US, NOW_US + 1))
    assert floor.agents_of("prepago").available == 1
