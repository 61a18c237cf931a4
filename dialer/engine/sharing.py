"""Who gets what campaigns share: agents of several queues, and the next call. Pure, and the same for the same facts."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SharedAgent:
    """An agent whom calls of these queues may reach, now (`is_free`) or once they have finished what they do."""

    member: str
    queues: frozenset[str]
    is_free: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A campaign that would place a call: how many it has in hand, and which of all calls was its last (0: none)."""

    campaign_id: int
    in_hand: int
    last_call: int


def in_turn(claims: Iterable[Claim]) -> list[Claim]:
    """Whose turn it is first: who has the fewest calls in hand, then whose last call is the longest ago."""
    return sorted(claims, key=lambda each: (each.in_hand, each.last_call, each.campaign_id))


def shared_out(agents: Iterable[SharedAgent], calls: Mapping[str, int], wanting: Sequence[str]) -> dict[str, str]:
    """The queue that each agent is counted for, by member: one queue at most, so that nobody is promised twice.

    `calls`: those of each queue for which an agent is needed soon. Beyond these only the queues that are `wanting`
    agents get any, of which the first has the first turn. An agent of several queues goes where the fewest are free.
    """
    turns = {queue: place for place, queue in enumerate(wanting)}
    spare = dict.fromkeys(turns, 0) | {queue: -count for queue, count in calls.items()}
    given = dict[str, str]()
    for each in sorted(agents, key=lambda it: (not it.is_free, len(it.queues & spare.keys()), it.member)):
        possible = [queue for queue in each.queues & spare.keys() if queue in turns or spare[queue] < 0]
        if possible:
            chosen = min(possible, key=lambda queue: (spare[queue], turns.get(queue, len(turns)), queue))
            spare[chosen] += 1
            given[each.member] = chosen
    return given


def connected(groups: Iterable[Set[str]]) -> list[frozenset[str]]:
    """What hangs together: groups that have something in common are one."""
    found = list[frozenset[str]]()
    for group in groups:
        touching = [each for each in found if each & group]
        found = [each for each in found if not each & group]
        if group:
            found.append(frozenset(group).union(*touching))
    return found


def kept(
    agents: Collection[SharedAgent], count: int, waited_for: Set[str], lines_of: Mapping[str, Set[str]]
) -> set[str]:
    """So many of these agents, by member, stay for callers: first those who can take somebody who waits already.

    `waited_for`: queues with waiting callers; `lines_of`: the inbound queues of each agent. Of equals those go who are
    of use to the fewest campaigns.
    """
    order = sorted(agents, key=lambda it: (not lines_of[it.member] & waited_for, len(it.queues), it.member))
    return {each.member for each in order[:count]}
