"""The floor as campaigns need it: who of a queue's agents is free for them, and what the others are at.

Inbound first: an agent whom a waiting caller of another queue needs now, or is likely to need within the next seconds,
is not free for a campaign.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp

from callcenter.bus.protocol import Bus
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import (
    AgentState,
    AgentStatus,
    BridgeState,
    Fact,
    Link,
    QueueState,
    RecordsState,
    RecordsStatus,
)
from dialer.pacing.situation import AgentsNow

# An agent who takes a campaign's call is gone for the callers who come while it is connected.
_AHEAD_SECONDS = 10.0
# Of the callers who may come in that time, so many find an agent in all but this share of times.
_UNSERVED = 0.2
_ARRIVALS_SEEN_US = 15 * 60 * MICROSECONDS
_RECORDS_FRESH_US = 15 * MICROSECONDS
_FOLLOWING = frozenset({RecordsStatus.FOLLOWING, RecordsStatus.PLAIN_FILE_ONLY})


@dataclass(frozen=True, slots=True)
class WrapUp:
    """An agent became available after a wrap-up of so many seconds."""

    member: str
    seconds: float


class FloorNow:
    """The last states of one node's agents and queues. Run `follow` beside it. `clock`: microseconds, UTC."""

    def __init__(self, node: str, outbound: Iterable[str], clock: Callable[[], int]) -> None:
        self._node, self._outbound, self._clock = node, frozenset(outbound), clock
        self._agents: dict[str, AgentState] = {}
        self._queues: dict[str, QueueState] = {}
        self._arrivals: dict[str, deque[int]] = {}
        self._link = Link.LOST
        self._records: RecordsState | None = None
        self._wrap_ups: list[WrapUp] = []

    async def follow(self, bus: Bus, changed: Callable[[], None]) -> None:
        """Take in what the bus reports, for as long as it runs; `changed` is called after each fact."""
        async with bus.subscribe(*_facts()) as facts:
            async for fact in facts:
                if fact.node == self._node:
                    self.see(fact)
                    changed()

    def see(self, fact: Fact) -> None:
        """Take in a fact of this node."""
        match fact:
            case BridgeState():
                self._link = fact.state
            case RecordsState():
                self._records = fact
            case AgentState():
                self._note_wrap_up(self._agents.get(fact.member), fact)
                self._agents[fact.member] = fact
            case QueueState():
                self._note_arrivals(self._queues.get(fact.queue), fact)
                self._queues[fact.queue] = fact

    @property
    def is_live(self) -> bool:
        """Whether the bridge follows Asterisk, and the records the queue log: what is known is so now."""
        return self._link is Link.UP and self.recorded_until_us > self._clock() - _RECORDS_FRESH_US

    @property
    def recorded_until_us(self) -> int:
        """Up to then the records have every row of the queue log; 0 when that is not known."""
        records = self._records
        if records is None or records.state not in _FOLLOWING:
            return 0
        if records.rows_behind:
            return records.oldest_us or 0
        return records.as_of_us

    def agents_of(self, queue: str) -> AgentsNow:
        """The agents who serve that outbound queue, without those whom callers need."""
        now_us = self._clock()
        serving = [each for each in self._agents.values() if queue in each.queues]
        free = [each for each in serving if each.state is AgentStatus.AVAILABLE]
        return AgentsNow(
            available=max(0, len(free) - self._needed_of(free, now_us)),
            talking=tuple(_ages(serving, (AgentStatus.ON_CALL, AgentStatus.RINGING), now_us)),
            in_wrap_up=tuple(_ages(serving, (AgentStatus.WRAP_UP,), now_us)),
        )

    def drain_wrap_ups(self) -> list[WrapUp]:
        """Those that ended since the last time."""
        ended, self._wrap_ups = self._wrap_ups, []
        return ended

    def _needed_of(self, free: list[AgentState], now_us: int) -> int:
        """How many of these the callers need, now or in the next seconds, of whom nobody else is free."""
        inbound = {queue for each in free for queue in each.queues} - self._outbound
        waiting = sum(len(self._queues[queue].waiting) for queue in inbound if queue in self._queues)
        others = [each for each in self._agents.values() if each.state is AgentStatus.AVAILABLE and each not in free]
        elsewhere = sum(1 for each in others if inbound.intersection(each.queues))
        coming = most_arrivals(sum(self._rate(queue, now_us) for queue in inbound) * _AHEAD_SECONDS)
        serving = sum(1 for each in free if inbound.intersection(each.queues))
        return min(serving, max(0, waiting + coming - elsewhere))

    def _rate(self, queue: str, now_us: int) -> float:
        """Callers a second, lately."""
        arrivals = self._arrivals.get(queue, deque())
        while arrivals and arrivals[0] < now_us - _ARRIVALS_SEEN_US:
            arrivals.popleft()
        return len(arrivals) * MICROSECONDS / _ARRIVALS_SEEN_US

    def _note_arrivals(self, before: QueueState | None, now: QueueState) -> None:
        known = {(each.uniqueid, each.joined_us) for each in before.waiting} if before is not None else set()
        new = [each.joined_us for each in now.waiting if (each.uniqueid, each.joined_us) not in known]
        if now.queue not in self._outbound:
            self._arrivals.setdefault(now.queue, deque(maxlen=5000)).extend(sorted(new))

    def _note_wrap_up(self, before: AgentState | None, now: AgentState) -> None:
        if before is None or (before.state, now.state) != (AgentStatus.WRAP_UP, AgentStatus.AVAILABLE):
            return
        seconds = (now.since_us - before.since_us) / MICROSECONDS
        if seconds > 0:
            self._wrap_ups.append(WrapUp(now.member, seconds))


def most_arrivals(mean: float) -> int:
    """So many come at most, in all but the share `_UNSERVED` of times, where the mean is this (Poisson)."""
    count, chance = 0, exp(-mean)
    below = chance
    while below < 1 - _UNSERVED and count < 1000:
        count += 1
        chance *= mean / count
        below += chance
    return count


def _ages(agents: Iterable[AgentState], states: Iterable[AgentStatus], now_us: int) -> Iterable[float]:
    wanted = frozenset(states)
    return (max(0.0, (now_us - each.since_us) / MICROSECONDS) for each in agents if each.state in wanted)


def _facts() -> tuple[type[Fact], ...]:
    return (BridgeState, RecordsState, AgentState, QueueState)
