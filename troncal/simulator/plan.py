"""What callers and agents will do, drawn from a seed. Pure: the same seed gives the same plan.

Lengths are milliseconds, instants are milliseconds after the start of the simulation.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from random import Random

ALWAYS_MS = 24 * 3600 * 1000
Span = tuple[float, float]


class Reply(IntEnum):
    """How an agent's phone ends its ringing: the SIP status it sends, or none at all."""

    LET_RING = 0
    ANSWER = 200
    UNAVAILABLE = 480
    BUSY = 486


class HangsUp(StrEnum):
    """Who ends the conversation."""

    CALLER = "caller"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class DialledLine:
    """A line that callers dial, the queue behind it, and its share of the calls."""

    number: str
    queue: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class SimulatedAgent:
    """An agent's extension and the queues it serves."""

    extension: str
    queues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """When an agent is logged in. 0 or less: before the first call."""

    agent: SimulatedAgent
    logs_in_ms: int = 0
    logs_out_ms: int = ALWAYS_MS


@dataclass(frozen=True, slots=True)
class PlannedOffer:
    """What happens when a phone rings for a call: after `ring_ms`, and not before `not_before_ms`, the reply."""

    reply: Reply
    ring_ms: int
    not_before_ms: int = 0
    transfer_to: str = ""


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call. The caller's number is unique in the plan: by it the call's traces are found everywhere.

    The first offer meets `offers[0]`, the second `offers[1]`; whatever comes after the last meets the last.
    """

    number: int
    line: str
    caller: str
    arrives_ms: int
    patience_ms: int
    talk_ms: int
    hangs_up: HangsUp
    offers: tuple[PlannedOffer, ...]

    @property
    def longest_ms(self) -> int:
        """The instant after which the call is over for certain, if patience and talk time are all it takes."""
        conversations = 1 + sum(1 for offer in self.offers if offer.transfer_to)
        return self.arrives_ms + conversations * (self.patience_ms + self.talk_ms + TRANSFER_MS)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that will be done. `calls` are in order of arrival."""

    seed: int
    calls: tuple[PlannedCall, ...]
    shifts: tuple[Shift, ...]

    @property
    def longest_ms(self) -> int:
        """The instant after which every call is over for certain."""
        return max((call.longest_ms for call in self.calls), default=0)


@dataclass(frozen=True, slots=True)
class Scenario:
    """How many calls of what kind. Spans are (least, most) seconds, shares are 0 to 1.

    Calls arrive ever denser up to `peak_per_second` in the middle, then thin out again. `unanswered_share` and
    `rejected_share` concern a call's first offer; the next agent answers it.
    """

    calls: int = 20
    peak_per_second: float = 2.5
    patience_seconds: Span = (24.0, 28.0)
    impatient_share: float = 0.2
    impatient_seconds: Span = (3.0, 9.0)
    ring_seconds: Span = (0.4, 3.0)
    talk_seconds: Span = (1.5, 4.0)
    unanswered_share: float = 0.1
    rejected_share: float = 0.05
    caller_hangs_up_share: float = 0.6
    transferred_share: float = 0.05


SHOWCASE = Scenario()
STORM = Scenario(calls=200, peak_per_second=10.0, patience_seconds=(20.0, 55.0), impatient_share=0.3)
# What a blind transfer adds: the phone hears how it goes, then ends its leg.
TRANSFER_MS = 2_000
# The border scenario: calls are answered this near to 20 s, some before, some after.
BORDER_MS = 20_000
BORDER_OFFSET_MS = 50
BORDER_JITTER_MS = 30
BORDER_LOGIN_MS = 10_000
BORDER_TALK_MS = 2_000


def make_plan(
    scenario: Scenario,
    seed: int,
    agents: tuple[SimulatedAgent, ...],
    lines: tuple[DialledLine, ...],
    customers: tuple[str, ...] = (),
) -> Plan:
    """The plan of a scenario; half of the callers have `customers`' numbers. Lines that no agent serves are left out.

    Raises ValueError when no line is left.
    """
    random = Random(seed)  # noqa: S311 - a simulation, not a secret
    served = _served(agents, lines)
    seconds = 2 * scenario.calls / scenario.peak_per_second
    arrivals = sorted(round(1000 * random.triangular(0, seconds)) for _ in range(scenario.calls))
    callers = _callers(random, scenario.calls, customers)
    calls = tuple(
        _call(random, scenario, served, number, caller, arrives)
        for number, (caller, arrives) in enumerate(zip(callers, arrivals, strict=True), start=1)
    )
    return Plan(seed, calls, tuple(Shift(agent) for agent in agents))


def make_border_plan(
    calls: int,
    seed: int,
    agents: tuple[SimulatedAgent, ...],
    lines: tuple[DialledLine, ...],
    wrap_up_seconds: int,
) -> Plan:
    """Calls answered just before and just after 20 s, as many at once as there are agents.

    An agent logs in late, so that its phone does not ring longer than a queue lets it, and answers at an instant
    that is counted from the arrival. Raises ValueError when no agent serves a line.
    """
    random = Random(seed)  # noqa: S311 - a simulation, not a secret
    pairs = _line_of_each(agents, _served(agents, lines))
    round_ms = BORDER_MS + BORDER_TALK_MS + 1000 * wrap_up_seconds + 3_000
    planned = tuple(
        _border_call(random, number, caller, pairs[number % len(pairs)][1], number // len(pairs) * round_ms)
        for number, caller in enumerate(_callers(random, calls))
    )
    rounds = -(-calls // len(pairs))
    shifts = tuple(_border_shift(agent, line, turn * round_ms) for turn in range(rounds) for agent, line in pairs)
    return Plan(seed, tuple(sorted(planned, key=lambda call: call.arrives_ms)), shifts)


def _served(agents: tuple[SimulatedAgent, ...], lines: tuple[DialledLine, ...]) -> tuple[DialledLine, ...]:
    queues = {queue for agent in agents for queue in agent.queues}
    served = tuple(line for line in lines if line.queue in queues)
    if not served:
        raise ValueError("no simulated agent serves any of the lines; give agents the lines' queues")
    return served


def _callers(random: Random, count: int, customers: tuple[str, ...] = ()) -> list[str]:
    """Different numbers; about half of them customers', where there are any."""
    known = random.sample(sorted(set(customers)), min(count // 2, len(set(customers))))
    strangers = [number for number in _strangers(random, count) if number not in known]
    callers = known + strangers[: count - len(known)]
    random.shuffle(callers)
    return callers


def _strangers(random: Random, count: int) -> list[str]:
    mobiles = random.sample(range(60_000_000, 80_000_000), count)
    fixed = random.sample(range(44_000_000, 47_000_000), count)
    return [str(random.choice(pair)) for pair in zip(mobiles, fixed, strict=True)]


def _call(
    random: Random,
    scenario: Scenario,
    lines: tuple[DialledLine, ...],
    number: int,
    caller: str,
    arrives_ms: int,
) -> PlannedCall:
    line = random.choices(lines, [line.weight for line in lines])[0]
    impatient = random.random() < scenario.impatient_share
    patience = scenario.impatient_seconds if impatient else scenario.patience_seconds
    offers = _offers(random, scenario, [other.number for other in lines if other != line])
    # A caller counts the conversation from the first agent on, so after a transfer the second agent ends it.
    by_caller = random.random() < scenario.caller_hangs_up_share
    by_caller = by_caller and not any(offer.transfer_to for offer in offers)
    return PlannedCall(
        number,
        line.number,
        caller,
        arrives_ms,
        _ms(random, patience),
        _ms(random, scenario.talk_seconds),
        HangsUp.CALLER if by_caller else HangsUp.AGENT,
        offers,
    )


def _offers(random: Random, scenario: Scenario, others: list[str]) -> tuple[PlannedOffer, ...]:
    answer = PlannedOffer(Reply.ANSWER, _ms(random, scenario.ring_seconds))
    first = random.random()
    if first < scenario.unanswered_share:
        return PlannedOffer(Reply.LET_RING, 0), answer
    if first < scenario.unanswered_share + scenario.rejected_share:
        reply = random.choice((Reply.BUSY, Reply.UNAVAILABLE))
        return PlannedOffer(reply, _ms(random, scenario.ring_seconds)), answer
    if others and random.random() < scenario.transferred_share:
        return PlannedOffer(Reply.ANSWER, answer.ring_ms, transfer_to=random.choice(others)), answer
    return (answer,)


def _ms(random: Random, span: Span) -> int:
    return max(1, round(1000 * random.uniform(*span)))


AgentOnLine = tuple[SimulatedAgent, DialledLine]


def _line_of_each(agents: tuple[SimulatedAgent, ...], lines: tuple[DialledLine, ...]) -> list[AgentOnLine]:
    """Each agent with one line: of those it serves, the one with the fewest agents so far."""
    pairs: list[AgentOnLine] = []
    for agent in agents:
        served = [line for line in lines if line.queue in agent.queues]
        if served:
            taken = [line for _, line in pairs]
            pairs.append((agent, min(served, key=taken.count)))
    return pairs


def _border_call(random: Random, number: int, caller: str, line: DialledLine, begins_ms: int) -> PlannedCall:
    arrives = begins_ms + random.randrange(0, 1_000)
    side = -BORDER_OFFSET_MS if number % 2 else BORDER_OFFSET_MS
    answered = arrives + BORDER_MS + side + random.randint(-BORDER_JITTER_MS, BORDER_JITTER_MS)
    return PlannedCall(
        number + 1,
        line.number,
        caller,
        arrives,
        BORDER_MS + 5_000,
        BORDER_TALK_MS,
        random.choice(tuple(HangsUp)),
        (PlannedOffer(Reply.ANSWER, 1, not_before_ms=answered),),
    )


def _border_shift(agent: SimulatedAgent, line: DialledLine, begins_ms: int) -> Shift:
    only = SimulatedAgent(agent.extension, (line.queue,))
    ends = begins_ms + BORDER_MS + BORDER_TALK_MS + 2_500
    return Shift(only, begins_ms + BORDER_LOGIN_MS, ends)
