"""The chance that nobody is free for one more live answer. Pure.

The horizon is as far away as the answer of a call that is placed now. Until then agents end their conversations
and wrap-ups, each with a chance that follows from how long they have lasted, and calls in flight are answered, each
with a chance that follows from how long it has rung. When there are at least as many answers as agents for them, the
next one is abandoned. An answer may wait for its agent a little, so that ends count for that much longer.
"""

from dataclasses import dataclass, field

from dialer.pacing.counts import CountDistribution
from dialer.pacing.learned import LearnedAnswers, LearnedLength, learned_talk, learned_wrap_up
from dialer.pacing.situation import AgentsNow, PacingRules, PacingSituation

# More agents than that do not become free, nor more calls than agents are answered, while a telephone rings.
_MOST_ENDS = 24


@dataclass(frozen=True, slots=True)
class Learned:
    """All that is learned of a campaign; by default, what is believed of any."""

    answers: LearnedAnswers = field(default_factory=LearnedAnswers)
    talk: LearnedLength = field(default_factory=learned_talk)
    wrap_up: LearnedLength = field(default_factory=learned_wrap_up)

    @property
    def cycle_seconds(self) -> float:
        """From one conversation of an agent to the next, without waiting."""
        return self.talk.mean_seconds + self.wrap_up.mean_seconds


def ends_within(agents: AgentsNow, learned: Learned, seconds: float) -> list[float]:
    """The chance of each busy agent to be free within so many seconds. After a conversation there is its wrap-up."""
    wrap_up, talk = learned.wrap_up, learned.talk
    # Simpson's rule over when, in these seconds, the conversation ends.
    wrapped_up = (4 * wrap_up.ends_within(0.0, seconds / 2) + wrap_up.ends_within(0.0, seconds)) / 6
    talking = [talk.ends_within(age, seconds) * wrapped_up for age in agents.talking]
    return talking + [wrap_up.ends_within(age, seconds) for age in agents.in_wrap_up]


class Forecast:
    """How answers and free agents meet until the horizon; calls can be added to it."""

    def __init__(self, situation: PacingSituation, learned: Learned, rules: PacingRules) -> None:
        agents, calls, answers = situation.agents, situation.calls, learned.answers
        seconds = answers.mean_seconds
        self._free = agents.available - calls.waiting
        ends = ends_within(agents, learned, seconds + rules.connect_seconds)
        self._ends = CountDistribution(ends, _MOST_ENDS).chances
        chances = [answers.answered_within(age, seconds) for age in calls.unanswered]
        self._answers = CountDistribution(chances, max(0, self._free) + _MOST_ENDS)
        self._one_more = answers.answered_within(0.0, seconds)

    def add_calls(self, calls: int) -> None:
        """So many more are placed now."""
        for _ in range(calls):
            self._answers.add(self._one_more)

    def nobody_free(self) -> float:
        """The chance that whoever answers next finds no agent."""
        at_least = self._answers.at_least()
        beyond = len(at_least)
        needed = range(self._free, self._free + len(self._ends))
        met = (1.0 if count <= 0 else at_least[count] if count < beyond else 0.0 for count in needed)
        return sum(ended * chance for ended, chance in zip(self._ends, met, strict=True))
