"""A simulated day: customers, agents and a pacer that is asked every second, over SimPy's clock. Pure."""

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Protocol

import simpy

from dialer.pacing.learned import AttemptEnd
from dialer.pacing.situation import (
    AgentsNow,
    CallsNow,
    DayTally,
    DialLimits,
    PacingDecision,
    PacingRules,
    PacingSituation,
)
from dialer.simulation.plan import DayPlan, SimulatedAttempt, SimulatedCustomers

Steps = Generator[simpy.Event, Any, None]
TICK_SECONDS = 1.0


class CallPacer(Protocol):
    """Decides how many calls to place, and hears what became of them. Pacing, and what it is compared with."""

    def decide(self, situation: PacingSituation) -> PacingDecision:
        """Every second."""

    def attempt_ended(self, result: AttemptEnd, seconds: float) -> None:
        """A call's ringing ended after so long."""

    def talk_ended(self, seconds: float) -> None:
        """A conversation ended after so long."""

    def wrap_up_ended(self, seconds: float) -> None:
        """An agent is available again."""


@dataclass(slots=True)
class DayResult:
    """What came of a day: calls, and the agents' time within the plan's."""

    agent_seconds: float
    attempts: int = 0
    live_answers: int = 0
    abandoned: int = 0
    cancelled: int = 0
    talk_seconds: float = 0.0
    busy_seconds: float = 0.0

    @property
    def abandonment(self) -> float:
        """The share of live answers that were abandoned."""
        return self.abandoned / self.live_answers if self.live_answers else 0.0

    @property
    def talking(self) -> float:
        """The share of the agents' time in conversation."""
        return self.talk_seconds / self.agent_seconds


class _Waiting:
    """A live answer that no agent has yet."""

    def __init__(self, attempt: SimulatedAttempt) -> None:
        self.attempt, self.served = attempt, False


class SimulatedDay:
    """One campaign's day."""

    def __init__(self, plan: DayPlan, pacer: CallPacer, rules: PacingRules) -> None:
        self._plan, self._pacer, self._rules = plan, pacer, rules
        self._env = simpy.Environment()
        self._customers = SimulatedCustomers(plan, rules.ring_seconds)
        self._available = plan.agents
        self._talking, self._in_wrap_up = dict[int, float](), dict[int, float]()
        self._unanswered, self._waiting = dict[simpy.Process, float](), deque[_Waiting]()
        self._conversations = 0
        self.result = DayResult(plan.agents * plan.seconds)

    def run(self) -> DayResult:
        """From the first call to the end of the last."""
        self._env.process(self._ticks())
        self._env.run()
        return self.result

    def _ticks(self) -> Steps:
        while self._env.now < self._plan.seconds:
            self._decide()
            yield self._env.timeout(TICK_SECONDS)

    def _decide(self) -> None:
        calls = list(self._unanswered)
        decision = self._pacer.decide(self._situation())
        for place in decision.cancel:
            calls[place].interrupt()
        for _ in range(decision.place):
            self._place()

    def _situation(self) -> PacingSituation:
        now = self._env.now
        agents = AgentsNow(
            self._available,
            tuple([now - since for since in self._talking.values()]),
            tuple([now - since for since in self._in_wrap_up.values()]),
        )
        calls = CallsNow(tuple([now - since for since in self._unanswered.values()]), len(self._waiting))
        limits = DialLimits(
            self._plan.channels - calls.count - len(agents.talking),
            self._plan.calls_per_second,
            self._plan.contacts - self.result.attempts,
            self._plan.seconds - now,
        )
        return PacingSituation(agents, calls, DayTally(self.result.live_answers, self.result.abandoned), limits)

    def _place(self) -> None:
        attempt = self._customers.call(self._env.now)
        self.result.attempts += 1
        process = self._env.process(self._call(attempt))
        self._unanswered[process] = self._env.now

    def _call(self, attempt: SimulatedAttempt) -> Steps:
        placed, result = self._env.now, attempt.result
        process = self._env.active_process
        assert process is not None
        try:
            yield self._env.timeout(attempt.ring_seconds)
        except simpy.Interrupt:
            result = AttemptEnd.CANCELLED
            self.result.cancelled += 1
        del self._unanswered[process]
        self._pacer.attempt_ended(result, self._env.now - placed)
        if result is AttemptEnd.LIVE:
            yield from self._answered(attempt)

    def _answered(self, attempt: SimulatedAttempt) -> Steps:
        self.result.live_answers += 1
        if self._available:
            self._connect(attempt)
            return
        waiting = _Waiting(attempt)
        self._waiting.append(waiting)
        yield self._env.timeout(self._rules.connect_seconds)
        if not waiting.served:
            self._waiting.remove(waiting)
            self.result.abandoned += 1

    def _connect(self, attempt: SimulatedAttempt) -> None:
        self._available -= 1
        self._conversations += 1
        self._env.process(self._conversation(self._conversations, attempt))

    def _conversation(self, number: int, attempt: SimulatedAttempt) -> Steps:
        begun = self._talking[number] = self._env.now
        yield self._env.timeout(attempt.talk_seconds)
        del self._talking[number]
        self.result.talk_seconds += self._within_day(begun)
        self._pacer.talk_ended(attempt.talk_seconds)
        self._in_wrap_up[number] = self._env.now
        yield self._env.timeout(attempt.wrap_up_seconds)
        del self._in_wrap_up[number]
        self._pacer.wrap_up_ended(attempt.wrap_up_seconds)
        self.result.busy_seconds += self._within_day(begun)
        self._available += 1
        if self._waiting:
            first = self._waiting.popleft()
            first.served = True
            self._connect(first.attempt)

    def _within_day(self, begun: float) -> float:
        return max(0.0, min(self._env.now, self._plan.seconds) - begun)
