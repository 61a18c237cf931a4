"""The floor as campaigns need it: who of a queue's agents is free for them, and what the others are at.

Inbound first: an agent whom a waiting caller of another queue needs now, or is likely to need within the next seconds,
is not free for a campaign.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
from dialer.engine.sharing import SharedAgent, connected, kept, shared_out
from dialer.pacing.situation import AgentsNow

# An agent who takes a campaign's call is gone for the callers who come while it is connected.
_AHEAD_SECONDS = 10.0
# Of the callers who may come in that time, so many find an agent in all but this share of times.
_UNSERVED = 0.2
_ARRIVALS_SEEN_US = 15 * 60 * MICROSECONDS
_RECORDS_FRESH_US = 15 * MICROSECONDS
# Who is free, and who will be once they have finished what they do.
_OF_USE = frozenset({AgentStatus.AVAILABLE, AgentStatus.ON_CALL, AgentStatus.RINGING, AgentStatus.WRAP_UP})
_FOLLOWING = frozenset({RecordsStatus.FOLLOWING, RecordsStatus.PLAIN_FILE_ONLY})


@dataclass(frozen=True, slots=True)
class WrapUp:
    """An agent became available after a wrap-up of so many seconds."""

    member: str
    seconds: float


@dataclass(frozen=True, slots=True)
class SpareAgents:
    """Agents, with the telephone of each, of whom so many, whichever, may do something else now."""

    phones: Mapping[str, str]
    count: int


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
        return self.shared_out({}, (queue,))[queue]

    def shared_out(
        self, calls: Mapping[str, int], wanting: Sequence[str], dialling: Collection[str] = ()
    ) -> dict[str, AgentsNow]:
        """The agents of each outbound queue that is `wanting` some, each counted for one, without those whom callers
        need. `calls`: those of each queue for which an agent is needed soon; `wanting`: the first has the first turn;
        `dialling`: agents for whom a call of their own is made: they are not free, though they may seem so still.
        """
        now_us = self._clock()
        dealt = self._outbound.intersection((*calls, *wanting))
        serving = {each.member: each for each in self._agents.values() if dealt.intersection(each.queues)}
        of_use = [each for each in serving.values() if each.state in _OF_USE and not _is_about_to(each, dialling)]
        agents = [_shared(each, dealt) for each in of_use]
        needed = self._needed([each for each in agents if each.is_free], now_us)
        given = shared_out([each for each in agents if each.member not in needed], calls, wanting)
        shares = {queue: [serving[it] for it in given if given[it] == queue] for queue in wanting}
        there = Counter(queue for each in serving.values() if each.state in _OF_USE for queue in each.queues)
        return {queue: _agents_now(share, there[queue] - len(share), now_us) for queue, share in shares.items()}

    def spare(self, queue: str, calls: Mapping[str, int], dialling: Collection[str]) -> SpareAgents:
        """The free agents of that outbound queue whom neither callers nor these calls need."""
        now_us, dealt = self._clock(), self._outbound.intersection((*calls, queue))
        free = [each for each in self._agents.values() if each.state is AgentStatus.AVAILABLE]
        agents = [_shared(each, dealt) for each in free if dealt.intersection(each.queues)]
        needed = self._needed(agents, now_us)
        given = shared_out([each for each in agents if each.member not in needed | {*dialling}], calls, (queue,))
        phones = {each.member: each.interface for each in free if given.get(each.member) == queue}
        return SpareAgents(phones, max(0, len(phones) - calls.get(queue, 0)))

    def drain_wrap_ups(self) -> list[WrapUp]:
        """Those that ended since the last time."""
        ended, self._wrap_ups = self._wrap_ups, []
        return ended

    def _needed(self, free: Sequence[SharedAgent], now_us: int) -> set[str]:
        """Those of the free agents whom the callers need, now or in the next seconds, because nobody else is free."""
        lines_of = {each.member: self._lines_of(self._agents[each.member]) for each in free}
        needed = set[str]()
        for lines in connected(lines_of.values()):
            serving = [each for each in free if lines_of[each.member] & lines]
            waiting = {line: len(self._queues[line].waiting) for line in lines if line in self._queues}
            coming = most_arrivals(sum(self._rate(line, now_us) for line in lines) * _AHEAD_SECONDS)
            count = max(0, sum(waiting.values()) + coming - self._free_elsewhere(lines, lines_of.keys()))
            needed |= kept(serving, count, {line for line, callers in waiting.items() if callers}, lines_of)
        return needed

    def _free_elsewhere(self, lines: frozenset[str], others: Collection[str]) -> int:
        """Agents who are free for these lines and for no campaign."""
        free = (each for each in self._agents.values() if each.state is AgentStatus.AVAILABLE)
        return sum(1 for each in free if each.member not in others and lines.intersection(each.queues))

    def _lines_of(self, agent: AgentState) -> frozenset[str]:
        """The queues from which an agent gets callers."""
        return frozenset(agent.queues) - self._outbound

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


def _is_about_to(agent: AgentState, dialling: Collection[str]) -> bool:
    return agent.state is AgentStatus.AVAILABLE and agent.member in dialling


def _shared(agent: AgentState, queues: frozenset[str]) -> SharedAgent:
    return SharedAgent(agent.member, queues.intersection(agent.queues), agent.state is AgentStatus.AVAILABLE)


def _agents_now(agents: Sequence[AgentState], elsewhere: int, now_us: int) -> AgentsNow:
    return AgentsNow(
        available=sum(1 for each in agents if each.state is AgentStatus.AVAILABLE),
        talking=tuple(_ages(agents, (AgentStatus.ON_CALL, AgentStatus.RINGING), now_us)),
        in_wrap_up=tuple(_ages(agents, (AgentStatus.WRAP_UP,), now_us)),
        elsewhere=elsewhere,
    )


def _ages(agents: Iterable[AgentState], states: Iterable[AgentStatus], now_us: int) -> Iterable[float]:
    wanted = frozenset(states)
    return (max(0.0, (now_us - each.since_us) / MICROSECONDS) for each in agents if each.state in wanted)


def _facts() -> tuple[type[Fact], ...]:
    return (BridgeState, RecordsState, AgentState, QueueState)
