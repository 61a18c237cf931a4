"""How many calls to place now, and why not more. Pure.

A call is placed while the chance that nobody is free for its answer is within what the day can afford. Who will answer
is not known, so that of two calls with the same chance none is worth more.
"""

from dialer.pacing.budget import allowed_chance
from dialer.pacing.forecast import Forecast, Learned
from dialer.pacing.learned import AttemptEnd
from dialer.pacing.situation import (
    DialLimits,
    PacingDecision,
    PacingLimit,
    PacingMode,
    PacingRules,
    PacingSituation,
)

# Calls that have rung long enough are cancelled when the chance is so many times what is allowed: dialing anew costs
# a contact, so not at once.
_CANCELLED_BEYOND = 2.0


def paced(situation: PacingSituation, learned: Learned, rules: PacingRules) -> PacingDecision:
    """What to do now. The tally and what was learned are those of the campaign's day so far."""
    most, limit = _most(situation.limits)
    for_free_agents = max(0, situation.agents.available - situation.calls.count)
    if rules.mode is PacingMode.PROGRESSIVE or for_free_agents > most:
        return _decision(for_free_agents, PacingLimit.AGENTS_BUSY, most, limit)
    chance = _chance_now(situation, learned, rules)
    forecast = Forecast(situation, learned, rules)
    cancelled = _cancelled(situation, forecast, chance, rules)
    wanted = for_free_agents if cancelled or not chance else _wanted(forecast, for_free_agents, most, chance)
    reason = PacingLimit.AGENTS_BUSY if chance else PacingLimit.CEILING_REACHED
    return _decision(wanted, reason, most, limit, cancelled)


def unpaced(limits: DialLimits) -> PacingDecision:
    """What to do where no agent is needed: as many calls as there may be."""
    most, limit = _most(limits)
    return PacingDecision(max(0, most), limit)


def _wanted(forecast: Forecast, for_free_agents: int, most: int, chance: float) -> int:
    """So many calls have no more than that chance; one more than `most` where the chance does not bound them."""
    forecast.add_calls(for_free_agents)
    wanted = for_free_agents
    while wanted <= most and forecast.nobody_free() <= chance:
        forecast.add_calls(1)
        wanted += 1
    return wanted


def _decision(
    wanted: int, reason: PacingLimit, most: int, limit: PacingLimit, cancelled: tuple[int, ...] = ()
) -> PacingDecision:
    return PacingDecision(max(0, min(wanted, most)), limit if wanted > most else reason, cancelled)


def _most(limits: DialLimits) -> tuple[int, PacingLimit]:
    """How many calls can be placed at all, and what bounds them."""
    bounds = (
        (limits.contacts, PacingLimit.NO_CONTACTS),
        (limits.channels_free, PacingLimit.TRUNK_FULL),
        (limits.calls_by_rate, PacingLimit.RATE_LIMIT),
    )
    return min(bounds, key=lambda bound: bound[0])


def _chance_now(situation: PacingSituation, learned: Learned, rules: PacingRules) -> float:
    a_second = situation.agents.count / learned.cycle_seconds
    by_agents = max(0.0, situation.limits.seconds_left) * a_second
    by_contacts = situation.limits.contacts * learned.answers.live
    at_once = learned.answers.mean_seconds * a_second
    return allowed_chance(situation.tally, min(by_agents, by_contacts), rules, at_once)


def _cancelled(situation: PacingSituation, forecast: Forecast, chance: float, rules: PacingRules) -> tuple[int, ...]:
    """Calls that nobody is likely to be free for, of those that have rung as long as a call must."""
    ages = situation.calls.unanswered
    old = tuple(place for place, age in enumerate(ages) if age >= rules.least_ring_seconds)
    return old if old and forecast.nobody_free() > _CANCELLED_BEYOND * chance else ()


class CampaignPacer:
    """Paces one campaign, and learns from what becomes of its calls."""

    def __init__(self, rules: PacingRules, learned: Learned | None = None) -> None:
        self.rules, self.learned = rules, learned or Learned()
        self._had_agents = False

    def decide(self, situation: PacingSituation) -> PacingDecision:
        """What to do now: at every tick, and whenever the floor has changed.

        When all agents have gone, whoever answered would surely be abandoned: no call rings any longer. Before the
        first agent was seen nobody has gone: a process that has just begun may not know of them yet.
        """
        self._had_agents = self._had_agents or situation.agents.is_anybody_there
        if self._had_agents and not situation.agents.is_anybody_there:
            ringing = tuple(range(len(situation.calls.unanswered)))
            return PacingDecision(0, PacingLimit.AGENTS_BUSY, ringing)
        return paced(situation, self.learned, self.rules)

    def attempt_ended(self, result: AttemptEnd, seconds: float) -> None:
        """A call's ringing ended, after so many seconds from its placing."""
        self.learned.answers.learn(result, seconds)

    def talk_ended(self, seconds: float) -> None:
        """A conversation ended."""
        self.learned.talk.learn(seconds)

    def wrap_up_ended(self, seconds: float) -> None:
        """An agent is available again."""
        self.learned.wrap_up.learn(seconds)
