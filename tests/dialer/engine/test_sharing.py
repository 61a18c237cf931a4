"""How campaigns share agents and calls."""

import pytest

from dialer.engine.sharing import Claim, SharedAgent, connected, in_turn, kept, shared_out


def agent(member: str, *queues: str, is_free: bool = True) -> SharedAgent:
    return SharedAgent(member, frozenset(queues), is_free)


def test_an_agent_of_two_queues_is_counted_for_one() -> None:
    assert shared_out([agent("1", "a", "b")], {}, ("b", "a")) == {"1": "b"}


def test_whoever_serves_one_queue_only_is_left_to_it() -> None:
    agents = [agent("1", "a", "b"), agent("2", "a"), agent("3", "a", "b")]
    assert shared_out(agents, {}, ("a", "b")) == {"1": "b", "2": "a", "3": "a"}


def test_calls_that_are_under_way_have_their_agents_first() -> None:
    assert shared_out([agent("1", "a", "b")], {"a": 1}, ("b", "a")) == {"1": "a"}
    assert shared_out([agent("1", "a", "b"), agent("2", "a", "b")], {"a": 1}, ("b",)) == {"1": "a", "2": "b"}


def test_a_queue_that_wants_nobody_gets_nobody() -> None:
    assert shared_out([agent("1", "a", "b"), agent("2", "a")], {}, ("b",)) == {"1": "b"}


def test_who_is_free_is_shared_out_before_who_will_be() -> None:
    agents = [agent("1", "a", "b", is_free=False), agent("2", "a", "b"), agent("3", "a", "b", is_free=False)]
    assert shared_out(agents, {}, ("a", "b")) == {"2": "a", "1": "b", "3": "a"}


def test_the_order_in_which_agents_are_known_does_not_matter() -> None:
    agents = [agent(str(number), "a", "b") for number in range(6)]
    assert shared_out(agents, {"a": 1}, ("a", "b")) == shared_out(agents[::-1], {"a": 1}, ("a", "b"))


def test_who_has_the_fewest_calls_is_first_and_among_equals_who_waited_longest() -> None:
    claims = [Claim(1, 2, 9), Claim(2, 1, 8), Claim(3, 1, 7), Claim(5, 1, 0), Claim(4, 1, 0)]
    assert [each.campaign_id for each in in_turn(claims)] == [4, 5, 3, 2, 1]


@pytest.mark.parametrize("campaigns", [1, 2, 3, 7])
def test_calls_that_end_at_once_go_round(campaigns: int) -> None:
    last = dict.fromkeys(range(campaigns), 0)
    served = []
    for number in range(1, 4 * campaigns + 1):
        first = in_turn(Claim(each, 0, last[each]) for each in last)[0].campaign_id
        last[first] = number
        served.append(first)
    assert served == list(range(campaigns)) * 4


def test_groups_that_have_something_in_common_hang_together() -> None:
    groups = [frozenset(each) for each in ("ab", "cd", "", "e", "bc")]
    assert connected(groups) == [frozenset("e"), frozenset("abcd")]


def test_who_can_take_a_waiting_caller_stays_for_them() -> None:
    lines = {"1": {"101"}, "2": {"102"}, "3": {"102"}}
    agents = [agent("1", "a"), agent("2", "a", "b"), agent("3", "a")]
    assert kept(agents, 1, {"102"}, lines) == {"3"}
    assert kept(agents, 2, {"102"}, lines) == {"2", "3"}
    assert kept(agents, 0, {"102"}, lines) == set()
