"""What a dialer would reach that knows of every attempt who answers, when, and for how long they talk. Pure.

It lets each answer come just when an agent becomes free: nobody is abandoned, and no agent waits for longer than the
first call needs to be set up. No dialer does better on the same day.
"""

from dialer.pacing.situation import PacingRules
from dialer.simulation.day import DayResult
from dialer.simulation.plan import DayPlan, SimulatedCustomers


def perfect_foresight(plan: DayPlan, rules: PacingRules) -> DayResult:
    """The day as that dialer would make it."""
    result = DayResult(plan.agents * plan.seconds)
    customers = SimulatedCustomers(plan, rules.ring_seconds)
    for _ in range(plan.agents):
        at = plan.set_up_seconds
        while at < plan.seconds:
            attempt = customers.call(at)
            result.live_answers += 1
            result.talk_seconds += min(attempt.talk_seconds, plan.seconds - at)
            busy = attempt.talk_seconds + attempt.wrap_up_seconds
            result.busy_seconds += min(busy, plan.seconds - at)
            at += busy
    result.attempts = result.live_answers
    return result
